//! Following what happens, over the one websocket of a tab.
//!
//! [`Live`] is in the context. A view follows a topic with [`Live::follow`]; it hears every event
//! from the one after `after` on, in order, without gap or double, also across lost connections: the
//! socket asks again for what comes after the last number it has heard. When the server cannot do
//! that it says [`Heard::Reset`], and the view fetches its state anew. Nothing here runs on the
//! server or before its island has woken up.

#![cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser connects"))]

#[cfg(any(feature = "hydrate", test))]
mod backoff;
mod connection;
mod topics;

#[cfg(feature = "hydrate")]
pub(crate) use backoff::Backoff;
pub use connection::{Link, LinkChip, Live};
pub use topics::Heard;

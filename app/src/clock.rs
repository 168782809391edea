//! The time that views may use.

use crate::boot::Boot;
use crate::platform;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// Now, as far as a view is concerned: while a page is rendered on the server or woken up in the
/// browser it is the moment of rendering, so that both draw the same; later it is the real time.
pub fn now() -> DateTime<Utc> {
    let waking = Owner::current_shared_context().is_none_or(|shared| shared.during_hydration());
    match platform::clock() {
        Some(clock) if !waking => clock,
        _ => use_context::<Boot>().map_or(DateTime::UNIX_EPOCH, |boot| boot.now),
    }
}

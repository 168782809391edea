//! Accounts: how people get one, how they prove that it is theirs, and what proves it for them.
//!
//! | file | what |
//! | --- | --- |
//! | `password` | hashing behind a semaphore, and how strong a password is |
//! | `sign_up`, `log_in`, `set_up` | the three ways to a session |
//! | `confirm` | giving one's password again |
//! | `sessions` | a session and its rotating refresh token |
//! | `signer` | the short-lived access token of a session |
//! | `recognise` | who comes with these cookies, or this token |
//! | `tokens`, `secret` | personal access tokens |
//! | `profile` | what people change about themselves |
//! | `console` | what `mlhub admin` does |
//! | `throttle` | how often somebody may try |

mod confirm;
mod console;
mod ended;
mod log_in;
mod password;
mod profile;
mod recognise;
mod secret;
mod sessions;
mod set_up;
mod sign_up;
mod signer;
mod throttle;
pub mod tokens;

pub use confirm::{confirm, must_confirm};
pub use console::{create_user, make_token};
pub use log_in::{log_in, log_out};
pub use password::password_strength;
pub use profile::{change_password, me, set_display_name};
pub use recognise::{Presented, Recognised, has_ended, recognise, still_signed_in};
pub use secret::TokenSecret;
pub use sessions::{Cookies, SignedIn, end_other_sessions, end_session, find_sessions, sessions};
pub use set_up::{look_at_link, set_up, set_up_link, set_up_needed};
pub use sign_up::{NewAccount, sign_up};
pub use throttle::Visit;
pub(crate) use throttle::network;

pub(crate) use ended::Ended;
pub(crate) use password::Hasher;
pub(crate) use signer::Signer;

//! The time that views may use.

use crate::boot::Boot;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// Now, as far as a view is concerned: the moment at which the server rendered the page, so that
/// server and browser draw the same.
pub fn now() -> DateTime<Utc> {
    use_context::<Boot>().map_or(DateTime::UNIX_EPOCH, |boot| boot.now)
}

//! When something was.

use crate::clock;
use crate::format;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// A moment, told from now, exact on hover. Now is when the page was drawn ([`clock::now`]), in an
/// island too, so that it wakes up unchanged.
#[component]
pub fn Time(
    /// When.
    at: DateTime<Utc>,
) -> impl IntoView {
    let moment = format::moment(at);
    let text = format::ago(at, clock::now());
    view! {
        <time datetime=at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true) title=moment>
            {text}
        </time>
    }
}

//! When something was.

use crate::clock;
use crate::format;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// A moment, told from now, exact on hover. Server and browser take the same now
/// ([`clock::now`]), so a page wakes up unchanged.
#[component]
pub fn Time(
    /// When.
    at: DateTime<Utc>,
    /// The exact moment as text rather than the distance.
    #[prop(optional)]
    exact: bool,
) -> impl IntoView {
    let moment = format::moment(at);
    let text = if exact { moment.clone() } else { format::ago(at, clock::now()) };
    view! {
        <time datetime=at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true) title=moment>
            {text}
        </time>
    }
}

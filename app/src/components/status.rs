//! How far a run is.

use super::Tag;
use leptos::prelude::*;
use mlhub_domain::runs::RunStatus;

/// The status of a run as a tag.
#[component]
pub fn RunTag(
    /// How far it is.
    status: RunStatus,
) -> impl IntoView {
    let (kind, pulse) = match status {
        RunStatus::Queued => ("plain", false),
        RunStatus::Running => ("live", true),
        RunStatus::Paused => ("live", false),
        RunStatus::Finished => ("ok", false),
        RunStatus::Failed => ("bad", false),
        RunStatus::Cancelled => ("", false),
    };
    view! { <Tag kind pulse>{status.as_str()}</Tag> }
}

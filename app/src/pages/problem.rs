//! Nothing here, not allowed, broken: what a page shows instead of itself.

use crate::boot::Boot;
use crate::components::{Icon, with_query};
use crate::{Failure, Page, platform};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use mlhub_domain::problem::Kind;

/// Says what happened and where to go from here; the answer gets the problem's status.
#[component]
pub fn ProblemPage(
    /// What happened.
    failure: Failure,
) -> impl IntoView {
    platform::set_status(failure.status());
    let status = failure.status();
    let title = title(&failure);
    let signed_in = use_context::<Boot>().is_some_and(|boot| boot.visitor.is_some());
    let sign_in = (!signed_in && invites(failure.0.kind())).then(|| {
        let path = use_location().pathname.get_untracked();
        let href = with_query("/login", "next", Some(&path));
        view! {
            <a class="btn primary" href=href rel="external">
                <Icon name="log-in"/>
                "Sign in"
            </a>
        }
    });
    let home = if signed_in { ("/dashboard", "To the dashboard") } else { ("/", "To the start") };
    view! {
        <Page title=title class="oops">
            <span class="code">{status}</span>
            <h1>{title}</h1>
            <p class="lede">{failure.detail().to_string()}</p>
            <div class="row">{sign_in} <a class="btn" href=home.0>{home.1}</a></div>
        </Page>
    }
    .into_any()
}

/// A heading in a few words; the detail tells the story.
fn title(failure: &Failure) -> &'static str {
    match failure.0.kind() {
        Kind::NotFound => "Nothing here that you can see",
        Kind::Forbidden => "Your role does not allow this",
        Kind::Unauthenticated => "Sign in to see this",
        Kind::Busy => "A moment, please",
        Kind::Unavailable => "Not ready yet",
        Kind::Internal => "Something went wrong on our side",
        Kind::Malformed
        | Kind::Method
        | Kind::Conflict
        | Kind::TooLarge
        | Kind::MediaType
        | Kind::Misdirected
        | Kind::Invalid
        | Kind::Full => failure.0.code.title(),
    }
}

/// Whether signing in may help.
fn invites(kind: Kind) -> bool {
    matches!(kind, Kind::NotFound | Kind::Forbidden | Kind::Unauthenticated)
}

//! An address that leads nowhere.

use super::ProblemPage;
use crate::Failure;
use leptos::prelude::*;
use mlhub_domain::problem::Code;

/// The page of an unknown address.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <ProblemPage failure=Failure::new(
            Code::NotFound,
            "The address may be mistyped, or what was here has been deleted or is private.",
        )/>
    }
}

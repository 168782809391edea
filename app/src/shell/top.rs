//! The bar at the top.

use super::crumbs::crumbs;
use super::{AccountMenu, JobsTray};
use crate::boot::Boot;
use crate::components::Icon;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Mark, way to the page, search, jobs at work, account. Works without script: menus are
/// `<details>`, search is a page.
#[component]
pub fn TopBar() -> impl IntoView {
    let path = use_location().pathname;
    let boot = use_context::<Boot>().unwrap_or_default();
    let (visitor, at_work) = (boot.visitor, !boot.running.is_empty());
    let home = if visitor.is_some() { "/dashboard" } else { "/" };
    let entry = move || matches!(path.get().as_str(), "/login" | "/signup" | "/setup");
    let right = match visitor {
        Some(visitor) => view! {
            <a class="find" href="/explore" data-key="mod+k">
                <Icon name="search"/>
                <span>"Search or jump to…"</span>
                <kbd>"Ctrl K"</kbd>
            </a>
            {at_work.then(|| view! { <JobsTray/> })}
            <AccountMenu visitor/>
        }
        .into_any(),
        None => view! {
            <Show when=move || !entry()>
                <a class="btn quiet" href="/explore">
                    "Explore"
                </a>
                <a class="btn" href="/login" rel="external">
                    "Sign in"
                </a>
            </Show>
        }
        .into_any(),
    };
    view! {
        <header class="top">
            <a class="mark" href=home aria-label="ML Hub, to the start">
                <Mark/>
                <span class="word" aria-hidden="true">
                    "ML Hub"
                </span>
            </a>
            <Crumbs path=path/>
            <span class="grow"></span>
            {right}
        </header>
    }
}

/// Three bars that rise.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg width="22" height="22" viewBox="0 0 22 22" fill="currentColor" aria-hidden="true">
            <rect x="1" y="11" width="5" height="10" rx="1.5" opacity=".45"></rect>
            <rect x="8.5" y="6" width="5" height="15" rx="1.5" opacity=".72"></rect>
            <rect x="16" y="1" width="5" height="20" rx="1.5"></rect>
        </svg>
    }
}

/// The way to the page; on a phone only its last step.
#[component]
fn Crumbs(
    /// The path of the page.
    path: Memo<String>,
) -> impl IntoView {
    let steps = move || {
        let steps = crumbs(&path.get());
        steps
            .into_iter()
            .map(|step| match step.href {
                Some(href) => view! {
                    <li>
                        <a class="far" href=href>
                            {step.label}
                        </a>
                    </li>
                }
                .into_any(),
                None => view! { <li><b aria-current="page">{step.label}</b></li> }.into_any(),
            })
            .collect_view()
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>{steps}</ol>
        </nav>
    }
}

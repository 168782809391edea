//! The bar at the top.

use super::crumbs::{Crumb, crumbs, open};
use super::{AccountMenu, JobsTray, Palette};
use crate::boot::Boot;
use crate::components::Icon;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Mark, way to the page, search, jobs at work, account. Works without script: menus are
/// `<details>`, search is a page.
#[component]
pub fn TopBar() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let boot = use_context::<Boot>().unwrap_or_default();
    let (visitor, at_work) = (boot.visitor, !boot.running.is_empty());
    let home = if visitor.is_some() { "/dashboard" } else { "/" };
    let entry = matches!(path.as_str(), "/login" | "/signup" | "/setup");
    let palette = view! { <Palette visitor=visitor.clone() path=path.clone()/> };
    let right = match visitor {
        Some(visitor) => view! {
            <a class="btn quiet explore" href="/explore">
                <Icon name="globe"/>
                <span>"Explore"</span>
            </a>
            <a class="find" href="/explore" data-key="mod+k">
                <Icon name="search"/>
                <span>"Search or jump to…"</span>
                <kbd>"Ctrl K"</kbd>
            </a>
            {at_work.then(|| view! { <JobsTray/> })}
            <AccountMenu visitor/>
        }
        .into_any(),
        None if entry => ().into_any(),
        None => view! {
            <a class="btn quiet" href="/explore">
                "Explore"
            </a>
            <a class="btn" href="/login">
                "Sign in"
            </a>
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
        {palette}
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

/// The way to the page; on a phone only its last two steps.
#[component]
fn Crumbs(
    /// The path of the page.
    path: String,
) -> impl IntoView {
    let way = async move {
        // Where the hub cannot say, nothing is promised; the page itself says what is wrong.
        let crumbs = crumbs(&path, open(&path).await.unwrap_or_default());
        let last = crumbs.len().saturating_sub(1);
        let step = |(i, step): (usize, Crumb)| match step.href {
            Some(href) => view! { <li><a href=href>{step.label}</a></li> }.into_any(),
            None if i == last => {
                view! { <li><b aria-current="page">{step.label}</b></li> }.into_any()
            }
            None => view! { <li><span>{step.label}</span></li> }.into_any(),
        };
        let steps = crumbs.into_iter().enumerate().map(step).collect_view();
        view! {
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>{steps}</ol>
            </nav>
        }
        .into_any()
    };
    view! { <Suspense>{Suspend::new(way)}</Suspense> }.into_any()
}

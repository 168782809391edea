//! The page of a dataset.

use super::ask::{Part, asked};
use super::fetch::{Content, Looked, show_dataset};
use super::{head, profile, reading, rejected, rows, settings, usage, versions};
use crate::components::{Note, Tabs};
use crate::load;
use crate::shell::Page;
use leptos::prelude::*;
use mlhub_domain::datasets::VersionState;
use mlhub_domain::profile::WarningKind;

/// `/{owner}/{project}/datasets/{name}`
#[component]
pub fn DatasetPage() -> impl IntoView {
    let show = |looked| view! { <LookedView looked/> }.into_any();
    load(asked(), |(at, ask)| show_dataset(at, ask), show)
}

#[component]
fn LookedView(looked: Looked) -> impl IntoView {
    let title = format!("{} · {}", looked.dataset.name, looked.at().project());
    let label = format!("Parts of {}", looked.dataset.name);
    let about = looked.dataset.description.clone();
    let (head, tabs) = (head::head(&looked), head::tabs(&looked));
    let description = (!looked.dataset.description.is_empty())
        .then(|| view! { <p class="lede">{looked.dataset.description.clone()}</p> });
    let newest = newest(&looked);
    let elsewhere = not_current(&looked);
    let changed = changed(&looked);
    let part = part(looked);
    view! {
        <Page title=title about>
            {head}
            {description}
            {newest}
            {elsewhere}
            {changed}
            <Tabs label=label tabs=tabs/>
            {part}
        </Page>
    }
}

/// What becomes of the newest version, while another one is looked at or while it is being read.
fn newest(looked: &Looked) -> Option<AnyView> {
    let latest = looked.dataset.latest.as_ref()?;
    let itself = looked.version.as_ref().is_some_and(|v| v.version == latest.version);
    match latest.state {
        VersionState::Processing => Some(reading::at_work(looked, latest)),
        // Its own page tells the whole story below.
        VersionState::Failed if !itself && looked.ask.part() != Part::Versions => {
            let versions = looked.ask.of_part(Part::Versions).address(&looked.at());
            let (kind, became) = match latest.cancelled {
                true => ("plain", "was cancelled while it was read"),
                false => ("bad", "could not be read"),
            };
            let said = format!("Version {} {became}. ", latest.version);
            Some(
                view! {
                    <Note kind>
                        {said}
                        <a href=versions>"See why"</a>
                    </Note>
                }
                .into_any(),
            )
        }
        VersionState::Failed | VersionState::Ready => None,
    }
}

/// Says so when the version that is looked at is not the one that is used.
fn not_current(looked: &Looked) -> Option<AnyView> {
    let (shown, current) = (looked.ready()?.version, looked.dataset.current?);
    if shown == current || looked.ask.part() == Part::Versions {
        return None;
    }
    let href = looked.at().page();
    let said = format!("You look at version {shown}; version {current} is current. ");
    Some(
        view! {
            <Note kind="plain">
                {said}
                <a href=href>{format!("To version {current}")}</a>
            </Note>
        }
        .into_any(),
    )
}

/// Says so when the columns are not those of the version before, where the rows or the versions are
/// shown; the profile says it among all that is worth a look.
fn changed(looked: &Looked) -> Option<AnyView> {
    let warnings = &looked.profile.as_ref()?.warnings;
    let changed = warnings.iter().find(|warning| warning.kind == WarningKind::ColumnsChanged)?;
    let message = changed.message.clone();
    matches!(looked.ask.part(), Part::Data | Part::Versions)
        .then(|| view! { <Note>{message}</Note> }.into_any())
}

/// The part that is asked for, as far as there is something to show.
fn part(mut looked: Looked) -> AnyView {
    let content = std::mem::replace(&mut looked.content, Content::Nothing);
    match (looked.ask.part(), content) {
        (_, Content::Versions(list)) => versions::part(&looked, list),
        (_, Content::Origin(origin)) => usage::part(&looked, &origin),
        (_, Content::Rows(rows)) => rows::part(&looked, rows),
        (_, Content::Rejected(page)) => rejected::part(&looked, page),
        (Part::Settings, Content::Nothing) if looked.edits() => settings::part(&looked),
        (Part::Profile, Content::Nothing) if looked.profile.is_some() => profile::part(&looked),
        (_, Content::Nothing) => reading::instead(&looked),
    }
}

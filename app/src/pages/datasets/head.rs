//! The head of a dataset's page, and its tabs.

use super::ask::{Ask, Part};
use super::fetch::Looked;
use crate::components::{Fact, Facts, Icon, Tab, Tag, VisibilityTag, with_query};
use crate::shell::Head;
use crate::{clock, format};
use leptos::prelude::*;
use mlhub_domain::datasets::{DatasetPath, DatasetVersion, VersionState};

/// The forms that a version can be downloaded in: word in the address, words on the page.
const FORMATS: [(&str, &str); 5] = [
    ("original", "The file as it was uploaded"),
    ("csv", "CSV"),
    ("parquet", "Parquet"),
    ("json", "JSON"),
    ("arrow", "Arrow"),
];

/// Name, version, facts, and what to do with it.
pub(super) fn head(looked: &Looked) -> AnyView {
    let dataset = &looked.dataset;
    let at = looked.at();
    let version = looked.version.as_ref();
    let version = version.map(|v| standing(v, dataset.current == Some(v.version)));
    let visibility = dataset.visibility;
    let tags = move || {
        view! {
            {version.map(version_tag)}
            <VisibilityTag visibility/>
        }
    };
    let said = facts(looked);
    let facts = move || {
        let said = said.clone();
        let each = said.into_iter().map(|fact| match fact {
            (before, value, "") => view! { <Fact before=before value=value/> }.into_any(),
            (_, value, after) => view! { <Fact value=value after=after/> }.into_any(),
        });
        view! { <Facts>{each.collect_view()}</Facts> }
    };
    let download = looked.version.as_ref().map(|version| download(&at, version));
    let train = (looked.edits() && dataset.current.is_some()).then(|| {
        let page = at.project().train_page(Some(&at.name));
        // What is looked at is what is learnt from.
        let other = looked.ready().filter(|shown| dataset.current != Some(shown.version));
        let href = match other.map(|shown| shown.version.to_string()) {
            Some(version) => with_query(&page, "version", Some(&version)),
            None => page,
        };
        view! {
            <a class="btn primary" href=href>
                <Icon name="activity"/>
                "Train a model"
            </a>
        }
    });
    let title = dataset.name.to_string();
    view! {
        <Head title=title tags facts>
            {download}
            {train}
        </Head>
    }
    .into_any()
}

/// How far a version is: its number, the kind of its tag, a word.
fn standing(version: &DatasetVersion, current: bool) -> (u32, &'static str, &'static str) {
    let (kind, word) = match (version.state, current) {
        (VersionState::Processing, _) => ("live", "being read"),
        (VersionState::Failed, _) if version.cancelled => ("", "cancelled"),
        (VersionState::Failed, _) => ("bad", "failed"),
        (VersionState::Ready, true) => ("", "current"),
        (VersionState::Ready, false) => ("plain", "not current"),
    };
    (version.version, kind, word)
}

fn version_tag((number, kind, word): (u32, &'static str, &'static str)) -> AnyView {
    view! { <Tag kind pulse={kind == "live"}>{format!("v{number} · {word}")}</Tag> }.into_any()
}

/// Facts as (before, value, after); of the two words one is empty.
fn facts(looked: &Looked) -> Vec<(&'static str, String, &'static str)> {
    let mut facts = Vec::new();
    if let Some(version) = looked.ready() {
        let columns = version.columns.len() as u64;
        let noun = |n: u64, one, many| if n == 1 { one } else { many };
        facts.push(("", format::count(version.rows), noun(version.rows, "row", "rows")));
        facts.push(("", format::count(columns), noun(columns, "column", "columns")));
        facts.push(("", format::bytes(version.size), "Parquet"));
    }
    facts.push(("updated", format::ago(looked.dataset.updated_at, clock::now()), ""));
    facts
}

/// The menu of downloads. The uploaded bytes are there whatever became of them.
fn download(at: &DatasetPath, version: &DatasetVersion) -> AnyView {
    let address = format!("{}/versions/{}/download", at.api(), version.version);
    if version.state != VersionState::Ready {
        return view! {
            <a class="btn" href=format!("{address}?format=original") download="">
                <Icon name="download"/>
                "Download the uploaded file"
            </a>
        }
        .into_any();
    }
    let links = FORMATS.map(|(word, words)| {
        view! {
            <a href=format!("{address}?format={word}") download="">
                <Icon name="download"/>
                {words}
            </a>
        }
        .into_any()
    });
    view! {
        <details class="menu" data-menu="">
            <summary class="btn">
                <Icon name="download"/>
                "Download"
            </summary>
            <div class="panel">{links.into_iter().collect_view()}</div>
        </details>
    }
    .into_any()
}

/// The tabs; each keeps the version that is looked at.
pub(super) fn tabs(looked: &Looked) -> Vec<Tab> {
    let (at, ask) = (looked.at(), &looked.ask);
    let tab = |part: Part, label: &str, note: String, alert: bool| Tab {
        href: Ask::of_part(ask, part).address(&at),
        label: label.into(),
        note,
        alert,
        current: ask.part() == part,
    };
    let warnings = looked.profile.as_ref().map_or(0, |profile| profile.warnings.len() as u64);
    let warned = if warnings == 0 {
        String::new()
    } else {
        format::counted(warnings, "warning", "warnings")
    };
    let left_out = looked.ready().map_or(0, |v| v.rejected_rows + v.rejected_cells);
    let mut tabs = vec![
        tab(Part::Data, "Data", String::new(), false),
        tab(Part::Profile, "Profile", warned, false),
        tab(Part::Versions, "Versions", format::count(looked.dataset.versions.into()), false),
    ];
    if left_out > 0 || ask.part() == Part::Rejected {
        tabs.push(tab(Part::Rejected, "Left out", format::count(left_out), left_out > 0));
    }
    tabs.push(tab(Part::Use, "Use", String::new(), false));
    if looked.edits() {
        tabs.push(tab(Part::Settings, "Settings", String::new(), false));
    }
    tabs
}

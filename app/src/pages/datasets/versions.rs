//! The tab “Versions”: every upload, what became of it, and which one is used.

use super::ask::{Ask, Part};
use super::fetch::{Looked, MakeCurrent};
use super::reading::why;
use super::upload::UploadForm;
use crate::components::{Card, EmptyState, Fact, Facts, Pager, Tag, Time};
use crate::format;
use crate::forms::{About, Call, Form, Hidden, SubmitButton};
use leptos::prelude::*;
use mlhub_domain::datasets::{DatasetPath, DatasetVersion, VersionState};
use mlhub_domain::lists::{List, ListQuery};

/// The versions, the newest first, and the form for the next one.
pub(super) fn part(looked: &Looked, list: List<DatasetVersion>) -> AnyView {
    let upload = looked.edits().then(|| {
        view! {
            <Card title="Upload the next version" id="upload">
                <UploadForm/>
            </Card>
        }
    });
    let versions = if list.items.is_empty() {
        view! {
            <EmptyState
                icon="history"
                title="No versions yet"
                text="Each upload makes a version. None is ever overwritten, and every one can be \
                      made current again."
            />
        }
        .into_any()
    } else {
        timeline(looked, list)
    };
    view! {
        {versions}
        {upload}
    }
    .into_any()
}

fn timeline(looked: &Looked, list: List<DatasetVersion>) -> AnyView {
    let total = list.total;
    let items = list.items.into_iter().map(|version| item(looked, version)).collect_view();
    let limit = u64::from(ListQuery::default().limit());
    let (before, address) = (looked.ask.before(), looked.ask.address(&looked.at()));
    view! {
        <ol class="timeline" role="list">
            {items}
        </ol>
        <Pager address=address offset=before limit total noun="versions"/>
    }
    .into_any()
}

/// A version: what it is, and what one can do with it.
fn item(looked: &Looked, version: DatasetVersion) -> AnyView {
    let at = looked.at();
    let current = looked.dataset.current == Some(version.version);
    let ready = version.state == VersionState::Ready;
    let href = Ask { version: version.version.to_string(), ..Ask::default() }.address(&at);
    let tag = tag(&version, current);
    let make = (ready && !current && looked.edits()).then(|| make_form(&at, version.version));
    let error = version.error.as_ref().map(|error| why(&version, error));
    let notes = notes(&version.notes);
    let facts = facts(&at, &version);
    view! {
        <li aria-current=current.then_some("true")>
            <div class="row">
                <a class="strong" href=href>
                    {format!("Version {}", version.version)}
                </a>
                {tag}
                <span class="muted small">
                    <Time at=version.created_at/>
                    {format!(" by {}", version.created_by)}
                </span>
                <span class="push">{make}</span>
            </div>
            {facts}
            {error}
            {notes}
        </li>
    }
    .into_any()
}

fn tag(version: &DatasetVersion, current: bool) -> Option<AnyView> {
    match (version.state, current) {
        (VersionState::Ready, true) => Some(view! { <Tag kind="ok">"current"</Tag> }.into_any()),
        (VersionState::Ready, false) => None,
        (VersionState::Processing, _) => {
            Some(view! { <Tag kind="live" pulse=true>"being read"</Tag> }.into_any())
        }
        (VersionState::Failed, _) if version.cancelled => {
            Some(view! { <Tag>"cancelled"</Tag> }.into_any())
        }
        (VersionState::Failed, _) => Some(view! { <Tag kind="bad">"failed"</Tag> }.into_any()),
    }
}

/// Size of the file and of the table, and what of the file is not in the table.
fn facts(at: &DatasetPath, version: &DatasetVersion) -> AnyView {
    let file = format!("{}, {}", version.original_name, format::bytes(version.original_size));
    let table = (version.state == VersionState::Ready).then(|| {
        let (rows, columns) = (version.rows, version.columns.len() as u64);
        let rows = format::counted(rows, "row", "rows");
        let columns = format::counted(columns, "column", "columns");
        view! { <Fact value=format!("{rows} × {columns}")/> }
    });
    let left_out = left_out(version).map(|words| {
        let ask = Ask { version: version.version.to_string(), ..Ask::default() };
        let href = ask.of_part(Part::Rejected).address(at);
        view! { <a href=href>{words}</a> }
    });
    view! {
        <Facts>
            {table}
            <Fact value=file/>
            {left_out}
        </Facts>
    }
    .into_any()
}

/// How much of the file is not in the table, in words.
fn left_out(version: &DatasetVersion) -> Option<String> {
    let rows = format::counted(version.rejected_rows, "row", "rows");
    let cells = format::counted(version.rejected_cells, "cell", "cells");
    match (version.rejected_rows, version.rejected_cells) {
        (0, 0) => None,
        (_, 0) => Some(format!("{rows} left out")),
        (0, _) => Some(format!("{cells} left out")),
        (_, _) => Some(format!("{rows} and {cells} left out")),
    }
}

/// What was recognised in the file.
fn notes(notes: &[String]) -> Option<AnyView> {
    if notes.is_empty() {
        return None;
    }
    let lines = notes.iter().map(|note| view! { <li>{note.clone()}</li> }.into_any());
    Some(
        view! {
            <details class="fold small">
                <summary>"What was recognised"</summary>
                <ul>{lines.collect_view()}</ul>
            </details>
        }
        .into_any(),
    )
}

/// The form that rolls back or forward.
fn make_form(at: &DatasetPath, version: u32) -> AnyView {
    let (at, key) = (at.clone(), version.to_string());
    view! {
        <Form action={Call::<MakeCurrent>::new()} key=key.clone() class="row">
            <About at/>
            <Hidden name="version" value=key/>
            <SubmitButton class="btn small">"Make current"</SubmitButton>
        </Form>
    }
    .into_any()
}

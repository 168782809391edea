//! Instead of a table: nothing was uploaded, a file is being read, or it could not be.

use super::ask::Part;
use super::fetch::{Looked, reading_progress};
use super::upload::UploadForm;
use crate::components::{Card, EmptyState, Note, ProgressBar};
use crate::forms::{About, Call, ConfirmButton, Form, Hidden, SubmitButton};
use crate::shell::job_state;
use crate::{Failure, clock, format, platform};
use leptos::prelude::*;
use leptos::task::spawn_local;
use mlhub_domain::datasets::{DatasetPath, DatasetVersion, ReadError, VersionState};
use mlhub_domain::jobs::Job;

/// Milliseconds to the first look at a version that is being read: small files are read at once.
const FIRST_PAUSE: u32 = 100;
/// The most milliseconds between two looks; each pause is half as long again as the one before.
const LONGEST_PAUSE: u32 = 1_000;

/// How far the reading of the newest version is.
pub(super) fn at_work(looked: &Looked, latest: &DatasetVersion) -> AnyView {
    let again = looked.ask.address(&looked.at());
    let stop = looked.edits().then(|| stop(looked.at(), latest.version));
    reading_card(looked.at(), latest, looked.job.clone(), again, stop)
}

/// How far the reading of a version is, on the page at `again`, which is loaded anew at its end;
/// with what can be done about it until it is asked to stop.
pub(in crate::pages) fn reading_card(
    at: DatasetPath,
    latest: &DatasetVersion,
    job: Option<Job>,
    again: String,
    acts: Option<AnyView>,
) -> AnyView {
    let (version, file) = (latest.version, latest.original_name.clone());
    let acts = acts.filter(|_| !is_cancelling(&job));
    let since = (clock::now() - latest.created_at).num_milliseconds() as f64 / 1e3;
    view! {
        <ReadingCard at version job file since again>
            {acts}
        </ReadingCard>
    }
    .into_any()
}

/// Whether the job was asked to stop.
fn is_cancelling(job: &Option<Job>) -> bool {
    job.as_ref().is_some_and(|job| job.cancelling)
}

/// Stops the reading of a version, which is then none; what becomes of it stands on the page of its
/// dataset.
#[server(prefix = "/fn", endpoint = "datasets/cancel")]
async fn cancel_reading(at: DatasetPath, version: u32) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    mlhub_hub::datasets::cancel(&hub, &actor, &at, version, None).await?;
    crate::ssr::see_other(&at.page())
}

/// The button that stops the reading of a version.
pub(in crate::pages) fn stop(at: DatasetPath, version: u32) -> AnyView {
    view! {
        <ConfirmButton
            label="Cancel…"
            warning="The file is not read any further, and the version has no table. Upload the file again to read it."
            class="btn stop small"
        >
            <Form action={Call::<CancelReading>::new()} class="actions">
                <About at/>
                <Hidden name="version" value=version.to_string()/>
                <SubmitButton class="btn stop">"Cancel the reading"</SubmitButton>
            </Form>
        </ConfirmButton>
    }
    .into_any()
}

/// Looks again and again, and loads the page anew when there is nothing more to wait for.
#[island]
fn ReadingCard(
    /// The dataset.
    at: DatasetPath,
    /// The version that is being read.
    version: u32,
    /// The job that reads it, as the server knew it.
    job: Option<Job>,
    /// The name of the file.
    file: String,
    /// Seconds since it was uploaded, when the page was rendered.
    since: f64,
    /// The address of the page.
    again: String,
    /// What can be done about it, until it is asked to stop.
    children: Children,
) -> impl IntoView {
    let job = RwSignal::new(job);
    let since = RwSignal::new(since.max(0.0));
    Effect::new(move |_| look_later(at.clone(), version, job, FIRST_PAUSE));
    Effect::new(move |_| count(since));
    let share = Signal::derive(move || job.with(|job| job.as_ref().and_then(|j| job_state(j).0)));
    let said = move || {
        let said = job.with(|job| job.as_ref().map(|job| job_state(job).1));
        said.unwrap_or_else(|| "under way".into())
    };
    let elapsed = move || format!("{} elapsed", format::duration(since.get()));
    let title = format!("Version {version} is being read");
    view! {
        <Card title=title.clone()>
            <div class="stack tight">
                <ProgressBar label=title share=share/>
                <div class="row apart small">
                    <span class="muted">{file}</span>
                    <span class="muted">{elapsed}</span>
                    <span role="status">{said}</span>
                    <a class="btn small needs-no-script" href=again>
                        "Refresh"
                    </a>
                    <div class="reading-acts" hidden=move || job.with(is_cancelling)>
                        {children()}
                    </div>
                </div>
            </div>
        </Card>
    }
}

/// Counts the seconds.
fn count(seconds: RwSignal<f64>) {
    platform::after(1_000, move || {
        seconds.update(|seconds| *seconds += 1.0);
        count(seconds);
    });
}

/// Looks after a while, and again, as long as the version is being read.
fn look_later(at: DatasetPath, version: u32, job: RwSignal<Option<Job>>, pause: u32) {
    platform::after(pause, move || {
        let next = (pause + pause / 2).min(LONGEST_PAUSE);
        if !platform::seen() {
            return look_later(at, version, job, next);
        }
        spawn_local(async move {
            match reading_progress(at.clone(), version).await {
                Ok((VersionState::Ready | VersionState::Failed, _)) => return platform::reload(),
                Ok((VersionState::Processing, now)) => job.set(now),
                // Gone, closed or signed out: the page itself says which.
                Err(failure) if matches!(failure.status(), 401 | 403 | 404) => {
                    return platform::reload();
                }
                // The server may be back the next time.
                Err(_) => {}
            }
            look_later(at, version, job, next);
        });
    });
}

/// What to say when there is no table to look at.
pub(super) fn instead(looked: &Looked) -> AnyView {
    match looked.version.as_ref() {
        None => nothing_yet(looked),
        Some(version) => match (version.state, &version.error) {
            (VersionState::Failed, error) => failed(looked, version, error.as_ref()),
            (VersionState::Processing | VersionState::Ready, _) => waiting(),
        },
    }
}

fn nothing_yet(looked: &Looked) -> AnyView {
    let form = looked.edits().then(|| {
        view! {
            <Card title="Upload the first version">
                <UploadForm/>
            </Card>
        }
    });
    view! {
        <EmptyState
            icon="database"
            title="No data yet"
            text="Each file that is uploaded here becomes a version: its types are recognised, its \
                  columns described. No version is ever overwritten, and every one can be made \
                  current again."
        />
        {form}
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <EmptyState
            icon="clock"
            title="The file is being read"
            text="Rows, columns and statistics stand here as soon as it has been read. You can \
                  leave the page meanwhile."
        />
    }
    .into_any()
}

fn failed(looked: &Looked, version: &DatasetVersion, error: Option<&ReadError>) -> AnyView {
    let (became, ask) = match version.cancelled {
        true => ("was not read", "Upload it, or another file: it becomes the next version."),
        false => (
            "could not be read",
            "Correct the file and upload it again: it becomes the next version.",
        ),
    };
    let title = format!("Version {} {became}", version.version);
    let why = error.map(|error| why(version, error));
    let versions = looked.ask.of_part(Part::Versions).address(&looked.at());
    let form = looked.edits().then(|| {
        view! {
            <p>{ask}</p>
            <UploadForm/>
        }
    });
    view! {
        <Card title=title>
            <div class="stack">
                {why}
                {form}
                <a href=versions>"All versions"</a>
            </div>
        </Card>
    }
    .into_any()
}

/// Why a version has no table: what is wrong with its file and where in it, or who stopped it.
pub(super) fn why(version: &DatasetVersion, error: &ReadError) -> AnyView {
    let kind = if version.cancelled { "plain" } else { "bad" };
    let (place, message) = (place(&version.original_name, error), error.message.clone());
    view! {
        <Note kind title=place>
            {message}
        </Note>
    }
    .into_any()
}

/// The place of an error: file, row, line, column.
fn place(file: &str, error: &ReadError) -> String {
    let parts = [
        error.row.map(|row| format!("row {}", format::count(row))),
        error.line.map(|line| format!("line {}", format::count(line))),
        error.column.as_ref().map(|column| format!("column “{column}”")),
    ];
    let parts: Vec<String> =
        std::iter::once(file.to_string()).chain(parts.into_iter().flatten()).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_where_it_is() {
        let error = ReadError {
            message: "a quote is never closed".into(),
            row: Some(9_999),
            line: Some(10_002),
            column: Some("name".into()),
        };
        assert_eq!(place("a.csv", &error), "a.csv, row 9999, line 10\u{a0}002, column “name”");
        let error = ReadError { row: None, line: None, column: None, ..error };
        assert_eq!(place("a.csv", &error), "a.csv");
    }
}

//! Reads an uploaded file into a table.

use crate::{End, Job, broken};
use mlhub_data::{IngestError, IngestOptions};
use mlhub_domain::jobs::{Failure, IngestSpec, Ingested, Outcome};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

pub(crate) fn ingest(job: &Job, spec: &IngestSpec) -> Result<Outcome, End> {
    let input = job.input(&spec.original)?;
    job.reporter.phase("read");
    let began = Instant::now();
    let progress = |done, total| {
        job.reporter.progress(began, (done, total), "bytes");
        if job.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = IngestOptions { threads: job.threads.max(2), ..IngestOptions::default() };
    let read = mlhub_data::ingest(&input, &spec.original_name, Path::new("."), &options, &progress)
        .map_err(failure)?;
    job.reporter.phase("save");
    let table = job.client.put("table.parquet", &read.table)?;
    let rejected = read
        .rejected
        .as_deref()
        .map(|path| job.client.put("rejected.parquet", path))
        .transpose()?;
    Ok(Outcome::Ingested(Box::new(Ingested {
        rows: read.rows,
        rejected_rows: read.rejected_rows,
        rejected_cells: read.rejected_cells,
        columns: read.columns,
        notes: read.notes,
        profile: read.profile,
        table,
        rejected,
    })))
}

fn failure(error: IngestError) -> Failure {
    match error {
        IngestError::Unreadable(read) => Failure {
            message: read.message.clone(),
            hint: "Correct the file and upload it again.".into(),
            read: Some(read),
            retry: false,
        },
        IngestError::Cancelled => Failure {
            message: "It was cancelled.".into(),
            hint: "Upload the file again to read it.".into(),
            read: None,
            retry: false,
        },
        IngestError::Failed(ref cause) => broken("The table could not be written", cause),
    }
}

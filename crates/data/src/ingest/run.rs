//! The course of reading one file: container, encoding, plan, passes, profile.

use super::encoding::{self, Charset};
use super::facts::Facts;
use super::kinds::Kind;
use super::notes::Notes;
use super::pass::{self, Passed, Paths, Stop};
use super::plan::{Plan, kinds, plan};
use super::{Ingest, IngestError, IngestOptions, container, cut::CutError, rejects};
use crate::profile::{self, Found};
use crate::table::Table;
use mlhub_domain::datasets::ReadError;
use mlhub_domain::num::count;
use mlhub_domain::profile::WarningKind;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The beginning of the file, on which the plan is made.
const SAMPLE_BYTES: u64 = 1 << 20;
/// Passes in all: types and the encoding can each ask for another one.
const PASSES: usize = 5;
/// Share of the progress that the passes make up; the profile is the rest.
const PASS_SHARE: f64 = 0.8;

type Progress<'a> = &'a (dyn Fn(u64, u64) -> ControlFlow<()> + Sync);

/// One reading of a file.
pub(crate) struct Run<'a> {
    input: &'a Path,
    name: &'a str,
    out: &'a Path,
    options: &'a IngestOptions,
    progress: Progress<'a>,
    /// Bytes of the file.
    total: u64,
    /// The highest figure told, so that a second pass does not go backwards.
    told: AtomicU64,
    /// The text in UTF-8 and the bytes of its mark.
    text: PathBuf,
    mark: u64,
    notes: Notes,
}

fn unreadable(message: impl Into<String>) -> IngestError {
    let message = message.into();
    IngestError::Unreadable(ReadError { message, row: None, line: None, column: None })
}

/// Row and line, from 1, of the first text of a column.
fn place_of_text(facts: &Facts) -> Option<(u64, u64)> {
    facts.first_text.as_ref().map(|text| (text.row + 1, text.line + 1))
}

impl<'a> Run<'a> {
    /// Looks at the first bytes.
    pub(crate) fn new(
        input: &'a Path,
        name: &'a str,
        out: &'a Path,
        options: &'a IngestOptions,
        progress: Progress<'a>,
    ) -> Result<Self, IngestError> {
        let mut head = Vec::new();
        let mut file = File::open(input)?;
        let total = file.metadata()?.len();
        file.by_ref().take(SAMPLE_BYTES).read_to_end(&mut head)?;
        if total == 0 {
            return Err(unreadable(format!("“{name}” is empty.")));
        }
        if let Some(other) = container::recognise(&head) {
            return Err(unreadable(other.message(name)));
        }
        let mut run = Self {
            input,
            name,
            out,
            options,
            progress,
            total,
            told: AtomicU64::new(0),
            text: input.to_owned(),
            mark: 0,
            notes: Notes::default(),
        };
        match encoding::of_head(&head) {
            Charset::Utf8 { mark } => run.mark = mark,
            Charset::Other { encoding, mark, guessed } => {
                run.transcode(encoding, mark, guessed)?;
            }
            Charset::Binary => {
                return Err(unreadable(format!(
                    "“{name}” is a binary file, not a table: save the table as CSV and upload that."
                )));
            }
        }
        Ok(run)
    }

    fn transcode(
        &mut self,
        encoding: &'static encoding_rs::Encoding,
        mark: u64,
        guessed: bool,
    ) -> Result<(), IngestError> {
        let text = self.out.join("text.tmp");
        let replaced = encoding::transcode(&mut File::open(self.input)?, mark, encoding, &text)?;
        (self.text, self.mark) = (text, 0);
        self.notes.encoding(encoding.name(), guessed, replaced);
        Ok(())
    }

    /// Reads the table.
    pub(crate) fn finish(mut self) -> Result<Ingest, IngestError> {
        let result = self.read();
        if self.text != self.input {
            // Scratch: a failure to remove it must not hide the result.
            let _ = std::fs::remove_file(&self.text);
        }
        let (plan, passed) = result?;
        self.check(&plan, &passed)?;
        self.finished(&plan, passed)
    }

    /// Passes over the file until the plan holds.
    fn read(&mut self) -> Result<(Plan, Passed), IngestError> {
        let mut plan = self.plan()?;
        let table = self.out.join("table.parquet");
        for round in 1..=PASSES {
            if plan.columns.len() > self.options.limits.columns {
                return Err(unreadable(format!(
                    "“{}” has {} columns; the most are {}.",
                    self.name,
                    count(plan.columns.len() as u64),
                    count(self.options.limits.columns as u64)
                )));
            }
            let paths = Paths { text: &self.text, mark: self.mark, table: &table };
            let tell = |bytes: u64| self.tell(bytes as f64 * PASS_SHARE, round);
            match pass::run(&paths, &plan, self.options, round < PASSES, &tell) {
                Ok(passed) => {
                    if (!Self::correct(&mut plan, &passed) || round == PASSES) && passed.complete {
                        return Ok((plan, passed));
                    }
                }
                Err(Stop::NotUtf8) if self.text == self.input => {
                    let encoding = encoding::guess(&mut File::open(self.input)?)?;
                    self.transcode(encoding, 0, true)?;
                    plan = self.plan()?;
                }
                Err(stop) => return Err(self.stopped(stop, &plan)),
            }
        }
        Err(unreadable(format!("The types of the columns of “{}” do not settle.", self.name)))
    }

    fn plan(&self) -> Result<Plan, IngestError> {
        let mut sample = Vec::new();
        let mut file = File::open(&self.text)?;
        let whole = file.metadata()?.len() <= self.mark + SAMPLE_BYTES;
        file.seek(SeekFrom::Start(self.mark))?;
        file.take(SAMPLE_BYTES).read_to_end(&mut sample)?;
        if !whole {
            let end = memchr::memrchr2(b'\n', b'\r', &sample).map(|at| at + 1);
            sample.truncate(end.unwrap_or(sample.len()));
        }
        plan(&sample, whole).ok_or_else(|| {
            unreadable(format!("“{}” has nothing but blank lines in it.", self.name))
        })
    }

    /// Takes from a pass what the plan got wrong; whether anything was.
    fn correct(plan: &mut Plan, passed: &Passed) -> bool {
        let mut changed = false;
        for (column, kind) in plan.columns.iter_mut().zip(kinds(passed.facts.iter())) {
            changed |= column.kind != kind;
            column.kind = kind;
        }
        let trailing = plan.could_be_trailing();
        changed |= trailing != plan.trailing;
        plan.trailing = trailing;
        changed
    }

    fn stopped(&self, stop: Stop, plan: &Plan) -> IngestError {
        let line_of = |offset: u64| {
            let mut file = File::open(&self.text).ok()?;
            file.seek(SeekFrom::Start(self.mark)).ok()?;
            let (mut buffer, mut left, mut line) = (vec![0; 1 << 16], offset + plan.skip, 1);
            while left > 0 {
                let want = buffer.len().min(usize::try_from(left).unwrap_or(buffer.len()));
                let read = file.read(&mut buffer[..want]).ok().filter(|&read| read > 0)?;
                line += memchr::memchr_iter(plan.dialect.newline, &buffer[..read]).count() as u64;
                left -= read as u64;
            }
            Some(line)
        };
        match stop {
            Stop::NotUtf8 => unreadable(format!("“{}” is not text.", self.name)),
            Stop::Cut(CutError::Io(error)) => error.into(),
            Stop::Cut(CutError::LongRecord(at)) => IngestError::Unreadable(ReadError {
                message: format!(
                    "A row is longer than {} MiB: look for a missing line end or an unclosed quote.",
                    self.options.limits.record_bytes >> 20
                ),
                row: None,
                line: line_of(at),
                column: None,
            }),
            Stop::Cancelled => IngestError::Cancelled,
            Stop::Failed(error) => error.into(),
        }
    }

    /// Refuses a file of which nothing, or too little, is left.
    fn check(&self, plan: &Plan, passed: &Passed) -> Result<(), IngestError> {
        let first = passed.rejected.first();
        let fail = |message: String| {
            Err(IngestError::Unreadable(ReadError {
                message,
                row: first.map(|rejected| rejected.row),
                line: first.map(|rejected| rejected.line),
                column: None,
            }))
        };
        if passed.rejected_rows > self.options.limits.rejects {
            return fail(format!(
                "{} rows do not have the {} fields of the table, more than the {} that may be left \
                 out. Is “{}” a table?",
                count(passed.rejected_rows),
                plan.least,
                count(self.options.limits.rejects),
                self.name
            ));
        }
        if passed.rows == 0 && passed.rejected_rows > 0 {
            return fail(format!(
                "No row of “{}” has the {} fields that its header has; the first one has {}: give \
                 each column a name, and each row a field for each name.",
                self.name,
                plan.least,
                first.map_or("others", |rejected| {
                    rejected.reason.split(',').next().unwrap_or("others")
                })
            ));
        }
        if passed.rows == 0 {
            let names: Vec<&str> =
                plan.columns.iter().take(5).map(|column| column.name.name.as_str()).collect();
            return fail(format!(
                "“{}” has a header ({}{}) but no rows below it.",
                self.name,
                names.join(", "),
                if plan.columns.len() > 5 { ", …" } else { "" }
            ));
        }
        Ok(())
    }

    fn finished(mut self, plan: &Plan, passed: Passed) -> Result<Ingest, IngestError> {
        let mut rejected = rejects::cells(plan, &passed.facts);
        let cells = plan.columns.iter().zip(&passed.facts);
        let rejected_cells: u64 = cells
            .filter(|(column, _)| !matches!(column.kind, Kind::Text | Kind::Empty))
            .map(|(_, facts)| facts.misfit_count)
            .sum();
        self.notes.of(plan, &passed);
        let found = Found {
            rejected_rows: passed.rejected_rows,
            rejected_cells,
            guessed: std::mem::take(&mut self.notes.guessed),
            first_texts: passed.facts.iter().map(place_of_text).collect(),
        };
        rejected.extend(passed.rejected);
        let list = (!rejected.is_empty()).then(|| self.out.join("rejected.parquet"));
        if let Some(list) = &list {
            rejects::write(list, rejected)?;
        }
        let path = self.out.join("table.parquet");
        let table = Table::open(&path)?;
        let rest = self.total as f64 * (1.0 - PASS_SHARE);
        let tell = |share: f64| self.tell(self.total as f64 * PASS_SHARE + rest * share, 1);
        let profile = profile::of(&table, self.options.threads, found, &tell)?;
        let strays = profile.warnings.iter().filter(|w| w.kind == WarningKind::StrayTexts);
        self.notes.sentences.extend(strays.map(|warning| warning.message.clone()));
        Ok(Ingest {
            rows: passed.rows,
            rejected_rows: passed.rejected_rows,
            rejected_cells,
            columns: table.columns().to_vec(),
            notes: self.notes.sentences,
            profile,
            table: path,
            rejected: list,
        })
    }

    /// Tells how far it is. A second pass starts from nothing, which nobody needs to see.
    fn tell(&self, done: f64, round: usize) -> ControlFlow<()> {
        let done = if round == 1 { done } else { done * 0.5 + self.total as f64 * 0.4 };
        let done = (done as u64).min(self.total);
        let before = self.told.fetch_max(done, Ordering::Relaxed);
        (self.progress)(before.max(done), self.total)
    }
}

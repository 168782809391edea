//! One pass over a file: a cutter, workers, and a writer that puts their blocks in order.

use super::block::{NotUtf8, Parsed, parse};
use super::cut::{Block, CutError, Cutter};
use super::facts::{Facts, REJECT_CELLS};
use super::kinds::Kind;
use super::plan::Plan;
use super::write::{Encoder, TableWriter, create};
use super::{IngestOptions, rejects};
use crate::Error;
use mlhub_domain::tables::Rejected;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// Why a pass ended early.
pub(crate) enum Stop {
    NotUtf8,
    Cut(CutError),
    Cancelled,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What a whole pass found. Rows and lines are those of the file.
pub(crate) struct Passed {
    pub(crate) rows: u64,
    pub(crate) file_rows: u64,
    pub(crate) facts: Vec<Facts>,
    /// The first of the rejected rows, up to one more than the limit.
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) rejected_rows: u64,
    pub(crate) odd_quotes: u64,
    pub(crate) unclosed: Vec<u64>,
    pub(crate) last: String,
    /// Whether the file holds every row; not when it was clear that the plan must change.
    pub(crate) complete: bool,
    lines: u64,
    bytes: u64,
}

/// Where the text is and where the table goes.
pub(crate) struct Paths<'a> {
    pub(crate) text: &'a Path,
    /// Bytes of a mark before the text.
    pub(crate) mark: u64,
    pub(crate) table: &'a Path,
}

/// Reads the whole text as `plan` says. `may_doom` lets it stop writing once the plan has failed.
pub(crate) fn run(
    paths: &Paths<'_>,
    plan: &Plan,
    options: &IngestOptions,
    may_doom: bool,
    progress: &(dyn Fn(u64) -> ControlFlow<()> + Sync),
) -> Result<Passed, Stop> {
    let mut input = File::open(paths.text).map_err(Error::from)?;
    let length = input.metadata().map_err(Error::from)?.len();
    let start = paths.mark + plan.skip;
    input.seek(SeekFrom::Start(start)).map_err(Error::from)?;
    let (writer, encoder) = create(paths.table, plan)?;
    let threads = options.threads.max(1);
    let size = block_size(options, length.saturating_sub(start), plan.columns.len());
    let limit = options.limits.record_bytes;
    let mut cutter = Cutter::new(input, &plan.dialect, size, limit);
    let doomed = AtomicBool::new(false);
    let (free, spares) = channel::<Vec<u8>>();
    let (work, blocks) = channel::<Block>();
    let (done, results) = channel::<Message>();
    // Each buffer is a block in flight: memory does not grow with the file.
    for _ in 0..=threads {
        let _ = free.send(Vec::new());
    }
    let blocks = Mutex::new(blocks);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (done, blocks, encoder, doomed) = (done.clone(), &blocks, &encoder, &doomed);
            scope.spawn(move || worker(blocks, &done, plan, limit, encoder, doomed));
        }
        scope.spawn(move || {
            while let Ok(spare) = spares.recv() {
                match cutter.next(spare) {
                    Ok(Some(block)) => {
                        if work.send(block).is_err() {
                            return;
                        }
                    }
                    Ok(None) => return,
                    Err(error) => {
                        let _ = done.send(Message::Cut(error));
                        return;
                    }
                }
            }
        });
        let collector = Collector { writer, plan, options, doomed: &doomed, may_doom, progress };
        collector.collect(&results, free)
    })
}

/// Bytes of a block: smaller for small files, so that all threads work; larger for very wide
/// tables, so that row groups keep enough rows.
fn block_size(options: &IngestOptions, length: u64, columns: usize) -> usize {
    let most = options.block_bytes;
    let share = usize::try_from(length / (2 * options.threads.max(1) as u64) + 1).unwrap_or(most);
    let wide = columns.saturating_mul(most / 512).min(most.saturating_mul(2));
    share.clamp(most / 4, most).max(wide).min(super::scan::MAX_BLOCK / 8)
}

enum Message {
    Parsed(usize, Vec<u8>, Box<Parsed>),
    NotUtf8,
    Cut(CutError),
    Failed(Error),
}

fn worker(
    blocks: &Mutex<Receiver<Block>>,
    done: &Sender<Message>,
    plan: &Plan,
    limit: usize,
    encoder: &Encoder,
    doomed: &AtomicBool,
) {
    loop {
        let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(block) = next else { return };
        let encoder = (!doomed.load(Ordering::Relaxed)).then_some(encoder);
        let message = match parse(&block, plan, limit, encoder) {
            Ok(Ok(parsed)) => Message::Parsed(block.index, block.data, Box::new(parsed)),
            Ok(Err(error)) => Message::Failed(error),
            Err(NotUtf8) => Message::NotUtf8,
        };
        if done.send(message).is_err() {
            return;
        }
    }
}

struct Collector<'a> {
    writer: TableWriter,
    plan: &'a Plan,
    options: &'a IngestOptions,
    doomed: &'a AtomicBool,
    may_doom: bool,
    progress: &'a (dyn Fn(u64) -> ControlFlow<()> + Sync),
}

impl Collector<'_> {
    /// Takes the blocks in their order. Leaving early drops `free`, which ends the cutter, whose
    /// end ends the workers.
    fn collect(
        mut self,
        results: &Receiver<Message>,
        free: Sender<Vec<u8>>,
    ) -> Result<Passed, Stop> {
        let mut passed = Passed::new(self.plan);
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for message in results {
            match message {
                Message::Parsed(index, buffer, parsed) => {
                    waiting.insert(index, (buffer, parsed));
                }
                Message::NotUtf8 => return Err(Stop::NotUtf8),
                Message::Cut(error) => return Err(Stop::Cut(error)),
                Message::Failed(error) => return Err(error.into()),
            }
            while let Some((buffer, parsed)) = waiting.remove(&next) {
                next += 1;
                self.add(&mut passed, *parsed)?;
                // The cutter is gone once the file is read.
                let _ = free.send(buffer);
            }
        }
        self.writer.finish()?;
        Ok(passed)
    }

    fn add(&mut self, passed: &mut Passed, mut parsed: Parsed) -> Result<(), Stop> {
        let groups = std::mem::take(&mut parsed.groups);
        passed.complete &= parsed.rows == 0 || !groups.is_empty();
        for group in groups {
            if passed.complete {
                self.writer.append(group)?;
            }
        }
        passed.merge(parsed, self.options);
        let failed = |(facts, kind): (&Facts, Kind)| {
            facts.misfit_count > REJECT_CELLS || (kind == Kind::Empty && facts.misfit_count > 0)
        };
        let kinds = self.plan.columns.iter().map(|column| column.kind);
        if self.may_doom && passed.facts.iter().zip(kinds).any(failed) {
            self.doomed.store(true, Ordering::Relaxed);
        }
        match (self.progress)(passed.bytes) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Cancelled),
        }
    }
}

impl Passed {
    fn new(plan: &Plan) -> Self {
        Self {
            rows: 0,
            file_rows: 0,
            facts: vec![Facts::default(); plan.columns.len()],
            rejected: Vec::new(),
            rejected_rows: 0,
            odd_quotes: 0,
            unclosed: Vec::new(),
            last: String::new(),
            complete: true,
            lines: plan.skipped_lines,
            bytes: plan.skip,
        }
    }

    fn merge(&mut self, parsed: Parsed, options: &IngestOptions) {
        let (row, line) = (self.file_rows, self.lines);
        for (mine, other) in self.facts.iter_mut().zip(parsed.facts) {
            mine.merge(other, row, line);
        }
        let room = (options.limits.rejects as usize + 1).saturating_sub(self.rejected.len());
        let place = |rejected| rejects::shift(rejected, row + 1, line + 1);
        self.rejected.extend(parsed.rejected.into_iter().take(room).map(place));
        self.unclosed.extend(parsed.unclosed.into_iter().take(10).map(|at| at + line + 1));
        self.rejected_rows += parsed.rejected_rows;
        self.odd_quotes += parsed.odd_quotes;
        self.rows += parsed.rows;
        self.file_rows += parsed.file_rows;
        self.lines += parsed.lines;
        self.bytes += parsed.bytes;
        if !parsed.last.is_empty() {
            self.last = parsed.last;
        }
    }
}

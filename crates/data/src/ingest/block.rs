//! From a block of bytes to column chunks: what a worker does.

use super::build::{Builder, Cells};
use super::cut::Block;
use super::facts::Facts;
use super::plan::Plan;
use super::scan::{Cell, Scanner};
use super::write::Encoder;
use crate::Error;
use memchr::memchr_iter;
use mlhub_domain::tables::Rejected;
use parquet::arrow::arrow_writer::ArrowColumnChunk;

/// Cells that are cut at once before columns are built from them: they stay in the cache.
const TILE_CELLS: usize = 1 << 16;
/// Rows of a row group; narrow tables have several in a block.
const GROUP_ROWS: usize = 1 << 18;
/// Rejected rows of one block that are kept.
const BLOCK_REJECTS: usize = 100_001;

/// What a block held. Rows and lines are counted from its start, from 0.
#[derive(Default)]
pub(crate) struct Parsed {
    /// Rows written.
    pub(crate) rows: u64,
    /// Rows in the file: those written and those rejected.
    pub(crate) file_rows: u64,
    pub(crate) lines: u64,
    /// Bytes of the block.
    pub(crate) bytes: u64,
    pub(crate) facts: Vec<Facts>,
    pub(crate) groups: Vec<Vec<ArrowColumnChunk>>,
    /// Rows that have too few or too many fields.
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) rejected_rows: u64,
    /// Quotes that are text inside quotes, and lines whose quote is never closed.
    pub(crate) odd_quotes: u64,
    pub(crate) unclosed: Vec<u64>,
    /// The text of the last row, for the question whether it is a total.
    pub(crate) last: String,
}

/// A block that is not UTF-8.
pub(crate) struct NotUtf8;

/// Reads a block as `plan` says. Without an encoder only the facts are gathered.
pub(crate) fn parse(
    block: &Block,
    plan: &Plan,
    limit: usize,
    encoder: Option<&Encoder>,
) -> Result<Result<Parsed, Error>, NotUtf8> {
    let text = std::str::from_utf8(&block.data).map_err(|_| NotUtf8)?;
    let mut parser = Parser::new(text, plan, limit);
    let result = parser.run(encoder);
    Ok(result.map(|()| parser.finish()))
}

struct Parser<'a> {
    text: &'a str,
    plan: &'a Plan,
    scanner: Scanner<'a>,
    builders: Vec<Builder>,
    cells: Vec<Cell>,
    /// For each row of the tile: its number among the rows of the block, and where it begins.
    places: Vec<(u64, usize)>,
    group_rows: usize,
    lines: Lines<'a>,
    parsed: Parsed,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, plan: &'a Plan, limit: usize) -> Self {
        Self {
            text,
            plan,
            scanner: Scanner::new(text.as_bytes(), &plan.dialect, limit),
            builders: plan.columns.iter().map(|column| Builder::new(column.kind)).collect(),
            cells: Vec::with_capacity(TILE_CELLS + plan.columns.len()),
            places: Vec::new(),
            group_rows: 0,
            lines: Lines { text: text.as_bytes(), newline: plan.dialect.newline, at: 0, line: 0 },
            parsed: Parsed::default(),
        }
    }

    fn run(&mut self, encoder: Option<&Encoder>) -> Result<(), Error> {
        let width = self.plan.columns.len();
        let tile = (TILE_CELLS / width).clamp(1, 8_192);
        loop {
            let more = self.record(width);
            if self.places.len() == tile || (!more && !self.places.is_empty()) {
                self.fill(width);
            }
            if self.group_rows >= GROUP_ROWS || (!more && self.group_rows > 0) {
                self.encode(encoder)?;
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Reads one record; whether there was one.
    fn record(&mut self, width: usize) -> bool {
        let (start, first) = (self.scanner.position(), self.cells.len());
        let Some(fields) = self.scanner.record(&mut self.cells) else { return false };
        if fields == width && !(self.plan.strict && self.last_has_text()) {
            self.places.push((self.parsed.file_rows, start));
            self.parsed.file_rows += 1;
            return true;
        }
        let blank = fields == 1 && {
            let cell = self.cells[first];
            !cell.quoted() && cell.raw(self.text.as_bytes()).trim_ascii().is_empty()
        };
        if blank {
            self.cells.truncate(first);
        } else if fields >= self.plan.least && fields < width {
            // The missing fields are empty ones.
            let nothing = Cell::nothing();
            self.cells.resize(first + width, nothing);
            self.places.push((self.parsed.file_rows, start));
            self.parsed.file_rows += 1;
        } else {
            self.cells.truncate(first);
            self.reject(start, fields, width);
            self.parsed.file_rows += 1;
        }
        true
    }

    /// Whether something stands in the last field of the record that was just read.
    fn last_has_text(&self) -> bool {
        let last = self.cells[self.cells.len() - 1];
        last.quoted() || !last.raw(self.text.as_bytes()).is_empty()
    }

    fn reject(&mut self, start: usize, fields: usize, width: usize) {
        self.parsed.rejected_rows += 1;
        if self.parsed.rejected.len() < BLOCK_REJECTS {
            let expected = self.plan.least.max(self.plan.written().min(width));
            let plural = if fields == 1 { "field" } else { "fields" };
            let row = &self.text[start..self.scanner.position()];
            self.parsed.rejected.push(Rejected {
                row: self.parsed.file_rows,
                line: self.lines.at(start),
                column: None,
                text: row.trim_end_matches(['\r', '\n']).chars().take(1_000).collect(),
                reason: format!("{fields} {plural}, {expected} expected"),
            });
        }
    }

    /// Builds the columns of the tile.
    fn fill(&mut self, width: usize) {
        let Self { text, plan, cells, places, builders, .. } = self;
        let newline = plan.dialect.newline;
        let place = |row: usize| {
            let (row, start) = places[row];
            // Counted from the start of the block: misfits are few.
            (row, memchr_iter(newline, &text.as_bytes()[..start]).count() as u64)
        };
        for (column, builder) in builders.iter_mut().enumerate() {
            builder.fill(&Cells {
                block: text,
                dialect: &plan.dialect,
                cells,
                columns: width,
                column,
                place: &place,
            });
        }
        if let Some(&(_, start)) = self.places.last() {
            self.parsed.last = self.text[start..].chars().take(200).collect();
        }
        self.group_rows += self.places.len();
        self.parsed.rows += self.places.len() as u64;
        self.places.clear();
        self.cells.clear();
    }

    fn encode(&mut self, encoder: Option<&Encoder>) -> Result<(), Error> {
        let written = self.plan.written();
        let mut arrays = self.builders.iter_mut().map(Builder::finish);
        match encoder {
            Some(encoder) => {
                let group = encoder.encode(arrays.by_ref().take(written))?;
                self.parsed.groups.push(group);
            }
            None => arrays.by_ref().take(written).for_each(drop),
        }
        arrays.for_each(drop);
        self.group_rows = 0;
        Ok(())
    }

    fn finish(mut self) -> Parsed {
        self.parsed.odd_quotes = self.scanner.odd;
        let unclosed = std::mem::take(&mut self.scanner.unclosed);
        let mut lines = Lines { at: 0, line: 0, ..self.lines };
        self.parsed.unclosed = unclosed.into_iter().take(1_000).map(|at| lines.at(at)).collect();
        self.parsed.lines = self.lines.at(self.text.len());
        self.parsed.bytes = self.text.len() as u64;
        self.parsed.facts = self.builders.into_iter().map(|builder| builder.facts).collect();
        self.parsed
    }
}

/// Counts lines as offsets grow.
struct Lines<'a> {
    text: &'a [u8],
    newline: u8,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line, from 0, in which the byte at `offset` stands; offsets must not shrink.
    fn at(&mut self, offset: usize) -> u64 {
        self.line += memchr_iter(self.newline, &self.text[self.at..offset]).count() as u64;
        self.at = offset;
        self.line
    }
}

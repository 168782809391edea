//! How a file is read: decided on its beginning, corrected by what the whole of it says.

use super::facts::Facts;
use super::kinds::{Kind, settle};
use super::names::{Name, unique};
use super::scan::{Cell, Dialect, Scanner};
use super::sniff::{sniff, usual_width};
use crate::cells::class::{Class, classify};
use crate::cells::number::Style;
use std::collections::HashSet;

/// At most this many lines before the table are taken for a preamble.
const PREAMBLE_RECORDS: usize = 100;

/// One column of the plan.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) name: Name,
    pub(crate) kind: Kind,
    /// Few distinct values, so that a dictionary pays.
    pub(crate) dictionary: bool,
}

/// How a file is read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) dialect: Dialect,
    pub(crate) columns: Vec<Planned>,
    /// Bytes before the first row: preamble and header.
    pub(crate) skip: u64,
    /// Physical lines among them.
    pub(crate) skipped_lines: u64,
    /// What stands before the header.
    pub(crate) preamble: Vec<String>,
    /// Whether the first record of the table names the columns.
    pub(crate) header: bool,
    /// A row has at least this many fields; missing ones at the end are missing cells.
    pub(crate) least: usize,
    /// The last column is only there because rows end with a delimiter: it is not written.
    pub(crate) trailing: bool,
    /// The header has no such field, so whatever else stands there makes a row too long.
    pub(crate) strict: bool,
}

impl Plan {
    /// How many columns are written.
    pub(crate) fn written(&self) -> usize {
        self.columns.len() - usize::from(self.trailing)
    }

    /// Whether the last column is unnamed and empty: what a delimiter at the end of rows makes.
    pub(crate) fn could_be_trailing(&self) -> bool {
        if self.strict {
            return true;
        }
        self.header
            && self.columns.len() > 1
            && self.columns.last().is_some_and(|last| {
                last.name.original.trim().is_empty() && last.kind == Kind::Empty
            })
    }
}

/// Records of the sample, as ranges of its cells.
struct Sample<'a> {
    text: &'a [u8],
    dialect: Dialect,
    cells: Vec<Cell>,
    records: Vec<Record>,
}

#[derive(Clone, Copy)]
struct Record {
    /// Bytes of the text where it begins.
    start: usize,
    first: usize,
    width: usize,
    blank: bool,
}

/// Plans the reading of a text by `sample`: the `whole` of it, or its beginning up to the end of
/// a line. None when nothing stands in it.
pub(crate) fn plan(sample: &[u8], whole: bool) -> Option<Plan> {
    let sample = Sample::new(sample, sniff(sample), whole);
    let width = usual_width(sample.records.iter().filter(|r| !r.blank).map(|r| r.width))?;
    let table = sample.table(width);
    let rows = &sample.records[table..];
    let first = *rows.first()?;
    let header = sample.has_header(rows, width);
    let names: Vec<String> = if header {
        let mut names: Vec<String> = sample.texts(first).collect();
        // A field that only a delimiter at the end of the header makes.
        if names.len() == width + 1 && names.last().is_some_and(|last| last.trim().is_empty()) {
            names.pop();
        }
        names
    } else {
        vec![String::new(); width]
    };
    let data = if header { &rows[1..] } else { rows };
    let unnamed_last = header && names.last().is_some_and(|last| last.trim().is_empty());
    let least = names.len() - usize::from(unnamed_last && names.len() > 1);
    let strict = sample.end_with_a_delimiter(data, names.len());
    let mut names = names;
    names.extend(strict.then(String::new));
    let facts = sample.facts(data, names.len());
    let start = data.first().map_or(sample.text.len(), |record| record.start);
    let skipped = &sample.text[..start];
    let mut plan = Plan {
        dialect: sample.dialect,
        columns: unique(names)
            .into_iter()
            .zip(facts)
            .map(|(name, (kind, dictionary))| Planned { name, kind, dictionary })
            .collect(),
        skip: start as u64,
        skipped_lines: memchr::memchr_iter(sample.dialect.newline, skipped).count() as u64,
        preamble: sample.records[..table]
            .iter()
            .filter(|record| !record.blank)
            .map(|&record| sample.line(record))
            .filter(|line| !line.starts_with("sep="))
            .collect(),
        header,
        least,
        trailing: false,
        strict,
    };
    plan.trailing = plan.could_be_trailing();
    Some(plan)
}

impl<'a> Sample<'a> {
    fn new(text: &'a [u8], dialect: Dialect, whole: bool) -> Self {
        let (mut cells, mut records) = (Vec::new(), Vec::new());
        let mut scanner = Scanner::new(text, &dialect, text.len());
        loop {
            let (start, first) = (scanner.position(), cells.len());
            let Some(width) = scanner.record(&mut cells) else { break };
            let cell = cells[first];
            let blank = width == 1 && !cell.quoted() && cell.raw(text).trim_ascii().is_empty();
            records.push(Record { start, first, width, blank });
        }
        // The end of the sample may stand inside quotes, which only look unclosed.
        let late = |at: &&usize| **at > text.len() / 4 * 3;
        if let Some(&open) = scanner.unclosed.iter().find(late).filter(|_| !whole) {
            records.truncate(records.partition_point(|record| record.start <= open) - 1);
        }
        Self { text, dialect, cells, records }
    }

    fn texts(&self, record: Record) -> impl Iterator<Item = String> {
        let mut scratch = Vec::new();
        self.cells[record.first..record.first + record.width].iter().map(move |cell| {
            let text = cell.text(self.text, &self.dialect, &mut scratch);
            String::from_utf8_lossy(text).into_owned()
        })
    }

    fn line(&self, record: Record) -> String {
        let rest = &self.text[record.start..];
        let end = memchr::memchr(self.dialect.newline, rest).unwrap_or(rest.len());
        String::from_utf8_lossy(rest[..end].trim_ascii()).chars().take(200).collect()
    }

    /// The record with which the table begins: after blank lines, `sep=`, comments, and lines that
    /// are not as wide as the rest. A first row that only lacks a field or two is the header.
    fn table(&self, width: usize) -> usize {
        let head = &self.records[..self.records.len().min(PREAMBLE_RECORDS)];
        let told = usize::from(self.text.starts_with(b"sep="));
        let usual = |r: &Record| !r.blank && r.width == width;
        let Some(usual) = head.iter().skip(told).position(usual).map(|at| at + told) else {
            return head.iter().position(|r| !r.blank).unwrap_or(0);
        };
        let before = |record: &Record| {
            let raw = self.cells[record.first].raw(self.text);
            record.blank || (record.width == 1 && width > 1) || raw.starts_with(b"#")
        };
        // What a blank line separates from the table does not belong to it.
        let after_blank = head[..usual].iter().rposition(|r| r.blank).map_or(0, |at| at + 1);
        let rest = head[after_blank..usual].iter().rposition(before).map_or(0, |at| at + 1);
        (after_blank + rest).max(told)
    }

    /// Whether the first row does not look like those below it. Where all is text, it is taken for
    /// the header.
    fn has_header(&self, rows: &[Record], width: usize) -> bool {
        let Some((&first, below)) = rows.split_first() else { return false };
        let kinds = self.facts(below, width);
        let cells: Vec<String> = self.texts(first).collect();
        if below.iter().all(|record| record.blank) {
            // One row alone names the columns, unless it holds values.
            return cells.iter().all(|cell| classify(cell.as_bytes()).class == Class::Text);
        }
        let typed = |kind: Kind| !matches!(kind, Kind::Text | Kind::Empty);
        let (mut fits, mut clashes) = (0, 0);
        for (cell, (kind, _)) in cells.iter().zip(&kinds) {
            let mut facts = Facts::default();
            facts.add(classify(cell.as_bytes()));
            match facts.kind() {
                Kind::Empty => {}
                Kind::Text if typed(*kind) => clashes += 1,
                _ if typed(*kind) => fits += 1,
                _ => {}
            }
        }
        clashes > 0 || fits == 0 || years(&cells, &kinds)
    }

    /// Whether most rows have one field more than `width`, with nothing in it.
    fn end_with_a_delimiter(&self, rows: &[Record], width: usize) -> bool {
        let filled = rows.iter().filter(|record| !record.blank);
        let ended = filled.clone().filter(|record| {
            let last = self.cells[record.first + record.width - 1];
            record.width == width + 1 && !last.quoted() && last.raw(self.text).is_empty()
        });
        2 * ended.count() > filled.count()
    }

    /// Kind and wish for a dictionary of each column.
    fn facts(&self, rows: &[Record], columns: usize) -> Vec<(Kind, bool)> {
        let mut scratch = Vec::new();
        let rows: Vec<&Record> = rows.iter().filter(|r| !r.blank || columns == 1).collect();
        let all: Vec<(Facts, usize, usize)> = (0..columns)
            .map(|column| {
                let (mut facts, mut distinct, mut values) = (Facts::default(), HashSet::new(), 0);
                for record in rows.iter().filter(|r| column < r.width && r.width <= columns) {
                    let cell = self.cells[record.first + column];
                    let text = cell.text(self.text, &self.dialect, &mut scratch);
                    let sorted = classify(text);
                    facts.add(sorted);
                    if sorted.class == Class::Blank {
                        facts.add_empty_texts(u64::from(cell.quoted()));
                    }
                    if !text.is_empty() {
                        values += 1;
                        facts.quoted += u64::from(cell.quoted());
                        facts.bare += u64::from(!cell.quoted());
                        distinct.insert(xxhash_rust::xxh3::xxh3_64(text));
                    }
                }
                (facts, distinct.len(), values)
            })
            .collect();
        let kinds = kinds(all.iter().map(|(facts, ..)| facts));
        kinds
            .into_iter()
            .zip(&all)
            .map(|(kind, (_, distinct, values))| (kind, *distinct < 50 || distinct * 10 < *values))
            .collect()
    }
}

/// Headings that are years stand over numbers: `country,2019,2020`.
fn years(cells: &[String], kinds: &[(Kind, bool)]) -> bool {
    let numbers: Vec<u32> = cells
        .iter()
        .zip(kinds)
        .filter(|(_, (kind, _))| !matches!(kind, Kind::Text | Kind::Empty))
        .map(|(cell, _)| cell.parse().unwrap_or(0))
        .collect();
    numbers.len() >= 2
        && numbers.len() < cells.len()
        && numbers.iter().all(|year| (1800..2200).contains(year))
        && numbers.windows(2).all(|pair| pair[0] + 1 == pair[1])
}

/// The kinds of the columns together: where a file leaves numbers bare, a column whose numbers
/// all stand in quotes is text.
pub(crate) fn kinds<'f>(facts: impl Iterator<Item = &'f Facts> + Clone) -> Vec<Kind> {
    // Commas in numbers need the quotes, which then say nothing.
    let numeric = |kind: Kind| {
        matches!(
            kind,
            Kind::Integer(Style::Point) | Kind::Number(Style::Point) | Kind::Decimal { .. }
        )
    };
    let kinds = settle(facts.clone());
    let bare = kinds.iter().zip(facts.clone()).any(|(&kind, f)| numeric(kind) && f.bare > 0);
    kinds
        .into_iter()
        .zip(facts)
        .map(|(kind, facts)| {
            let text = numeric(kind) && facts.bare == 0 && facts.quoted > 0 && bare;
            if text { Kind::Text } else { kind }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(plan: &Plan) -> Vec<&str> {
        plan.columns.iter().map(|column| column.name.name.as_str()).collect()
    }

    #[test]
    fn a_header_is_told_from_a_row() {
        for (text, header) in [
            ("a,b\n1,2\n", true),
            ("1,2\n3,4\n", false),
            ("x,1\ny,2\n", false),
            ("name,city\nAda,London\n", true),
            ("country,2019,2020\nx,5,6\n", true),
            ("a,b\n", true),
            ("1,2\n", false),
            ("2020-01-01\n2020-01-02\n", false),
        ] {
            assert_eq!(plan(text.as_bytes(), true).unwrap().header, header, "{text}");
        }
    }

    #[test]
    fn what_stands_before_the_table_is_kept_apart() {
        let text = "# made by hand\nReport\n\na,b,c\n1,2,3\n4,5,6\n";
        let plan = plan(text.as_bytes(), true).unwrap();
        assert_eq!(plan.preamble, ["# made by hand", "Report"]);
        assert_eq!((names(&plan), plan.skipped_lines), (vec!["a", "b", "c"], 4));
    }

    #[test]
    fn a_delimiter_at_the_end_of_rows_makes_no_column() {
        for text in ["a,b,\n1,2,\n3,4,\n", "a,b\n1,2,\n3,4,\n"] {
            let plan = plan(text.as_bytes(), true).unwrap();
            assert!(plan.trailing, "{text}");
            assert_eq!((plan.written(), plan.least), (2, 2), "{text}");
        }
        assert!(!plan(b"a,b,\n1,2,\n3,4,x\n", true).unwrap().trailing);
    }

    #[test]
    fn no_row_is_wider_than_the_header_or_than_most_rows() {
        for (text, columns) in [
            ("a,b\n1,2\n1,2,x\n", &["a", "b"][..]),
            ("a,b\n1,2,x\n3,4,y\n", &["a", "b"]),
            ("a,b\n1,2,\n3,4,x\n5,6\n7,8\n", &["a", "b"]),
            ("1,2\n3,4,5\n6,7\n", &["column_1", "column_2"]),
        ] {
            let plan = plan(text.as_bytes(), true).unwrap();
            assert_eq!((names(&plan), plan.least), (columns.to_vec(), 2), "{text}");
            assert!(!plan.trailing, "{text}");
        }
    }

    #[test]
    fn numbers_in_quotes_are_text_only_where_others_are_bare() {
        let kinds = |text: &str| -> Vec<Kind> {
            plan(text.as_bytes(), true).unwrap().columns.iter().map(|column| column.kind).collect()
        };
        let integer = Kind::Integer(Style::Point);
        assert_eq!(kinds("a,b\n\"5\",1\n\"6\",2\n"), [Kind::Text, integer]);
        assert_eq!(kinds("a,b\n\"5\",\"1\"\n\"6\",\"2\"\n"), [integer, integer]);
    }
}

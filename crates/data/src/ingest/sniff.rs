//! The dialect of a text, found by trying the likely ones.

use super::scan::{Cell, Dialect, Scanner};
use crate::cells::class::{Class, classify};
use std::collections::BTreeMap;

/// Bytes of the file that are tried, and records of them.
const TRIED_BYTES: usize = 1 << 16;
const TRIED_RECORDS: usize = 2_000;

/// Delimiters, the likeliest first. The last ones occur in ordinary text, so they must fit every
/// record and yield something better than text.
const DELIMITERS: [u8; 8] = [b',', b';', b'\t', b'|', 0x01, b'^', b' ', b':'];
const SHY: [u8; 3] = [b'^', b' ', b':'];

/// Finds the dialect of `sample`, the beginning of a text that ends at the end of a record.
pub(crate) fn sniff(sample: &[u8]) -> Dialect {
    let newline = newline(sample);
    let tried = shorten(sample, newline);
    let backslash = escapes_by_backslash(tried);
    // `sep=;` in the first line is how Excel is told.
    if let [b's', b'e', b'p', b'=', delimiter, b'\r' | b'\n', ..] = *sample
        && delimiter.is_ascii()
        && !delimiter.is_ascii_alphanumeric()
        && delimiter != b'"'
    {
        return Dialect { delimiter, quote: Some(b'"'), backslash, newline };
    }
    let mut best = Tried {
        dialect: Dialect { delimiter: b',', quote: Some(b'"'), backslash, newline },
        score: 0.0,
        quoted: 0,
        unclosed: 0,
    };
    let try_all = |best: &mut Tried, quote| {
        for delimiter in DELIMITERS {
            let tried = score(tried, Dialect { delimiter, quote, backslash, newline });
            // A later candidate must be clearly better.
            if tried.score > best.score + 0.02 {
                *best = tried;
            }
        }
    };
    try_all(&mut best, Some(b'"'));
    if single_quoted(tried) {
        try_all(&mut best, Some(b'\''));
    }
    // Where most opening quotes are never closed, a quote is a letter like any other.
    if best.unclosed > best.quoted {
        try_all(&mut best, None);
    }
    best.dialect
}

/// A dialect and how well it fits.
struct Tried {
    dialect: Dialect,
    /// How table-like the text is in it: 0 to 1.
    score: f64,
    quoted: usize,
    unclosed: usize,
}

/// A text without any `\n` but with `\r` has line ends of old Macs.
fn newline(sample: &[u8]) -> u8 {
    let count = |byte| memchr::memchr_iter(byte, sample).count();
    let lines = count(b'\n');
    if count(b'\r') > 20 * lines { b'\r' } else { b'\n' }
}

/// The first records of `sample`, cut where a line ends.
fn shorten(sample: &[u8], newline: u8) -> &[u8] {
    let Some(head) = sample.get(..TRIED_BYTES) else { return sample };
    let end = memchr::memrchr(newline, head).map_or(head.len(), |at| at + 1);
    &head[..end]
}

/// Backslashes escape when one stands before a quote in a field and no quote is doubled.
fn escapes_by_backslash(text: &[u8]) -> bool {
    let inner = |at: usize| {
        let before = at.checked_sub(1).map(|before| text[before]);
        let after = text.get(at + 2).copied();
        let edge = |byte: Option<u8>| {
            byte.is_none_or(|b| matches!(b, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r'))
        };
        !edge(before) && !edge(after)
    };
    memchr::memmem::find_iter(text, b"\\\"").any(inner)
        && !memchr::memmem::find_iter(text, b"\"\"").any(inner)
}

/// Whether fields stand in `'…'`: there are some, and `"` opens none.
fn single_quoted(text: &[u8]) -> bool {
    let edge = |byte: u8| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r');
    let opens = |quote: u8| {
        memchr::memchr_iter(quote, text).filter(|&at| at == 0 || edge(text[at - 1])).count()
    };
    let closes = memchr::memchr_iter(b'\'', text)
        .filter(|&at| text.get(at + 1).is_none_or(|&next| edge(next)))
        .count();
    let opened = opens(b'\'');
    opened >= 2 && opened == closes && opens(b'"') == 0
}

/// Tries a dialect.
fn score(text: &[u8], dialect: Dialect) -> Tried {
    let mut scanner = Scanner::new(text, &dialect, text.len());
    let mut cells: Vec<Cell> = Vec::new();
    let mut records: Vec<(usize, usize)> = Vec::new();
    while records.len() < TRIED_RECORDS {
        let from = cells.len();
        let Some(width) = scanner.record(&mut cells) else { break };
        let blank = width == 1 && cells[from].raw(text).trim_ascii().is_empty();
        let comment = cells[from].raw(text).starts_with(b"#") && !cells[from].quoted();
        if !blank && !comment {
            records.push((from, width));
        }
    }
    let unclosed = scanner.unclosed.len();
    let irregular = unclosed as f64 + scanner.odd as f64 / 10.0;
    let quoted = cells.iter().filter(|cell| cell.quoted()).count();
    let mut tried = Tried { dialect, score: 0.0, quoted, unclosed };
    let Some(width) = usual_width(records.iter().map(|(_, width)| *width)) else { return tried };
    let usual = records.iter().filter(|(_, w)| *w == width).count() as f64;
    let share = usual / records.len() as f64;
    let shy = SHY.contains(&dialect.delimiter);
    if width < 2 || (shy && (share < 1.0 || records.len() < 2)) {
        return tried;
    }
    let typed = typed(text, &dialect, &cells, &records, width);
    if shy && typed < 0.5 {
        return tried;
    }
    let irregular = (irregular / records.len() as f64).min(0.3);
    tried.score = (share * (0.6 + 0.4 * typed) - irregular).max(0.0);
    tried
}

/// Share of the cells below the first record that are something better than text.
fn typed(
    text: &[u8],
    dialect: &Dialect,
    cells: &[Cell],
    records: &[(usize, usize)],
    width: usize,
) -> f64 {
    let (mut all, mut typed, mut scratch) = (0u64, 0u64, Vec::new());
    for &(from, w) in records.iter().skip(1) {
        if w != width {
            continue;
        }
        for cell in &cells[from..from + w] {
            match classify(cell.text(text, dialect, &mut scratch)).class {
                Class::Blank => {}
                Class::Text | Class::NullWord => all += 1,
                _ => (all, typed) = (all + 1, typed + 1),
            }
        }
    }
    if all == 0 { 0.0 } else { typed as f64 / all as f64 }
}

/// The commonest width; the larger of equals.
pub(crate) fn usual_width(widths: impl Iterator<Item = usize>) -> Option<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for width in widths {
        *counts.entry(width).or_default() += 1;
    }
    counts.into_iter().max_by_key(|&(_, n)| n).map(|(width, _)| width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_among_its_rivals() {
        for (text, delimiter) in [
            ("a,b\n1,2\n3,4\n", b','),
            ("a;b\n1,5;2,5\n3,5;4,5\n", b';'),
            ("a\tb\nx, y\t1\nz, w\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("a b\n1 2\n3 4\n", b' '),
            ("when\n2020-01-02 03:04\n2020-01-03 04:05\n", b','),
            ("name\nJohn Smith\nMary Jones\n", b','),
            ("sep=;\na;b\n1;2\n", b';'),
            ("a,b\n\"x;y;z\",1\n\"u;v;w\",2\n", b','),
        ] {
            assert_eq!(sniff(text.as_bytes()).delimiter, delimiter, "{text}");
        }
    }

    #[test]
    fn quotes_escapes_and_line_ends_are_found() {
        assert_eq!(sniff(b"a,b\n'x,y',1\n'z,w',2\n").quote, Some(b'\''));
        assert_eq!(sniff(b"a,b\nit's,1\nthat's,2\n").quote, Some(b'"'));
        assert!(sniff(b"a,b\n\"x\\\"y\",1\n").backslash);
        assert!(!sniff(b"a,b\n\"x\"\"y\\\",1\n").backslash);
        assert_eq!(sniff(b"a,b\r1,2\r").newline, b'\r');
        assert_eq!(sniff(b"a,b\r\n1,2\n").newline, b'\n');
    }
}

//! Blocks of whole records, cut from a file one after the other.

use super::scan::{Close, Dialect, close};
use memchr::{memchr, memrchr};
use std::io::{self, Read};

/// Part of the file: whole records.
#[derive(Default)]
pub(crate) struct Block {
    /// Its place among the blocks, from 0.
    pub(crate) index: usize,
    /// Its bytes.
    pub(crate) data: Vec<u8>,
}

/// Why no block could be cut.
#[derive(Debug)]
pub(crate) enum CutError {
    Io(io::Error),
    /// A record is longer than the limit; it begins this many bytes into the table.
    LongRecord(u64),
}

/// Cuts a file into blocks at the ends of records. It looks at each quote with the eyes of the
/// scanner, so a block never begins inside quotes, whatever the quotes of the file are like; files
/// with few quotes go by at the speed of `memchr`.
pub(crate) struct Cutter<'a, R> {
    input: R,
    dialect: &'a Dialect,
    size: usize,
    record: usize,
    rest: Vec<u8>,
    ended: bool,
    index: usize,
    offset: u64,
}

impl<'a, R: Read> Cutter<'a, R> {
    /// Cuts `input` into blocks of about `size` bytes; a record has at most `record` bytes.
    pub(crate) fn new(input: R, dialect: &'a Dialect, size: usize, record: usize) -> Self {
        let size = size.max(1);
        Self { input, dialect, size, record, rest: Vec::new(), ended: false, index: 0, offset: 0 }
    }

    /// The next block, in the memory of `spare`; none at the end.
    pub(crate) fn next(&mut self, mut spare: Vec<u8>) -> Result<Option<Block>, CutError> {
        spare.clear();
        spare.append(&mut self.rest);
        let mut want = self.size;
        loop {
            self.fill(&mut spare, want)?;
            if spare.is_empty() {
                return Ok(None);
            }
            let end = if self.ended { Some(spare.len()) } else { self.end(&spare) };
            if let Some(end) = end {
                self.rest.extend_from_slice(&spare[end..]);
                spare.truncate(end);
                self.offset += end as u64;
                self.index += 1;
                return Ok(Some(Block { index: self.index - 1, data: spare }));
            }
            if spare.len() > self.record {
                return Err(CutError::LongRecord(self.offset));
            }
            want = (spare.len() * 2).min(self.record + 1);
        }
    }

    fn fill(&mut self, data: &mut Vec<u8>, want: usize) -> Result<(), CutError> {
        while !self.ended && data.len() < want {
            let missing = (want - data.len()) as u64;
            data.reserve_exact(missing as usize);
            let read = self.input.by_ref().take(missing).read_to_end(data).map_err(CutError::Io)?;
            self.ended = read == 0;
        }
        Ok(())
    }

    /// The end of the last record that is surely whole.
    fn end(&self, data: &[u8]) -> Option<usize> {
        let Some(quote) = self.dialect.quote else {
            return memrchr(self.dialect.newline, data).map(|at| at + 1);
        };
        let (mut at, mut end) = (0, None);
        loop {
            let found = memchr(quote, &data[at..]).map(|found| found + at);
            let plain = &data[at..found.unwrap_or(data.len())];
            if let Some(newline) = memrchr(self.dialect.newline, plain) {
                end = Some(at + newline + 1);
            }
            let Some(found) = found else { return end };
            at = found + 1;
            if found > 0
                && data[found - 1] != self.dialect.delimiter
                && data[found - 1] != self.dialect.newline
            {
                continue;
            }
            match close(data, at, self.dialect, false, self.record, &mut 0) {
                Close::At { end, .. } => at = end + 1,
                Close::Never => {}
                Close::Unfinished => return end,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::Scanner;
    use super::*;

    const DIALECT: Dialect =
        Dialect { delimiter: b',', quote: Some(b'"'), backslash: false, newline: b'\n' };

    fn blocks(text: &str, size: usize) -> Vec<String> {
        let mut cutter = Cutter::new(text.as_bytes(), &DIALECT, size, 1 << 16);
        let mut all = Vec::new();
        while let Some(block) = cutter.next(Vec::new()).unwrap() {
            assert_eq!(block.index, all.len());
            all.push(String::from_utf8(block.data).unwrap());
        }
        all
    }

    #[test]
    fn blocks_end_at_records_and_lose_nothing() {
        let text = "a,\"x\ny\"\nb,\"1\"\"\n,2\"\nc,5\" pipe\nd,\"e\"\n\"open,f\ng,h\n";
        let whole = count(text);
        for size in 1..text.len() + 3 {
            let blocks = blocks(text, size);
            assert_eq!(blocks.concat(), text, "size {size}");
            assert_eq!(blocks.iter().map(|b| count(b)).sum::<usize>(), whole, "size {size}");
        }
    }

    fn count(text: &str) -> usize {
        let mut scanner = Scanner::new(text.as_bytes(), &DIALECT, 1 << 16);
        let mut cells = Vec::new();
        std::iter::from_fn(|| scanner.record(&mut cells)).count()
    }

    #[test]
    fn a_record_beyond_the_limit_is_refused_with_its_place() {
        let text = format!("a\n{}\n", "x".repeat(200));
        let mut cutter = Cutter::new(text.as_bytes(), &DIALECT, 16, 100);
        assert_eq!(cutter.next(Vec::new()).unwrap().unwrap().data, b"a\n");
        assert!(matches!(cutter.next(Vec::new()), Err(CutError::LongRecord(2))));
    }
}

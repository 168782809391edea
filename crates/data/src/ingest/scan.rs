//! Where fields and records end: the one place that knows what a quote means.

use memchr::{memchr, memchr2};

/// How fields and records of a delimited text are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between two fields.
    pub(crate) delimiter: u8,
    /// Around a field that holds delimiters or line ends.
    pub(crate) quote: Option<u8>,
    /// Whether a backslash, and not a second quote, makes a quote inside quotes plain.
    pub(crate) backslash: bool,
    /// The last byte of a line end: `\n`, or `\r` in files that have no other.
    pub(crate) newline: u8,
}

/// A field: where its text stands in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    start: u32,
    end: u32,
}

/// Blocks are shorter than this, so that the two highest bits of an offset are free.
pub(crate) const MAX_BLOCK: usize = 1 << 30;
const QUOTED: u32 = 1 << 31;
const ESCAPED: u32 = 1 << 30;

impl Cell {
    fn new(start: usize, end: usize, flags: u32) -> Self {
        debug_assert!(end < MAX_BLOCK, "the cutter bounds blocks");
        Self { start: start as u32, end: end as u32 | flags }
    }

    /// An empty field that does not stand in the file.
    pub(crate) fn nothing() -> Self {
        Self { start: 0, end: 0 }
    }

    /// Where the text begins.
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    /// The bytes as they stand in the file, without the quotes around them.
    pub(crate) fn raw(self, block: &[u8]) -> &[u8] {
        &block[self.start as usize..(self.end & !(QUOTED | ESCAPED)) as usize]
    }

    /// Whether it stands in quotes.
    pub(crate) fn quoted(self) -> bool {
        self.end & QUOTED != 0
    }

    /// Whether its text has escapes, so that [`Cell::raw`] is not yet what it says.
    pub(crate) fn escaped(self) -> bool {
        self.end & ESCAPED != 0
    }

    /// What it says; `scratch` holds the text when escapes had to be taken out.
    pub(crate) fn text<'a>(
        self,
        block: &'a [u8],
        dialect: &Dialect,
        scratch: &'a mut Vec<u8>,
    ) -> &'a [u8] {
        let raw = self.raw(block);
        if !self.escaped() {
            return raw;
        }
        scratch.clear();
        let skip = if dialect.backslash { b'\\' } else { dialect.quote.unwrap_or(b'"') };
        let mut rest = raw;
        while let Some(at) = memchr(skip, rest) {
            scratch.extend_from_slice(&rest[..at]);
            // `\"`, `\\` and `""` lose their first byte; any other backslash is a backslash.
            let next = rest.get(at + 1).copied();
            let escape = next == dialect.quote || next == Some(skip);
            scratch.push(if escape { next.unwrap_or(skip) } else { skip });
            rest = &rest[at + 1 + usize::from(escape)..];
        }
        scratch.extend_from_slice(rest);
        scratch
    }
}

/// What follows an opening quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// The closing quote is here.
    At { end: usize, escaped: bool },
    /// The data end first and more may come.
    Unfinished,
    /// There is no closing quote: the opening one was a letter like any other.
    Never,
}

/// Finds the quote that closes the field whose first byte is `from`.
///
/// A quote closes only before a delimiter, a line end or the end of the file; elsewhere it is text.
/// In a well-formed file a lone quote never looks like an opening one, so one that does (after a
/// line end in the field, straight after a delimiter or line end) shows that the field was never
/// closed: no more than one record is lost to a forgotten quote. `odd` counts quotes that are text.
pub(crate) fn close(
    data: &[u8],
    from: usize,
    dialect: &Dialect,
    last: bool,
    limit: usize,
    odd: &mut u64,
) -> Close {
    let Some(quote) = dialect.quote else { return Close::Never };
    let open = |more: bool| if more { Close::Unfinished } else { Close::Never };
    let end = data.len().min(from.saturating_add(limit));
    let more = !last && end == data.len();
    let (mut at, mut escaped, mut strays) = (from, false, 0);
    loop {
        let Some(window) = data.get(at..end) else { return open(more) };
        let found =
            if dialect.backslash { memchr2(quote, b'\\', window) } else { memchr(quote, window) };
        let Some(found) = found.map(|found| found + at) else { return open(more) };
        if dialect.backslash && data[found] == b'\\' {
            escaped = true;
            at = found + 2;
            continue;
        }
        match data.get(found + 1).copied() {
            None if more => return Close::Unfinished,
            Some(next) if next == quote && !dialect.backslash => {
                escaped = true;
                at = found + 2;
                continue;
            }
            Some(b'\r') if data.len() == found + 2 && more => return Close::Unfinished,
            None => {}
            Some(next) if next == dialect.delimiter || next == dialect.newline => {}
            Some(b'\r') if matches!(data.get(found + 2), None | Some(b'\n')) => {}
            Some(_) => {
                let before = data[found - 1];
                let opening = before == dialect.delimiter || before == dialect.newline;
                if opening && memchr(dialect.newline, &data[from..found]).is_some() {
                    return Close::Never;
                }
                strays += 1;
                at = found + 1;
                continue;
            }
        }
        *odd += strays;
        return Close::At { end: found, escaped };
    }
}

/// Bit `i` is set where `bytes[i]` is one of the three: eight bytes at a time, in plain integers.
fn specials(bytes: &[u8; 64], a: u8, b: u8, c: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let spread = |byte: u8| u64::from(byte) * 0x0101_0101_0101_0101;
    // The high bit of each byte of `x` that is zero.
    let zero = |x: u64| !(((x & LOW) + LOW) | x | LOW);
    let (a, b, c) = (spread(a), spread(b), spread(c));
    let mut mask = 0;
    for (i, word) in bytes.chunks_exact(8).enumerate() {
        let word = u64::from_le_bytes(word.try_into().expect("a chunk of eight"));
        let hits = zero(word ^ a) | zero(word ^ b) | zero(word ^ c);
        // The product gathers the eight bits in its highest byte.
        mask |= ((hits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (i * 8);
    }
    mask
}

/// Cuts whole records into cells, one after the other.
pub(crate) struct Scanner<'a> {
    data: &'a [u8],
    dialect: &'a Dialect,
    limit: usize,
    pos: usize,
    base: usize,
    bits: u64,
    /// Quotes that are text although they stand in a quoted field.
    pub(crate) odd: u64,
    /// Offsets of opening quotes that are never closed.
    pub(crate) unclosed: Vec<usize>,
}

impl<'a> Scanner<'a> {
    /// Reads `data`, which ends at the end of a record; no field is longer than `limit`.
    pub(crate) fn new(data: &'a [u8], dialect: &'a Dialect, limit: usize) -> Self {
        let mut scanner =
            Self { data, dialect, limit, pos: 0, base: 0, bits: 0, odd: 0, unclosed: Vec::new() };
        scanner.load(0);
        scanner
    }

    /// Where the next record begins.
    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    fn load(&mut self, base: usize) {
        self.base = base;
        let Dialect { delimiter, newline, quote, .. } = *self.dialect;
        let quote = quote.unwrap_or(delimiter);
        self.bits = match self.data.get(base..) {
            None | Some([]) => 0,
            Some(rest) => match rest.first_chunk::<64>() {
                Some(chunk) => specials(chunk, delimiter, newline, quote),
                None => {
                    let mut chunk = [0; 64];
                    chunk[..rest.len()].copy_from_slice(rest);
                    specials(&chunk, delimiter, newline, quote) & !(u64::MAX << rest.len())
                }
            },
        };
    }

    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.base + 64 >= self.data.len() {
                return None;
            }
            self.load(self.base + 64);
        }
        let at = self.base + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }

    /// Forgets what stands before `at`.
    fn seek(&mut self, at: usize) {
        if at / 64 != self.base / 64 {
            self.load(at & !63);
        }
        self.bits &= u64::MAX << (at % 64);
    }

    /// Appends the fields of the next record to `cells` and says how many they are.
    pub(crate) fn record(&mut self, cells: &mut Vec<Cell>) -> Option<usize> {
        if self.pos >= self.data.len() {
            return None;
        }
        let before = cells.len();
        while self.field(cells) {}
        Some(cells.len() - before)
    }

    /// Reads one field; whether another one follows in the record.
    fn field(&mut self, cells: &mut Vec<Cell>) -> bool {
        let start = self.pos;
        if self.dialect.quote.is_some() && self.data.get(start).copied() == self.dialect.quote {
            match close(self.data, start + 1, self.dialect, true, self.limit, &mut self.odd) {
                Close::At { end, escaped } => {
                    let flags = QUOTED | if escaped { ESCAPED } else { 0 };
                    cells.push(Cell::new(start + 1, end, flags));
                    return self.after(end + 1);
                }
                Close::Unfinished | Close::Never => self.unclosed.push(start),
            }
        }
        loop {
            let Some(at) = self.next() else {
                cells.push(Cell::new(start, self.without_return(start, self.data.len()), 0));
                self.pos = self.data.len();
                return false;
            };
            let byte = self.data[at];
            if byte == self.dialect.delimiter {
                cells.push(Cell::new(start, at, 0));
                self.pos = at + 1;
                return true;
            }
            if byte == self.dialect.newline {
                cells.push(Cell::new(start, self.without_return(start, at), 0));
                self.pos = at + 1;
                return false;
            }
        }
    }

    /// Goes on behind a closing quote: [`close`] promises a delimiter, a line end or the end.
    fn after(&mut self, at: usize) -> bool {
        let at = if self.data.get(at) == Some(&b'\r') && self.dialect.newline == b'\n' {
            at + 1
        } else {
            at
        };
        self.pos = self.data.len().min(at + 1);
        self.seek(self.pos);
        self.data.get(at) == Some(&self.dialect.delimiter)
    }

    fn without_return(&self, start: usize, end: usize) -> usize {
        let cut = self.dialect.newline == b'\n' && end > start && self.data[end - 1] == b'\r';
        end - usize::from(cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect() -> Dialect {
        Dialect { delimiter: b',', quote: Some(b'"'), backslash: false, newline: b'\n' }
    }

    fn records(text: &str, dialect: &Dialect) -> Vec<Vec<String>> {
        let mut scanner = Scanner::new(text.as_bytes(), dialect, 1 << 20);
        let (mut cells, mut scratch, mut all) = (Vec::new(), Vec::new(), Vec::new());
        while scanner.record(&mut cells).is_some() {
            let say = |c: &Cell, scratch: &mut Vec<u8>| {
                String::from_utf8(c.text(text.as_bytes(), dialect, scratch).to_vec()).unwrap()
            };
            all.push(cells.drain(..).map(|c| say(&c, &mut scratch)).collect());
        }
        all
    }

    #[test]
    fn quotes_hold_delimiters_line_ends_and_quotes() {
        let got = records("a,\"b,\nc\",\"d\"\"e\"\r\n\"\",,x", &dialect());
        assert_eq!(got, [vec!["a", "b,\nc", "d\"e"], vec!["", "", "x"]]);
    }

    #[test]
    fn stray_quotes_are_text() {
        let got = records("5\" pipe,1\n\"say \"hi\" now\",2\n", &dialect());
        assert_eq!(got, [["5\" pipe", "1"], ["say \"hi\" now", "2"]]);
    }

    #[test]
    fn an_unclosed_quote_costs_one_record_at_most() {
        let got = records("1,\"abc\n2,def\n3,\"x\"\n", &dialect());
        assert_eq!(got[1], ["2", "def"]);
        assert_eq!(records("1,\"abc\n2,def\n", &dialect()), [["1", "\"abc"], ["2", "def"]]);
    }

    #[test]
    fn a_backslash_escapes_where_the_dialect_says_so() {
        let dialect = Dialect { backslash: true, ..dialect() };
        let got = records("\"a\\\"b\",\"c\\\\d\\n\"\n", &dialect);
        assert_eq!(got, [["a\"b", "c\\d\\n"]]);
    }

    #[test]
    fn the_mask_has_a_bit_for_each_special_byte() {
        let mut bytes = [0u8; 64];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = (i * 5 % 256) as u8;
        }
        bytes[63] = 0xff;
        let mask = specials(&bytes, 0, 35, 0xff);
        let expected = (0..64).filter(|&i| [0, 35, 0xff].contains(&bytes[i]));
        assert_eq!(mask, expected.fold(0, |mask, i| mask | 1u64 << i));
    }

    #[test]
    fn every_special_byte_of_long_data_is_found() {
        let line = format!("{},{}\n", "x".repeat(61), "y".repeat(130));
        let got = records(&line.repeat(5), &dialect());
        assert_eq!(got.len(), 5);
        assert!(got.iter().all(|r| r.len() == 2 && r[0].len() == 61 && r[1].len() == 130));
    }
}

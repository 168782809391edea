//! The class of a cell: everything it could be, told without knowing its column.

use super::days::{self, Evidence, Order};
use super::number::{self, DECIMAL_DIGITS, Gap, Style};
use super::{boolean, is_null_word, trim};

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing, or nothing but blanks.
    Blank,
    /// `NA`, `null` and their like.
    NullWord,
    Boolean,
    /// Within int64.
    Integer,
    /// Whole, beyond int64, at most 38 digits.
    BigInteger,
    /// A number that a float64 gives back digit by digit.
    Number,
    /// `1.234`: such a number, whose point could stand for thousands.
    EitherPoint,
    /// A number with more digits than that, which a decimal may hold.
    LongNumber,
    /// One that no decimal holds either: it has an exponent or too many digits.
    LostNumber,
    Infinity,
    /// `1,5`, `1.234,5`: surely a decimal comma.
    Comma,
    /// `1,234`: a comma of either kind.
    EitherComma,
    /// `1,234,567`: surely commas between thousands.
    Thousands,
    /// `1,234,567.8`, `1,234.5`
    ThousandsPoint,
    /// `1.234.567`: surely points between thousands.
    Points,
    /// `192.168.100.200`: points between thousands, unless it is an address.
    EitherPoints,
    /// `1 234`, `1'234`: thousands, or a code.
    EitherSpaces,
    /// `1 234 567`: surely gaps between thousands.
    Spaces,
    /// `1 234.5`
    SpacesPoint,
    /// `1 234,5`
    SpacesComma,
    Date,
    DayFirst,
    MonthFirst,
    EitherDate,
    Datetime,
    DatetimeDayFirst,
    DatetimeMonthFirst,
    DatetimeEither,
    Time,
    Text,
}

/// How many classes there are.
pub(crate) const CLASSES: usize = Class::Text as usize + 1;

/// A class with the digits of the number, where it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sorted {
    pub(crate) class: Class,
    /// Digits before the point.
    pub(crate) whole: u32,
    /// Digits after it.
    pub(crate) scale: u32,
    /// For numbers: an exponent. For datetimes: an offset.
    pub(crate) marked: bool,
    /// A number with marks whose last digits a float64 does not hold.
    pub(crate) rounded: bool,
    /// What stands between its thousands, where that is neither point nor comma.
    pub(crate) gap: Option<Gap>,
}

impl Sorted {
    fn plain(class: Class) -> Self {
        Self { class, whole: 0, scale: 0, marked: false, rounded: false, gap: None }
    }
}

/// Sorts `cell`, which is what stands between the delimiters or quotes.
pub(crate) fn classify(cell: &[u8]) -> Sorted {
    let cell = trim(cell);
    let Some(first) = cell.first() else { return Sorted::plain(Class::Blank) };
    let known = match first {
        b'0'..=b'9' | b'-' | b'+' | b'.' => numeric(cell).or_else(|| calendar(cell)),
        _ => boolean(cell).map(|_| Sorted::plain(Class::Boolean)).or_else(|| calendar(cell)),
    };
    known.unwrap_or_else(|| {
        Sorted::plain(if is_null_word(cell) {
            Class::NullWord
        } else if number::infinity(cell).is_some() {
            Class::Infinity
        } else {
            Class::Text
        })
    })
}

fn numeric(cell: &[u8]) -> Option<Sorted> {
    if let Some(value) = number::integer(cell) {
        let whole = value.unsigned_abs().checked_ilog10().map_or(0, |digits| digits + 1);
        return Some(Sorted { whole, ..Sorted::plain(Class::Integer) });
    }
    if let Some(n) = number::number(cell) {
        let digits = n.whole + n.scale;
        let class = match (n.integer, n.exact) {
            // An integer that int64 refuses: too big, or `-0`.
            (true, _) if n.whole == 0 => Class::Number,
            (true, _) if digits <= DECIMAL_DIGITS => Class::BigInteger,
            (true, _) => return None,
            (false, true) if n.either => Class::EitherPoint,
            (false, true) => Class::Number,
            (false, false) if !n.exponent && digits <= DECIMAL_DIGITS => Class::LongNumber,
            (false, false) => Class::LostNumber,
        };
        let (whole, scale, marked) = (n.whole, n.scale, n.exponent);
        return Some(Sorted { whole, scale, marked, ..Sorted::plain(class) });
    }
    with_marks(cell)
}

/// The class of a number with marks between its thousands or a decimal comma.
fn with_marks(cell: &[u8]) -> Option<Sorted> {
    // Where it is whole, it must be one that an integer column holds.
    let reads = |style| {
        let plain = number::plain(cell, style)?;
        let number = number::number(&plain)?;
        (!number.integer || number::integer(&plain).is_some()).then_some(number)
    };
    let point = cell.contains(&b'.');
    let sorted = |class, number: number::Number| {
        Some(Sorted { rounded: !number.exact, ..Sorted::plain(class) })
    };
    if let Some((mark, gap)) = number::gap(cell) {
        let comma = cell.contains(&b',');
        let number = reads(if comma { Style::SpacesComma } else { Style::Spaces })?;
        let class = match (comma, point) {
            (true, _) => Class::SpacesComma,
            (false, true) => Class::SpacesPoint,
            (false, false) if memchr::memmem::find_iter(cell, mark).count() > 1 => Class::Spaces,
            (false, false) => Class::EitherSpaces,
        };
        return sorted(class, number).map(|sorted| Sorted { gap: Some(gap), ..sorted });
    }
    if !cell.contains(&b',') {
        let number = point.then(|| reads(Style::Comma)).flatten()?;
        return sorted(
            if like_an_address(cell) { Class::EitherPoints } else { Class::Points },
            number,
        );
    }
    match (reads(Style::Comma), reads(Style::Thousands)) {
        (Some(number), Some(_)) => sorted(Class::EitherComma, number),
        (Some(number), None) => sorted(Class::Comma, number),
        (None, Some(number)) if point => sorted(Class::ThousandsPoint, number),
        (None, Some(number)) => sorted(Class::Thousands, number),
        (None, None) => None,
    }
}

/// Four numbers below 256.
fn like_an_address(cell: &[u8]) -> bool {
    let byte = |part: &[u8]| {
        let zero = part.len() > 1 && part[0] == b'0';
        !zero && std::str::from_utf8(part).is_ok_and(|part| part.parse::<u8>().is_ok())
    };
    cell.split(|&b| b == b'.').count() == 4 && cell.split(|&b| b == b'.').all(byte)
}

fn calendar(cell: &[u8]) -> Option<Sorted> {
    if let Some((_, evidence)) = days::date(cell, Order::Unknown) {
        return Some(Sorted::plain(match evidence {
            Evidence::Clear => Class::Date,
            Evidence::DayFirst => Class::DayFirst,
            Evidence::MonthFirst => Class::MonthFirst,
            Evidence::Either => Class::EitherDate,
        }));
    }
    if let Some((_, evidence, marked)) = days::datetime(cell, Order::Unknown) {
        let class = match evidence {
            Evidence::Clear => Class::Datetime,
            Evidence::DayFirst => Class::DatetimeDayFirst,
            Evidence::MonthFirst => Class::DatetimeMonthFirst,
            Evidence::Either => Class::DatetimeEither,
        };
        return Some(Sorted { marked, ..Sorted::plain(class) });
    }
    days::time(cell).map(|_| Sorted::plain(Class::Time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_has_the_class_of_the_table() {
        for (text, class) in [
            ("", Class::Blank),
            ("  ", Class::Blank),
            ("NA", Class::NullWord),
            ("-", Class::NullWord),
            ("TRUE", Class::Boolean),
            ("yes", Class::Text),
            ("5", Class::Integer),
            (" 5", Class::Integer),
            ("007", Class::Text),
            ("+4915112345678", Class::Text),
            ("9223372036854775808", Class::BigInteger),
            ("100000000000000000000000000000000000000", Class::Text),
            ("-0", Class::Number),
            ("1.50", Class::Number),
            ("0.1234567890123456789012", Class::LongNumber),
            ("1e-400", Class::LostNumber),
            ("1e400", Class::Text),
            ("-inf", Class::Infinity),
            ("Infinity", Class::Infinity),
            ("1,5", Class::Comma),
            ("0,123", Class::Comma),
            ("1.234,56", Class::Comma),
            ("1,234", Class::EitherComma),
            ("1,234,567", Class::Thousands),
            ("1,234.5", Class::ThousandsPoint),
            ("1.234", Class::EitherPoint),
            ("0.123", Class::Number),
            ("1.234.567", Class::Points),
            ("1.234.56", Class::Text),
            ("030.123.456", Class::Text),
            ("192.168.100.200", Class::EitherPoints),
            ("1 234", Class::EitherSpaces),
            ("1'234'567", Class::Spaces),
            ("1\u{a0}234,5", Class::SpacesComma),
            ("1'234.50", Class::SpacesPoint),
            ("1 234'567", Class::Text),
            ("12 34", Class::Text),
            ("9.223.372.036.854.775.808", Class::Text),
            ("2020-01-02", Class::Date),
            ("13/02/2020", Class::DayFirst),
            ("02/13/2020", Class::MonthFirst),
            ("01/02/2020", Class::EitherDate),
            ("2020-01-02T03:04:05Z", Class::Datetime),
            ("01/02/2020 03:04", Class::DatetimeEither),
            ("03:04", Class::Time),
            ("0x10", Class::Text),
            ("1_000", Class::Text),
            ("192.168.0.1", Class::Text),
        ] {
            assert_eq!(classify(text.as_bytes()).class, class, "{text:?}");
        }
    }
}

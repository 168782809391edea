//! Numbers: strict, and exact about what a float64 can hold.

use std::borrow::Cow;

/// How a column writes its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `1234.5`
    Point,
    /// `1.234,5`
    Comma,
    /// `1,234.5`
    Thousands,
    /// `1 234.5`, `1'234.5`
    Spaces,
    /// `1 234,5`, `1'234,5`
    SpacesComma,
}

impl Style {
    /// Whether a comma is the decimal mark.
    pub(crate) const fn has_decimal_comma(self) -> bool {
        matches!(self, Self::Comma | Self::SpacesComma)
    }

    /// Whether something in `bytes` has a meaning that it would not have in a plain number.
    pub(crate) fn marks(self, bytes: &[u8]) -> bool {
        bytes.iter().any(|&byte| match self {
            Self::Point => false,
            Self::Comma => matches!(byte, b',' | b'.'),
            Self::Thousands => byte == b',',
            Self::Spaces => matches!(byte, b' ' | b'\'') || !byte.is_ascii(),
            Self::SpacesComma => matches!(byte, b',' | b'.' | b' ' | b'\'') || !byte.is_ascii(),
        })
    }
}

/// What stands between thousands where neither point nor comma does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// A blank of whatever width.
    Blank,
    /// An apostrophe, straight or not.
    Apostrophe,
}

/// The gaps as they are written: blank, no-break, thin and narrow no-break blank, apostrophes.
const GAPS: [(&[u8], Gap); 6] = [
    (b" ", Gap::Blank),
    (b"\xc2\xa0", Gap::Blank),
    (b"\xe2\x80\x89", Gap::Blank),
    (b"\xe2\x80\xaf", Gap::Blank),
    (b"'", Gap::Apostrophe),
    (b"\xe2\x80\x99", Gap::Apostrophe),
];

/// The gap in a cell, if there is one.
pub(crate) fn gap(bytes: &[u8]) -> Option<(&'static [u8], Gap)> {
    let at = digits(bytes.strip_prefix(b"-").unwrap_or(bytes)) + usize::from(bytes[0] == b'-');
    GAPS.into_iter().find(|(gap, _)| bytes[at..].starts_with(gap))
}

/// The most digits of a decimal.
pub(crate) const DECIMAL_DIGITS: u32 = 38;

/// A whole number within int64: no leading zeros, no blanks, and a `+` only on short ones, because
/// long ones with a `+` are telephone numbers. `-0` is not one: it would lose its sign.
pub(crate) fn integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] if rest.len() < 7 => (false, rest),
        _ => (false, bytes),
    };
    let (first, len) = (*digits.first()?, digits.len());
    if len > 19 || (first == b'0' && (len > 1 || negative)) {
        return None;
    }
    let mut value: u64 = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // Nineteen digits stay below 10^19, which fits.
        value = value * 10 + u64::from(digit);
    }
    if negative { 0i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
}

/// A number with a decimal point, read as a float64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    /// The nearest float64.
    pub(crate) value: f64,
    /// Digits before the point, without leading zeros.
    pub(crate) whole: u32,
    /// Digits after the point.
    pub(crate) scale: u32,
    /// Whether it has neither point nor exponent.
    pub(crate) integer: bool,
    /// Whether it has an exponent.
    pub(crate) exponent: bool,
    /// Whether `value`, printed with as many digits, shows the digits of the cell again.
    pub(crate) exact: bool,
    /// Whether its point could stand for thousands as well: `1.234`.
    pub(crate) either: bool,
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The parts of a number before it has a value.
struct Parts<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    point: bool,
    exponent: Option<i32>,
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn parts(bytes: &[u8]) -> Option<Parts<'_>> {
    let (negative, plus, mut rest) = match bytes {
        [b'-', rest @ ..] => (true, false, rest),
        [b'+', rest @ ..] => (false, true, rest),
        _ => (false, false, bytes),
    };
    let (whole, after) = rest.split_at(digits(rest));
    rest = after;
    let (mut fraction, mut point) = (&rest[..0], false);
    if let [b'.', after @ ..] = rest {
        (fraction, rest) = after.split_at(digits(after));
        point = true;
    }
    let leading_zero = whole.len() > 1 && whole[0] == b'0';
    if leading_zero || whole.len() + fraction.len() == 0 {
        return None;
    }
    let exponent = match rest {
        [] => None,
        [b'e' | b'E', after @ ..] => Some(exponent(after)?),
        _ => return None,
    };
    // A long number with a plus is a telephone number.
    (!plus || bytes.len() < 8 || exponent.is_some()).then_some(Parts {
        negative,
        whole,
        fraction,
        point,
        exponent,
    })
}

fn exponent(bytes: &[u8]) -> Option<i32> {
    let (sign, rest) = match bytes {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, bytes),
    };
    let good = !rest.is_empty() && rest.len() <= 4 && digits(rest) == rest.len();
    good.then(|| sign * rest.iter().fold(0, |all, byte| all * 10 + i32::from(byte - b'0')))
}

/// Reads a finite number; none when it is not one or is beyond float64.
pub(crate) fn number(bytes: &[u8]) -> Option<Number> {
    let parts = parts(bytes)?;
    let whole = if parts.whole == b"0" { &[][..] } else { parts.whole };
    let zeros = if whole.is_empty() {
        parts.fraction.iter().take_while(|&&byte| byte == b'0').count()
    } else {
        0
    };
    let significant = whole.len() + parts.fraction.len() - zeros;
    let scale = parts.fraction.len() as i32;
    let mantissa = (significant <= 19).then(|| {
        let all = whole.iter().chain(&parts.fraction[zeros..]);
        all.fold(0u64, |all, byte| all * 10 + u64::from(byte - b'0'))
    });
    let power = parts.exponent.unwrap_or(0) - scale;
    let value = match mantissa {
        // Both are exact in float64, so one rounding gives the nearest (Clinger).
        Some(m) if m <= 1 << 53 && power.unsigned_abs() <= 22 => {
            let (m, p) = (m as f64, POWERS[power.unsigned_abs() as usize]);
            let value = if power < 0 { m / p } else { m * p };
            if parts.negative { -value } else { value }
        }
        _ => std::str::from_utf8(bytes).ok()?.parse().ok()?,
    };
    let exact = significant <= 15 && (value != 0.0 || mantissa == Some(0))
        || reproduces(value.abs(), mantissa, power, &parts, significant);
    value.is_finite().then_some(Number {
        value,
        whole: whole.len() as u32,
        scale: parts.fraction.len() as u32,
        integer: !parts.point && parts.exponent.is_none(),
        exponent: parts.exponent.is_some(),
        exact,
        either: whole.len().wrapping_sub(1) < 3
            && parts.fraction.len() == 3
            && parts.exponent.is_none()
            && bytes[0] != b'+',
    })
}

/// Whether `value` printed with `significant` digits shows the digits of the cell.
fn reproduces(
    value: f64,
    mantissa: Option<u64>,
    power: i32,
    parts: &Parts<'_>,
    significant: usize,
) -> bool {
    if let Some(mantissa) = mantissa
        && let Some(answer) = reproduces_fast(value, mantissa, power)
    {
        return answer;
    }
    let printed = format!("{:.*e}", significant.max(1) - 1, value);
    let shown = printed.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit);
    let all = parts.whole.iter().chain(parts.fraction).copied();
    let given = all.skip_while(|&byte| byte == b'0');
    if significant == 0 { value == 0.0 } else { value != 0.0 && shown.eq(given) }
}

/// The same by whole numbers: `value` = m·2^e lies within half a unit of `mantissa`·10^power.
/// None outside the usual range.
fn reproduces_fast(value: f64, mantissa: u64, power: i32) -> Option<bool> {
    let bits = value.to_bits();
    let shift = 1075 - (bits >> 52) as i32;
    if !(0..=63).contains(&shift) || !(-22..=0).contains(&power) {
        return None;
    }
    let m = u128::from((bits & ((1 << 52) - 1)) | 1 << 52);
    let left = m * 10u128.pow(power.unsigned_abs());
    let right = u128::from(mantissa) << shift;
    Some(left.abs_diff(right) * 2 <= 1 << shift)
}

/// The cell as a plain number, when it is one in `style`.
pub(crate) fn plain(bytes: &[u8], style: Style) -> Option<Cow<'_, [u8]>> {
    match style {
        style if !style.marks(bytes) => Some(Cow::Borrowed(bytes)),
        Style::Point => None,
        Style::Comma => grouped(bytes, b'.', b','),
        Style::Thousands => grouped(bytes, b',', b'.'),
        Style::Spaces => spaced(bytes, b'.'),
        Style::SpacesComma if gap(bytes).is_some() => spaced(bytes, b','),
        Style::SpacesComma => bytes.contains(&b',').then(|| grouped(bytes, b'.', b',')).flatten(),
    }
}

/// The same with gaps between thousands, all alike: there is at least one.
fn spaced(bytes: &[u8], decimal: u8) -> Option<Cow<'_, [u8]>> {
    let (gap, _) = gap(bytes)?;
    let mut one = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, gap) {
        one.extend_from_slice(&rest[..at]);
        one.push(b' ');
        rest = &rest[at + gap.len()..];
    }
    one.extend_from_slice(rest);
    grouped(&one, b' ', decimal).map(|plain| Cow::Owned(plain.into_owned()))
}

/// `-?\d{1,3}(G\d{3})*(D\d+)?` or, without groups, `-?\d+D\d+`, as a plain number.
fn grouped(bytes: &[u8], group: u8, decimal: u8) -> Option<Cow<'_, [u8]>> {
    let body = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let (whole, fraction) = match body.iter().position(|&byte| byte == decimal) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let mut groups = whole.split(|&byte| byte == group);
    let first = groups.next()?;
    let mut plain = bytes[..bytes.len() - body.len()].to_vec();
    plain.extend_from_slice(first);
    let mut more = false;
    for next in groups {
        if next.len() != 3 || first.len() > 3 || first == b"0" {
            return None;
        }
        plain.extend_from_slice(next);
        more = true;
    }
    let good = !first.is_empty()
        && digits(&plain[bytes.len() - body.len()..])
            == whole.len() - whole.iter().filter(|&&byte| byte == group).count();
    let good = good && (more || fraction.is_some());
    if let Some(fraction) = fraction {
        plain.push(b'.');
        plain.extend_from_slice(fraction);
        if fraction.is_empty() || digits(fraction) != fraction.len() {
            return None;
        }
    }
    good.then_some(Cow::Owned(plain))
}

/// Plus or minus infinity.
pub(crate) fn infinity(bytes: &[u8]) -> Option<f64> {
    let (sign, word) = match bytes {
        [b'-', rest @ ..] => (-1.0, rest),
        [b'+', rest @ ..] => (1.0, rest),
        _ => (1.0, bytes),
    };
    let known = word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"infinity");
    known.then_some(sign * f64::INFINITY)
}

/// A number without exponent as a whole number of units of 10^−`scale`.
pub(crate) fn decimal(bytes: &[u8], scale: u32) -> Option<i128> {
    let parts = parts(bytes)?;
    let missing = scale.checked_sub(parts.fraction.len() as u32)?;
    let whole = if parts.whole == b"0" { 0 } else { parts.whole.len() as u32 };
    let negative_zero =
        parts.negative && parts.whole.iter().chain(parts.fraction).all(|&byte| byte == b'0');
    if parts.exponent.is_some() || whole + scale > DECIMAL_DIGITS || negative_zero {
        return None;
    }
    let all = parts.whole.iter().chain(parts.fraction);
    let value = all.fold(0i128, |all, byte| all * 10 + i128::from(byte - b'0'));
    let value = value * 10i128.pow(missing);
    Some(if parts.negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_strictly() {
        for (text, value) in [
            ("0", 0),
            ("-5", -5),
            ("+12", 12),
            ("12345678901234567", 12_345_678_901_234_567),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(integer(text.as_bytes()), Some(value), "{text}");
        }
        for text in
            ["", "-", "007", "-0", "00", "1 ", "1.0", "9223372036854775808", "+4915112345678", "1a"]
        {
            assert_eq!(integer(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_the_nearest_float_and_say_whether_digits_are_lost() {
        for text in [
            "0.1",
            ".5",
            "5.",
            "-1.5e-7",
            "1e22",
            "123456789.125",
            "2.2250738585072014e-308",
            "0.30000000000000004",
            "1.234567890123456690e+00",
            "0.10000000000000000555",
            "-0",
            "0.12345678901234568",
            "6.02214076e23",
            "0.000",
            "0e5",
        ] {
            let number = number(text.as_bytes()).unwrap();
            assert_eq!(number.value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            assert!(number.exact, "{text}");
        }
        for text in
            ["9007199254740993", "0.1234567890123456789012", "12345678901234567.5", "1e-400"]
        {
            assert!(!number(text.as_bytes()).unwrap().exact, "{text}");
        }
        for text in
            ["", ".", "e5", "1e", "00.5", "1e99999", "1e400", "0x10", "1_000", "+49151.234567"]
        {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn styles_read_groups_of_three_only() {
        let read = |text: &str, style| {
            plain(text.as_bytes(), style).map(|p| String::from_utf8(p.into_owned()).unwrap())
        };
        assert_eq!(read("-1.234,5", Style::Comma).as_deref(), Some("-1234.5"));
        assert_eq!(read("1234,56", Style::Comma).as_deref(), Some("1234.56"));
        assert_eq!(read("1.23,5", Style::Comma), None);
        assert_eq!(read("1.5", Style::Comma), None);
        assert_eq!(read("1,234,567.89", Style::Thousands).as_deref(), Some("1234567.89"));
        assert_eq!(read("0,123", Style::Thousands), None);
        assert_eq!(read("12,34", Style::Thousands), None);
        assert_eq!(read("1234,567", Style::Thousands), None);
        assert_eq!(read(",5", Style::Comma), None);
        assert_eq!(read("1,2,3", Style::Comma), None);
        assert_eq!(read("1.020.600", Style::Comma).as_deref(), Some("1020600"));
        assert_eq!(read("1 020 600.5", Style::Spaces).as_deref(), Some("1020600.5"));
        assert_eq!(read("-1'020'600", Style::Spaces).as_deref(), Some("-1020600"));
        assert_eq!(read("1\u{202f}020,5", Style::SpacesComma).as_deref(), Some("1020.5"));
        assert_eq!(read("1.020,5", Style::SpacesComma).as_deref(), Some("1020.5"));
        assert_eq!(read("1.020", Style::SpacesComma), None);
        for text in ["1 020'600", "1 02", "1  020", "1 0200", "0 123", "1 020,5"] {
            assert_eq!(read(text, Style::Spaces), None, "{text}");
        }
    }

    #[test]
    fn decimals_keep_every_digit() {
        let text = b"-12345678901234567890.12";
        assert_eq!(decimal(text, 3), Some(-12_345_678_901_234_567_890_120));
        assert_eq!(decimal(b"1.25", 1), None);
        assert_eq!(decimal(b"0", 38), Some(0));
        assert_eq!(decimal(&[b'9'; 38], 0), Some(10i128.pow(38) - 1));
        assert_eq!(decimal(&[b'9'; 39], 0), None);
    }
}

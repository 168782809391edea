//! Dates and times of day.

/// Which of day and month comes first where neither is a name and the year comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Not known: such dates cannot be read.
    Unknown,
    DayFirst,
    MonthFirst,
}

/// What the parts of a date say about its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The year comes first or the month has a name.
    Clear,
    DayFirst,
    MonthFirst,
    /// Both readings are dates.
    Either,
}

/// Microseconds of a day.
pub(crate) const MICROS_OF_DAY: i64 = 86_400_000_000;

/// Days since 1970-01-01 of a date in the Gregorian calendar.
pub(crate) fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = LENGTHS.get(month.checked_sub(1)? as usize)? + u32::from(leap && month == 2);
    if day == 0 || day > length {
        return None;
    }
    // Years that begin in March make the leap day the last one.
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * i64::from((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    i32::try_from(era * 146_097 + of_era - 719_468).ok()
}

fn digits(bytes: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let n = bytes.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    (n > 0).then(|| (bytes[..n].iter().fold(0, |v, b| v * 10 + u32::from(b - b'0')), &bytes[n..]))
}

/// Two digits at a fixed place.
fn two(bytes: &[u8], at: usize) -> Option<u32> {
    let (a, b) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
    (a < 10 && b < 10).then_some(u32::from(a) * 10 + u32::from(b))
}

/// A date at the start of `bytes`: days since 1970, what it says about its order, and the rest.
pub(crate) fn leading_date(bytes: &[u8], order: Order) -> Option<(i32, Evidence, &[u8])> {
    if let [_, _, _, _, b'-', _, _, b'-', _, _, rest @ ..] = bytes
        && let (Some(century), Some(year)) = (two(bytes, 0), two(bytes, 2))
        && let (Some(month), Some(day)) = (two(bytes, 5), two(bytes, 8))
    {
        let days = days((century * 100 + year) as i32, month, day)?;
        return Some((days, Evidence::Clear, rest));
    }
    if !bytes.first()?.is_ascii_digit() {
        return month_first_name(bytes);
    }
    let (first, rest) = digits(bytes, 4)?;
    let (&separator, rest) = rest.split_first()?;
    if let Some((month, rest)) = month_name(rest) {
        let rest = rest.strip_prefix(&[separator])?;
        let (year, rest) = year(rest)?;
        let known = matches!(separator, b' ' | b'-' | b'/');
        return if known { Some((days(year, month, first)?, Evidence::Clear, rest)) } else { None };
    }
    if !matches!(separator, b'-' | b'/' | b'.') {
        return None;
    }
    let (second, rest) = digits(rest, 2)?;
    let rest = rest.strip_prefix(&[separator])?;
    if bytes.iter().position(|&byte| byte == separator) == Some(4) {
        let (day, rest) = digits(rest, 2)?;
        return Some((days(first as i32, second, day)?, Evidence::Clear, rest));
    }
    let (year, rest) = year(rest)?;
    numeric(first, second, year, separator, order).map(|(days, evidence)| (days, evidence, rest))
}

/// `a/b/year`. With dots the day comes first the world over.
fn numeric(a: u32, b: u32, year: i32, separator: u8, order: Order) -> Option<(i32, Evidence)> {
    let day_first = days(year, b, a);
    if separator == b'.' {
        return day_first.map(|days| (days, Evidence::Clear));
    }
    match (day_first, days(year, a, b)) {
        (Some(days), None) if order != Order::MonthFirst => Some((days, Evidence::DayFirst)),
        (None, Some(days)) if order != Order::DayFirst => Some((days, Evidence::MonthFirst)),
        (Some(day_first), Some(month_first)) => {
            let days = if order == Order::MonthFirst { month_first } else { day_first };
            Some((days, Evidence::Either))
        }
        _ => None,
    }
}

fn year(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let (year, rest) = digits(bytes, 4)?;
    (bytes.len() - rest.len() == 4).then_some((year as i32, rest))
}

/// `Jan 2, 2020`
fn month_first_name(bytes: &[u8]) -> Option<(i32, Evidence, &[u8])> {
    let (month, rest) = month_name(bytes)?;
    let (day, rest) = digits(rest.strip_prefix(b" ")?, 2)?;
    let (year, rest) = year(rest.strip_prefix(b", ").or(rest.strip_prefix(b" "))?)?;
    Some((days(year, month, day)?, Evidence::Clear, rest))
}

fn month_name(bytes: &[u8]) -> Option<(u32, &[u8])> {
    const NAMES: [&[u8]; 12] = [
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ];
    let length = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, rest) = bytes.split_at(length);
    let month = NAMES.iter().position(|name| {
        word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3])
    })?;
    Some((month as u32 + 1, rest))
}

/// A whole cell that is a date: days since 1970.
pub(crate) fn date(bytes: &[u8], order: Order) -> Option<(i32, Evidence)> {
    match leading_date(bytes, order)? {
        (days, evidence, []) => Some((days, evidence)),
        _ => None,
    }
}

/// A time of day at the start of `bytes`, in microseconds. A part of a microsecond is refused: the
/// column cannot hold it.
fn leading_time(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (hour, rest) = digits(bytes, 2)?;
    let (minute, rest) = two_digits(rest.strip_prefix(b":")?)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => two_digits(rest)?,
        None => (0, rest),
    };
    let (micros, rest) = match rest {
        [b'.' | b',', digit, ..] if digit.is_ascii_digit() => fraction(&rest[1..])?,
        _ => (0, rest),
    };
    (hour < 24 && minute < 60 && second < 60).then(|| {
        let seconds = i64::from(hour * 3600 + minute * 60 + second);
        (seconds * 1_000_000 + micros, rest)
    })
}

fn two_digits(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (value, rest) = digits(bytes, 2)?;
    (bytes.len() - rest.len() == 2).then_some((value, rest))
}

fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let n = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (shown, rest) = bytes.split_at(n);
    let kept = shown.len().min(6);
    let value = shown[..kept].iter().fold(0, |v, b| v * 10 + i64::from(b - b'0'));
    let lost = shown[kept..].iter().any(|&byte| byte != b'0');
    (!lost).then(|| (value * 10i64.pow(6 - kept as u32), rest))
}

/// A whole cell that is a time of day: microseconds since midnight.
pub(crate) fn time(bytes: &[u8]) -> Option<i64> {
    match leading_time(bytes)? {
        (micros, []) => Some(micros),
        _ => None,
    }
}

/// A whole cell that is a date with a time: microseconds since 1970 in UTC, what it says about its
/// order, and whether it names its offset.
pub(crate) fn datetime(bytes: &[u8], order: Order) -> Option<(i64, Evidence, bool)> {
    let (days, evidence, rest) = leading_date(bytes, order)?;
    let rest = match rest {
        [b'T' | b't' | b' ', rest @ ..] => rest,
        _ => return None,
    };
    let (micros, rest) = leading_time(rest)?;
    let offset = offset(rest.strip_prefix(b" ").unwrap_or(rest))?;
    let local = i64::from(days) * MICROS_OF_DAY + micros;
    Some((local - offset.unwrap_or(0) * 60_000_000, evidence, offset.is_some()))
}

/// `Z`, `±hh`, `±hhmm`, `±hh:mm` in minutes; nothing when the cell ends.
fn offset(bytes: &[u8]) -> Option<Option<i64>> {
    let (sign, rest) = match bytes {
        [] => return Some(None),
        b"Z" | b"z" | b"UTC" => return Some(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = two_digits(rest)?;
    let minutes = match rest {
        [] => 0,
        _ => match two_digits(rest.strip_prefix(b":").unwrap_or(rest))? {
            (minutes, []) => minutes,
            _ => return None,
        },
    };
    (hours < 24 && minutes < 60).then(|| Some(sign * i64::from(hours * 60 + minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("2000-03-01", 11_017),
            ("2024-02-29", 19_782),
            ("0001-01-01", -719_162),
            ("9999-12-31", 2_932_896),
            ("2020/1/2", 18_263),
            ("2-Jan-2020", 18_263),
            ("2 January 2020", 18_263),
            ("Jan 2, 2020", 18_263),
            ("02.01.2020", 18_263),
        ] {
            assert_eq!(date(text.as_bytes(), Order::Unknown), Some((expected, Evidence::Clear)));
        }
        for text in
            ["2023-02-29", "2020-13-01", "2020-00-10", "20200102", "1.2.20", "2020-01", "1 2 2020"]
        {
            assert_eq!(date(text.as_bytes(), Order::Unknown), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_proved_or_open() {
        let read = |text: &str, order| date(text.as_bytes(), order);
        assert_eq!(read("13/02/2020", Order::Unknown).unwrap().1, Evidence::DayFirst);
        assert_eq!(read("02/13/2020", Order::Unknown).unwrap().1, Evidence::MonthFirst);
        assert_eq!(read("01/02/2020", Order::Unknown).unwrap().1, Evidence::Either);
        assert_eq!(read("01/02/2020", Order::MonthFirst).unwrap().0, 18_263);
        assert_eq!(read("01/02/2020", Order::DayFirst).unwrap().0, 18_293);
        assert_eq!(read("13/02/2020", Order::MonthFirst), None);
        assert_eq!(read("13/13/2020", Order::Unknown), None);
    }

    #[test]
    fn times_are_exact_to_the_microsecond_or_refused() {
        assert_eq!(time(b"03:04"), Some(11_040_000_000));
        assert_eq!(time(b"23:59:59.999999"), Some(MICROS_OF_DAY - 1));
        assert_eq!(time(b"00:00:00.123456000"), Some(123_456));
        for text in ["24:00", "1:60", "12:5", "00:00:00.1234567", "12", "12:00:60", "12:00 PM"] {
            assert_eq!(time(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn datetimes_become_utc() {
        let read = |text: &str| datetime(text.as_bytes(), Order::Unknown).map(|d| (d.0, d.2));
        assert_eq!(read("1970-01-01T00:00:01Z"), Some((1_000_000, true)));
        assert_eq!(read("1970-01-01 02:00:00+02:00"), Some((0, true)));
        assert_eq!(read("1970-01-01 00:00:00.5"), Some((500_000, false)));
        assert_eq!(read("1969-12-31T22:30-0130"), Some((0, true)));
        assert_eq!(read("1970-01-01"), None);
        assert_eq!(read("1970-01-01T00:00:00+25"), None);
    }
}

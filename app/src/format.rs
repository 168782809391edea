//! Numbers, sizes, durations and times as people read them. Pure: the same on server and browser.

use chrono::{DateTime, Utc};
use mlhub_domain::num;

/// Between thousands and before units: no line break there. (A thin space, U+202F, is a seventh of
/// an em in our face: at 13 px nobody sees it.)
pub const GAP: char = '\u{a0}';

/// A count with gaps between thousands: `6992`, `39 073`.
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// A whole number, which may lie below zero, with gaps between thousands: `−39 073`.
pub fn whole(n: i64) -> String {
    minus(grouped(&n.to_string()))
}

/// A word as a title: `tokens` is Tokens.
pub fn titled(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A number with its noun: `1 row`, `39 073 rows`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A number with at most five significant digits: `0.87563`, `12 346`, `1.2346e-7`, `NaN`, `∞`.
pub fn number(x: f64) -> String {
    significant(x, 5)
}

/// A number with at most `digits` significant digits, without zeros at the end.
pub fn significant(x: f64, digits: usize) -> String {
    if let Some(word) = not_finite(x) {
        return word.into();
    }
    if x == 0.0 {
        return "0".into();
    }
    let digits = digits.max(1);
    let scientific = format!("{:.*e}", digits - 1, x);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..15).contains(&exponent) {
        return minus(format!("{}e{exponent}", without_zeros(mantissa)));
    }
    let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
    let rounded: f64 = scientific.parse().unwrap_or(x);
    let plain = format!("{rounded:.decimals$}");
    minus(grouped(without_zeros(&plain)))
}

/// A number with all of its digits, as somebody typed it or as it stands in a table: `12 345.678`.
pub fn exact(x: f64) -> String {
    if let Some(word) = not_finite(x) {
        return word.into();
    }
    let plain = x == 0.0 || (1e-5..1e15).contains(&x.abs());
    minus(if plain { grouped(&x.to_string()) } else { format!("{x:e}") })
}

/// A metric, with four decimals where it lies in 0 … 1 and five significant digits elsewhere, so
/// that a column of them lines up: `0.8700`. What is left of a difference of equal numbers
/// (`-1e-16`) is nothing.
pub fn metric(x: f64) -> String {
    match x.abs() {
        size if size < 1e-12 => "0.0000".into(),
        0.001..=1.0 => minus(format!("{x:.4}")),
        _ => number(x),
    }
}

/// A share of one as a percentage of sensible width: `76 %`, `0.4 %`, `< 0.1 %`, `> 99.9 %`.
pub fn percent(share: f64) -> String {
    if let Some(word) = not_finite(share) {
        return word.into();
    }
    let p = share * 100.0;
    let text = if p > 0.0 && p < 0.1 {
        "< 0.1".into()
    } else if p < 100.0 && p > 99.9 {
        "> 99.9".into()
    } else if (p > 0.0 && p < 10.0 && p.fract() != 0.0) || (p > 99.0 && p < 100.0) {
        without_zeros(&format!("{p:.1}")).to_string()
    } else {
        grouped(&format!("{p:.0}"))
    };
    format!("{}{GAP}%", minus(text))
}

/// A size in bytes: `512 B`, `312 KiB`, `1.1 MiB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let number = if unit > 0 && value < 9.95 {
        without_zeros(&format!("{value:.1}")).to_string()
    } else {
        format!("{value:.0}")
    };
    format!("{number}{GAP}{}", UNITS[unit])
}

/// A number in three digits with a prefix: `812`, `191 k`, `4.2 M`.
pub fn short(x: f64) -> String {
    // What three digits round up to the next prefix has that one.
    let (value, prefix) = match x.abs() {
        size if size >= 1e15 => (x, ""),
        size if size >= 999.5e9 => (x / 1e12, "T"),
        size if size >= 999.5e6 => (x / 1e9, "G"),
        size if size >= 999.5e3 => (x / 1e6, "M"),
        size if size >= 9.995e3 => (x / 1e3, "k"),
        _ => (x, ""),
    };
    let gap = if prefix.is_empty() { String::new() } else { format!("{GAP}{prefix}") };
    format!("{}{gap}", significant(value, 3))
}

/// A rate: `191 k rows/s`, `4.2 M rows/s`.
pub fn rate(per_second: f64, noun: &str) -> String {
    format!("{} {noun}/s", short(per_second))
}

/// Seconds as a duration: `0.42 s`, `14 s`, `2 m 14 s`, `3 h 5 m`, `2 d 4 h`.
pub fn duration(seconds: f64) -> String {
    if let Some(word) = not_finite(seconds) {
        return word.into();
    }
    let seconds = seconds.max(0.0);
    if seconds < 0.0995 {
        return format!("{}{GAP}ms", significant(seconds * 1e3, 2));
    }
    if seconds < 9.95 {
        return format!("{}{GAP}s", significant(seconds, 2));
    }
    let whole = seconds.round() as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60);
    let pair = |a: u64, x: &str, b: u64, y: &str| match b {
        0 => format!("{}{GAP}{x}", count(a)),
        _ => format!("{}{GAP}{x} {b}{GAP}{y}", count(a)),
    };
    match whole {
        0..60 => format!("{whole}{GAP}s"),
        60..3_600 => pair(minutes, "m", whole % 60, "s"),
        3_600..86_400 => pair(hours, "h", minutes, "m"),
        86_400.. => pair(days, "d", hours, "h"),
    }
}

/// How long before `now` something was, in the largest unit: `just now`, `3 min ago`, `2 h ago`,
/// `5 days ago`, and the date beyond four weeks. A time to come is `in 3 min`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    let (span, past) = (seconds.unsigned_abs(), seconds >= 0);
    let text = match span {
        0..45 => return if past { "just now".into() } else { "in a moment".into() },
        45..3_570 => format!("{} min", ((span + 30) / 60).max(1)),
        3_570..84_600 => format!("{} h", (span + 1_800) / 3_600),
        84_600..129_600 => "1 day".into(),
        129_600..2_419_200 => format!("{} days", (span + 43_200) / 86_400),
        _ => return date(at),
    };
    if past { format!("{text} ago") } else { format!("in {text}") }
}

/// A date in UTC: `23 Nov 2026`.
pub fn date(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y").to_string()
}

/// A moment in UTC: `23 Nov 2026, 13:04:25 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M:%S UTC").to_string()
}

/// A number with a fixed count of decimals, as the ticks of an axis have.
pub fn fixed(x: f64, decimals: usize) -> String {
    minus(grouped(&format!("{x:.decimals$}")))
}

/// The word for a number that is none.
fn not_finite(x: f64) -> Option<&'static str> {
    match x {
        x if x.is_nan() => Some("NaN"),
        f64::INFINITY => Some("∞"),
        f64::NEG_INFINITY => Some("−∞"),
        _ => None,
    }
}

/// Gaps between thousands, by the one rule of [`num::grouped`].
fn grouped(plain: &str) -> String {
    num::grouped(plain, GAP)
}

/// Without the zeros at the end of a fraction, and without a bare point.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// A real minus sign, and none before a zero.
fn minus(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.into(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// `_` for a gap.
    fn gaps(text: &str) -> String {
        text.replace('_', "\u{a0}")
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(812), "812");
        assert_eq!([count(9_769), number(9_769.0), exact(9_769.0)], ["9769"; 3]);
        assert_eq!([count(39_073), whole(39_073)], [gaps("39_073"), gaps("39_073")]);
        assert_eq!(whole(i64::MIN), gaps("−9_223_372_036_854_775_808"));
        assert_eq!(count(1_234_567), gaps("1_234_567"));
        assert_eq!(counted(1, "row", "rows"), "1 row");
    }

    #[test]
    fn numbers_keep_five_digits_that_matter() {
        for (x, text) in [
            (0.0, "0"),
            (0.875_631_2, "0.87563"),
            (12_345.678, "12_346"),
            (-0.5, "−0.5"),
            (100.0, "100"),
            (0.000_123_456, "0.00012346"),
            (0.000_000_123_456, "1.2346e-7"),
            (1e15, "1e15"),
            (123_456_789.0, "123_460_000"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "∞"),
            (f64::NEG_INFINITY, "−∞"),
            (9.999_999, "10"),
        ] {
            assert_eq!(number(x), gaps(text), "{x}");
        }
    }

    #[test]
    fn a_number_as_it_was_typed_keeps_its_digits() {
        for (x, text) in [
            (400.0, "400"),
            (12_345.678_9, "12_345.6789"),
            (-123_456_789.0, "−123_456_789"),
            (0.1, "0.1"),
            (-0.0, "0"),
            (1e-7, "1e-7"),
            (-2.5e15, "−2.5e15"),
            (f64::NEG_INFINITY, "−∞"),
        ] {
            assert_eq!(exact(x), gaps(text), "{x}");
        }
    }

    #[test]
    fn metrics_line_up() {
        assert_eq!(metric(0.87), "0.8700");
        assert_eq!(metric(541.234), "541.23");
        assert_eq!(metric(0.000_2), "0.0002");
        assert_eq!(metric(-0.012), "−0.0120");
        assert_eq!(metric(-0.000_000_001), "−1e-9");
        assert_eq!(metric(1.0), "1.0000");
    }

    #[test]
    fn nothing_has_no_sign() {
        for zero in [0.0, -0.0] {
            let said = [number(zero), short(zero), significant(zero, 2), fixed(zero, 0)];
            assert_eq!(said, ["0"; 4], "{zero:?}");
            assert_eq!([metric(zero), percent(zero)], ["0.0000".into(), gaps("0_%")], "{zero:?}");
        }
        assert_eq!([metric(-1e-16), metric(1e-16), fixed(-0.000_01, 4)], ["0.0000"; 3]);
        assert_eq!(percent(-0.000_01), gaps("0_%"));
    }

    #[test]
    fn the_smallest_and_the_largest_are_short() {
        for (x, text) in [
            (f64::MIN_POSITIVE, "2.2251e-308"),
            (-f64::MAX, "−1.7977e308"),
            (1.602_176_634e-19, "1.6022e-19"),
            (0.000_099_999_99, "0.0001"),
            (-123_456.789, "−123_460"),
        ] {
            assert_eq!(number(x), gaps(text), "{x}");
        }
        for (x, text) in [
            (9_994.0, "9990"),
            (9_996.0, "10_k"),
            (999_700.0, "1_M"),
            (4.2e6, "4.2_M"),
            (3e12, "3_T"),
            (1e300, "1e300"),
        ] {
            assert_eq!(short(x), gaps(text), "{x}");
        }
        assert_eq!(percent(123.456), gaps("12_346_%"));
        assert_eq!(duration(f64::MAX), gaps("213_503_982_334_601_d 7_h"));
    }

    #[test]
    fn percentages_never_claim_none_or_all() {
        for (share, text) in [
            (0.0, "0_%"),
            (0.000_2, "< 0.1_%"),
            (0.004, "0.4_%"),
            (0.07, "7_%"),
            (0.761, "76_%"),
            (0.9996, "> 99.9_%"),
            (1.0, "100_%"),
        ] {
            assert_eq!(percent(share), gaps(text), "{share}");
        }
    }

    #[test]
    fn sizes_and_rates_have_units() {
        assert_eq!(bytes(512), gaps("512_B"));
        assert_eq!(bytes(312 * 1024), gaps("312_KiB"));
        assert_eq!(bytes(1_153_434), gaps("1.1_MiB"));
        assert_eq!(bytes(5 << 30), gaps("5_GiB"));
        assert_eq!(rate(191_234.0, "rows"), gaps("191_k rows/s"));
        assert_eq!(rate(812.0, "rows"), "812 rows/s");
    }

    #[test]
    fn durations_name_their_two_largest_units() {
        for (seconds, text) in [
            (0.0004, "0.4_ms"),
            (0.42, "0.42_s"),
            (14.2, "14_s"),
            (59.7, "1_m"),
            (134.0, "2_m 14_s"),
            (11_100.0, "3_h 5_m"),
            (187_200.0, "2_d 4_h"),
        ] {
            assert_eq!(duration(seconds), gaps(text), "{seconds}");
        }
    }

    #[test]
    fn times_are_told_from_now() {
        let now = DateTime::from_timestamp(1_795_440_265, 0).unwrap();
        let before = |seconds| ago(now - TimeDelta::seconds(seconds), now);
        assert_eq!(before(3), "just now");
        assert_eq!(before(180), "3 min ago");
        assert_eq!(before(3_590), "1 h ago");
        assert_eq!(before(86_400), "1 day ago");
        assert_eq!(before(5 * 86_400), "5 days ago");
        assert_eq!(before(-120), "in 2 min");
        assert_eq!(before(40 * 86_400), "14 Oct 2026");
        assert_eq!(moment(now), "23 Nov 2026, 13:24:25 UTC");
    }
}

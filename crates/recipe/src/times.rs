//! Dates and times as people and JSON write them, and the parts a model can learn from.

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Timelike, Utc,
};
use mlhub_domain::schema::LogicalType;
use serde::{Deserialize, Serialize};

/// Reads `2013-01-31`, `2013-01-31T10:00:00Z` (without a zone: UTC; also with a space), or
/// `10:00:00`, as microseconds since 1970 or midnight. `None` when the text is none of `kind`.
pub fn parse(kind: LogicalType, text: &str) -> Option<i64> {
    match kind {
        LogicalType::Date => {
            let date: NaiveDate = text.parse().ok()?;
            Some(date.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
        }
        LogicalType::Datetime => parse_datetime(text),
        LogicalType::Time => {
            let time: NaiveTime = text.parse().ok()?;
            let seconds = i64::from(time.num_seconds_from_midnight());
            Some(seconds * 1_000_000 + i64::from(time.nanosecond() / 1_000))
        }
        _ => None,
    }
}

fn parse_datetime(text: &str) -> Option<i64> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp_micros());
    }
    let formats =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let read = |format| NaiveDateTime::parse_from_str(text, format).ok();
    if let Some(at) = formats.into_iter().find_map(read) {
        return Some(at.and_utc().timestamp_micros());
    }
    parse(LogicalType::Date, text)
}

/// Writes what [`parse`] reads. A number of microseconds that no calendar has is written as one.
pub fn format(kind: LogicalType, micros: i64) -> String {
    let Some(at) = DateTime::<Utc>::from_timestamp_micros(micros) else {
        return micros.to_string();
    };
    match kind {
        LogicalType::Date => at.format("%Y-%m-%d").to_string(),
        LogicalType::Time => at.format("%H:%M:%S%.f").to_string(),
        _ => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    }
}

/// A number that is read from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// The number itself; false and true as 0 and 1; days or seconds of a date or time.
    Value,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 0, Monday, to 6.
    Weekday,
    /// 0 to 23.
    Hour,
}

impl Reading {
    /// What is worth reading from a column of `kind`.
    pub const fn of(kind: LogicalType) -> &'static [Self] {
        match kind {
            LogicalType::Date => &[Self::Value, Self::Month, Self::Day, Self::Weekday],
            LogicalType::Datetime => {
                &[Self::Value, Self::Month, Self::Day, Self::Weekday, Self::Hour]
            }
            _ => &[Self::Value],
        }
    }

    /// Reads it from microseconds; NaN when no calendar has that day.
    pub fn read(self, kind: LogicalType, micros: i64) -> f64 {
        let calendar = |part: fn(DateTime<Utc>) -> u32| {
            DateTime::from_timestamp_micros(micros).map_or(f64::NAN, |at| f64::from(part(at)))
        };
        match self {
            Self::Value if kind == LogicalType::Date => micros.div_euclid(86_400_000_000) as f64,
            Self::Value => micros as f64 / 1e6,
            Self::Month => calendar(|at| at.month()),
            Self::Day => calendar(|at| at.day()),
            Self::Weekday => calendar(|at| at.weekday().num_days_from_monday()),
            Self::Hour => calendar(|at| at.hour()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LogicalType::{Date, Datetime, Time};

    #[test]
    fn what_is_written_is_read_again() {
        for (kind, text) in [
            (Date, "2013-01-31"),
            (Date, "1823-12-01"),
            (Datetime, "2013-01-31T10:20:30Z"),
            (Datetime, "2013-01-31T10:20:30.250Z"),
            (Time, "23:59:59"),
            (Time, "00:00:00.000001"),
        ] {
            let micros = parse(kind, text).unwrap();
            assert_eq!(parse(kind, &format(kind, micros)), Some(micros), "{text}");
            if kind != Time {
                assert_eq!(format(kind, micros), text);
            }
        }
        assert_eq!(
            parse(Datetime, "2013-01-31 10:20"),
            parse(Datetime, "2013-01-31T12:20:00+02:00")
        );
        assert_eq!(parse(Date, "31.01.2013"), None);
        assert_eq!(parse(Time, "2013-01-31"), None);
    }

    #[test]
    fn the_parts_of_a_moment_are_read() {
        let at = parse(Datetime, "2013-01-31T10:20:30Z").unwrap();
        let read = |part: Reading| part.read(Datetime, at);
        assert_eq!(
            Reading::of(Datetime).iter().map(|part| read(*part)).collect::<Vec<_>>(),
            [1_359_627_630.0, 1.0, 31.0, 3.0, 10.0]
        );
        assert_eq!(Reading::Value.read(Date, parse(Date, "1969-12-31").unwrap()), -1.0);
        assert!(Reading::Month.read(Date, i64::MAX).is_nan());
    }
}

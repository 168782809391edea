//! The type of a column, as it follows from what its cells were.

use super::facts::{Facts, REJECT_CELLS};
use crate::cells::class::Class;
use crate::cells::days::Order;
use crate::cells::number::{DECIMAL_DIGITS, Style};
use mlhub_domain::schema::LogicalType;

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing but missing cells so far.
    Empty,
    Boolean,
    Integer(Style),
    Number(Style),
    Decimal {
        scale: u32,
    },
    Text,
    Date(Order),
    Datetime(Order),
    Time,
}

impl Kind {
    /// The type the column has in the end.
    pub(crate) const fn logical(self) -> LogicalType {
        match self {
            Self::Boolean => LogicalType::Boolean,
            Self::Integer(_) => LogicalType::Integer,
            Self::Number(_) => LogicalType::Number,
            Self::Decimal { .. } => LogicalType::Decimal,
            Self::Empty | Self::Text => LogicalType::Text,
            Self::Date(_) => LogicalType::Date,
            Self::Datetime(_) => LogicalType::Datetime,
            Self::Time => LogicalType::Time,
        }
    }
}

/// At most one cell in so many is rejected, and none of a column with fewer than [`REJECT_ROWS`].
const REJECT_SHARE: u64 = 10_000;
const REJECT_ROWS: u64 = 10_000;

/// What sure numbers of a file say about those that can be read in two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Evidence {
    /// Commas are decimal marks somewhere.
    comma: bool,
    /// Points are.
    point: bool,
    /// Gaps stand between thousands somewhere.
    spaces: bool,
}

/// The kinds of columns by their `facts`. A column whose numbers can all be read in two ways
/// follows those columns of the file that leave no choice, if they agree.
pub(crate) fn settle<'f>(facts: impl Iterator<Item = &'f Facts> + Clone) -> Vec<Kind> {
    let own: Vec<Kind> = facts.clone().map(Facts::kind).collect();
    let file = own.iter().zip(facts.clone()).fold(Evidence::default(), |file, (kind, facts)| {
        let one = facts.evidence(*kind);
        Evidence {
            comma: file.comma | one.comma,
            point: file.point | one.point,
            spaces: file.spaces | one.spaces,
        }
    });
    own.into_iter().zip(facts).map(|(kind, facts)| facts.settled(kind, file)).collect()
}

impl Facts {
    /// The kind that all cells but the texts fit, and how many those are.
    pub(crate) fn but_for_texts(&self) -> Option<(Kind, u64)> {
        let others = self.valued() - self.count(Class::Text);
        let (fits, kind) = self.families().into_iter().max_by_key(|(fits, _)| *fits)?;
        (fits > 0 && fits == others).then_some((kind, others))
    }

    /// Whether so many cells are text that the column cannot be anything else.
    pub(crate) fn is_surely_text(&self) -> bool {
        self.count(Class::Text) > REJECT_CELLS
    }

    /// What the cells say about the decimal mark of a column that was found to be of `kind`.
    fn evidence(&self, kind: Kind) -> Evidence {
        let points = [Class::Number, Class::LongNumber, Class::LostNumber, Class::SpacesPoint];
        match kind {
            Kind::Integer(Style::Comma) | Kind::Number(Style::Comma | Style::SpacesComma) => {
                Evidence {
                    comma: true,
                    spaces: kind == Kind::Number(Style::SpacesComma),
                    ..Evidence::default()
                }
            }
            Kind::Integer(Style::Thousands) | Kind::Number(Style::Thousands) => {
                Evidence { point: true, ..Evidence::default() }
            }
            Kind::Integer(style) | Kind::Number(style) => Evidence {
                point: self.sum(&points) > 0,
                spaces: style == Style::Spaces,
                ..Evidence::default()
            },
            Kind::Decimal { scale } => Evidence { point: scale > 0, ..Evidence::default() },
            Kind::Empty
            | Kind::Boolean
            | Kind::Text
            | Kind::Date(_)
            | Kind::Datetime(_)
            | Kind::Time => Evidence::default(),
        }
    }

    /// The kind of a column by itself, or where its numbers can be read in two ways, by what the
    /// other columns of the file do.
    fn settled(&self, kind: Kind, file: Evidence) -> Kind {
        let valued = self.valued();
        let all = |class| {
            self.count(class) > 0 && self.count(class) + self.count(Class::Integer) == valued
        };
        match (file.comma, file.point) {
            (true, false) if self.is_either_point() => Kind::Integer(Style::Comma),
            (true, false) if all(Class::EitherComma) => Kind::Number(Style::Comma),
            (false, true) if all(Class::EitherComma) => Kind::Integer(Style::Thousands),
            _ if file.spaces && all(Class::EitherSpaces) && !self.mixes_gaps() => {
                Kind::Integer(Style::Spaces)
            }
            _ => kind,
        }
    }

    fn mixes_gaps(&self) -> bool {
        self.gaps == [true; 2]
    }

    /// The narrowest kind that holds every cell, but for a few that are rejected.
    pub(crate) fn kind(&self) -> Kind {
        let valued = self.valued();
        if valued == 0 {
            return if self.empty_texts > 0 { Kind::Text } else { Kind::Empty };
        }
        let best = self.families().into_iter().max_by_key(|(fits, _)| *fits);
        let Some((fits, kind)) = best else { return Kind::Text };
        let misfits = valued - fits;
        let few = misfits <= REJECT_CELLS
            && valued >= REJECT_ROWS
            && misfits.saturating_mul(REJECT_SHARE) <= valued;
        if fits > 0 && (misfits == 0 || few) { kind } else { Kind::Text }
    }

    /// Each kind of cells that go together, with how many of them there are. The first of equals
    /// is the last resort of `max_by_key`, so plain numbers stand at the end.
    fn families(&self) -> Vec<(u64, Kind)> {
        let mut all = vec![
            (self.count(Class::Boolean), Kind::Boolean),
            (self.count(Class::Time), Kind::Time),
        ];
        let infinite = self.count(Class::Infinity);
        let integers = self.count(Class::Integer);
        // Fractions: with a comma, and with a point.
        let commas = self.sum(&[Class::Comma, Class::EitherComma]);
        let points = self.sum(&[Class::Number, Class::EitherPoint]);
        let of = |fractions: u64, style| {
            if fractions + infinite > 0 { Kind::Number(style) } else { Kind::Integer(style) }
        };
        if self.sum(&[Class::Comma, Class::Points]) > 0 {
            let groups = self.sum(&[Class::Points, Class::EitherPoints, Class::EitherPoint]);
            all.push((groups + commas + integers + infinite, of(commas, Style::Comma)));
        }
        let thousands = self.sum(&[Class::Thousands, Class::ThousandsPoint]);
        if thousands > 0 {
            let fits = thousands + self.count(Class::EitherComma) + integers + points + infinite;
            let fractions = points + self.count(Class::ThousandsPoint);
            all.push((fits, of(fractions, Style::Thousands)));
        }
        let spaces = self.sum(&[Class::Spaces, Class::SpacesPoint, Class::SpacesComma]);
        if spaces > 0 && !self.mixes_gaps() {
            let groups = self.sum(&[Class::Spaces, Class::EitherSpaces]) + integers + infinite;
            let commas = commas + self.count(Class::SpacesComma);
            let points = points + self.count(Class::SpacesPoint);
            let comma = (groups + commas, of(commas, Style::SpacesComma));
            let point = (groups + points, of(points, Style::Spaces));
            all.extend(if commas > points { [point, comma] } else { [comma, point] });
        }
        all.extend(self.calendar());
        let plain = self.sum(&[
            Class::Integer,
            Class::BigInteger,
            Class::Number,
            Class::EitherPoint,
            Class::LongNumber,
            Class::LostNumber,
        ]);
        if plain > 0 {
            all.push((plain + infinite, self.plain_numbers()));
        }
        all
    }

    fn plain_numbers(&self) -> Kind {
        let fractions = self.sum(&[
            Class::Number,
            Class::EitherPoint,
            Class::LongNumber,
            Class::LostNumber,
            Class::Infinity,
        ]);
        let big = self.count(Class::BigInteger);
        let long = self.count(Class::LongNumber) + big;
        let wide = self.wide_integers();
        if fractions == 0 && big == 0 {
            return Kind::Integer(Style::Point);
        }
        let fits = self.whole + self.scale <= DECIMAL_DIGITS
            && self.exponents == 0
            && self.sum(&[Class::LostNumber, Class::Infinity]) == 0;
        if fits && (long > 0 || wide) {
            Kind::Decimal { scale: self.scale }
        } else {
            Kind::Number(Style::Point)
        }
    }

    /// Integers with more than 15 digits, not all of which a float64 holds.
    fn wide_integers(&self) -> bool {
        self.count(Class::Integer) > 0 && self.whole > 15
    }

    fn calendar(&self) -> Option<(u64, Kind)> {
        let dates = self.sum(&[Class::Date]);
        let datetimes = self.count(Class::Datetime);
        let day = self.sum(&[Class::DayFirst, Class::DatetimeDayFirst]);
        let month = self.sum(&[Class::MonthFirst, Class::DatetimeMonthFirst]);
        let either = self.sum(&[Class::EitherDate, Class::DatetimeEither]);
        let timed = datetimes
            + self.sum(&[
                Class::DatetimeDayFirst,
                Class::DatetimeMonthFirst,
                Class::DatetimeEither,
            ]);
        // Two proofs against each other leave the column text, unless one side is a handful.
        let order = match (day, month) {
            (0, 0) => Order::Unknown,
            (day, month) if day >= month => Order::DayFirst,
            _ => Order::MonthFirst,
        };
        let fits = dates
            + datetimes
            + match order {
                Order::Unknown => 0,
                Order::DayFirst => day + either,
                Order::MonthFirst => month + either,
            };
        let kind = if timed > 0 { Kind::Datetime(order) } else { Kind::Date(order) };
        (fits > 0).then_some((fits, kind))
    }

    /// Why the column is text although its cells look like something else: words for the notes.
    pub(crate) fn open_question(&self) -> Option<&'static str> {
        let valued = self.valued();
        let either_dates = self.sum(&[Class::EitherDate, Class::DatetimeEither]);
        let day = self.sum(&[Class::DayFirst, Class::DatetimeDayFirst]);
        let month = self.sum(&[Class::MonthFirst, Class::DatetimeMonthFirst]);
        let commas = self.count(Class::EitherComma);
        let spaces = self.count(Class::EitherSpaces);
        if either_dates > 0 && either_dates == valued {
            Some("each of its dates can be read day first or month first, so it stays text")
        } else if day > 0 && month > 0 && either_dates + day + month == valued {
            Some("some of its dates have the day first and some the month, so it stays text")
        } else if commas > 0 && commas + self.count(Class::Integer) == valued {
            Some(
                "a comma in its numbers can stand for thousands or for the decimal point, so it \
                 stays text",
            )
        } else if spaces > 0 && spaces + self.count(Class::Integer) == valued {
            Some(
                "the gap in its numbers can stand for thousands or be part of a code, so it stays \
                 text",
            )
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::class::classify;

    fn facts(cells: &[&str]) -> Facts {
        let mut facts = Facts::default();
        for cell in cells {
            facts.add(classify(cell.as_bytes()));
        }
        facts
    }

    #[test]
    fn a_column_has_the_narrowest_type_that_holds_its_cells() {
        let point = Style::Point;
        for (cells, kind) in [
            (&["", ""][..], Kind::Empty),
            (&["NA", ""], Kind::Empty),
            (&["007", "012"], Kind::Text),
            (&["+5", "6"], Kind::Integer(point)),
            (&["9223372036854775808", "1"], Kind::Decimal { scale: 0 }),
            (&["12345678901234567"], Kind::Integer(point)),
            (&["12345678901234567", "1.5"], Kind::Decimal { scale: 1 }),
            (&["true", "FALSE", "NA"], Kind::Boolean),
            (&["yes", "no"], Kind::Text),
            (&["NA", "1"], Kind::Integer(point)),
            (&["NA", "DE"], Kind::Text),
            (&["NaN", "1.5"], Kind::Number(point)),
            (&["inf", "1"], Kind::Number(point)),
            (&["1,5", "2"], Kind::Number(Style::Comma)),
            (&["1,234", "5,678"], Kind::Text),
            (&["1,234", "1,234,567"], Kind::Integer(Style::Thousands)),
            (&["1,234.5", "7"], Kind::Number(Style::Thousands)),
            (&["1,234.5", "1.234"], Kind::Number(Style::Thousands)),
            (&["1.020.600", "950", "1.234"], Kind::Integer(Style::Comma)),
            (&["1.020.600,50", "1.234"], Kind::Number(Style::Comma)),
            (&["1.020.600", "1,234"], Kind::Number(Style::Comma)),
            (&["1.020.600", "1.5"], Kind::Text),
            (&["1,5", "1.5"], Kind::Text),
            (&["1.234", "5.678"], Kind::Number(point)),
            (&["1.234", "5.5"], Kind::Number(point)),
            (&["192.168.100.200", "10.100.200.100"], Kind::Text),
            (&["1.234.567.890", "192.168.100.200"], Kind::Integer(Style::Comma)),
            (&["1 020 600", "1 234", "7"], Kind::Integer(Style::Spaces)),
            (&["1 020 600,5", "3,5"], Kind::Number(Style::SpacesComma)),
            (&["1'020'600.50", "3.5"], Kind::Number(Style::Spaces)),
            (&["1'234.50", "1 234.50"], Kind::Text),
            (&["1 234,5", "1 234.5"], Kind::Text),
            (&["110 001", "560 001"], Kind::Text),
            (&["2020-01-02"], Kind::Date(Order::Unknown)),
            (&["2020-01-02", "2020-01-02T03:04"], Kind::Datetime(Order::Unknown)),
            (&["13/02/2020", "01/02/2020"], Kind::Date(Order::DayFirst)),
            (&["02/13/2020", "01/02/2020"], Kind::Date(Order::MonthFirst)),
            (&["01/02/2020", "03/04/2020"], Kind::Text),
            (&["13/02/2020", "02/13/2020"], Kind::Text),
            (&["03:04", "05:06:07"], Kind::Time),
            (&["0.1234567890123456789012", "2.5"], Kind::Decimal { scale: 22 }),
            (&["0.1234567890123456789012", "2e5"], Kind::Number(point)),
            (&["1", "x"], Kind::Text),
            (&["true", "1"], Kind::Text),
        ] {
            assert_eq!(facts(cells).kind(), kind, "{cells:?}");
        }
    }

    #[test]
    fn numbers_that_can_be_read_in_two_ways_follow_the_file() {
        let settled = |columns: &[&[&str]]| {
            let all: Vec<Facts> = columns.iter().map(|cells| facts(cells)).collect();
            settle(all.iter())[0]
        };
        let point = Kind::Number(Style::Point);
        let either: &[&str] = &["1.234", "12.500", "7"];
        assert_eq!(settled(&[either]), point);
        assert_eq!(settled(&[either, &["0,5", "2"]]), Kind::Integer(Style::Comma));
        assert_eq!(settled(&[either, &["1.020.600"]]), Kind::Integer(Style::Comma));
        assert_eq!(settled(&[either, &["0.5"]]), point);
        // The columns disagree, so nothing follows.
        assert_eq!(settled(&[either, &["0,5"], &["0.5"]]), point);
        assert_eq!(settled(&[&["1.234", "0.5"], &["0,5"]]), point);
        let comma: &[&str] = &["1,234", "5,678"];
        assert_eq!(settled(&[comma, &["7"]]), Kind::Text);
        assert_eq!(settled(&[comma, &["0,5"]]), Kind::Number(Style::Comma));
        assert_eq!(settled(&[comma, &["0.5"]]), Kind::Integer(Style::Thousands));
        let spaces: &[&str] = &["1 234", "950"];
        assert_eq!(settled(&[spaces, &["0,5"]]), Kind::Text);
        assert_eq!(settled(&[spaces, &["1 020 600"]]), Kind::Integer(Style::Spaces));
    }

    #[test]
    fn a_handful_of_misfits_in_many_rows_is_rejected_and_more_widen() {
        let mut many = facts(&["x"; 20]);
        many.add_many(Class::Integer, 200_000);
        assert_eq!(many.kind(), Kind::Integer(Style::Point));
        many.add(classify(b"x"));
        assert_eq!(many.kind(), Kind::Text);
        let mut few = facts(&["x"]);
        few.add_many(Class::Integer, 9_998);
        assert_eq!(few.kind(), Kind::Text);
        few.add_many(Class::Integer, 2);
        assert_eq!(few.kind(), Kind::Integer(Style::Point));
    }
}

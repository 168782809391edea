//! Columns of one block, built cell by cell.

use super::facts::{Facts, Misfit};
use super::kinds::Kind;
use super::scan::{Cell, Dialect};
use crate::cells::class::{CLASSES, Class, classify};
use crate::cells::days::Order;
use crate::cells::number::{self, DECIMAL_DIGITS, Style};
use crate::cells::{boolean, days, trim};
use arrow_array::builder::{BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_array::{ArrayRef, new_null_array};
use arrow_schema::{DataType, TimeUnit};
use std::sync::Arc;

/// The Arrow type of a column.
pub(crate) fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Boolean => DataType::Boolean,
        Kind::Integer(_) => DataType::Int64,
        Kind::Number(_) => DataType::Float64,
        Kind::Decimal { scale } => DataType::Decimal128(DECIMAL_DIGITS as u8, scale as i8),
        Kind::Empty | Kind::Text => DataType::Utf8,
        Kind::Date(_) => DataType::Date32,
        Kind::Datetime(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Kind::Time => DataType::Time64(TimeUnit::Microsecond),
    }
}

enum Values {
    Empty(usize),
    Boolean(BooleanBuilder),
    Integer(PrimitiveBuilder<Int64Type>),
    Number(PrimitiveBuilder<Float64Type>),
    Decimal(PrimitiveBuilder<Decimal128Type>),
    Text(StringBuilder),
    Date(PrimitiveBuilder<Date32Type>),
    Datetime(PrimitiveBuilder<TimestampMicrosecondType>),
    Time(PrimitiveBuilder<Time64MicrosecondType>),
}

/// A column being built, and what its cells were.
pub(crate) struct Builder {
    kind: Kind,
    values: Values,
    pub(crate) facts: Facts,
}

/// Part of a block, as a column sees it.
pub(crate) struct Cells<'a> {
    pub(crate) block: &'a str,
    pub(crate) dialect: &'a Dialect,
    /// The cells of all columns, row by row.
    pub(crate) cells: &'a [Cell],
    pub(crate) columns: usize,
    pub(crate) column: usize,
    /// Row and line of a row of `cells`, counted from the start of the block.
    pub(crate) place: &'a dyn Fn(usize) -> (u64, u64),
}

impl<'a> Cells<'a> {
    fn iter(&self) -> impl Iterator<Item = &'a Cell> {
        self.cells.iter().skip(self.column).step_by(self.columns)
    }
}

impl Builder {
    /// An empty column of `kind`.
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, values: Values::new(kind), facts: Facts::default() }
    }

    /// Takes what was built so far; the facts go on.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        std::mem::replace(&mut self.values, Values::new(self.kind)).finish()
    }

    /// Appends a column of `cells`.
    pub(crate) fn fill(&mut self, cells: &Cells<'_>) {
        let Self { kind, values, facts } = self;
        match values {
            Values::Empty(rows) => {
                *rows += cells.iter().count();
                read(cells, facts, |_, _| None::<()>, |_| {});
            }
            Values::Text(texts) => fill_text(cells, facts, texts),
            Values::Boolean(to) => {
                let one =
                    |bytes: &[u8], tally: &mut Tally| tally.of(boolean(bytes), Class::Boolean);
                read(cells, facts, one, |value| to.append_option(value));
            }
            Values::Integer(to) => fill_integers(cells, facts, *kind, to),
            Values::Number(to) => fill_numbers(cells, facts, *kind, to),
            Values::Decimal(to) => fill_decimals(cells, facts, *kind, to),
            Values::Date(to) => fill_dates(cells, facts, *kind, to),
            Values::Datetime(to) => fill_datetimes(cells, facts, *kind, to),
            Values::Time(to) => {
                let one =
                    |bytes: &[u8], tally: &mut Tally| tally.of(days::time(bytes), Class::Time);
                read(cells, facts, one, |value| to.append_option(value));
            }
        }
    }
}

impl Values {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Empty => Self::Empty(0),
            Kind::Boolean => Self::Boolean(BooleanBuilder::new()),
            Kind::Integer(_) => Self::Integer(PrimitiveBuilder::new()),
            Kind::Number(_) => Self::Number(PrimitiveBuilder::new()),
            Kind::Decimal { .. } => {
                Self::Decimal(PrimitiveBuilder::new().with_data_type(data_type(kind)))
            }
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Date(_) => Self::Date(PrimitiveBuilder::new()),
            Kind::Datetime(_) => {
                Self::Datetime(PrimitiveBuilder::new().with_data_type(data_type(kind)))
            }
            Kind::Time => Self::Time(PrimitiveBuilder::new()),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Empty(rows) => new_null_array(&DataType::Utf8, rows),
            Self::Boolean(mut values) => Arc::new(values.finish()),
            Self::Integer(mut values) => Arc::new(values.finish()),
            Self::Number(mut values) => Arc::new(values.finish()),
            Self::Decimal(mut values) => Arc::new(values.finish()),
            Self::Text(mut values) => Arc::new(values.finish()),
            Self::Date(mut values) => Arc::new(values.finish()),
            Self::Datetime(mut values) => Arc::new(values.finish()),
            Self::Time(mut values) => Arc::new(values.finish()),
        }
    }
}

/// Classes of the cells that fitted, counted here and added to the facts once for many cells.
#[derive(Default)]
struct Tally {
    counts: [u64; CLASSES],
    whole: u32,
    scale: u32,
    exponents: u64,
    offsets: u64,
    /// Numbers with marks, as they were sorted.
    marked: Facts,
}

impl Tally {
    /// Passes `value` on, counting it as `class` when there is one.
    fn of<T>(&mut self, value: Option<T>, class: Class) -> Option<T> {
        self.counts[class as usize] += u64::from(value.is_some());
        value
    }

    /// Counts a number with marks between its digits.
    fn of_marked<T>(&mut self, value: T, bytes: &[u8]) -> Option<T> {
        let sorted = classify(bytes);
        self.counts[sorted.class as usize] += 1;
        self.marked.mark(sorted);
        Some(value)
    }

    fn add_to(self, facts: &mut Facts) {
        facts.merge(self.marked, 0, 0);
        facts.add_counts(&self.counts);
        facts.widen(self.whole, self.scale, self.exponents);
        facts.add_offsets(self.offsets);
    }
}

/// Reads each cell with `one`; what it refuses is sorted, counted, and missing.
fn read<T>(
    cells: &Cells<'_>,
    facts: &mut Facts,
    one: impl Fn(&[u8], &mut Tally) -> Option<T>,
    mut append: impl FnMut(Option<T>),
) {
    let (block, mut scratch, mut tally) = (cells.block.as_bytes(), Vec::new(), Tally::default());
    let (mut quoted, mut blank, mut bare, mut empty) = (0, 0, 0, 0);
    for (row, &cell) in cells.iter().enumerate() {
        let raw = cell.raw(block);
        if raw.is_empty() {
            blank += 1;
            empty += u64::from(cell.quoted());
            append(None);
            continue;
        }
        let value = if cell.escaped() { None } else { one(raw, &mut tally) };
        if value.is_some() {
            quoted += u64::from(cell.quoted());
            bare += u64::from(!cell.quoted());
            append(value);
        } else {
            let text = cell.text(block, cells.dialect, &mut scratch);
            let trimmed = trim(text);
            let value = one(trimmed, &mut tally);
            if value.is_none() {
                odd(cells, facts, row, cell, trimmed);
            }
            append(value);
        }
    }
    facts.quoted += quoted;
    facts.bare += bare;
    facts.add_empty_texts(empty);
    facts.add_many(Class::Blank, blank);
    tally.add_to(facts);
}

/// A cell that is missing, a word for it, or does not fit.
fn odd(cells: &Cells<'_>, facts: &mut Facts, row: usize, cell: Cell, text: &[u8]) {
    let sorted = classify(text);
    facts.add(sorted);
    if matches!(sorted.class, Class::Blank | Class::NullWord) {
        facts.add_empty_texts(u64::from(cell.quoted() && sorted.class == Class::Blank));
        return;
    }
    if cell.quoted() {
        facts.quoted += 1;
    } else {
        facts.bare += 1;
    }
    facts.misfit(|| placed(cells, row, text));
}

/// A cell with its place, cut short.
fn placed(cells: &Cells<'_>, row: usize, text: &[u8]) -> Misfit {
    let (row, line) = (cells.place)(row);
    Misfit { row, line, text: String::from_utf8_lossy(text).chars().take(1_000).collect() }
}

fn fill_text(cells: &Cells<'_>, facts: &mut Facts, texts: &mut StringBuilder) {
    let mut scratch = Vec::new();
    let block = cells.block.as_bytes();
    for (row, &cell) in cells.iter().enumerate() {
        let raw = cell.raw(block);
        if raw.is_empty() && !cell.quoted() {
            facts.add_many(Class::Blank, 1);
            texts.append_null();
            continue;
        }
        if !facts.is_surely_text() {
            let text = cell.text(block, cells.dialect, &mut scratch);
            let sorted = classify(text);
            facts.add(sorted);
            if sorted.class == Class::Text {
                facts.text(|| placed(cells, row, text));
            }
            if sorted.class == Class::Blank {
                facts.add_empty_texts(u64::from(cell.quoted()));
            } else if sorted.class != Class::NullWord {
                facts.quoted += u64::from(cell.quoted());
                facts.bare += u64::from(!cell.quoted());
            }
        }
        if cell.escaped() {
            let text = cell.text(block, cells.dialect, &mut scratch);
            texts.append_value(String::from_utf8_lossy(text));
        } else {
            texts.append_value(&cells.block[cell.start()..cell.start() + raw.len()]);
        }
    }
}

fn fill_integers(
    cells: &Cells<'_>,
    facts: &mut Facts,
    kind: Kind,
    to: &mut PrimitiveBuilder<Int64Type>,
) {
    let mut most = 0;
    let one = |bytes: &[u8], tally: &mut Tally| {
        if let Some(value) = number::integer(bytes) {
            tally.counts[Class::Integer as usize] += 1;
            return Some(value);
        }
        let Kind::Integer(style) = kind else { return None };
        if !style.marks(bytes) {
            return None;
        }
        let value = number::integer(&number::plain(bytes, style)?)?;
        tally.of_marked(value, bytes)
    };
    read(cells, facts, one, |value| {
        most = value.map_or(most, |value| most.max(value.unsigned_abs()));
        to.append_option(value);
    });
    facts.widen(most.checked_ilog10().map_or(0, |digits| digits + 1), 0, 0);
}

fn fill_numbers(
    cells: &Cells<'_>,
    facts: &mut Facts,
    kind: Kind,
    to: &mut PrimitiveBuilder<Float64Type>,
) {
    let style = if let Kind::Number(style) = kind { style } else { Style::Point };
    let one = |bytes: &[u8], tally: &mut Tally| {
        if style != Style::Point && style.marks(bytes) {
            let number = number::number(&number::plain(bytes, style)?)?;
            return tally.of_marked(number.value, bytes);
        }
        let whole = |n: &number::Number| !style.has_decimal_comma() || n.integer;
        let Some(number) = number::number(bytes).filter(whole) else {
            return tally.of(number::infinity(bytes), Class::Infinity);
        };
        if number.exact && (number.whole == 0 || !number.integer) {
            let zero = number.integer && number.value.is_sign_positive();
            let class = match (zero, number.either) {
                (true, _) => Class::Integer,
                (false, true) => Class::EitherPoint,
                (false, false) => Class::Number,
            };
            tally.counts[class as usize] += 1;
        } else if number.integer && number.whole < 19 {
            tally.counts[Class::Integer as usize] += 1;
        } else {
            // Rare and many-sided: let the sorting say what it is, and keep the nearest float.
            let class = classify(bytes).class;
            if class == Class::Text {
                return None;
            }
            tally.counts[class as usize] += 1;
        }
        tally.whole = tally.whole.max(number.whole);
        tally.scale = tally.scale.max(number.scale);
        tally.exponents += u64::from(number.exponent);
        Some(number.value)
    };
    read(cells, facts, one, |value| to.append_option(value));
}

fn fill_decimals(
    cells: &Cells<'_>,
    facts: &mut Facts,
    kind: Kind,
    to: &mut PrimitiveBuilder<Decimal128Type>,
) {
    let scale = if let Kind::Decimal { scale } = kind { scale } else { 0 };
    let one = |bytes: &[u8], tally: &mut Tally| {
        let value = number::decimal(bytes, scale)?;
        let sorted = classify(bytes);
        tally.whole = tally.whole.max(sorted.whole);
        tally.scale = tally.scale.max(sorted.scale);
        tally.of(Some(value), sorted.class)
    };
    read(cells, facts, one, |value| to.append_option(value));
}

fn order(kind: Kind) -> Order {
    match kind {
        Kind::Date(order) | Kind::Datetime(order) => order,
        _ => Order::Unknown,
    }
}

fn fill_dates(
    cells: &Cells<'_>,
    facts: &mut Facts,
    kind: Kind,
    to: &mut PrimitiveBuilder<Date32Type>,
) {
    let order = order(kind);
    let one = |bytes: &[u8], tally: &mut Tally| {
        let (days, evidence) = days::date(bytes, order)?;
        let class = match evidence {
            days::Evidence::Clear => Class::Date,
            days::Evidence::DayFirst => Class::DayFirst,
            days::Evidence::MonthFirst => Class::MonthFirst,
            days::Evidence::Either => Class::EitherDate,
        };
        fits_order(class, order).then(|| tally.of(Some(days), class)).flatten()
    };
    read(cells, facts, one, |value| to.append_option(value));
}

fn fill_datetimes(
    cells: &Cells<'_>,
    facts: &mut Facts,
    kind: Kind,
    to: &mut PrimitiveBuilder<TimestampMicrosecondType>,
) {
    let order = order(kind);
    let one = |bytes: &[u8], tally: &mut Tally| {
        if let Some((micros, evidence, offset)) = days::datetime(bytes, order) {
            let class = match evidence {
                days::Evidence::Clear => Class::Datetime,
                days::Evidence::DayFirst => Class::DatetimeDayFirst,
                days::Evidence::MonthFirst => Class::DatetimeMonthFirst,
                days::Evidence::Either => Class::DatetimeEither,
            };
            let fits = fits_order(class, order);
            tally.offsets += u64::from(offset && fits && class == Class::Datetime);
            return fits.then(|| tally.of(Some(micros), class)).flatten();
        }
        let (days, evidence) = days::date(bytes, order)?;
        let class = classify(bytes).class;
        let fits = evidence == days::Evidence::Clear || fits_order(class, order);
        fits.then(|| tally.of(Some(i64::from(days) * 86_400_000_000), class)).flatten()
    };
    read(cells, facts, one, |value| to.append_option(value));
}

/// Whether a date of this class can be read once the order is settled.
fn fits_order(class: Class, order: Order) -> bool {
    match class {
        Class::EitherDate | Class::DatetimeEither => order != Order::Unknown,
        Class::DayFirst | Class::DatetimeDayFirst => order == Order::DayFirst,
        Class::MonthFirst | Class::DatetimeMonthFirst => order == Order::MonthFirst,
        _ => true,
    }
}

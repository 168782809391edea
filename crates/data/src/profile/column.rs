//! One column: its cells are read once, hashed for the comparison of rows and columns, and
//! handed to the statistics of their type.

use super::duplicates::{RowHashes, mix};
use super::numbers::{Moments, Scale, Sorted, Spread};
use super::partition::Partition;
use super::{EXACT_ROWS, Seen, texts};
use crate::Error;
use crate::table::{Table, json};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use mlhub_domain::profile::{ColumnProfile, Top};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

/// The hash of a missing cell.
const MISSING: u64 = 0x6d69_7373_696e_6721;

/// Looks at the column `index` and adds its cells to `rows`.
pub(crate) fn look(table: &Table, index: usize, rows: &mut RowHashes) -> Result<Seen, Error> {
    match table.arrow_type(index) {
        DataType::Boolean => booleans(table, index, rows),
        DataType::Int64 => {
            let (one, floats) = (Scale::One, |keys: &Sorted<i64>| keys.spread(Key::float));
            numbers::<Int64Type, i64>(table, index, rows, one, |v| v, json::integer, floats)
        }
        DataType::Float64 => {
            let show = |v: OrderedFloat| json::number(v.into());
            let (one, floats) = (Scale::One, |keys: &Sorted<OrderedFloat>| keys.spread(Key::float));
            let key = OrderedFloat::from;
            numbers::<Float64Type, OrderedFloat>(table, index, rows, one, key, show, floats)
        }
        DataType::Decimal128(_, scale) => {
            let show = |v| json::decimal(v, scale).into();
            let scale = Scale::Tens(scale);
            let floats = |keys: &Sorted<i128>| keys.spread(|key| scale.float(key.float()));
            numbers::<Decimal128Type, i128>(table, index, rows, scale, |v| v, show, floats)
        }
        DataType::Date32 => {
            let show = |v| json::date(v).into();
            // An edge lies between two days of the column.
            let name =
                |days: i64| i32::try_from(days).map_or_else(|_| days.to_string(), json::date);
            let (one, days) = (Scale::One, |keys: &Sorted<i32>| keys.calendar(i64::from, name));
            numbers::<Date32Type, i32>(table, index, rows, one, |v| v, show, days)
        }
        DataType::Timestamp(..) => {
            let show = |v| json::datetime(v).into();
            let micros = |keys: &Sorted<i64>| keys.calendar(|key| key, json::datetime);
            let (one, same) = (Scale::One, |v| v);
            numbers::<TimestampMicrosecondType, i64>(table, index, rows, one, same, show, micros)
        }
        DataType::Time64(_) => {
            let show = |v| json::time(v).into();
            let micros = |keys: &Sorted<i64>| keys.calendar(|key| key, json::time);
            let (one, same) = (Scale::One, |v| v);
            numbers::<Time64MicrosecondType, i64>(table, index, rows, one, same, show, micros)
        }
        _ => texts::look(table, index, rows),
    }
}

/// What the hashes of all cells of a column say.
pub(crate) struct Hashed {
    /// Equal for columns with equal cells.
    pub(crate) fingerprint: u64,
    /// Equal for columns that divide the rows alike.
    pub(crate) partition: Option<u64>,
    /// Cells that are missing.
    pub(crate) missing: u64,
}

/// Reads the column batch by batch. `see` puts a hash of each cell into its second argument.
pub(crate) fn hashed(
    table: &Table,
    index: usize,
    rows: &mut RowHashes,
    mut see: impl FnMut(&ArrayRef, &mut Vec<u64>),
) -> Result<Hashed, Error> {
    let (mut first, mut fingerprint, mut missing) = (0, 0, 0);
    let mut partition = Partition::new();
    let mut hashes = Vec::new();
    table.each(&[index], |batch| {
        let array = batch.column(0);
        hashes.clear();
        see(array, &mut hashes);
        for &hash in &hashes {
            fingerprint = mix_in(fingerprint, hash);
        }
        partition.add(&hashes);
        rows.add(index, first, &hashes);
        first += array.len();
        missing += array.null_count() as u64;
        Ok(())
    })?;
    Ok(Hashed { fingerprint: mix(fingerprint), partition: partition.finish(), missing })
}

fn mix_in(state: u64, hash: u64) -> u64 {
    (state.rotate_left(5) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The hash of a text, the same in every build.
pub(crate) fn hash_text(text: Option<&str>) -> u64 {
    text.map_or(MISSING, |text| xxh3_64(text.as_bytes()))
}

/// A float64 in the order of its value; −0 is 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct OrderedFloat(i64);

impl From<f64> for OrderedFloat {
    fn from(value: f64) -> Self {
        let bits = if value == 0.0 { 0 } else { value.to_bits() as i64 };
        Self(bits ^ ((bits >> 63) as u64 >> 1) as i64)
    }
}

impl From<OrderedFloat> for f64 {
    fn from(value: OrderedFloat) -> Self {
        Self::from_bits((value.0 ^ ((value.0 >> 63) as u64 >> 1) as i64) as u64)
    }
}

/// What stands for a number in sorted columns.
pub(crate) trait Key: Copy + Ord {
    fn float(self) -> f64;
    fn bits(self) -> u64;
}

impl Key for i64 {
    fn float(self) -> f64 {
        self as f64
    }
    fn bits(self) -> u64 {
        self as u64
    }
}

impl Key for i32 {
    fn float(self) -> f64 {
        self.into()
    }
    fn bits(self) -> u64 {
        i64::from(self) as u64
    }
}

impl Key for i128 {
    fn float(self) -> f64 {
        self as f64
    }
    fn bits(self) -> u64 {
        self as u64 ^ mix((self >> 64) as u64)
    }
}

impl Key for OrderedFloat {
    fn float(self) -> f64 {
        self.into()
    }
    fn bits(self) -> u64 {
        self.0 as u64
    }
}

fn numbers<T: ArrowPrimitiveType, K: Key>(
    table: &Table,
    index: usize,
    rows: &mut RowHashes,
    scale: Scale,
    key: impl Fn(T::Native) -> K,
    show: impl Fn(K) -> Value,
    spread: impl Fn(&Sorted<K>) -> Spread,
) -> Result<Seen, Error> {
    let count = table.rows_count();
    let stride = count.div_ceil(EXACT_ROWS).max(1) as usize;
    let mut keys: Vec<K> = Vec::with_capacity(count as usize / stride + 1);
    let (mut moments, mut extremes, mut n) = (Moments::default(), None, 0);
    let hashed = hashed(table, index, rows, |array, hashes| {
        let array = array.as_primitive::<T>();
        let mut batch = Vec::with_capacity(array.len());
        for cell in array {
            let cell = cell.map(&key);
            hashes.push(cell.map_or(MISSING, |key| mix(key.bits())));
            let Some(key) = cell else { continue };
            batch.push(scale.float(key.float()));
            n += 1;
            if n % stride == 0 {
                keys.push(key);
            }
            let (low, high) = extremes.unwrap_or((key, key));
            extremes = Some((low.min(key), high.max(key)));
        }
        moments.add(&batch);
    })?;
    let sorted = Sorted::new(keys, stride as u64);
    let column = &table.columns()[index];
    let (mean, sd) = if column.kind.is_numeric() { moments.mean_and_sd() } else { (None, None) };
    let Spread { quantiles, histogram } = spread(&sorted);
    let (distinct, top) = sorted.runs();
    let top = top.into_iter().map(|(key, count)| Top { value: show(key), count }).collect();
    let profile = ColumnProfile {
        name: column.name.clone(),
        kind: column.kind,
        missing: hashed.missing,
        distinct,
        min: extremes.map(|(low, _)| show(low)),
        max: extremes.map(|(_, high)| show(high)),
        mean,
        sd,
        quantiles,
        top,
        histogram,
        approximate: estimates(stride, &["distinct", "quantiles", "top", "histogram"]),
        same_as: None,
    };
    Ok(Seen { profile, hashed, strays: None })
}

/// The fields that were estimated from every `stride`-th row.
pub(crate) fn estimates(stride: usize, fields: &[&str]) -> Vec<String> {
    if stride > 1 { fields.iter().map(|&field| field.into()).collect() } else { Vec::new() }
}

fn booleans(table: &Table, index: usize, rows: &mut RowHashes) -> Result<Seen, Error> {
    let mut counts = [0u64; 2];
    let hashed = hashed(table, index, rows, |array, hashes| {
        for cell in array.as_boolean() {
            hashes.push(cell.map_or(MISSING, |cell| mix(u64::from(cell))));
            if let Some(cell) = cell {
                counts[usize::from(cell)] += 1;
            }
        }
    })?;
    let mut top: Vec<Top> = [(false, counts[0]), (true, counts[1])]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(value, count)| Top { value: value.into(), count })
        .collect();
    top.sort_by_key(|top| std::cmp::Reverse(top.count));
    let column = &table.columns()[index];
    let distinct = top.len() as u64;
    let profile = ColumnProfile { distinct, top, ..empty(column, hashed.missing) };
    Ok(Seen { profile, hashed, strays: None })
}

/// A profile with nothing but the missing cells.
pub(crate) fn empty(column: &mlhub_domain::schema::Column, missing: u64) -> ColumnProfile {
    ColumnProfile {
        name: column.name.clone(),
        kind: column.kind,
        missing,
        distinct: 0,
        min: None,
        max: None,
        mean: None,
        sd: None,
        quantiles: std::collections::BTreeMap::new(),
        top: Vec::new(),
        histogram: None,
        approximate: Vec::new(),
        same_as: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_ordered_by_value_and_come_back() {
        let values = [f64::NEG_INFINITY, -1.5, -1e-300, 0.0, 1e-300, 2.0, f64::INFINITY];
        for pair in values.windows(2) {
            assert!(OrderedFloat::from(pair[0]) < OrderedFloat::from(pair[1]));
        }
        for value in values {
            assert_eq!(f64::from(OrderedFloat::from(value)), value);
        }
        assert!(OrderedFloat::from(-0.0) == OrderedFloat::from(0.0));
    }
}

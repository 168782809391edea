//! Statistics of texts.

use super::column::{empty, estimates, hash_text, hashed};
use super::duplicates::RowHashes;
use super::numbers::{Sorted, TOP};
use super::strays::{self, Sample};
use super::{EXACT_ROWS, Seen};
use crate::Error;
use crate::table::Table;
use arrow_array::cast::AsArray;
use mlhub_domain::profile::{ColumnProfile, Top};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Up to this many distinct texts are counted one by one; more by their hashes.
const COUNTED: usize = 10_000;

/// Hashes that are hashes already.
#[derive(Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Counts = HashMap<u64, (u64, String), BuildHasherDefault<Same>>;

/// Looks at the text column `index`.
pub(crate) fn look(table: &Table, index: usize, rows: &mut RowHashes) -> Result<Seen, Error> {
    let count = table.rows_count();
    let stride = count.div_ceil(EXACT_ROWS).max(1) as usize;
    let (mut counts, mut all, mut n) = (Counts::default(), Vec::new(), 0);
    let mut sample = Sample::of(count);
    let hashed = hashed(table, index, rows, |array, hashes| {
        let cells = array.as_string();
        sample.add(cells);
        for cell in cells {
            let hash = hash_text(cell);
            hashes.push(hash);
            let Some(text) = cell else { continue };
            if all.is_empty() {
                if let Some((count, _)) = counts.get_mut(&hash) {
                    *count += 1;
                    continue;
                }
                if counts.len() < COUNTED {
                    counts.insert(hash, (1, text.to_owned()));
                    continue;
                }
                all = Vec::with_capacity(count as usize / stride + COUNTED);
                // The texts so far become hashes like the rest.
                for (hash, (count, _)) in counts.drain() {
                    let kept = count.div_ceil(stride as u64) as usize;
                    all.extend(std::iter::repeat_n(hash, kept));
                }
            }
            n += 1;
            if n % stride == 0 {
                all.push(hash);
            }
        }
    })?;
    let column = &table.columns()[index];
    let (distinct, top, stride) = if all.is_empty() {
        let distinct = counts.len() as u64;
        let mut top: Vec<_> = counts.into_values().collect();
        top.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        top.truncate(TOP);
        (distinct, top, 1)
    } else {
        let sorted = Sorted::new(all, stride as u64);
        let (distinct, top) = sorted.runs();
        (distinct, frequent(table, index, &sorted, &top)?, stride)
    };
    let top = top.into_iter().map(|(count, text)| Top { value: text.into(), count }).collect();
    let approximate = estimates(stride, &["distinct", "top"]);
    let profile = ColumnProfile { distinct, top, approximate, ..empty(column, hashed.missing) };
    let strays = if sample.asks_for_all() { strays::look(table, index)? } else { None };
    Ok(Seen { profile, hashed, strays })
}

/// The hashes that occur exactly `least` times.
enum Tied<'a> {
    Few(HashSet<u64, BuildHasherDefault<Same>>),
    /// So many that the smallest texts among them are soon found, and looking one up may take time.
    Many(&'a Sorted<u64>, u64),
}

impl<'a> Tied<'a> {
    fn new(sorted: &'a Sorted<u64>, least: u64) -> Self {
        let mut few = HashSet::default();
        for hash in sorted.with_count(least) {
            few.insert(hash);
            if few.len() > COUNTED {
                return Self::Many(sorted, least);
            }
        }
        Self::Few(few)
    }

    fn has(&self, hash: u64) -> bool {
        match self {
            Self::Few(few) => few.contains(&hash),
            Self::Many(sorted, least) => sorted.count(hash) == *least,
        }
    }
}

/// The most frequent texts in words. `top` has as many hashes, but among those that are as
/// frequent as its last the smallest texts are wanted, so the column is read again.
fn frequent(
    table: &Table,
    index: usize,
    sorted: &Sorted<u64>,
    top: &[(u64, u64)],
) -> Result<Vec<(u64, String)>, Error> {
    let least = top.last().map_or(0, |&(_, count)| count);
    let sure: HashMap<u64, u64> = top.iter().filter(|(_, count)| *count > least).copied().collect();
    let room = TOP - sure.len();
    let tied = Tied::new(sorted, least);
    let mut found: HashMap<u64, String> = HashMap::new();
    let mut ties: BTreeSet<String> = BTreeSet::new();
    table.each(&[index], |batch| {
        for text in batch.column(0).as_string::<i32>().iter().flatten() {
            let small = ties.len() < room || ties.last().is_some_and(|last| text < last.as_str());
            if !small && found.len() == sure.len() {
                continue;
            }
            let hash = hash_text(Some(text));
            if sure.contains_key(&hash) {
                found.entry(hash).or_insert_with(|| text.to_owned());
            } else if small && tied.has(hash) && !ties.contains(text) {
                ties.insert(text.to_owned());
                if ties.len() > room {
                    ties.pop_last();
                }
            }
        }
        Ok(())
    })?;
    let mut all: Vec<(u64, String)> =
        found.into_iter().map(|(hash, text)| (sure[&hash], text)).collect();
    all.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    all.extend(ties.into_iter().map(|text| (least, text)));
    Ok(all)
}

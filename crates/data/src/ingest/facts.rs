//! What the cells of a column were.

use crate::cells::class::{CLASSES, Class, Sorted};
use crate::cells::number::Gap;

/// A cell that does not fit its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Data row, from 0; within the block until the blocks are merged.
    pub(crate) row: u64,
    /// Physical line, from 0, likewise.
    pub(crate) line: u64,
    /// The cell, cut short.
    pub(crate) text: String,
}

/// At most this many cells are rejected rather than widen their column to text.
pub(crate) const REJECT_CELLS: u64 = 20;

/// What the cells of one column were. Facts of blocks add up to those of the file, whatever the
/// kind the column was read as, so one pass decides.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    counts: [u64; CLASSES],
    /// Cells in quotes, and not, that have a value.
    pub(crate) quoted: u64,
    pub(crate) bare: u64,
    /// Quoted cells with nothing in them: empty texts, where the column is text.
    pub(super) empty_texts: u64,
    pub(super) whole: u32,
    pub(super) scale: u32,
    pub(super) exponents: u64,
    offsets: u64,
    /// Numbers with marks whose last digits a float64 does not hold.
    rounded: u64,
    /// What stands between thousands: blanks, apostrophes.
    pub(super) gaps: [bool; 2],
    /// Cells that could not be kept as their column was read.
    pub(crate) misfits: Vec<Misfit>,
    pub(crate) misfit_count: u64,
    /// The first cell that can be nothing but text, where the column was read as text.
    pub(crate) first_text: Option<Misfit>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            counts: [0; CLASSES],
            quoted: 0,
            bare: 0,
            empty_texts: 0,
            whole: 0,
            scale: 0,
            exponents: 0,
            offsets: 0,
            rounded: 0,
            gaps: [false; 2],
            misfits: Vec::new(),
            misfit_count: 0,
            first_text: None,
        }
    }
}

impl Facts {
    /// Counts one cell.
    pub(crate) fn add(&mut self, sorted: Sorted) {
        self.counts[sorted.class as usize] += 1;
        self.whole = self.whole.max(sorted.whole);
        self.scale = self.scale.max(sorted.scale);
        self.mark(sorted);
        if sorted.marked {
            if sorted.class == Class::Datetime {
                self.offsets += 1;
            } else {
                self.exponents += 1;
            }
        }
    }

    /// Remembers the marks of a number.
    pub(crate) fn mark(&mut self, sorted: Sorted) {
        self.rounded += u64::from(sorted.rounded);
        if let Some(gap) = sorted.gap {
            self.gaps[gap as usize] = true;
        }
    }

    /// Counts `n` cells of a class at once.
    pub(crate) fn add_many(&mut self, class: Class, n: u64) {
        self.counts[class as usize] += n;
    }

    /// Counts many cells, by class.
    pub(crate) fn add_counts(&mut self, counts: &[u64; CLASSES]) {
        for (mine, other) in self.counts.iter_mut().zip(counts) {
            *mine += other;
        }
    }

    /// Remembers the digits of the longest numbers.
    pub(crate) fn widen(&mut self, whole: u32, scale: u32, exponents: u64) {
        self.whole = self.whole.max(whole);
        self.scale = self.scale.max(scale);
        self.exponents += exponents;
    }

    /// Counts datetimes with an offset.
    pub(crate) fn add_offsets(&mut self, n: u64) {
        self.offsets += n;
    }

    /// Counts quoted cells with nothing in them.
    pub(crate) fn add_empty_texts(&mut self, n: u64) {
        self.empty_texts += n;
    }

    /// Remembers a cell that could not be kept.
    pub(crate) fn misfit(&mut self, misfit: impl FnOnce() -> Misfit) {
        self.misfit_count += 1;
        if self.misfits.len() as u64 <= REJECT_CELLS {
            self.misfits.push(misfit());
        }
    }

    /// Remembers a cell that makes the column text.
    pub(crate) fn text(&mut self, cell: impl FnOnce() -> Misfit) {
        self.first_text.get_or_insert_with(cell);
    }

    /// Adds the facts of the next block, whose rows and lines begin at `row` and `line`.
    pub(crate) fn merge(&mut self, other: Self, row: u64, line: u64) {
        self.add_counts(&other.counts);
        self.quoted += other.quoted;
        self.bare += other.bare;
        self.offsets += other.offsets;
        self.rounded += other.rounded;
        for (mine, other) in self.gaps.iter_mut().zip(other.gaps) {
            *mine |= other;
        }
        self.empty_texts += other.empty_texts;
        self.misfit_count += other.misfit_count;
        self.widen(other.whole, other.scale, other.exponents);
        let room = (REJECT_CELLS as usize + 1).saturating_sub(self.misfits.len());
        let placed = |cell: Misfit| Misfit { row: cell.row + row, line: cell.line + line, ..cell };
        self.misfits.extend(other.misfits.into_iter().take(room).map(placed));
        if self.first_text.is_none() {
            self.first_text = other.first_text.map(placed);
        }
    }

    /// How many cells had `class`.
    pub(crate) fn count(&self, class: Class) -> u64 {
        self.counts[class as usize]
    }

    /// How many cells had one of `classes`.
    pub(super) fn sum(&self, classes: &[Class]) -> u64 {
        classes.iter().map(|&class| self.count(class)).sum()
    }

    /// Cells with a value.
    pub(crate) fn valued(&self) -> u64 {
        self.counts.iter().sum::<u64>() - self.sum(&[Class::Blank, Class::NullWord])
    }

    /// Datetimes some of which name an offset and some not.
    pub(crate) fn mixed_offsets(&self) -> bool {
        let all = self.sum(&[Class::Datetime, Class::DatetimeDayFirst, Class::DatetimeMonthFirst]);
        self.offsets > 0 && self.offsets < all
    }

    /// Numbers whose digits a float64 does not hold.
    pub(crate) fn long_numbers(&self) -> u64 {
        self.sum(&[Class::BigInteger, Class::LongNumber, Class::LostNumber]) + self.rounded
    }

    /// Whether apostrophes stand between thousands.
    pub(crate) fn has_apostrophes(&self) -> bool {
        self.gaps[Gap::Apostrophe as usize]
    }

    /// Whether points surely stand between thousands, or may.
    pub(crate) fn has_points(&self) -> bool {
        self.sum(&[Class::Points, Class::EitherPoints, Class::EitherPoint]) > 0
    }

    /// Whether each number could have points between thousands, and none must.
    pub(crate) fn is_either_point(&self) -> bool {
        let either = self.count(Class::EitherPoint);
        either > 0 && either + self.count(Class::Integer) == self.valued()
    }
}

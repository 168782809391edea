//! How a column divides the rows, whatever its values are called: equal for columns that say the
//! same in other words, such as `yes`/`no` and 1/0.

use super::duplicates::mix;

/// More distinct values than this are no categories, and not looked at.
const CLASSES: usize = 1_000;
/// At least so many rows are not in the largest class: where only a row or two are odd, columns
/// divide alike by chance.
const ODD: u64 = 5;
/// Places in the table: a power of two, so many times the classes that few collide.
const SLOTS: usize = 4_096;

/// Numbers the values of a column by their first row, and hashes those numbers row by row.
pub(crate) struct Partition {
    /// A hash and its number, from 1; 0 where there is none.
    slots: Vec<(u64, u32)>,
    /// Rows of each class.
    counts: Vec<u64>,
    rows: u64,
    /// The hash of what was seen.
    state: u64,
}

impl Partition {
    pub(crate) fn new() -> Self {
        Self { slots: vec![(0, 0); SLOTS], counts: Vec::new(), rows: 0, state: 0 }
    }

    /// Adds the hashes of further cells; a missing one is a class of its own.
    pub(crate) fn add(&mut self, cells: &[u64]) {
        self.rows += cells.len() as u64;
        for &cell in cells {
            if self.counts.len() > CLASSES {
                return;
            }
            let code = self.code(cell);
            self.counts[code as usize - 1] += 1;
            self.state = mix(self.state ^ u64::from(code));
        }
    }

    fn code(&mut self, cell: u64) -> u32 {
        let mut at = cell as usize % SLOTS;
        loop {
            match self.slots[at] {
                (_, 0) => {
                    self.counts.push(0);
                    let code = self.counts.len() as u32;
                    self.slots[at] = (cell, code);
                    return code;
                }
                (known, code) if known == cell => return code,
                _ => at = (at + 1) % SLOTS,
            }
        }
    }

    /// The hash; none of a column with too many values, or with a new one in most rows, or with
    /// the same in nearly all: there is nothing in how those divide.
    pub(crate) fn finish(&self) -> Option<u64> {
        let most = self.counts.iter().copied().max().unwrap_or(0);
        let classes = self.counts.len();
        let repeats = 2 * classes as u64 <= self.rows;
        (classes <= CLASSES && repeats && self.rows - most >= ODD).then_some(self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[u64]) -> Option<u64> {
        let mut partition = Partition::new();
        cells.chunks(3).for_each(|chunk| partition.add(chunk));
        partition.finish()
    }

    #[test]
    fn other_names_for_the_same_classes_divide_alike() {
        let (yes, no) = (7, 7 + SLOTS as u64);
        let named = of(&[yes, no, no, yes, no, yes, yes, no, no, yes]);
        assert!(named.is_some());
        assert_eq!(named, of(&[1, 0, 0, 1, 0, 1, 1, 0, 0, 1]));
        assert_ne!(named, of(&[1, 0, 0, 1, 0, 1, 1, 0, 0, 0]));
        assert_ne!(named, of(&[1, 0, 0, 1, 2, 1, 1, 0, 0, 1]));
    }

    #[test]
    fn what_divides_nothing_is_like_nothing() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[5, 5, 5]), None);
        assert_eq!(of(&[1, 2, 3, 4, 5, 6, 7]), None);
        assert_eq!(of(&[0, 2, 0, 4, 0, 6, 0, 8, 9, 7]), None);
        assert_eq!(of(&[1, 1, 1, 1, 1, 1, 2]), None);
        let many: Vec<u64> = (0..3_000).map(|row| mix(row % 1_001)).collect();
        assert_eq!(of(&many), None);
    }
}

//! Rows that occur more than once, by a hash of their cells.

/// Beyond this many rows duplicates are not counted: 40 MB for each thread.
const COUNTED_ROWS: u64 = 5_000_000;

/// A hash of each row, to which each column adds its cells in whatever order columns come.
pub(crate) struct RowHashes(Vec<u64>);

/// Spreads the bits of `x` (splitmix64): the same on every machine and in every build.
pub(crate) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl RowHashes {
    pub(crate) fn new(rows: u64) -> Self {
        Self(if rows <= COUNTED_ROWS { vec![0; rows as usize] } else { Vec::new() })
    }

    /// Adds the cells of column `index` from row `first` on.
    pub(crate) fn add(&mut self, index: usize, first: usize, cells: &[u64]) {
        let salt = mix(index as u64);
        let rows = self.0.iter_mut().skip(first);
        for (row, cell) in rows.zip(cells) {
            *row = row.wrapping_add(mix(cell ^ salt));
        }
    }

    /// Adds what another thread saw of other columns.
    pub(crate) fn join(&mut self, other: Self) {
        if self.0.is_empty() {
            self.0 = other.0;
            return;
        }
        for (mine, other) in self.0.iter_mut().zip(other.0) {
            *mine = mine.wrapping_add(other);
        }
    }

    /// How many rows are the same as an earlier one; none when it was not counted.
    pub(crate) fn duplicates(mut self) -> Option<u64> {
        if self.0.is_empty() {
            return None;
        }
        self.0.sort_unstable();
        Some(self.0.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64)
    }
}

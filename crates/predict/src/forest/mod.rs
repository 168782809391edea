//! Trees of LightGBM, decided exactly as LightGBM decides them.

mod parse;

use crate::Error;
use mlhub_recipe::Table;
use std::ops::Range;

/// Numbers this close to 0 are 0: LightGBM's `kZeroThreshold`, which is an f32.
const ZERO: f64 = 1e-35_f32 as f64;
/// Rows that go through a tree together, so that it stays in the cache.
const BLOCK: usize = 64;

#[derive(Debug)]
pub(crate) struct Forest {
    trees: Vec<Tree>,
    nodes: Vec<Node>,
    leaves: Vec<f64>,
    /// Bit sets of category codes, one after the other.
    bits: Vec<u32>,
    /// Raw outputs: the trees take turns.
    outputs: usize,
    /// LightGBM's `sigmoid`.
    steepness: f64,
    features: usize,
}

/// Where the nodes and leaves of a tree begin. A tree without nodes is its first leaf.
#[derive(Debug)]
struct Tree {
    nodes: usize,
    leaves: usize,
    bare: bool,
}

#[derive(Debug)]
struct Node {
    split: Split,
    feature: u32,
    /// The index of a node of the same tree, or the complement of a leaf's.
    left: i32,
    right: i32,
}

#[derive(Debug)]
enum Split {
    /// Left when at most this.
    Number { threshold: f64, missing: Missing, missing_left: bool },
    /// Left when the code is in the set of bits.
    Category { first: u32, words: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Missing {
    /// A missing value counts as 0.
    None,
    /// 0 and missing are the same.
    Zero,
    /// Missing is missing.
    Nan,
}

impl Forest {
    pub(crate) fn read(text: &[u8], features: usize, outputs: usize) -> Result<Self, Error> {
        let text = str::from_utf8(text).map_err(|_| Error::damaged("its trees are not text"))?;
        let forest = parse::parse(text, features)?;
        if forest.outputs == outputs {
            Ok(forest)
        } else {
            Err(Error::damaged("its trees are for another number of classes"))
        }
    }

    /// `[rows, outputs]`
    pub(crate) fn raw(&self, table: &Table, rows: Range<usize>) -> Vec<f64> {
        let mut raw = vec![0.0; rows.len() * self.outputs];
        let mut cells = vec![0.0; BLOCK * self.features];
        for (block, raw) in raw.chunks_mut(BLOCK * self.outputs).enumerate() {
            let first = rows.start + block * BLOCK;
            let count = raw.len() / self.outputs;
            for feature in 0..self.features {
                let column = &table.column(feature)[first..][..count];
                for (row, cell) in column.iter().enumerate() {
                    cells[row * self.features + feature] = *cell;
                }
            }
            for (at, tree) in self.trees.iter().enumerate() {
                let output = at % self.outputs;
                for row in 0..count {
                    let row_cells = &cells[row * self.features..][..self.features];
                    raw[row * self.outputs + output] += self.leaf(tree, row_cells);
                }
            }
        }
        raw.iter_mut().for_each(|score| *score *= self.steepness);
        raw
    }

    fn leaf(&self, tree: &Tree, row: &[f64]) -> f64 {
        let mut at = if tree.bare { !0 } else { 0 };
        // Ends: a child that is a node stands after its parent, which `parse` has checked.
        while at >= 0 {
            let node = &self.nodes[tree.nodes + at as usize];
            let left = self.goes_left(&node.split, row[node.feature as usize]);
            at = if left { node.left } else { node.right };
        }
        self.leaves[tree.leaves + !at as usize]
    }

    fn goes_left(&self, split: &Split, cell: f64) -> bool {
        match *split {
            Split::Number { threshold, missing, missing_left } => {
                let cell = if cell.is_nan() && missing != Missing::Nan { 0.0 } else { cell };
                let is_missing = match missing {
                    Missing::None => false,
                    Missing::Zero => (-ZERO..=ZERO).contains(&cell),
                    Missing::Nan => cell.is_nan(),
                };
                if is_missing { missing_left } else { cell <= threshold }
            }
            Split::Category { first, words } => {
                // Missing and negative codes are in no set; C++ truncates, as `as` does.
                if cell.is_nan() || (cell as i32) < 0 {
                    return false;
                }
                let code = cell as u32;
                let word = code / 32;
                word < words && self.bits[(first + word) as usize] >> (code % 32) & 1 == 1
            }
        }
    }
}

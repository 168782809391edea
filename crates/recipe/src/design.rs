//! From encoded columns to the inputs of a linear model or a network: imputed, scaled, one input
//! for each category.

use crate::encoder::{Encoder, Part};
use crate::table::Table;
use serde::{Deserialize, Serialize};

/// How encoded columns are spread over inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Design {
    blocks: Vec<Block>,
}

/// The inputs made of one column of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// A number.
    Number {
        /// Stands for a missing value.
        fill: f64,
        /// Is subtracted.
        centre: f64,
        /// Is multiplied with then.
        factor: f64,
        /// Whether far values are drawn in, smoothly, to at most 3.
        squash: bool,
        /// Whether one more input says that the value was missing.
        missing: bool,
        /// A piecewise linear code: between each two edges one more input, which goes from 0 to 1.
        edges: Vec<f64>,
    },
    /// A category.
    Category {
        /// Codes below this have an input each.
        codes: u32,
        /// Whether those above share one more.
        rest: bool,
        /// Whether one more says that the value was missing.
        missing: bool,
    },
}

/// How to make a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Mean 0 and standard deviation 1.
    Linear {
        /// The most inputs.
        width: usize,
    },
    /// Median 0, spread by the quartiles, far values drawn in, and a piecewise linear code
    /// (Gorishniy et al. 2022) that lets a network bend at the right places.
    Network {
        /// The most inputs.
        width: usize,
        /// The most pieces for one number.
        pieces: usize,
    },
}

impl Block {
    /// How many inputs.
    pub fn width(&self) -> usize {
        match self {
            Self::Number { missing, edges, .. } => usize::from(*missing) + edges.len().max(1),
            Self::Category { codes, rest, missing } => {
                (*codes as usize).saturating_add(usize::from(*rest) + usize::from(*missing))
            }
        }
    }

    /// Calls `emit(input, value)` for each input that is not 0, with inputs counted from 0.
    fn emit(&self, cell: f64, mut emit: impl FnMut(usize, f64)) {
        match self {
            Self::Number { fill, centre, factor, squash, missing, edges } => {
                let gone = cell.is_nan();
                let value = if gone { *fill } else { cell };
                // A cell far beyond a tiny spread would be infinite, and squashed no number at all.
                let finite = |x: f64| x.clamp(f64::MIN, f64::MAX);
                let scaled = finite(finite(value - centre) * factor);
                emit(0, if *squash { scaled / (scaled / 3.0).hypot(1.0) } else { scaled });
                if *missing && gone {
                    emit(1, 1.0);
                }
                let first = 1 + usize::from(*missing);
                for (piece, edge) in edges.windows(2).enumerate() {
                    if value <= edge[0] {
                        break;
                    }
                    emit(first + piece, ((value - edge[0]) / (edge[1] - edge[0])).min(1.0));
                }
            }
            Self::Category { codes, rest, missing } => {
                let (codes, after) = (*codes as usize, usize::from(*rest));
                if cell.is_nan() {
                    if *missing {
                        emit(codes + after, 1.0);
                    }
                } else if (cell as usize) < codes {
                    emit(cell as usize, 1.0);
                } else if *rest {
                    emit(codes, 1.0);
                }
            }
        }
    }
}

impl Design {
    /// Looks at all rows of `table`, which `encoder` made.
    pub fn fit(encoder: &Encoder, table: &Table, style: Style) -> Self {
        let parts: Vec<&Part> = encoder.parts().collect();
        let numbers = parts.iter().filter(|part| matches!(part, Part::Number(_))).count();
        let (Style::Linear { width } | Style::Network { width, .. }) = style;
        let left = width.saturating_sub(2 * numbers);
        let most_codes = share(&parts, left);
        let pieces = match style {
            Style::Linear { .. } => 0,
            Style::Network { pieces, .. } => pieces.min(left / 2 / numbers.max(1)),
        };
        let block = |(at, part): (usize, &&Part)| {
            let cells = table.column(at);
            match part {
                Part::Category(levels) => {
                    let codes = levels.codes().min(most_codes);
                    Block::Category {
                        codes: u32::try_from(codes).expect("at most 1,001 levels"),
                        rest: codes < levels.codes(),
                        missing: cells.iter().any(|cell| cell.is_nan()),
                    }
                }
                Part::Number(_) => number(cells, style, pieces),
            }
        };
        Self { blocks: parts.iter().enumerate().map(block).collect() }
    }

    /// One block for each column of the table.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many inputs; the largest number there is when a damaged design has more.
    pub fn width(&self) -> usize {
        self.blocks.iter().map(Block::width).fold(0, usize::saturating_add)
    }

    /// For each input the column of the table it is made of.
    pub fn owners(&self) -> Vec<usize> {
        let own = |(at, block): (usize, &Block)| std::iter::repeat_n(at, block.width());
        self.blocks.iter().enumerate().flat_map(own).collect()
    }

    /// Calls `emit(input, value)` for each input that is not 0, by rising input.
    ///
    /// # Panics
    /// When `table` has fewer columns than there are blocks, or fewer rows.
    pub fn visit(&self, table: &Table, row: usize, mut emit: impl FnMut(usize, f64)) {
        let mut first = 0;
        for (at, block) in self.blocks.iter().enumerate() {
            block.emit(table.column(at)[row], |input, value| emit(first + input, value));
            first += block.width();
        }
    }
}

/// The most codes that each category column may have so that all fit into `width` inputs.
fn share(parts: &[&Part], width: usize) -> usize {
    let codes = |part: &&Part| match part {
        Part::Category(levels) => Some(levels.codes()),
        Part::Number(_) => None,
    };
    let mut sizes: Vec<usize> = parts.iter().filter_map(codes).collect();
    sizes.sort_unstable();
    let mut left = width;
    for (at, size) in sizes.iter().enumerate() {
        let each = left / (sizes.len() - at);
        // Two more: the rest, and missing.
        if size + 2 > each {
            return each.saturating_sub(2).max(1);
        }
        left -= size + 2;
    }
    usize::MAX
}

fn number(cells: &[f64], style: Style, pieces: usize) -> Block {
    let mut seen: Vec<f64> = cells.iter().copied().filter(|cell| !cell.is_nan()).collect();
    let missing = seen.len() < cells.len();
    if seen.is_empty() {
        let edges = Vec::new();
        return Block::Number {
            fill: 0.0,
            centre: 0.0,
            factor: 0.0,
            squash: false,
            missing,
            edges,
        };
    }
    seen.sort_unstable_by(f64::total_cmp);
    let fill = quantile(&seen, 0.5);
    match style {
        Style::Linear { .. } => {
            // Missing cells are filled before they are scaled, as in a scikit-learn pipeline.
            let gone = (cells.len() - seen.len()) as f64;
            let count = cells.len() as f64;
            let centre = (seen.iter().sum::<f64>() + gone * fill) / count;
            let square = |value: f64| (value - centre) * (value - centre);
            let squares =
                seen.iter().map(|value| square(*value)).sum::<f64>() + gone * square(fill);
            let factor = inverse((squares / count).sqrt());
            Block::Number { fill, centre, factor, squash: false, missing, edges: Vec::new() }
        }
        Style::Network { .. } => {
            let (low, high) = (seen[0], seen[seen.len() - 1]);
            let quartiles = quantile(&seen, 0.75) - quantile(&seen, 0.25);
            let spread = if quartiles > 0.0 { quartiles } else { (high - low) / 2.0 };
            let factor = inverse(spread);
            let edges = edges(&seen, pieces);
            Block::Number { fill, centre: fill, factor, squash: true, missing, edges }
        }
    }
}

/// 1 / spread; 0 for a column that does not vary.
fn inverse(spread: f64) -> f64 {
    let factor = 1.0 / spread;
    if factor.is_finite() { factor } else { 0.0 }
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

/// Edges between pieces of equal numbers of rows; none when two pieces would not be told apart.
fn edges(sorted: &[f64], pieces: usize) -> Vec<f64> {
    let mut edges: Vec<f64> =
        (0..=pieces).map(|at| quantile(sorted, at as f64 / pieces.max(1) as f64)).collect();
    edges.dedup_by(|next, last| {
        !((*next - *last).recip() > 0.0 && (*next - *last).recip().is_finite())
    });
    if edges.len() > 2 { edges } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Frame, Values};
    use mlhub_domain::schema::{Column, LogicalType};

    fn fitted(style: Style) -> (Design, Table) {
        let numbers = vec![1.0, 2.0, 3.0, 4.0, f64::NAN, 100.0];
        let texts = [Some("a"), Some("b"), Some("a"), Some("c"), None, Some("a")];
        let frame = Frame::new(vec![
            ("n".into(), Values::Number(numbers)),
            ("t".into(), Values::Text(texts.into_iter().collect())),
        ])
        .unwrap();
        let columns = [("n", LogicalType::Number), ("t", LogicalType::Text)]
            .map(|(name, kind)| Column { name: name.into(), kind });
        let rows: Vec<u32> = (0..6).collect();
        let encoder = Encoder::fit(&frame, &columns, &rows).encoder;
        let table = encoder.table(&frame, &rows).unwrap();
        (Design::fit(&encoder, &table, style), table)
    }

    fn row(design: &Design, table: &Table, row: usize) -> Vec<f64> {
        let mut out = vec![0.0; design.width()];
        design.visit(table, row, |input, value| out[input] = value);
        out
    }

    #[test]
    fn a_linear_design_imputes_scales_and_spreads_categories() {
        let (design, table) = fitted(Style::Linear { width: 100 });
        assert_eq!(design.width(), 2 + 4);
        let means: Vec<f64> = (0..6)
            .map(|input| (0..6).map(|at| row(&design, &table, at)[input]).sum::<f64>() / 6.0)
            .collect();
        assert!(means[0].abs() < 1e-12, "the number is centred");
        assert_eq!(row(&design, &table, 4)[1..], [1.0, 0.0, 0.0, 0.0, 1.0], "both missing");
        assert_eq!(row(&design, &table, 0)[1..], [0.0, 1.0, 0.0, 0.0, 0.0], "a comes first");
    }

    #[test]
    fn a_network_design_draws_outliers_in_and_codes_pieces() {
        let (design, table) = fitted(Style::Network { width: 100, pieces: 2 });
        let last = row(&design, &table, 5);
        assert!(last[0] > 2.5 && last[0] < 3.0, "100 is drawn in: {}", last[0]);
        assert_eq!(last[2..4], [1.0, 1.0], "it lies beyond both pieces");
        let first = row(&design, &table, 0);
        assert_eq!(first[2..4], [0.0, 0.0], "1 is where the first begins");
    }

    #[test]
    fn a_narrow_design_takes_rare_categories_together() {
        let (design, table) = fitted(Style::Linear { width: 5 });
        let Block::Category { codes, rest, missing } = design.blocks()[1] else {
            panic!("a category stays one")
        };
        assert_eq!((codes, rest, missing), (1, true, true));
        assert_eq!(row(&design, &table, 3)[2..], [0.0, 1.0, 0.0]);
    }
}

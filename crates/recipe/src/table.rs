//! What the encoder makes of a frame: numbers and category codes.

/// Encoded columns side by side, column by column; NaN is missing. A category column holds codes
/// counted from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    rows: usize,
    cells: Vec<f64>,
}

impl Table {
    /// A table whose columns will be pushed, with room for `columns`.
    pub fn new(rows: usize, columns: usize) -> Self {
        Self { rows, cells: Vec::with_capacity(rows.saturating_mul(columns)) }
    }

    /// Adds a column.
    ///
    /// # Panics
    /// When it has not one cell for each row.
    pub fn push(&mut self, column: impl IntoIterator<Item = f64>) {
        let before = self.cells.len();
        self.cells.extend(column);
        assert_eq!(self.cells.len() - before, self.rows, "a column has one cell for each row");
    }

    /// How many rows.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// One column: `[rows]`.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn column(&self, column: usize) -> &[f64] {
        &self.cells[column * self.rows..][..self.rows]
    }

    /// The same, to be changed: a measurement of importance shuffles it.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn column_mut(&mut self, column: usize) -> &mut [f64] {
        &mut self.cells[column * self.rows..][..self.rows]
    }

    /// All cells: `[columns, rows]`.
    pub fn cells(&self) -> &[f64] {
        &self.cells
    }
}

/// Why rows cannot be measured. Row indices count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The slices do not belong together.
    #[error("{what} has {found} entries where {expected} are needed: pass one per row")]
    Length {
        /// The slice that does not fit.
        what: &'static str,
        /// Entries needed.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// A class index is not below the number of classes.
    #[error("row {row} has class {label}, but there are only {classes} classes")]
    Label {
        /// Row index.
        row: usize,
        /// The class index found.
        label: u32,
        /// Number of classes.
        classes: usize,
    },
    /// A number cannot be measured, as after a training that diverged.
    #[error("row {row} of {what} is {value}: it must be {rule}")]
    Value {
        /// The slice it stands in.
        what: &'static str,
        /// Row index.
        row: usize,
        /// The number found.
        value: f64,
        /// What would be right.
        rule: &'static str,
    },
}

/// Refuses a slice that has not exactly one entry per row.
pub(crate) fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected { Ok(()) } else { Err(Error::Length { what, expected, found }) }
}

/// Refuses NaN and infinities.
pub(crate) fn check_finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(row) => Err(Error::Value { what, row, value: values[row], rule: "a finite number" }),
        None => Ok(()),
    }
}

/// Refuses class indices that are not below `classes`.
pub(crate) fn check_labels(labels: &[u32], classes: usize) -> Result<(), Error> {
    match labels.iter().position(|label| *label as usize >= classes) {
        Some(row) => Err(Error::Label { row, label: labels[row], classes }),
        None => Ok(()),
    }
}

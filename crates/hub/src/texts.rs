//! How long a text may be.

use crate::Error;
use mlhub_domain::num::count;

/// The most characters of a description: of a project, a dataset, a model.
const DESCRIPTION: usize = 2_000;

/// Refuses a description that is too long.
pub(crate) fn described(text: Option<&str>) -> Result<(), Error> {
    short("description", text, DESCRIPTION)
}

/// Refuses a text of more than `most` characters.
pub(crate) fn short(field: &str, text: Option<&str>, most: usize) -> Result<(), Error> {
    match text {
        Some(text) if text.chars().count() > most => {
            let message = format!("use at most {} characters", count(most as u64));
            Err(Error::invalid(field, message, None))
        }
        Some(_) | None => Ok(()),
    }
}

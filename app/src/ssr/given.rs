//! What forms bring, read on the server.

use crate::Failure;
use mlhub_domain::access::Visibility;

/// Whether the name of what is to be deleted was typed.
///
/// # Errors
/// On the field `confirm` when it was not.
pub fn confirmed(confirm: &str, name: &str) -> Result<(), Failure> {
    if confirm.trim() == name {
        return Ok(());
    }
    Err(Failure::invalid("confirm", format!("Type {name} to delete it."), confirm))
}

/// The visibility that a form names.
///
/// # Errors
/// On the field `visibility` when there is none of that name.
pub fn visibility(word: &str) -> Result<Visibility, Failure> {
    word.parse().map_err(|error| Failure::invalid("visibility", error, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_name_confirms() {
        assert_eq!(confirmed(" titanic ", "titanic"), Ok(()));
        let failure = confirmed("titan", "titanic").unwrap_err();
        assert_eq!(failure.of_field("confirm"), Some("Type titanic to delete it."));
    }
}

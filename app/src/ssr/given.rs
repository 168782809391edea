//! What forms bring, read on the server.

use super::{Actor, Hub};
use crate::Failure;
use mlhub_domain::access::Visibility;

/// Whether the name of what is to be deleted was typed, and the password where it was asked for.
///
/// # Errors
/// On the fields `confirm` and `password` where they are wrong.
pub async fn confirmed(
    (hub, actor): (&Hub, &Actor),
    name: &str,
    (confirm, password): (&str, &str),
) -> Result<(), Failure> {
    let given = password_again((hub, actor), password).await;
    match (named(confirm, name), given) {
        (Err(named), Err(given)) => Err(named.and(given)),
        (named, given) => named.and(given),
    }
}

/// Takes the password that a form has asked for again, if it has: whether it had to is for `hub` to
/// say.
///
/// # Errors
/// On the field `password` when it is wrong.
pub async fn password_again((hub, actor): (&Hub, &Actor), password: &str) -> Result<(), Failure> {
    if password.is_empty() {
        return Ok(());
    }
    Ok(mlhub_hub::accounts::confirm(hub, actor, password).await?)
}

fn named(confirm: &str, name: &str) -> Result<(), Failure> {
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
        assert_eq!(named(" titanic ", "titanic"), Ok(()));
        let failure = named("titan", "titanic").unwrap_err();
        assert_eq!(failure.of_field("confirm"), Some("Type titanic to delete it."));
    }
}

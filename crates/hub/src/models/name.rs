//! A name for a model that is yet to be made.

use crate::{Actor, Error, Hub, access, db};
use db::Conn;
use db::grant::Edit;
use mlhub_domain::names::ModelName;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::ProjectPath;

/// The most characters of a name.
const LONGEST: usize = 64;
/// As many, with a number behind them.
const NUMBERED: usize = 60;

/// `wanted`, with a number behind it where a model of the project is called so already. One may
/// still be faster: who makes the model is told so.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::project`]; `InvalidValue` on the field `name` when nothing
/// can be called like that.
pub async fn free_name(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    wanted: &str,
) -> Result<ModelName, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<Edit>(&mut conn, actor, at).await?;
    let taken = db::models::names_from(&mut conn, &project, &short(wanted, NUMBERED)).await?;
    let wrong = |error| Error::invalid("name", format!("{error}."), Some(wanted));
    free(wanted, &taken).parse().map_err(wrong)
}

/// Whether `name` is what [`free_name`] proposes for `wanted`, with a number behind it or without.
pub fn is_proposed(name: &str, wanted: &str) -> bool {
    let behind = name.strip_prefix(&short(wanted, NUMBERED));
    let number = behind.and_then(|rest| rest.strip_prefix('-')?.parse::<u32>().ok());
    name == short(wanted, LONGEST) || number.is_some()
}

/// Refuses a name that a model of the project has.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::project`]; `Conflict` on the field `name`.
pub(super) async fn is_free(
    conn: &mut Conn,
    actor: &Actor,
    at: &ProjectPath,
    name: &ModelName,
) -> Result<(), Error> {
    let project = access::project::<Edit>(conn, actor, at).await?;
    let taken = db::models::names_from(conn, &project, name.as_str()).await?;
    if taken.iter().any(|taken| taken == name.as_str()) {
        return Err(Error::conflict(Code::ModelNameTaken, "name", name.as_str()));
    }
    Ok(())
}

fn free(wanted: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{}-{n}", short(wanted, NUMBERED)));
    let mut names = std::iter::once(short(wanted, LONGEST)).chain(numbered);
    names.find(|name| !taken.contains(name)).expect("there is a number for every name")
}

fn short(wanted: &str, length: usize) -> String {
    wanted.chars().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_name_is_known_by_what_it_was_made_of() {
        for name in ["iris-mlp", "iris-mlp-2", "iris-mlp-30"] {
            assert!(is_proposed(name, "iris-mlp"), "{name}");
        }
        for other in ["iris-mlp-", "iris-mlp-x", "iris-ridge", "iris-mlp2", "iris"] {
            assert!(!is_proposed(other, "iris-mlp"), "{other}");
        }
        let long = "x".repeat(80);
        let taken = ["x".repeat(64)];
        assert!(is_proposed(&free(&long, &[]), &long));
        assert!(is_proposed(&free(&long, &taken), &long));
    }

    #[test]
    fn a_taken_name_gets_the_first_number_that_is_free() {
        let taken = ["iris-mlp", "iris-mlp-2", "iris-mlp-4"].map(String::from);
        assert_eq!(free("iris-mlp", &taken), "iris-mlp-3");
        assert_eq!(free("iris-ridge", &taken), "iris-ridge");
        let long = "x".repeat(80);
        assert_eq!(free(&long, &[]), "x".repeat(64));
        assert_eq!(free(&long, &["x".repeat(64)]), format!("{}-2", "x".repeat(60)));
    }
}

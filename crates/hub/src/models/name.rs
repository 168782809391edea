//! A name for a model that is yet to be made.

use crate::{Actor, Error, Hub, access, db};
use db::grant::Edit;
use mlhub_domain::names::ModelName;
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
    fn a_taken_name_gets_the_first_number_that_is_free() {
        let taken = ["iris-mlp", "iris-mlp-2", "iris-mlp-4"].map(String::from);
        assert_eq!(free("iris-mlp", &taken), "iris-mlp-3");
        assert_eq!(free("iris-ridge", &taken), "iris-ridge");
        let long = "x".repeat(80);
        assert_eq!(free(&long, &[]), "x".repeat(64));
        assert_eq!(free(&long, &["x".repeat(64)]), format!("{}-2", "x".repeat(60)));
    }
}

//! How strong a password is, told while it is typed. The pages that ask have no wasm: the plain
//! script of the site calls this, see `enhance.js`.

use crate::Failure;
use leptos::prelude::*;
use mlhub_domain::accounts::Strength;

/// Judges a password, knowing what else was typed. Nothing is kept of it.
#[server(prefix = "/fn", endpoint = "accounts/strength")]
pub(super) async fn judge_password(
    password: String,
    #[server(default)] email: String,
    #[server(default)] username: String,
) -> Result<Strength, Failure> {
    Ok(mlhub_hub::accounts::password_strength(&password, &[&email, &username]).await?)
}

//! Signing out.

use crate::http::{Caller, Rejection, State};
use axum::extract::State as Extract;
use axum::response::Redirect;
use mlhub_hub::accounts;

/// `POST /logout`: ends the session and leads to the start page. The layer that recognised the
/// session takes its cookies back.
pub(super) async fn log_out(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
) -> Result<Redirect, Rejection> {
    accounts::log_out(&state.hub, &actor).await?;
    Ok(Redirect::to("/"))
}

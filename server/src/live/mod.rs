//! `GET /api/v1/live`: the one websocket of a tab. It follows topics and tells their events, in
//! order and without a gap; the browser resumes by the number of the last event it has.
//!
//! Who may follow is asked of `hub` at every subscription, and again every half minute while it
//! lasts, so that a role taken away or a session that ended closes what it had opened.

mod socket;

use crate::http::{Caller, Rejection, State};
use axum::extract::State as Extract;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use mlhub_domain::problem::Code;

/// The largest frame that a browser may send, in bytes.
const FRAME: usize = 64 << 10;

/// Upgrades to the websocket of a tab.
pub async fn upgrade(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Rejection> {
    let upgrade =
        upgrade.map_err(|e| Rejection::new(Code::Malformed, format!("{}.", e.body_text())))?;
    let upgrade = upgrade.max_message_size(FRAME).max_frame_size(FRAME);
    Ok(upgrade.on_upgrade(move |socket| socket::serve(state.hub, actor, socket)))
}

//! `GET /api/v1/live`: the one websocket of a tab. It follows topics and tells their events, in
//! order and without a gap; the browser resumes by the number of the last event it has.
//!
//! A kind of topic that does not stand in the policy table is refused to everybody. Who may follow
//! one that does is asked of `hub` at every subscription, and again at every pulse while it lasts, so
//! that a role taken away or a session that ended closes what it had opened. How many tabs one person
//! or one address may have open is decided there too.

mod socket;

use crate::http::{Caller, Rejection, State, refusal};
use crate::policy;
use axum::Extension;
use axum::extract::State as Extract;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use mlhub_domain::problem::Code;
use mlhub_hub::accounts::Visit;
use mlhub_hub::{Actor, crowd};

/// The largest frame that a browser may send, in bytes.
const FRAME: usize = 64 << 10;

/// Whether somebody like `actor` may possibly follow topics of this kind: deny by default. What a
/// role allows is decided in `hub`, where the thing is known.
pub fn may_ask(kind: &str, actor: &Actor) -> bool {
    policy::topic(kind).is_some_and(|action| refusal(action, Some(actor)).is_none())
}

/// Upgrades to a websocket that tells the events of runs as they happen.
///
/// Frames are JSON. `{"sub":{"topic":"owner/project/runs/7","after":0}}` follows a run from the
/// event after that number, `{"unsub":{"topic":…}}` ends it; what comes back is `hello`, `events`,
/// `reset` (fetch the state anew) or `refused`.
#[utoipa::path(get, path = "/api/v1/live", tag = "runs", operation_id = "live",
    responses((status = 101, description = "The connection is a websocket now.")))]
pub async fn upgrade(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Extension(visit): Extension<Visit>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Rejection> {
    let upgrade = upgrade.map_err(|_| {
        let detail = "Here is a websocket: ask with Connection: upgrade and Upgrade: websocket.";
        Rejection::new(Code::Malformed, detail)
    })?;
    let upgrade = upgrade.max_message_size(FRAME).max_frame_size(FRAME);
    let place = crowd::enter(&state.hub, &actor, &visit)?;
    Ok(upgrade.on_upgrade(async move |socket| {
        socket::serve(state.hub, actor, socket).await;
        drop(place);
    }))
}

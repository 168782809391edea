//! The layers that every request passes, whatever it is for: routes, pages, server functions, the
//! websocket. From the outside in:
//!
//! | layer | what it does |
//! | --- | --- |
//! | `headers` | makes the nonce of the page; content security policy and its companions |
//! | `host` | answers 421 to a host name that is not ours |
//! | `origin` | refuses what another site makes a browser send |
//! | `authenticate` | says who asks; renews the cookies of a session |
//! | `set_up` | leads every page to set-up while there is no administrator |
//!
//! Health checks answer under any host name. Nothing here knows the job API: it is served on a
//! listener of its own, without these layers.
//!
//! While there is no administrator, pages and forms lead to set-up, and the REST API works as
//! always: scripts prove who they are, and there is nobody to be confused.

mod authenticate;
mod cookies;
mod headers;
mod host;
mod origin;
mod proxies;
mod set_up;
#[cfg(test)]
mod tests;

pub use cookies::Jar;
pub use headers::Nonce;
pub use host::Site;
pub use proxies::Network;

use crate::http::State;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use std::net::SocketAddr;
use std::sync::Arc;

/// The largest body of a request, but where a route takes more.
const LARGEST_BODY: usize = 2 << 20;

/// Puts the layers around `router`.
pub fn protect(router: Router<State>, state: &State, site: &Arc<Site>) -> Router<State> {
    let guard = Guard {
        hub: state.hub.clone(),
        site: Arc::clone(site),
        proxies: state.config.trusted_proxies.clone().into(),
        set_up: set_up::Done::default(),
    };
    router
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(guard.clone(), set_up::lead))
        .layer(from_fn_with_state(guard.clone(), authenticate::recognise))
        .layer(from_fn_with_state(guard.clone(), origin::check))
        .layer(from_fn_with_state(guard.clone(), host::check))
        .layer(from_fn_with_state(guard, headers::add))
}

/// What the layers need.
#[derive(Clone)]
struct Guard {
    hub: mlhub_hub::Hub,
    site: Arc<Site>,
    proxies: Arc<[Network]>,
    set_up: set_up::Done,
}

/// The other end of the connection, as [`axum::serve`] knows it; behind a proxy that the operator
/// trusts, the one whom it names. No other header is believed.
fn peer(request: &axum::extract::Request, proxies: &[Network]) -> std::net::IpAddr {
    let info = request.extensions().get::<axum::extract::ConnectInfo<SocketAddr>>();
    let peer = info.map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |info| info.0.ip());
    proxies::origin(peer, request.headers(), proxies)
}

//! Says who asks: by the token in `Authorization`, or by the cookies of a session, which it renews.

use super::{Guard, Network, peer};
use crate::http::Rejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mlhub_hub::Actor;
use mlhub_hub::accounts::{Presented, Recognised, Visit, has_ended, recognise as ask};

/// The token behind `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Layer: puts the [`Actor`] and the [`Visit`] among the extensions of the request. New cookies
/// go with the answer; those of a session that has ended, in this request or before, are cleared.
pub(super) async fn recognise(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let visit = visit(&request, &guard.proxies);
    request.extensions_mut().insert(visit);
    // Assets are for everybody.
    if request.uri().path().starts_with("/assets/") {
        return next.run(request).await;
    }
    let jar = guard.site.jar();
    request.extensions_mut().insert(jar);
    let presented = {
        let headers = request.headers();
        let (access, refresh) = jar.read(headers);
        ask(&guard.hub, Presented { bearer: bearer(headers), access, refresh }).await
    };
    let (actor, mut lines) = match presented {
        Ok(Recognised::Known(actor)) => (actor, Vec::new()),
        Ok(Recognised::Renewed(actor, cookies)) => (actor, jar.lines(&cookies)),
        Ok(Recognised::Stale) => (Actor::visitor(), jar.clearing()),
        Err(error) => return Rejection::from(error).into_response(),
    };
    request.extensions_mut().insert(actor.clone());
    let mut response = next.run(request).await;
    if has_ended(&guard.hub, &actor) {
        lines = jar.clearing();
    }
    give(response.headers_mut(), lines);
    response
}

/// Adds the cookies, unless the handler has given others: it just logged somebody in or out.
fn give(headers: &mut HeaderMap, lines: Vec<String>) {
    let set: Vec<String> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok().and_then(|line| line.split('=').next()))
        .map(str::to_owned)
        .collect();
    for line in lines {
        let name = line.split('=').next().unwrap_or_default();
        if !set.iter().any(|known| known == name)
            && let Ok(line) = HeaderValue::from_str(&line)
        {
            headers.append(header::SET_COOKIE, line);
        }
    }
    if headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn visit(request: &Request, proxies: &[Network]) -> Visit {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Visit { address: peer(request, proxies), agent: agent.unwrap_or_default().to_owned() }
}

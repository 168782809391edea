//! Headers that tell a browser what a page of ours may do. A handler that is stricter keeps its own.

use super::Guard;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// What the inline scripts of this answer carry; another one for every request. The renderer finds
/// it among the extensions of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(leptos::nonce::Nonce);

impl Nonce {
    fn new() -> Self {
        Self(leptos::nonce::Nonce::new())
    }

    /// The nonce as text.
    pub fn as_str(&self) -> &str {
        self.0.as_inner()
    }

    /// The nonce as views ask for it.
    pub fn for_views(&self) -> leptos::nonce::Nonce {
        self.0.clone()
    }
}

/// Layer: makes the nonce, and adds the headers to the answer.
pub(super) async fn add(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    protect(response.headers_mut(), &nonce, guard.site.https());
    response
}

/// The policy of every page. `'wasm-unsafe-eval'` compiles wasm, and allows no other `eval`;
/// the charts position their tooltips by style attributes.
fn policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{}' 'wasm-unsafe-eval'; style-src 'self'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        nonce.as_str()
    )
}

fn protect(headers: &mut HeaderMap, nonce: &Nonce, https: bool) {
    let policy = HeaderValue::try_from(policy(nonce)).expect("plain ASCII is a header value");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
}

//! Which host names are ours. Without this check a page of somebody else whose name resolves to
//! our address (DNS rebinding) would be of our origin in the eyes of a browser.

use super::{Guard, Jar};
use crate::config::Config;
use crate::http::Rejection;
use crate::http::page::Way;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use mlhub_domain::problem::Code;
use std::net::{IpAddr, SocketAddr};

/// The address of this server as browsers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `https://hub.example.org`, when the operator named it.
    base: Option<String>,
    hosts: Hosts,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    /// Those of the base URL.
    Named { host: String, port: u16 },
    /// `localhost`, and the loopback addresses.
    Loopback { own: IpAddr, port: u16 },
    /// Any address in digits: a name could be anybody's.
    Addresses { port: u16 },
}

impl Site {
    /// The site of a server with this configuration that listens at `address`.
    pub fn new(config: &Config, address: SocketAddr) -> Self {
        let base = config.base_url.as_deref().map(str::to_ascii_lowercase);
        let port = address.port();
        let hosts = match &base {
            Some(base) => {
                let (scheme, authority) = base.split_once("://").unwrap_or(("http", base));
                let (host, port) = split(authority);
                let default = if scheme == "https" { 443 } else { 80 };
                Hosts::Named { host: host.to_owned(), port: port.unwrap_or(default) }
            }
            None if address.ip().is_loopback() => Hosts::Loopback { own: address.ip(), port },
            None => Hosts::Addresses { port },
        };
        Self { base, hosts }
    }

    /// Whether people reach it over https.
    pub fn https(&self) -> bool {
        self.base.as_deref().is_some_and(|base| base.starts_with("https://"))
    }

    /// How its cookies are called and flagged.
    pub fn jar(&self) -> Jar {
        Jar::new(self.https())
    }

    /// The address to show people, without a slash at the end.
    pub fn url(&self, address: SocketAddr) -> String {
        self.base.clone().unwrap_or_else(|| format!("http://{address}"))
    }

    /// An address that is ours wherever one asks, if there is one.
    fn known(&self) -> Option<String> {
        match &self.hosts {
            Hosts::Named { .. } => self.base.clone(),
            Hosts::Loopback { port, .. } => Some(format!("http://localhost:{port}")),
            Hosts::Addresses { .. } => None,
        }
    }

    /// Whether the value of a `Host` header is one of ours.
    pub(super) fn is_ours(&self, host: &str) -> bool {
        let lower = host.to_ascii_lowercase();
        let (name, port) = split(&lower);
        let default = if self.https() { 443 } else { 80 };
        let port = port.unwrap_or(default);
        let digits = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        match &self.hosts {
            Hosts::Named { host, port: ours } => name == host && port == *ours,
            Hosts::Loopback { own, port: ours } => {
                let loopback = ["127.0.0.1", "localhost", "[::1]"].contains(&name);
                (loopback || digits == Some(*own)) && port == *ours
            }
            Hosts::Addresses { port: ours } => {
                (digits.is_some() || name == "localhost") && port == *ours
            }
        }
    }

    /// Whether `origin` is this site, for a request that came to the host `host` of ours.
    pub(super) fn is_own_origin(&self, origin: &str, host: &str) -> bool {
        match &self.base {
            Some(base) => origin.eq_ignore_ascii_case(base),
            None => origin.eq_ignore_ascii_case(&format!("http://{host}")),
        }
    }
}

/// Host and port. An IPv6 address stands in brackets; a port that is no number fits nothing.
fn split(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port.parse().unwrap_or(0))),
        Some(_) | None => (authority, None),
    }
}

/// The host that a request is for.
pub(super) fn of(request: &Request) -> Option<&str> {
    let mut named = request.headers().get_all(header::HOST).iter();
    match (named.next(), named.next()) {
        (Some(host), None) => host.to_str().ok(),
        (None, _) => request.uri().authority().map(axum::http::uri::Authority::as_str),
        (Some(_), Some(_)) => None,
    }
}

/// Layer: answers 421 to a host that is not ours.
pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let anywhere = ["/healthz", "/readyz"].contains(&request.uri().path());
    let ours = of(&request).is_some_and(|host| guard.site.is_ours(host));
    if anywhere || ours {
        return next.run(request).await;
    }
    let detail = match &guard.site.base {
        Some(base) => format!("This server is {base}."),
        None => {
            "This host name is not known to be this server's. If it is, start it with --base-url."
                .into()
        }
    };
    let way = guard.site.known().map(|address| Way::to(address, "To ML Hub"));
    Rejection::new(Code::Misdirected, detail).leading_to(way)
}

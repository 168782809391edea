//! Where a request comes from, when proxies of ours pass it on.

use axum::http::HeaderMap;
use ipnet::IpNet;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};

/// An address, or a network of them: `127.0.0.1`, `10.0.0.0/8`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let alone = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse().or_else(|_| alone());
        network
            .map(Self)
            .map_err(|_| format!("“{text}” is no address and no network such as 10.0.0.0/8"))
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Who asks: `peer`, or who stands behind it when it is one of `proxies`. Each proxy adds at the
/// end of `X-Forwarded-For` whom it sees; what stands before the first who is none of ours, anybody
/// may have written.
pub(super) fn origin(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let mut hops = lines.into_iter().rev().flat_map(|line| line.rsplit(','));
    let mut at = peer.to_canonical();
    while proxies.iter().any(|Network(network)| network.contains(&at)) {
        let Some(hop) = hops.next().and_then(|hop| hop_address(hop.trim())) else { break };
        at = hop.to_canonical();
    }
    at
}

/// Some proxies add the port.
fn hop_address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse().ok().map(|hop: SocketAddr| hop.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_proxy_of_ours_says_is_believed() {
        let own: Vec<Network> =
            ["127.0.0.1", "10.0.0.0/8"].iter().map(|text| text.parse().unwrap()).collect();
        for (peer, forwarded, proxies, expected) in [
            ("192.0.2.7", "198.51.100.1", &own[..], "192.0.2.7"),
            ("127.0.0.1", "198.51.100.1", &[], "127.0.0.1"),
            ("127.0.0.1", "203.0.113.9, 198.51.100.1", &own, "198.51.100.1"),
            ("::ffff:127.0.0.1", "203.0.113.9|198.51.100.1, 10.1.2.3", &own, "198.51.100.1"),
            ("127.0.0.1", "198.51.100.1:4711", &own, "198.51.100.1"),
            ("127.0.0.1", "[2001:db8::1]:4711", &own, "2001:db8::1"),
            ("127.0.0.1", "198.51.100.1, unknown", &own, "127.0.0.1"),
            ("127.0.0.1", "10.1.2.3", &own, "10.1.2.3"),
            ("127.0.0.1", "", &own, "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded.split('|') {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let seen = origin(peer.parse().unwrap(), &headers, proxies);
            assert_eq!(seen, expected.parse::<IpAddr>().unwrap(), "{forwarded}");
        }
        assert!("10.0.0.0/33".parse::<Network>().is_err());
    }
}

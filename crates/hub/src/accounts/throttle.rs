//! How often somebody may try. The buckets are in PostgreSQL: all web nodes share them.

use crate::{Error, Hub, db};
use db::throttles::Bucket;
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;

/// Where a request comes from, as the server saw it.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The other end of the connection.
    pub address: IpAddr,
    /// What the browser says it is.
    pub agent: String,
}

impl Visit {
    /// The browser's name for itself, short enough to keep.
    pub(super) fn agent(&self) -> String {
        self.agent.chars().filter(|c| !c.is_control()).take(200).collect()
    }
}

/// Takes one from the bucket of an address. A loopback address stands for people on this machine,
/// or for everybody behind a proxy on it: one bucket for all of them would shut all out at once.
pub(super) async fn address(
    hub: &Hub,
    what: &str,
    visit: &Visit,
    bucket: Bucket,
) -> Result<(), Error> {
    if visit.address.to_canonical().is_loopback() {
        return Ok(());
    }
    take(hub, &format!("{what}:{}", network(visit.address)), bucket).await
}

/// What stands for whoever has an address: who has one IPv6 address has 2^64 of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let network = v6.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The bucket of the account with this address, whether there is one or not. Addresses of
/// strangers are not kept in the clear.
pub(super) fn account_key(what: &str, email: &str) -> String {
    let digest = Sha256::digest(email.trim().to_lowercase().as_bytes());
    format!("{what}:{}", hex::encode(&digest[..16]))
}

/// Takes one from the bucket `key`.
pub(super) async fn take(hub: &Hub, key: &str, bucket: Bucket) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    match db::throttles::take(&mut conn, key, bucket, hub.now()).await? {
        None => Ok(()),
        Some(wait) => Err(Error::too_often(wait)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_customer_has_one_bucket_and_an_ipv4_address_its_own() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}

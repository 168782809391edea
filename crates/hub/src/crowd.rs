//! How much visitors may ask for, and how many may be told things at once. Kept in the memory of
//! this process: asked for every request, it must cost nothing. Each web node counts for itself.

use crate::accounts::{Visit, network};
use crate::db::throttles::Bucket;
use crate::{Actor, Error, Hub};
use chrono::{DateTime, Utc};
use mlhub_domain::ids::UserId;
use mlhub_domain::problem::Code;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most addresses that are remembered.
const ADDRESSES: usize = 10_000;

/// A token bucket for each address.
pub(crate) struct Buckets {
    bucket: Bucket,
    known: Mutex<HashMap<IpAddr, Level>>,
}

#[derive(Clone, Copy)]
struct Level {
    tokens: f64,
    at: DateTime<Utc>,
}

impl Buckets {
    pub(crate) fn new(bucket: Bucket) -> Self {
        Self { bucket, known: Mutex::default() }
    }

    /// Takes one from the bucket of whoever has this address. A loopback address stands for people
    /// on this machine, or for everybody behind a proxy on it: it has none.
    ///
    /// # Errors
    /// `RateLimited`, with how long to wait; a refused try costs nothing.
    pub(crate) fn take(&self, address: IpAddr, now: DateTime<Utc>) -> Result<(), Error> {
        if address.to_canonical().is_loopback() {
            return Ok(());
        }
        let mut known = lock(&self.known);
        if known.len() >= ADDRESSES {
            known.retain(|_, level| self.refilled(*level, now) < self.bucket.burst);
        }
        if known.len() >= ADDRESSES {
            // All at once rather than without end: everybody begins anew.
            known.clear();
        }
        let full = Level { tokens: self.bucket.burst, at: now };
        let level = known.entry(network(address)).or_insert(full);
        let tokens = self.refilled(*level, now);
        if tokens < 1.0 {
            return Err(Error::too_often((1.0 - tokens) / self.bucket.per_second));
        }
        *level = Level { tokens: tokens - 1.0, at: now };
        Ok(())
    }

    fn refilled(&self, level: Level, now: DateTime<Utc>) -> f64 {
        let seconds = (now - level.at).num_milliseconds().max(0) as f64 / 1e3;
        (level.tokens + seconds * self.bucket.per_second).min(self.bucket.burst)
    }
}

/// Who is there at the moment.
pub(crate) struct Crowd {
    each: u32,
    visitors: u32,
    there: Arc<Mutex<HashMap<Who, u32>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    User(UserId),
    /// Visitors of one address.
    At(IpAddr),
    /// All visitors.
    Visitors,
}

/// A place in the crowd, free again when it is dropped.
pub struct Place {
    there: Arc<Mutex<HashMap<Who, u32>>>,
    counted: Vec<Who>,
}

impl Crowd {
    /// So many of each user or address, and so many visitors together.
    pub(crate) fn new(each: u32, visitors: u32) -> Self {
        Self { each, visitors, there: Arc::default() }
    }

    fn enter(&self, user: Option<UserId>, address: IpAddr) -> Result<Place, Error> {
        let counted = match user {
            Some(user) => vec![Who::User(user)],
            None if address.to_canonical().is_loopback() => vec![Who::Visitors],
            None => vec![Who::At(network(address)), Who::Visitors],
        };
        let mut there = lock(&self.there);
        for who in &counted {
            let count = there.get(who).copied().unwrap_or_default();
            let full = match who {
                Who::User(_) | Who::At(_) if count >= self.each => Code::RateLimited,
                Who::Visitors if count >= self.visitors => Code::ServerBusy,
                Who::User(_) | Who::At(_) | Who::Visitors => continue,
            };
            let detail = "Too many tabs are open at once. Close some, or come back later.";
            return Err(Error::new(full, detail));
        }
        for who in &counted {
            *there.entry(*who).or_default() += 1;
        }
        drop(there);
        Ok(Place { there: Arc::clone(&self.there), counted })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut there = lock(&self.there);
        for who in &self.counted {
            if let Some(count) = there.get_mut(who) {
                *count -= 1;
            }
        }
        there.retain(|_, count| *count > 0);
    }
}

/// A place for one more tab that is told what happens.
///
/// # Errors
/// `RateLimited` when a user or an address has as many as one may; `ServerBusy` when all visitors
/// together have.
pub fn enter(hub: &Hub, actor: &Actor, visit: &Visit) -> Result<Place, Error> {
    hub.tabs().enter(actor.id(), visit.address)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_tries_and_gets_them_back() {
        let buckets = Buckets::new(Bucket { burst: 2.0, per_second: 0.1 });
        let take = |text: &str, seconds: i64| {
            buckets.take(address(text), now() + Duration::seconds(seconds)).map_err(|e| e.wait())
        };
        assert_eq!((take("192.0.2.7", 0), take("192.0.2.7", 0)), (Ok(()), Ok(())));
        assert_eq!(take("192.0.2.7", 0), Err(Some(10)));
        assert_eq!(take("192.0.2.7", 4), Err(Some(6)));
        assert_eq!(take("192.0.2.8", 4), Ok(()), "another one has its own");
        assert_eq!(take("192.0.2.7", 10), Ok(()));
        assert_eq!((0..9).filter(|_| take("127.0.0.1", 0).is_ok()).count(), 9);
    }

    #[test]
    fn the_memory_of_addresses_has_an_end() {
        let buckets = Buckets::new(Bucket { burst: 2.0, per_second: 0.1 });
        for n in 0..=u32::try_from(ADDRESSES).unwrap() {
            buckets.take(IpAddr::V4((0x0a00_0000 + n).into()), now()).unwrap();
        }
        assert!(lock(&buckets.known).len() <= ADDRESSES);
    }

    #[test]
    fn places_are_counted_by_person_by_address_and_for_all_visitors() {
        let crowd = Crowd::new(2, 3);
        let enter = |user: Option<i64>, text: &str| {
            crowd.enter(user.map(UserId), address(text)).map_err(|e| e.problem().code)
        };
        let first = enter(None, "192.0.2.7").unwrap();
        let _second = enter(None, "192.0.2.7").unwrap();
        assert_eq!(enter(None, "192.0.2.7").err(), Some(Code::RateLimited));
        let _third = enter(None, "192.0.2.8").unwrap();
        assert_eq!(enter(None, "192.0.2.9").err(), Some(Code::ServerBusy));
        let _users = (enter(Some(1), "192.0.2.7").unwrap(), enter(Some(1), "192.0.2.9").unwrap());
        assert_eq!(enter(Some(1), "192.0.2.7").err(), Some(Code::RateLimited));
        drop(first);
        assert!(enter(None, "192.0.2.7").is_ok());
        assert_eq!(lock(&crowd.there).len(), 4, "who is gone is forgotten");
    }
}

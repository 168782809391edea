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

/// A token bucket for each address, and one for all visitors together: behind a proxy that we do
/// not know they all come from one address, and from this machine.
pub(crate) struct Buckets {
    each: Bucket,
    together: Bucket,
    known: Mutex<HashMap<Who, Level>>,
}

#[derive(Clone, Copy)]
struct Level {
    tokens: f64,
    at: DateTime<Utc>,
}

impl Level {
    /// What is in it by now.
    fn tokens(self, bucket: Bucket, now: DateTime<Utc>) -> f64 {
        let seconds = (now - self.at).num_milliseconds().max(0) as f64 / 1e3;
        (self.tokens + seconds * bucket.per_second).min(bucket.burst)
    }
}

impl Buckets {
    /// So much for visitors of one address, and so much for all.
    pub(crate) fn new(each: Bucket, together: Bucket) -> Self {
        Self { each, together, known: Mutex::default() }
    }

    /// Takes one from the bucket of whoever has this address, and one from that of all.
    ///
    /// # Errors
    /// `RateLimited`, with how long to wait; a refused try costs nothing.
    pub(crate) fn take(&self, address: IpAddr, now: DateTime<Utc>) -> Result<(), Error> {
        let mut known = lock(&self.known);
        self.make_room(&mut known, now);
        let tokens = |who: &Who| match known.get(who) {
            Some(level) => level.tokens(self.bucket(*who), now),
            None => self.bucket(*who).burst,
        };
        let counted: Vec<(Who, f64)> =
            visitors(address).into_iter().map(|who| (who, tokens(&who))).collect();
        for (who, tokens) in &counted {
            if *tokens < 1.0 {
                return Err(Error::too_often((1.0 - tokens) / self.bucket(*who).per_second));
            }
        }
        let taken = |(who, tokens)| (who, Level { tokens: tokens - 1.0, at: now });
        known.extend(counted.into_iter().map(taken));
        Ok(())
    }

    fn bucket(&self, who: Who) -> Bucket {
        match who {
            Who::User(_) | Who::At(_) => self.each,
            Who::Visitors => self.together,
        }
    }

    fn make_room(&self, known: &mut HashMap<Who, Level>, now: DateTime<Utc>) {
        if known.len() >= ADDRESSES {
            let full = |who: Who, level: &Level| {
                level.tokens(self.bucket(who), now) >= self.bucket(who).burst
            };
            known.retain(|who, level| !full(*who, level));
        }
        if known.len() >= ADDRESSES {
            // All at once rather than without end: every address begins anew.
            known.retain(|who, _| *who == Who::Visitors);
        }
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

/// As whom a visitor counts. A loopback address stands for people on this machine, or for everybody
/// behind a proxy on it: they count together only.
fn visitors(address: IpAddr) -> Vec<Who> {
    match address.to_canonical().is_loopback() {
        true => vec![Who::Visitors],
        false => vec![Who::At(network(address)), Who::Visitors],
    }
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
            None => visitors(address),
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

    fn bucket(burst: f64) -> Bucket {
        Bucket { burst, per_second: 0.1 }
    }

    #[test]
    fn an_address_has_so_many_tries_and_gets_them_back() {
        let (each, together) = (bucket(2.0), bucket(100.0));
        let buckets = Buckets::new(each, together);
        let take = |text: &str, seconds: i64| {
            buckets
                .take(address(text), now() + Duration::seconds(seconds))
                .map_err(|e| e.problem().wait)
        };
        assert_eq!((take("192.0.2.7", 0), take("192.0.2.7", 0)), (Ok(()), Ok(())));
        assert_eq!(take("192.0.2.7", 0), Err(Some(10)));
        assert_eq!(take("192.0.2.7", 4), Err(Some(6)));
        assert_eq!(take("192.0.2.8", 4), Ok(()), "another one has its own");
        assert_eq!(take("192.0.2.7", 10), Ok(()));
        assert_eq!((0..9).filter(|_| take("127.0.0.1", 10).is_ok()).count(), 9);
    }

    #[test]
    fn all_visitors_together_have_an_end_also_behind_a_proxy_on_this_machine() {
        let buckets = Buckets::new(bucket(2.0), bucket(5.0));
        let take = |text: &str| buckets.take(address(text), now()).map_err(|e| e.problem().wait);
        assert_eq!((0..9).filter(|_| take("127.0.0.1").is_ok()).count(), 5);
        assert_eq!(take("192.0.2.7"), Err(Some(10)));
    }

    #[test]
    fn the_memory_of_addresses_has_an_end() {
        let buckets = Buckets::new(bucket(2.0), bucket(1e6));
        for n in 0..=u32::try_from(ADDRESSES).unwrap() {
            buckets.take(IpAddr::V4((0x0a00_0000 + n).into()), now()).unwrap();
        }
        let known = lock(&buckets.known);
        assert!(known.len() <= ADDRESSES);
        let taken = known[&Who::Visitors].tokens;
        assert_eq!(taken, 1e6 - ADDRESSES as f64 - 1.0, "many addresses are no way around it");
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

//! `Idempotency-Key`: a POST that is repeated makes nothing twice.
//!
//! The first request with a key claims it, and its answer is kept for 24 hours. A repetition gets
//! that answer; while the first is still at work it waits for it, at most ten seconds; a request
//! that differs is refused. A request that fails gives its key back: it made nothing.
//!
//! The answer is kept in a transaction of its own, after the work's: a server killed in between
//! has made the thing and does not know the answer. Its key is free again after ten minutes. Where
//! names are unique, a repetition then says that the name is taken; a training, an upload or a
//! token is made a second time.

use crate::{Actor, Error, Hub, db};
use db::idempotency::Known;
use mlhub_domain::ids::UserId;
use mlhub_domain::problem::Code;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// The most characters of a key.
const LONGEST: usize = 200;

/// How often, and how many times, somebody who waits looks again.
const LOOK: Duration = Duration::from_millis(100);
const TIMES: u32 = 100;

/// The key of a request, and what the request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    key: String,
    fingerprint: [u8; 32],
}

impl Key {
    /// The key `text` of a request: its method, address and body, or what stands for them.
    ///
    /// # Errors
    /// `InvalidValue` when it is not 1 to 200 printable ASCII characters.
    pub fn new(text: &str, request: &[&[u8]]) -> Result<Self, Error> {
        let plain = |b: u8| (0x21..=0x7e).contains(&b);
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(plain) {
            let message = format!(
                "An Idempotency-Key is 1 to {LONGEST} printable characters without blanks: a UUID, for example."
            );
            return Err(Error::invalid("Idempotency-Key", message, Some(text)));
        }
        let mut hash = Sha256::new();
        for part in request {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Ok(Self { key: text.into(), fingerprint: hash.finalize().into() })
    }

    /// The key as it was sent.
    pub fn as_str(&self) -> &str {
        &self.key
    }
}

/// Does `work` once for `key`, and answers the same to whoever repeats it. Without a key it is
/// simply done. The work goes on when the one who asked goes away: the answer waits for them.
///
/// # Errors
/// Those of the work; `IdempotencyReuse` when the key was used for another request;
/// `IdempotencyBusy` when the first request does not end.
pub async fn once<T, W>(hub: &Hub, actor: &Actor, key: Option<Key>, work: W) -> Result<Value, Error>
where
    T: Serialize,
    W: Future<Output = Result<T, Error>> + Send + 'static,
{
    let (Some(key), Some(user)) = (key, actor.id()) else { return answer(work.await?) };
    for _ in 0..TIMES {
        let known = {
            let mut conn = hub.conn().await?;
            let (key, print) = (&key.key, &key.fingerprint);
            db::idempotency::claim(&mut conn, user, key, print, hub.now()).await?
        };
        match known {
            Known::Claimed => {
                let job = first(hub.clone(), user, key, async { answer(work.await?) });
                return tokio::spawn(job).await.map_err(Error::internal)?;
            }
            Known::Answered(answer) => return Ok(answer),
            Known::Other => {
                let detail = "This Idempotency-Key was used for another request. Use a new one for each thing you make.";
                return Err(Error::new(Code::IdempotencyReuse, detail));
            }
            Known::AtWork => tokio::time::sleep(LOOK).await,
        }
    }
    let detail =
        "The first request with this Idempotency-Key is still at work. Ask again in a minute.";
    Err(Error::new(Code::IdempotencyBusy, detail))
}

fn answer<T: Serialize>(made: T) -> Result<Value, Error> {
    serde_json::to_value(made).map_err(Error::internal)
}

async fn first(
    hub: Hub,
    user: UserId,
    key: Key,
    work: impl Future<Output = Result<Value, Error>> + Send + 'static,
) -> Result<Value, Error> {
    // A task of its own, so that a mistake of ours that ends it gives the key back as well.
    let made = tokio::spawn(work).await.map_err(Error::internal).flatten();
    let mut conn = hub.conn().await?;
    match &made {
        Ok(answer) => db::idempotency::finish(&mut conn, user, &key.key, answer).await?,
        Err(_) => db::idempotency::abandon(&mut conn, user, &key.key).await?,
    }
    made
}

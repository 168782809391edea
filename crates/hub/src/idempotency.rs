//! `Idempotency-Key`: a POST that is repeated makes nothing twice.
//!
//! The answer to the first request with a key is kept for 24 hours, and a repetition gets it; while
//! the first is still at work it waits for it, at most ten seconds; a request that differs is
//! refused.
//!
//! The answer commits with what it tells of. So whenever the server dies, or whoever asked goes
//! away: either the thing is made and its answer kept, or nothing happened and the key is free. A
//! request that fails made nothing, and leaves its key free as well.

use crate::{Actor, Error, Hub, db};
use db::idempotency::{Known, Request};
use db::{AsyncConnection as _, Conn};
use mlhub_domain::problem::Code;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The most characters of a key.
const LONGEST: usize = 200;

/// How long somebody waits for the first request, and how often they look.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

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
        Ok(Self { key: text.into(), fingerprint: fingerprint(request) })
    }

    /// The same key of a request that is known only now: of an upload, whose file was not read when
    /// its key was.
    #[must_use]
    pub fn of(self, request: &[&[u8]]) -> Self {
        Self { fingerprint: fingerprint(request), ..self }
    }

    /// The key as it was sent.
    pub fn as_str(&self) -> &str {
        &self.key
    }
}

fn fingerprint(request: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in request {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What is done within a transaction: an async closure whose future can move between threads, which
/// [`AsyncFnOnce`] alone cannot promise yet.
pub(crate) trait Work<C, T>:
    AsyncFnOnce(C) -> Result<T, Error> + FnOnce(C) -> <Self as Work<C, T>>::Done
{
    /// The work as it goes on.
    type Done: Future<Output = Result<T, Error>>;
}

impl<W, C, T, D> Work<C, T> for W
where
    W: AsyncFnOnce(C) -> Result<T, Error> + FnOnce(C) -> D,
    D: Future<Output = Result<T, Error>>,
{
    type Done = D;
}

/// Does `work` in a transaction, once for `key`: whoever repeats the request gets the same answer.
/// Without a key it is simply done.
///
/// # Errors
/// Those of the work; `IdempotencyReuse` when the key was used for another request;
/// `IdempotencyBusy` when the first request does not end.
pub(crate) async fn once<T, W>(
    hub: &Hub,
    actor: &Actor,
    key: Option<&Key>,
    mut work: W,
) -> Result<T, Error>
where
    T: Serialize + DeserializeOwned + Send,
    for<'c> W: Work<&'c mut Conn, T, Done: Send> + Send,
{
    let (Some(key), Some(user)) = (key, actor.id()) else {
        let mut conn = hub.conn().await?;
        return conn.transaction(async |conn| work(conn).await).await;
    };
    let request = Request { user, key: &key.key, fingerprint: &key.fingerprint };
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        // Whoever waits keeps no connection from others.
        let mut conn = hub.conn().await?;
        let tried = conn.transaction(async |conn| attempt(hub, conn, &request, work).await).await?;
        drop(conn);
        match tried {
            Break(made) => return Ok(made),
            Continue(again) => work = again,
        }
        sleep(LOOK).await;
    }
    let detail =
        "The first request with this Idempotency-Key is still at work. Ask again in a minute.";
    Err(Error::new(Code::IdempotencyBusy, detail))
}

/// Does `work`, or reads what it was answered with; gives it back while another transaction is at
/// work for the same key.
async fn attempt<T, W>(
    hub: &Hub,
    conn: &mut Conn,
    request: &Request<'_>,
    work: W,
) -> Result<ControlFlow<T, W>, Error>
where
    T: Serialize + DeserializeOwned + Send,
    for<'c> W: Work<&'c mut Conn, T, Done: Send> + Send,
{
    if !db::idempotency::hold(conn, request).await? {
        return Ok(Continue(work));
    }
    match db::idempotency::known(conn, request, hub.now()).await? {
        Known::Nothing => {}
        Known::Answered(answer) => {
            return serde_json::from_value(answer).map(Break).map_err(Error::internal);
        }
        Known::Other => return Err(reused()),
    }
    let made = work(conn).await?;
    let answer = serde_json::to_value(&made).map_err(Error::internal)?;
    db::idempotency::keep(conn, request, &answer, hub.now()).await?;
    Ok(Break(made))
}

/// The key was used for something else.
pub(crate) fn reused() -> Error {
    let detail =
        "This Idempotency-Key was used for another request. Use a new one for each thing you make.";
    Error::new(Code::IdempotencyReuse, detail)
}

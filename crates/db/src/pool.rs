//! Connections.

use crate::Error;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, PoolableConnection as _};
use std::ops::{Deref, DerefMut};

/// A connection, in or out of a transaction.
pub type Conn = AsyncPgConnection;

/// A connection that goes back to the pool when dropped. Never take a second one while holding
/// one: under load that is a deadlock.
///
/// One whose transaction was cut off, as when the client of a request goes away, is closed instead:
/// in the pool it would hold its locks until somebody happened to take it.
pub struct Pooled(Option<deadpool::Object<Conn>>);

const TAKEN: &str = "only dropping takes the connection out";

impl Deref for Pooled {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.0.as_ref().expect(TAKEN)
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Conn {
        self.0.as_mut().expect(TAKEN)
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if let Some(mut object) = self.0.take()
            && object.is_broken()
        {
            drop(deadpool::Object::take(object));
        }
    }
}

/// A bounded set of connections.
#[derive(Clone)]
pub struct Pool {
    inner: deadpool::Pool<Conn>,
    url: String,
}

/// Without the address, which holds a password.
impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Pool {
    /// A pool of at most `size` connections to `url`, opened as they are needed.
    ///
    /// # Errors
    /// [`Error::Pool`] when the settings make no pool.
    pub fn new(url: &str, size: usize) -> Result<Self, Error> {
        let manager = AsyncDieselConnectionManager::<Conn>::new(url);
        let inner = deadpool::Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(std::time::Duration::from_secs(10)))
            .runtime(deadpool_runtime())
            .build()
            .map_err(|e| Error::Pool(e.to_string()))?;
        Ok(Self { inner, url: url.into() })
    }

    /// A connection.
    ///
    /// # Errors
    /// [`Error::Pool`] when none comes free within ten seconds, or the server is not there.
    pub async fn get(&self) -> Result<Pooled, Error> {
        let object = self.inner.get().await.map_err(|e| Error::Pool(e.to_string()))?;
        Ok(Pooled(Some(object)))
    }

    /// Where the server is: for the one connection that listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn deadpool_runtime() -> ::deadpool::Runtime {
    ::deadpool::Runtime::Tokio1
}

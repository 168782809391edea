//! Connections.

use crate::Error;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool;

/// A connection, in or out of a transaction.
pub type Conn = AsyncPgConnection;

/// A connection that goes back to the pool when dropped. Never take a second one while holding
/// one: under load that is a deadlock.
pub type Pooled = deadpool::Object<Conn>;

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
        self.inner.get().await.map_err(|e| Error::Pool(e.to_string()))
    }

    /// Where the server is: for the one connection that listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn deadpool_runtime() -> ::deadpool::Runtime {
    ::deadpool::Runtime::Tokio1
}

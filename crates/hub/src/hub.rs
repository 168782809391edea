//! Everything that the functions of this crate need, in one handle.

use crate::tables::Tables;
use crate::{Error, db};
use std::sync::Arc;

/// A running ML Hub. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    pool: db::Pool,
    objects: mlhub_objects::Store,
    tables: Arc<dyn Tables>,
}

/// What a [`Hub`] is made of.
pub struct Parts {
    /// Connections to PostgreSQL, migrated.
    pub pool: db::Pool,
    /// The object store.
    pub objects: mlhub_objects::Store,
    /// The data engine.
    pub tables: Arc<dyn Tables>,
}

impl Hub {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { pool, objects, tables } = parts;
        Self { inner: Arc::new(Inner { pool, objects, tables }) }
    }

    /// A connection. Never ask for a second one while holding one.
    pub(crate) async fn conn(&self) -> Result<db::Pooled, Error> {
        Ok(self.inner.pool.get().await?)
    }

    /// The pool, for what runs beside requests.
    pub fn pool(&self) -> &db::Pool {
        &self.inner.pool
    }

    /// The object store.
    pub fn objects(&self) -> &mlhub_objects::Store {
        &self.inner.objects
    }

    /// The data engine.
    pub fn tables(&self) -> &dyn Tables {
        &*self.inner.tables
    }
}

//! Everything that the functions of this crate need, in one handle.

use crate::accounts::{Ended, Hasher, Signer};
use crate::crowd::{Buckets, Crowd};
use crate::models::Predictors;
use crate::tables::Tables;
use crate::{Clock, Error, Secrets, Settings, db};
use std::sync::Arc;

/// A running ML Hub. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    pool: db::Pool,
    live: mlhub_jobs::Live,
    objects: mlhub_objects::Store,
    tables: Arc<dyn Tables>,
    secrets: Secrets,
    clock: Clock,
    settings: Settings,
    hasher: Hasher,
    signer: Signer,
    ended: Ended,
    predictors: Predictors,
    predictions: Buckets,
    tabs: Crowd,
}

/// What a [`Hub`] is made of.
pub struct Parts {
    /// Connections to PostgreSQL, migrated.
    pub pool: db::Pool,
    /// The object store.
    pub objects: mlhub_objects::Store,
    /// The data engine.
    pub tables: Arc<dyn Tables>,
    /// What only this installation knows.
    pub secrets: Secrets,
    /// What time it is.
    pub clock: Clock,
    /// What the operator decides.
    pub settings: Settings,
}

impl Hub {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { pool, objects, tables, secrets, clock, settings } = parts;
        let (hasher, signer, ended) = (Hasher::new(), Signer::new(&secrets), Ended::default());
        let live = mlhub_jobs::Live::new(pool.clone());
        let predictors = Predictors::new(settings.models_kept);
        let (each, together) = (settings.predictions_per_address, settings.predictions_of_visitors);
        let predictions = Buckets::new(each, together);
        let tabs = Crowd::new(settings.tabs_each, settings.tabs_of_visitors);
        let inner = Inner {
            pool,
            live,
            objects,
            tables,
            secrets,
            clock,
            settings,
            hasher,
            signer,
            ended,
            predictors,
            predictions,
            tabs,
        };
        Self { inner: Arc::new(inner) }
    }

    /// A connection. Never ask for a second one while holding one.
    pub(crate) async fn conn(&self) -> Result<db::Pooled, Error> {
        Ok(self.inner.pool.get().await?)
    }

    /// The pool, for what runs beside requests.
    pub fn pool(&self) -> &db::Pool {
        &self.inner.pool
    }

    /// The live fan-out of what runs report.
    pub fn live(&self) -> &mlhub_jobs::Live {
        &self.inner.live
    }

    /// The object store.
    pub fn objects(&self) -> &mlhub_objects::Store {
        &self.inner.objects
    }

    /// What time it is.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.inner.clock.now()
    }

    /// What the operator decides.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.inner.hasher
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.inner.signer
    }

    pub(crate) fn ended(&self) -> &Ended {
        &self.inner.ended
    }

    pub(crate) fn predictors(&self) -> &Predictors {
        &self.inner.predictors
    }

    /// How often visitors may predict.
    pub(crate) fn predictions(&self) -> &Buckets {
        &self.inner.predictions
    }

    /// The tabs that are told what happens.
    pub(crate) fn tabs(&self) -> &Crowd {
        &self.inner.tabs
    }

    /// The data engine.
    pub fn tables(&self) -> &dyn Tables {
        &*self.inner.tables
    }
}

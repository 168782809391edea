//! Whether ML Hub can serve, and how it is doing.

use crate::{Error, Hub, db};

/// Name, meaning, value.
pub type Gauge = (&'static str, &'static str, i64);

impl Hub {
    /// Why it cannot serve at the moment; empty when it can. Everybody may ask: it says which part
    /// is in the way, and what that part says itself (addresses, paths) goes to the log.
    pub async fn not_ready(&self) -> Vec<&'static str> {
        let mut reasons = Vec::new();
        match db::migrate::writable(self.pool()).await {
            Ok(true) => {}
            Ok(false) => reasons.push("the database is read-only"),
            Err(error) => {
                tracing::warn!(%error, "not ready: the database does not answer");
                reasons.push("the database does not answer");
            }
        }
        if let Err(error) = self.objects().writable().await {
            tracing::warn!(%error, "not ready: the object store takes no bytes");
            reasons.push("the object store takes no bytes");
        }
        reasons
    }

    /// Counts for a dashboard of the operator; no labels, no names.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn gauges(&self) -> Result<Vec<Gauge>, Error> {
        let mut conn = self.conn().await?;
        Ok(db::gauges::all(&mut conn).await?)
    }
}

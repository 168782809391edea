//! Whether ML Hub can serve, and how it is doing.

use crate::{Error, Hub, db};

/// Name, meaning, value.
pub type Gauge = (&'static str, &'static str, i64);

impl Hub {
    /// Why it cannot serve at the moment; empty when it can.
    pub async fn not_ready(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        match db::migrate::writable(self.pool()).await {
            Ok(true) => {}
            Ok(false) => reasons.push("the database is read-only".into()),
            Err(error) => reasons.push(format!("the database does not answer: {error}")),
        }
        if let Err(error) = self.objects().writable().await {
            reasons.push(format!("the object store does not take bytes: {error}"));
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

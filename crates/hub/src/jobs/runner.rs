//! What the runner asks.

use super::{end, tell};
use crate::{Error, Hub, db, runs};
use db::AsyncConnection;
use mlhub_domain::jobs::{Attempt, JobKind};
use mlhub_jobs::{Queue, Terms};

impl Queue for Hub {
    type Error = Error;

    async fn claim(&self, terms: Terms) -> Result<Option<(Attempt, JobKind)>, Error> {
        let mut conn = self.conn().await?;
        let claimed = conn
            .transaction(async |conn| {
                let claim = db::jobs::Claim {
                    worker: &terms.worker,
                    slots: terms.slots,
                    lease: terms.lease,
                    token_hash: &terms.token_hash,
                };
                let Some((attempt, kind)) = db::jobs::claim(conn, &claim).await? else {
                    return Ok::<_, Error>(None);
                };
                let told = match kind {
                    JobKind::Ingest => None,
                    JobKind::Train => Some(runs::started(conn, attempt.job, attempt.number).await?),
                };
                Ok(Some((attempt, kind, told)))
            })
            .await?;
        let Some((attempt, kind, told)) = claimed else { return Ok(None) };
        tell(self, told);
        Ok(Some((attempt, kind)))
    }

    async fn lost(&self, attempt: Attempt, why: String) -> Result<(), Error> {
        end::lost(self, attempt, &why).await
    }

    async fn reap(&self) -> Result<usize, Error> {
        end::reap(self).await
    }
}

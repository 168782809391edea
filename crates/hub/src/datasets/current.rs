use super::{no_version, not_ready};
use crate::{Actor, Error, Hub, access, audit, db};
use db::AsyncConnection;
use db::grant::Edit;
use mlhub_domain::datasets::{Dataset, DatasetPath, VersionState};
use serde_json::json;

/// Rolls a dataset back or forward: `version` is shown and used from now on.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::dataset`]; `NotFound` when there is no such version,
/// `Conflict` when it is not ready.
pub async fn make_current(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
) -> Result<Dataset, Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let dataset = access::dataset::<Edit>(conn, actor, at).await?;
        let files =
            db::datasets::files(conn, &dataset, version).await.map_err(no_version(at, version))?;
        if files.state != VersionState::Ready {
            return Err(not_ready(version, files.state));
        }
        db::datasets::set_current(conn, &dataset, version).await?;
        let detail = json!({"version": version});
        let act = ("dataset.current", at.page());
        let project = Some(dataset.project());
        audit::record(conn, hub, actor, project, (act.0, &act.1), detail).await?;
        Ok(db::datasets::find(conn, &dataset).await?)
    })
    .await
}

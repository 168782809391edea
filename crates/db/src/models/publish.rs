//! What a run trained becomes a version.

use crate::schema::{model_versions, models, runs};
use crate::{Conn, Error, json};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{ModelId, RunId};
use mlhub_domain::jobs::TrainedModel;
use serde_json::Value;

/// Publishes what a run trained as the model's next version. The number. Called in the
/// transaction that fenced the job; the artifact's row in `objects` is there already.
///
/// # Errors
/// [`Error::Taken`] when the run has published already; [`Error::Missing`] when it trains nothing.
pub async fn publish(
    conn: &mut Conn,
    run: RunId,
    trained: &TrainedModel,
) -> Result<(ModelId, u32), Error> {
    let (model, spec): (Option<i64>, Option<Value>) =
        runs::table.find(run.0).select((runs::model_id, runs::spec)).first(conn).await?;
    let (model, spec) = model.zip(spec).ok_or(Error::Missing)?;
    let version: i32 = diesel::update(models::table.find(model))
        .set((
            models::last_version.eq(models::last_version + 1),
            models::updated_at.eq(diesel::dsl::now),
        ))
        .returning(models::last_version)
        .get_result(conn)
        .await?;
    diesel::insert_into(model_versions::table)
        .values((
            model_versions::model_id.eq(model),
            model_versions::version.eq(version),
            model_versions::run_id.eq(run.0),
            model_versions::spec.eq(spec),
            model_versions::signature.eq(json::write("signature", &trained.signature)?),
            model_versions::metrics.eq(json::write("metrics", &trained.metrics)?),
            model_versions::evaluation.eq(json::write("evaluation", &trained.evaluation)?),
            model_versions::artifact_sha256.eq(trained.artifact.sha256.as_str()),
        ))
        .execute(conn)
        .await?;
    Ok((ModelId(model), version.unsigned_abs()))
}

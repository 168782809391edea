//! The files that belong to a run.

use crate::{Actor, Error, Hub, IfFound as _, access, db, models};
use db::grant::{Grant, Read};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use mlhub_domain::ids::RunId;
use mlhub_domain::models::VersionRef;
use mlhub_domain::runs::{Artifact, ArtifactKind, RunPath};

/// Lines of a log that are read at once.
const LINES: u32 = 1_000;

/// What one can take away of a run: the model it made and the report on that, unless the model was
/// deleted, and its log.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn artifacts(hub: &Hub, actor: &Actor, at: &RunPath) -> Result<Vec<Artifact>, Error> {
    let run = super::get(hub, actor, at).await?;
    let mut all = Vec::new();
    if let Some(made) = run.model {
        let (model, number) = (at.project().model(made.name), VersionRef::Number(made.version));
        if let Some(version) = models::version(hub, actor, &model, &number).await.if_found()? {
            let address = format!("{}/versions/{}", model.api(), version.version);
            all.push(Artifact {
                kind: ArtifactKind::Model,
                name: model.file_name(version.version),
                href: format!("{address}/download"),
                size: Some(version.size),
                sha256: Some(version.sha256),
            });
            all.push(Artifact {
                kind: ArtifactKind::Evaluation,
                name: format!("{}-v{}-evaluation.json", model.name, version.version),
                href: format!("{address}/evaluation"),
                size: None,
                sha256: None,
            });
        }
    }
    all.push(Artifact {
        kind: ArtifactKind::Log,
        name: at.log_name(),
        href: format!("{}/log", at.api()),
        size: None,
        sha256: None,
    });
    Ok(all)
}

/// The whole log of a run as text, one entry after the other, read as it is taken.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn log(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
) -> Result<impl Stream<Item = Result<String, Error>> + Send + use<>, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    drop(conn);
    Ok(try_unfold((hub.clone(), run, Some(0)), page))
}

/// Where a reading of a log is: behind which event, until there is no more.
type Place = (Hub, Grant<RunId, Read>, Option<u64>);

async fn page((hub, run, after): Place) -> Result<Option<(String, Place)>, Error> {
    let Some(after) = after else { return Ok(None) };
    let mut conn = hub.conn().await?;
    let lines = db::runs::lines(&mut conn, &run, after, LINES).await?;
    drop(conn);
    let more = lines.len() == LINES as usize;
    let next = lines.last().filter(|_| more).map(|line| line.seq);
    let text = lines.iter().map(|line| format!("{line}\n")).collect();
    Ok(Some((text, (hub, run, next))))
}

use super::create::make;
use super::{New, register, store};
use crate::idempotency::{Key, once};
use crate::{Actor, Error, Hub, access, audit, db, jobs};
use bytes::Bytes;
use db::Conn;
use db::datasets::NewVersion;
use db::grant::Edit;
use db::jobs::NewJob;
use futures_util::Stream;
use mlhub_domain::datasets::{DatasetPath, DatasetVersion, VersionState};
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{IngestSpec, InputFile, JobSpec};
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::projects::ProjectPath;
use mlhub_objects::Stored;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The longest file name that is kept, in characters.
const NAME: usize = 200;

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// The number of the new version, in state `processing`.
    pub version: u32,
    /// The job that reads it.
    pub job: JobId,
}

/// A file on its way in.
#[derive(Clone, Debug)]
pub struct Incoming<'a, S> {
    /// What the client calls it; no more than a text for people.
    pub name: &'a str,
    /// The `Idempotency-Key`: the same file sent again with it makes no second version.
    pub key: Option<Key>,
    /// The bytes.
    pub bytes: S,
}

/// Whether the actor may upload the next version of a dataset: to be asked before anything is read
/// that stands before the file.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::dataset`].
pub async fn may_upload(hub: &Hub, actor: &Actor, at: &DatasetPath) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    access::dataset::<Edit>(&mut conn, actor, at).await?;
    Ok(())
}

/// Takes a file as the next version of a dataset.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::dataset`], before the first byte is read; `TooLarge`,
/// `Full`, and what the stream itself says: nothing is kept then.
pub async fn upload(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    file: Incoming<'_, impl Stream<Item = Result<Bytes, Error>> + Send>,
) -> Result<Uploaded, Error> {
    may_upload(hub, actor, at).await?;
    let stored = store(hub, hub.settings().upload_limit, file.bytes).await?;
    let name = plain(file.name);
    let page = at.page();
    let request = ["upload", &page, &name, stored.sha256.as_str()].map(str::as_bytes);
    let key = file.key.map(|key| key.of(&request));
    once(hub, actor, key.as_ref(), async |conn| begin(hub, conn, actor, at, &stored, &name).await)
        .await
}

/// Takes a file as the first version of a new dataset: both are made, or nothing. A dataset of that
/// name which has never had anything in it, as a file that could not be read leaves it, is taken.
///
/// # Errors
/// As [`upload`]; `Conflict` on the field `name` when a dataset of the project is called that,
/// before the first byte is read.
pub async fn upload_new(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    file_name: &str,
    bytes: impl Stream<Item = Result<Bytes, Error>> + Send,
) -> Result<Uploaded, Error> {
    {
        let mut conn = hub.conn().await?;
        access::project::<Edit>(&mut conn, actor, &at.project()).await?;
        waits_for_a_file(&mut conn, actor, at).await?;
    }
    let stored = store(hub, hub.settings().upload_limit, bytes).await?;
    let name = plain(file_name);
    once(hub, actor, None, async |conn| {
        if !waits_for_a_file(conn, actor, at).await? {
            let name = at.name.clone();
            let new = New { name, description: String::new(), visibility: None };
            make(hub, conn, actor, &at.project(), &new).await?;
        }
        begin(hub, conn, actor, at, &stored, &name).await
    })
    .await
}

/// Makes a dataset with a stored file as its first version, in the caller's transaction.
pub(crate) async fn create_from(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    (at, new): (&ProjectPath, &New),
    (stored, name): (&Stored, &str),
) -> Result<Uploaded, Error> {
    make(hub, conn, actor, at, new).await?;
    begin(hub, conn, actor, &at.dataset(new.name.clone()), stored, name).await
}

/// Whether there is such a dataset, and nothing in it yet; `Conflict` when there is something.
async fn waits_for_a_file(conn: &mut Conn, actor: &Actor, at: &DatasetPath) -> Result<bool, Error> {
    let dataset = match access::dataset::<Edit>(conn, actor, at).await {
        Err(error) if error.kind() == Kind::NotFound => return Ok(false),
        found => found?,
    };
    let there = db::datasets::find(conn, &dataset).await?;
    let failed = |latest: &DatasetVersion| latest.state == VersionState::Failed;
    if there.current.is_none() && there.latest.as_ref().is_none_or(failed) {
        return Ok(true);
    }
    Err(Error::conflict(Code::DatasetNameTaken, "name", at.name.as_str()))
}

/// The next version of a dataset, and the job that reads it. Access is asked for again: the upload
/// may have taken an hour.
async fn begin(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    at: &DatasetPath,
    stored: &Stored,
    name: &str,
) -> Result<Uploaded, Error> {
    let by = actor.id().ok_or_else(Error::unauthenticated)?;
    let dataset = access::dataset::<Edit>(conn, actor, at).await?;
    register(hub, conn, stored).await?;
    let new = NewVersion { original: &stored.sha256, original_name: name, by };
    let begun = db::datasets::begin_version(conn, &dataset, &new).await?;
    let original = InputFile { sha256: stored.sha256.clone(), size: stored.size, path: None };
    let spec = JobSpec::Ingest(IngestSpec { original, original_name: name.to_owned() });
    // Somebody waits for it, and it is short.
    let job = NewJob { project: begun.project, user: by, spec: &spec, priority: 10 };
    let job = jobs::enqueue(hub, conn, &job).await?;
    db::datasets::job_version(conn, begun.id, job).await?;
    let detail = json!({"version": begun.version, "sha256": stored.sha256, "job": job});
    let (act, page) = ("dataset.upload", at.page());
    audit::record(conn, hub, actor, Some(begun.project), (act, &page), detail).await?;
    Ok(Uploaded { version: begun.version, job })
}

/// A file name as a text: without folders and what does not print.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control()).take(NAME).collect();
    match kept.trim() {
        "" | "." | ".." => "upload".into(),
        name => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_a_text_and_never_a_path() {
        assert_eq!(plain("adult.csv"), "adult.csv");
        assert_eq!(plain("C:\\data\\adult.csv"), "adult.csv");
        assert_eq!(plain("../../etc/passwd"), "passwd");
        assert_eq!(plain("a\r\nb\0.csv"), "ab.csv");
        for nothing in ["", "..", "x/", " "] {
            assert_eq!(plain(nothing), "upload");
        }
        assert_eq!(plain(&"ä".repeat(500)).chars().count(), NAME);
    }
}

use super::rows::{looked, ready};
use super::{no_version, stored};
use crate::tables::Format;
use crate::{Actor, Error, Hub, access, db};
use db::grant::Read;
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::digest::Digest;
use std::path::PathBuf;

/// What to download of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The uploaded bytes.
    Original,
    /// The table, in a format.
    Table(Format),
}

/// Bytes that may be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Download {
    /// As they are stored: ranges of them can be had.
    Stored {
        /// The object.
        sha256: Digest,
        /// How many bytes.
        size: u64,
        /// What to call the file.
        name: String,
    },
    /// Made for this download; whoever reads the file removes it.
    Made {
        /// The file.
        path: PathBuf,
        /// The object that it is made from: the same one gives the same bytes.
        from: Digest,
        /// What to call the file.
        name: String,
    },
}

/// What can be downloaded of a version. The uploaded bytes are there whatever became of it.
///
/// # Errors
/// `NotFound` from [`access::dataset`] and for an unknown version; `Conflict` when its table is
/// not ready.
pub async fn download(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
    content: Content,
) -> Result<Download, Error> {
    let format = match content {
        Content::Original => return original(hub, actor, at, version).await,
        Content::Table(format) => format,
    };
    let files = ready(hub, actor, at, version).await?;
    let table = files.table.ok_or_else(|| super::not_ready(version, files.state))?;
    let name = |extension| format!("{}-v{version}.{extension}", at.name);
    let extension = match format {
        Format::Parquet => {
            let size = hub.objects().size(&table).await.map_err(stored(&table))?;
            return Ok(Download::Stored { sha256: table, size, name: name("parquet") });
        }
        Format::Csv => "csv",
        Format::Json => "json",
        Format::Arrow => "arrow",
    };
    let path = hub.tables().export(table.clone(), format).await.map_err(looked)?;
    Ok(Download::Made { path, from: table, name: name(extension) })
}

async fn original(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
) -> Result<Download, Error> {
    let mut conn = hub.conn().await?;
    let dataset = access::dataset::<Read>(&mut conn, actor, at).await?;
    let found = db::datasets::version(&mut conn, &dataset, version).await;
    let found = found.map_err(no_version(at, version))?;
    let name = found.original_name;
    Ok(Download::Stored { sha256: found.sha256, size: found.original_size, name })
}

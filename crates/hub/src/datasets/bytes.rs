//! Between the object store and the database.

use crate::{Error, Hub, db};
use ::bytes::Bytes;
use db::Conn;
use futures_util::{Stream, StreamExt};
use mlhub_domain::digest::Digest;
use mlhub_domain::problem::Code;
use mlhub_objects::Stored;
use std::pin::pin;

/// Stores a stream of at most `limit` bytes, in bounded memory.
///
/// # Errors
/// `TooLarge`, `Full`, and what the stream itself says.
pub(crate) async fn store(
    hub: &Hub,
    limit: u64,
    bytes: impl Stream<Item = Result<Bytes, Error>> + Send,
) -> Result<Stored, Error> {
    let mut writer = hub.objects().begin(limit).await.map_err(written)?;
    let mut bytes = pin!(bytes);
    while let Some(piece) = bytes.next().await {
        writer.write(piece?).await.map_err(written)?;
    }
    writer.finish().await.map_err(written)
}

/// Writes down that stored bytes are wanted.
///
/// # Errors
/// `Unavailable` when a collector of orphans was quicker: the same bytes had lain there unwanted
/// since long ago. Uploading again helps.
pub(crate) async fn register(hub: &Hub, conn: &mut Conn, stored: &Stored) -> Result<(), Error> {
    db::objects::register(conn, &stored.sha256, stored.size).await?;
    if hub.objects().contains(&stored.sha256).await.map_err(Error::internal)? {
        return Ok(());
    }
    Err(Error::new(Code::Unavailable, "The file was cleared away meanwhile. Send it again."))
}

fn written(error: mlhub_objects::Error) -> Error {
    use mlhub_objects::Error as E;
    match error {
        E::TooLarge { limit } => {
            let detail = format!(
                "The file is larger than {}: the most that this server takes.",
                size(limit)
            );
            Error::new(Code::TooLarge, detail)
        }
        E::Full { .. } => {
            tracing::error!(%error, "the disk of the object store is full");
            let detail = "The disk of this server is full. Tell the administrator; nothing of the file was kept.";
            Error::new(Code::StorageFull, detail)
        }
        E::Missing(_) | E::Range { .. } | E::Interrupted | E::Io { .. } => Error::internal(error),
    }
}

/// For `map_err` after opening an object that a row points at.
pub(crate) fn stored(sha256: &Digest) -> impl FnOnce(mlhub_objects::Error) -> Error {
    use mlhub_objects::Error as E;
    let sha256 = sha256.clone();
    move |error| match error {
        E::Range { size } => Error::invalid(
            "Range",
            format!("{sha256} has {size} bytes: begin before its end"),
            None,
        ),
        E::Missing(_) | E::TooLarge { .. } | E::Full { .. } | E::Interrupted | E::Io { .. } => {
            Error::internal(error)
        }
    }
}

/// A number of bytes, for people.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        0x400..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

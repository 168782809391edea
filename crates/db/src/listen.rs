//! PostgreSQL's own messages between the nodes: LISTEN and NOTIFY.

use crate::{Conn, Error};
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::StreamExt;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// On which channel.
    pub channel: String,
    /// What it says.
    pub payload: String,
}

/// Sends a message at the end of the transaction, or at once outside of one.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL refuses.
pub async fn notify(conn: &mut Conn, channel: &str, payload: &str) -> Result<(), Error> {
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(channel)
        .bind::<Text, _>(payload)
        .execute(conn)
        .await?;
    Ok(())
}

/// A connection of its own that hears messages. Messages that are sent while it is not there are
/// lost: listeners look at the tables from time to time as well.
pub struct Listener {
    conn: Conn,
}

impl Listener {
    /// Connects and listens to `channels`.
    ///
    /// # Errors
    /// [`Error::Pool`] when the server is not there.
    pub async fn connect(url: &str, channels: &[&str]) -> Result<Self, Error> {
        let mut conn = Conn::establish(url).await.map_err(|e| Error::Pool(e.to_string()))?;
        for channel in channels {
            conn.batch_execute(&format!("LISTEN {channel}")).await?;
        }
        Ok(Self { conn })
    }

    /// The next message.
    ///
    /// # Errors
    /// [`Error::Driver`] or [`Error::Pool`] when the connection is gone: connect again.
    pub async fn next(&mut self) -> Result<Note, Error> {
        let mut notes = std::pin::pin!(self.conn.notifications_stream());
        match notes.next().await {
            Some(Ok(note)) => Ok(Note { channel: note.channel, payload: note.payload }),
            Some(Err(error)) => Err(error.into()),
            None => Err(Error::Pool("the connection that listens was closed".into())),
        }
    }
}

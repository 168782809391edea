//! Brings the schema up to date.

use crate::{Conn, Error, Pool};
use diesel::sql_types::{BigInt, Bool};
use diesel_async::AsyncConnection;
use diesel_async::RunQueryDsl;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Held by whoever migrates, so that two servers that start at once do it one after the other.
const LOCK: i64 = 0x006d_6c68_7562;

/// Applies what is missing, under a lock. Returns the names of what was applied.
///
/// # Errors
/// [`Error::Migration`] when one fails (it is rolled back), or when the database is of a newer
/// ML Hub than this one.
pub async fn up(pool: &Pool) -> Result<Vec<String>, Error> {
    let mut conn = Conn::establish(pool.url()).await.map_err(|e| Error::Pool(e.to_string()))?;
    // It may take as long as another server migrates: not on a thread, where nobody could give up.
    let lock = diesel::sql_query("SELECT pg_advisory_lock($1)").bind::<BigInt, _>(LOCK);
    lock.execute(&mut conn).await?;
    let mut conn: AsyncConnectionWrapper<Conn> = conn.into();
    tokio::task::spawn_blocking(move || {
        refuse_newer(&mut conn)?;
        let applied = conn
            .run_pending_migrations(MIGRATIONS)
            .map_err(|e| Error::Migration(e.to_string()))?
            .iter()
            .map(ToString::to_string)
            .collect();
        // The lock goes with the connection.
        Ok(applied)
    })
    .await
    .map_err(|e| Error::Migration(e.to_string()))?
}

fn refuse_newer(conn: &mut AsyncConnectionWrapper<Conn>) -> Result<(), Error> {
    use diesel::migration::MigrationSource;
    let known: Vec<String> = MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
        .map_err(|e| Error::Migration(e.to_string()))?
        .iter()
        .map(|m| m.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(|e| Error::Migration(e.to_string()))?;
    match applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(version) => Err(Error::Migration(format!(
            "it was used by a newer ML Hub (migration {version}); start that version, or restore a backup"
        ))),
    }
}

/// Whether the database takes writes.
///
/// # Errors
/// [`Error`] when it cannot be asked.
pub async fn writable(pool: &Pool) -> Result<bool, Error> {
    #[derive(diesel::QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        read_only: bool,
    }
    let mut conn = pool.get().await?;
    let query = diesel::sql_query(
        "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS read_only",
    );
    let answer: Answer = RunQueryDsl::get_result(query, &mut conn).await?;
    Ok(!answer.read_only)
}

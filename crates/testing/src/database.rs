//! Databases: one template, a clone for each test.

use crate::postgres;
use mlhub_db::{Pool, migrate};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, mpsc};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio_postgres::{Client, NoTls};

/// Held by whoever makes the template.
const LOCK: i64 = 0x7465_7374;

/// The cluster takes 60 connections; so many databases of one process may be there at once.
static THERE: Semaphore = Semaphore::const_new(10);

/// A migrated database that is dropped soon after this value.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
    place: Option<SemaphorePermit<'static>>,
}

impl Database {
    /// A clone of the template.
    pub async fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let template = template().await;
        let place = THERE.acquire().await.unwrap();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("t_{}_{count}", std::process::id());
        let admin = admin().await;
        // Left by an earlier process of the same number.
        run(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let url = url_of(&name);
        Self { name, url, place: Some(place) }
    }

    /// Remembers every row as it is now, for [`restore`](Self::restore).
    pub async fn remember(&self) {
        self.execute(&each_table("CREATE TABLE remembered.%1$I AS TABLE public.%1$I")).await;
    }

    /// Makes every row what it was when it was remembered. Numbers that were given since are not
    /// given again.
    pub async fn restore(&self) {
        let put_back = "DELETE FROM public.%1$I; INSERT INTO public.%1$I TABLE remembered.%1$I";
        self.execute(&each_table(put_back)).await;
    }

    /// Shows everybody out, and lets nobody in any more: to them it is away.
    pub async fn close(&self) {
        let (admin, name) = (admin().await, &self.name);
        run(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        let out = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname =";
        run(&admin, &format!("{out} '{name}'")).await;
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs SQL, for what only a test may do.
    pub async fn execute(&self, sql: &str) {
        run(&connect(&self.url).await, sql).await;
    }

    /// The one value that `sql` selects, as text.
    pub async fn value(&self, sql: &str) -> Option<String> {
        value(&self.url, sql).await.unwrap()
    }
}

/// Runs `format` for every table but the one of the migrations, without looking at references.
fn each_table(format: &str) -> String {
    format!(
        "CREATE SCHEMA IF NOT EXISTS remembered; \
         DO $$ DECLARE found name; BEGIN \
             SET LOCAL session_replication_role = replica; \
             FOR found IN SELECT tablename FROM pg_tables \
                 WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_%' \
             LOOP EXECUTE format('{format}', found); END LOOP; \
         END $$"
    )
}

/// The one value that `sql` selects in the database at `url`, as text; `sql` may as well change
/// something. For databases that are not of the shared cluster, and may be away.
///
/// # Errors
/// When the database does not answer, or refuses.
pub async fn value(url: &str, sql: &str) -> Result<Option<String>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let rows = client.simple_query(sql).await?;
    Ok(rows.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

impl Drop for Database {
    fn drop(&mut self) {
        // The process may end before; then the next one does it.
        let _ = DROPPER.send((std::mem::take(&mut self.name), self.place.take()));
    }
}

type Dropped = (String, Option<SemaphorePermit<'static>>);

/// Drops databases, one after the other. Not whoever has done with one: a connection to it that is
/// being opened on the runtime of a test would never be, while the test waits for PostgreSQL and
/// PostgreSQL, for a minute, for the connection.
static DROPPER: LazyLock<mpsc::Sender<Dropped>> = LazyLock::new(|| {
    let (sender, receiver) = mpsc::channel::<Dropped>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for (name, place) in receiver {
            runtime.block_on(async {
                run(&admin().await, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
            drop(place);
        }
    });
    sender
});

/// The name of the template of today's migrations, made when it is missing.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("template_{}", fingerprint());
            let admin = admin().await;
            run(&admin, &format!("SELECT pg_advisory_lock({LOCK})")).await;
            drop_leftovers(&admin).await;
            let known =
                format!("SELECT FROM pg_database WHERE datname = '{name}' AND datistemplate");
            let known = admin.simple_query(&known).await.unwrap();
            let known =
                known.iter().any(|m| matches!(m, tokio_postgres::SimpleQueryMessage::Row(_)));
            if !known {
                run(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                run(&admin, &format!("CREATE DATABASE {name}")).await;
                migrate::up(&Pool::new(&url_of(&name), 1).unwrap()).await.unwrap();
                run(&admin, &format!("ALTER DATABASE {name} IS_TEMPLATE true")).await;
            }
            name
        })
        .await
}

/// Drops the databases of processes that have ended.
async fn drop_leftovers(admin: &Client) {
    let there = "SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'";
    for message in admin.simple_query(there).await.unwrap() {
        let tokio_postgres::SimpleQueryMessage::Row(row) = message else { continue };
        let name = row.get(0).unwrap();
        let process = name.split('_').nth(1).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            run(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// Changes with every migration.
fn fingerprint() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("up.sql"))
        .filter(|file| file.exists())
        .collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(std::fs::read(file).unwrap());
    }
    hex::encode(&hash.finalize()[..8])
}

fn url_of(database: &str) -> String {
    let url = postgres::url();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{database}")
}

async fn admin() -> Client {
    connect(postgres::url()).await
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn run(client: &Client, sql: &str) {
    if let Err(error) = client.batch_execute(sql).await {
        panic!("{sql}: {error:?}");
    }
}

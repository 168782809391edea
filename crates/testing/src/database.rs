//! Databases: one template, a clone for each test.

use crate::postgres;
use mlhub_db::{Pool, migrate};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// Held by whoever makes the template.
const LOCK: i64 = 0x7465_7374;

/// A migrated database that is dropped with this value.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
}

impl Database {
    /// A clone of the template.
    pub async fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let template = template().await;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("t_{}_{count}", std::process::id());
        let admin = admin().await;
        // Left by an earlier process of the same number.
        run(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let url = url_of(&name);
        Self { name, url }
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
        let rows = connect(&self.url).await.simple_query(sql).await.unwrap();
        rows.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        let drop = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                run(&admin().await, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
        });
        // A database too many is not worth a second panic.
        let _ = drop.join();
    }
}

/// The name of the template of today's migrations, made when it is missing.
async fn template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("template_{}", fingerprint());
            let admin = admin().await;
            run(&admin, &format!("SELECT pg_advisory_lock({LOCK})")).await;
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

//! The data engine behind [`Tables`]: `hub` asks, `data` knows.

use mlhub_data::{Error as DataError, Format as DataFormat, Table};
use mlhub_domain::digest::Digest;
use mlhub_domain::problem::{Code, Problem};
use mlhub_domain::tables::{RejectedPage, Rows, RowsQuery};
use mlhub_hub::tables::{Answer, Format, TableError, Tables};
use mlhub_objects::Store;
use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Looks at work at the same time; each may use a core and some ten megabytes.
const AT_ONCE: usize = 4;
/// A look that takes longer is given up.
const LOOK_LIMIT: Duration = Duration::from_secs(30);
/// An export that takes longer is given up.
const EXPORT_LIMIT: Duration = Duration::from_secs(1_800);
/// Tables whose footer is kept in memory.
const OPEN: usize = 32;

/// Reads tables from the object store.
#[derive(Clone)]
pub struct Engine {
    objects: Store,
    /// Where exports are written.
    temp: PathBuf,
    permits: Arc<Semaphore>,
    open: Arc<Mutex<VecDeque<(Digest, Table)>>>,
}

impl Engine {
    /// Tables of `objects`; exports are written to the folder `temp`, which is made when needed.
    pub fn new(objects: Store, temp: PathBuf) -> Self {
        Self { objects, temp, permits: Arc::new(Semaphore::new(AT_ONCE)), open: Arc::default() }
    }

    /// Does `work` where it may block, one of a few at a time.
    fn blocking<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce(&Self) -> Result<T, TableError> + Send + 'static,
    ) -> Answer<T> {
        let engine = self.clone();
        Box::pin(async move {
            let permits = Arc::clone(&engine.permits);
            let job = async {
                let permit = permits.acquire_owned().await.map_err(broken)?;
                let done = tokio::task::spawn_blocking(move || {
                    // Held until the work ends, even when nobody waits for it any more.
                    let _permit = permit;
                    work(&engine)
                });
                done.await.map_err(broken)?
            };
            tokio::time::timeout(limit, job).await.unwrap_or_else(|_| Err(too_slow(limit)))
        })
    }

    fn path(&self, object: &Digest) -> Result<PathBuf, TableError> {
        let path = self.objects.local_path(object);
        path.ok_or_else(|| TableError::Broken(format!("{object} is not on this machine")))
    }

    /// The table, whose footer may still be in memory.
    fn table(&self, object: &Digest) -> Result<Table, TableError> {
        let known = |open: &VecDeque<(Digest, Table)>| {
            open.iter().find(|(digest, _)| digest == object).map(|(_, table)| table.clone())
        };
        if let Some(table) = known(&self.open.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(table);
        }
        let table = Table::open(&self.path(object)?).map_err(looked)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.push_back((object.clone(), table.clone()));
        if open.len() > OPEN {
            open.pop_front();
        }
        Ok(table)
    }
}

impl Tables for Engine {
    fn page(&self, table: Digest, query: RowsQuery) -> Answer<Rows> {
        self.blocking(LOOK_LIMIT, move |engine| engine.table(&table)?.rows(&query).map_err(looked))
    }

    fn rejected(&self, listing: Digest, offset: u64, limit: u32) -> Answer<RejectedPage> {
        self.blocking(LOOK_LIMIT, move |engine| {
            mlhub_data::rejected(&engine.path(&listing)?, offset, limit).map_err(looked)
        })
    }

    fn export(&self, table: Digest, format: Format) -> Answer<PathBuf> {
        self.blocking(EXPORT_LIMIT, move |engine| {
            let table = engine.table(&table)?;
            std::fs::create_dir_all(&engine.temp).map_err(broken)?;
            let path = engine.temp.join(format!("export-{:016x}", rand::random::<u64>()));
            write(&table, format, &path).inspect_err(|_| {
                // Already the second thing that goes wrong; what is left is removed at the start.
                let _ = std::fs::remove_file(&path);
            })?;
            Ok(path)
        })
    }
}

fn write(table: &Table, format: Format, path: &Path) -> Result<(), TableError> {
    let format = match format {
        Format::Csv => DataFormat::Csv,
        Format::Json => DataFormat::Json,
        Format::Parquet => DataFormat::Parquet,
        Format::Arrow => DataFormat::Arrow,
    };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(broken)?;
    table.export(format, &mut file).map_err(looked)
}

fn looked(error: DataError) -> TableError {
    match error {
        DataError::NoColumn(ref column) => {
            Problem::field(Code::InvalidFilter, "column", error.to_string(), Some(column)).into()
        }
        DataError::Filter { value, message, .. } => {
            Problem::field(Code::InvalidFilter, "where", message, Some(&value)).into()
        }
        DataError::TooMany(message) => Problem::new(Code::InvalidValue, message).into(),
        DataError::Parquet(_) | DataError::Arrow(_) | DataError::Io(_) | DataError::Cancelled => {
            broken(error)
        }
    }
}

fn broken(error: impl std::error::Error) -> TableError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    TableError::Broken(format!("{error}{cause}"))
}

fn too_slow(limit: Duration) -> TableError {
    let detail = format!(
        "This took longer than {limit:?} and was given up. Filter on fewer columns, or try again later."
    );
    Problem::new(Code::ServerBusy, detail).into()
}

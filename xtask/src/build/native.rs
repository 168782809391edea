//! The binary, and a link to it where people look for it.
use crate::shell;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Builds the binary and returns its path. A development build takes all default members, so
/// that features never flip between it and the tests.
pub(crate) fn build(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.arg("build");
    if release {
        cargo.args(["--release", "-p", "mlhub-server", "--bin", "mlhub"]);
    }
    shell::run(&mut cargo)?;
    let profile = if release { "release" } else { "debug" };
    let binary = workspace.target().join(profile).join("mlhub");
    let expected = workspace.root().join("target").join(profile).join("mlhub");
    link(&binary, &expected).with_context(|| format!("cannot link {}", expected.display()))?;
    Ok(binary)
}

/// Puts a link to `binary` at `expected` unless they are the same file.
fn link(binary: &Path, expected: &Path) -> Result<()> {
    if let Ok(old) = fs::canonicalize(expected)
        && old == fs::canonicalize(binary)?
    {
        return Ok(());
    }
    if let Some(folder) = expected.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::symlink_metadata(expected).is_ok() {
        fs::remove_file(expected)?;
    }
    Ok(symlink(binary, expected)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_link_is_replaced_and_the_binary_itself_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (binary, link_path) = (folder.path().join("a"), folder.path().join("t/mlhub"));
        fs::write(&binary, "x").unwrap();
        fs::create_dir_all(folder.path().join("t")).unwrap();
        symlink(folder.path().join("gone"), &link_path).unwrap();
        link(&binary, &link_path).unwrap();
        assert_eq!(fs::read_to_string(&link_path).unwrap(), "x");
        link(&binary, &binary).unwrap();
        assert!(fs::symlink_metadata(&binary).unwrap().is_file());
    }
}

//! Where things are, and how Cargo is called.
use anyhow::{Context, Result};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout and its target folder, which may lie elsewhere.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the checkout that this tool was built from.
    ///
    /// # Errors
    /// When the working folder cannot be read.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("xtask lies in the workspace")?.to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => env::current_dir()?.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The finished folder that the server embeds.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The target folder of the wasm crates: apart, so that features never unify with the
    /// server's.
    pub(crate) fn front(&self) -> PathBuf {
        self.target.join("front")
    }

    /// The Python environment with the tools that Debian lacks.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Cargo in the checkout, as if called by hand: without the variables that `cargo run` gave
    /// to this process (some build scripts watch them and would build their world again).
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&self.root).env("PATH", self.path());
        for (name, _) in env::vars_os() {
            let from_cargo = name.to_str().is_some_and(is_cargo_run_variable);
            if from_cargo {
                cargo.env_remove(&name);
            }
        }
        cargo
    }

    /// The path with our tools first.
    pub(crate) fn path(&self) -> OsString {
        let tools = self.tools().join("bin");
        let old = env::var_os("PATH").unwrap_or_default();
        let already = env::split_paths(&old).any(|folder| folder == tools);
        let first = (!already).then_some(tools);
        env::join_paths(first.into_iter().chain(env::split_paths(&old))).unwrap_or(old)
    }
}

fn is_cargo_run_variable(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || name.starts_with("CARGO_BIN_")
        || matches!(
            name,
            "CARGO" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "LD_LIBRARY_PATH"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_of_cargo_run_do_not_reach_the_next_cargo() {
        assert!(is_cargo_run_variable("CARGO_PKG_NAME"));
        assert!(is_cargo_run_variable("LD_LIBRARY_PATH"));
        assert!(!is_cargo_run_variable("CARGO_TARGET_DIR"));
        assert!(!is_cargo_run_variable("CARGO_HOME"));
    }
}

//! `cargo xtask run`: from a checkout to a page in the browser.
use crate::workspace::Workspace;
use crate::{build, setup, shell};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

#[derive(Args)]
pub(crate) struct Options {
    /// The port to listen on, at 127.0.0.1
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// The data folder; ML Hub's own default when left out
    #[arg(long)]
    data: Option<PathBuf>,
    #[command(flatten)]
    build: build::Options,
}

/// Sets up, builds, and becomes the server.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::setup(workspace)?;
    let binary = build::build(workspace, &options.build)?;
    let mut server = Command::new(binary);
    server.arg("serve").arg("--listen").arg(format!("127.0.0.1:{}", options.port));
    if let Some(data) = &options.data {
        server.arg("--data").arg(data);
    }
    if let Some(programs) = setup::postgres(workspace)? {
        server.env("MLHUB_PG_BIN", programs);
    }
    // Becomes the server, so that Ctrl-C and SIGTERM reach it and nothing else.
    Err(server.exec()).context("cannot start the server")
}

/// Takes the pictures of the README: `npm run screenshots` of the browser tests, against the
/// current build.
pub(crate) fn screenshots(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root().join("end2end");
    ensure!(folder.join("package.json").exists(), "end2end/ has no package.json");
    let binary = build::build(workspace, &build::Options::default())?;
    browser_tools(workspace, &folder)?;
    shell::run(npm(workspace, &folder).args(["run", "screenshots"]).env("MLHUB_BINARY", binary))
}

/// Chromium, Node and the packages of the browser tests.
pub(crate) fn browser_tools(workspace: &Workspace, folder: &std::path::Path) -> Result<()> {
    setup::chromium()?;
    setup::node(workspace)?;
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.package-lock.json");
    let modified = |path: &std::path::Path| path.metadata().and_then(|meta| meta.modified()).ok();
    if modified(&installed).is_some_and(|at| Some(at) >= modified(&lock)) {
        return Ok(());
    }
    shell::run(npm(workspace, folder).args(["ci", "--no-audit", "--no-fund"]))
}

/// npm in the folder of the browser tests, which use Debian's Chromium.
pub(crate) fn npm(workspace: &Workspace, folder: &std::path::Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder)
        .env("PATH", workspace.path())
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    npm
}

//! `cargo xtask build`: wasm → bindings → styles → hashed, compressed site → one binary.
//!
//! Each step keeps its result under the hash of its input below `<target>/front`, so that a
//! second build does only what changed.
mod native;
pub(crate) mod site;
mod style;
mod wasm;

use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;
use site::Site;
use std::path::PathBuf;
use std::time::Instant;

// Without a group: it would have the name of the one it is flattened into.
#[derive(Args, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Optimise, for benches and deployments
    #[arg(long)]
    pub(crate) release: bool,
    /// Compile the islands without optimisation: quick to build, large to send, and names the
    /// element when one does not wake up
    #[arg(long, conflicts_with = "release")]
    pub(crate) quick: bool,
    /// Only pages, styles and assets
    #[arg(long)]
    pub(crate) site: bool,
}

/// Builds everything and returns the path of the binary.
pub(crate) fn build(workspace: &Workspace, options: &Options) -> Result<PathBuf> {
    site(workspace, options.quick)?;
    if options.site {
        return Ok(workspace.site());
    }
    native::build(workspace, options.release)
}

/// Builds pages, styles and assets into `<target>/site`.
pub(crate) fn site(workspace: &Workspace, quick: bool) -> Result<()> {
    let start = Instant::now();
    let mut site = Site::new(workspace, quick);
    let bound = wasm::build(workspace, quick)?;
    site.add(&format!("{}.js", wasm::NAME), bound.glue)?;
    site.add(&format!("{}.wasm", wasm::NAME), bound.wasm)?;
    site.add_public(&workspace.root().join("public"))?;
    let style = style::join(&workspace.root().join("style"))?;
    site.add_style("mlhub.css", &style)?;
    let written = site.write()?;
    println!("site: {written} files changed, {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

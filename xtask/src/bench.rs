//! `cargo xtask bench`: one command per performance claim, always in release mode.
use crate::workspace::Workspace;
use crate::{build, setup, shell};
use anyhow::Result;
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// Which bench; without a name it lists them
    name: Option<String>,
    /// Passed on to the bench: folders with data, for example
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds the benches with optimisation and runs one.
pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--release", "-p", "mlhub-bench", "--"]).args(&options.name);
    if options.name.as_deref() == Some("server") {
        let release = build::Options { release: true, ..build::Options::default() };
        cargo.arg("--binary").arg(build::build(workspace, &release)?);
        if let Some(programs) = setup::postgres(workspace)? {
            cargo.env("MLHUB_PG_BIN", programs);
        }
    }
    shell::run(cargo.args(&options.rest))
}

//! `cargo xtask bench`: one command per performance claim, always in release mode.
use crate::shell;
use crate::workspace::Workspace;
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
    cargo.args(["run", "--release", "-p", "mlhub-bench", "--"]);
    shell::run(cargo.args(&options.name).args(&options.rest))
}

//! The commands behind `make`: build, set up, run, test and keep ML Hub tidy.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
#![expect(clippy::disallowed_methods, reason = "the environment is this tool's configuration")]

mod bench;
mod build;
mod run;
mod setup;
mod shell;
mod test;
mod tidy;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and checks ML Hub")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what this machine lacks: CMake, PostgreSQL, the wasm target
    Setup,
    /// Builds pages (wasm), styles and assets, then the binary that contains them
    Build(build::Options),
    /// Builds and starts ML Hub
    Run(run::Options),
    /// Everything that must be green before a change lands
    Test,
    /// Checks the laws of the house that a compiler cannot
    Tidy,
    /// Formats the code
    Fmt,
    /// Runs one bench in release mode against its named peer
    Bench(bench::Options),
    /// Takes the pictures of the README with the browser tests' own script
    Screenshots,
}

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<()> {
    let workspace = Workspace::find()?;
    match Arguments::parse().command {
        Command::Setup => setup::setup(&workspace),
        Command::Build(options) => {
            setup::setup(&workspace)?;
            build::build(&workspace, &options).map(drop)
        }
        Command::Run(options) => run::run(&workspace, &options),
        Command::Test => test::test(&workspace),
        Command::Tidy => tidy::tidy(&workspace),
        Command::Fmt => shell::run(workspace.cargo().args(["fmt", "--all"])),
        Command::Bench(options) => bench::bench(&workspace, &options),
        Command::Screenshots => run::screenshots(&workspace),
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::{CommandFactory, Parser};

    #[test]
    fn what_make_calls_is_understood() {
        Arguments::command().debug_assert();
        for line in
            ["run --port 8080 --data here", "test", "bench ingest --runs 5", "build --release"]
        {
            let given = ["xtask"].into_iter().chain(line.split(' '));
            assert!(Arguments::try_parse_from(given).is_ok(), "{line}");
        }
    }
}

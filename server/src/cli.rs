//! The command line.

use crate::config::{Config, Given};
use crate::startup;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// One place for a team's datasets, trainings and models.
#[derive(Parser)]
#[command(name = "mlhub", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server.
    Serve(Given),
    /// Work on one job: started by the server, which hands it an address and a token.
    Job,
    /// Bring the database up to date and stop.
    Migrate(Given),
    /// Print the description of the REST API as JSON.
    Openapi,
    /// Print the version.
    Version,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(given) => Config::load(given).and_then(startup::serve),
        Command::Migrate(given) => Config::load(given).and_then(startup::migrate),
        Command::Job => return startup::job(),
        Command::Openapi => print(&crate::api::openapi_json()),
        Command::Version => print(env!("CARGO_PKG_VERSION")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("mlhub: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command goes to standard output")]
fn print(text: &str) -> anyhow::Result<()> {
    println!("{text}");
    Ok(())
}

#[expect(clippy::print_stderr, reason = "errors of a command go to standard error")]
fn say(text: &str) {
    eprintln!("{text}");
}

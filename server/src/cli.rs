//! The command line.

use crate::config::{Config, Given};
use crate::startup;
use clap::{Parser, Subcommand};
use mlhub_hub::accounts::NewAccount;
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
    /// What the operator does at the console, with the server running or not.
    #[command(subcommand)]
    Admin(Admin),
    /// Print the description of the REST API as JSON.
    Openapi,
    /// Print the version.
    Version,
}

#[derive(Subcommand)]
enum Admin {
    /// Make an account.
    CreateUser {
        #[command(flatten)]
        given: Given,
        /// The address to log in with.
        #[arg(long)]
        email: String,
        /// The password.
        #[arg(long)]
        password: String,
        /// The name in addresses; the part before @ when absent.
        #[arg(long)]
        username: Option<String>,
        /// Make an administrator. The first one uses up the set-up link.
        #[arg(long)]
        admin: bool,
    },
    /// Make a token that may do everything its user may. It is the last line of the output.
    Token {
        #[command(flatten)]
        given: Given,
        /// The address that the account logs in with.
        #[arg(long)]
        email: String,
    },
}

fn administrate(command: Admin) -> anyhow::Result<()> {
    let said = match command {
        Admin::CreateUser { given, email, password, username, admin } => {
            let new = NewAccount { email, password, username };
            startup::admin::create_user(Config::load(given)?, new, admin)?
        }
        Admin::Token { given, email } => startup::admin::token(Config::load(given)?, email)?,
    };
    print(&said)
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(given) => Config::load(given).and_then(startup::serve),
        Command::Migrate(given) => Config::load(given).and_then(startup::migrate),
        Command::Admin(command) => administrate(command),
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

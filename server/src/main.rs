//! The binary `mlhub`.

use std::process::ExitCode;

fn main() -> ExitCode {
    mlhub_server::main()
}

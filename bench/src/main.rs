//! One command per performance claim, each against its named peer in the same run, or its limit.

mod boosting;
mod ingest;
mod peers;
mod random;
mod server;

use anyhow::Result;
use clap::Parser;

/// The benches of ML Hub.
#[derive(Parser)]
enum Bench {
    /// A CSV file to a measured and published model, against LightGBM in Python with pandas
    Boosting(boosting::Options),
    /// One training on one file, for `boosting`
    #[command(hide = true)]
    BoostingOnce(boosting::Once),
    /// A CSV file to typed Parquet and a profile, against DuckDB and Polars
    Ingest(ingest::Options),
    /// One reading of one file, for `ingest`
    #[command(hide = true)]
    IngestOnce(ingest::Once),
    /// The server's start and memory, each within its limit
    Server(server::Options),
}

fn main() -> Result<()> {
    match Bench::parse() {
        Bench::Boosting(options) => boosting::run(&options),
        Bench::BoostingOnce(options) => boosting::once(&options),
        Bench::Ingest(options) => ingest::run(&options),
        Bench::IngestOnce(options) => ingest::once(&options),
        Bench::Server(options) => server::run(&options),
    }
}

//! One command per performance claim, each against its named peer in the same run.

mod boosting;
mod ingest;
mod peers;
mod random;

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
}

fn main() -> Result<()> {
    match Bench::parse() {
        Bench::Boosting(options) => boosting::run(&options),
        Bench::BoostingOnce(options) => boosting::once(&options),
        Bench::Ingest(options) => ingest::run(&options),
        Bench::IngestOnce(options) => ingest::once(&options),
    }
}

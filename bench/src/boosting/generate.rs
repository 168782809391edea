//! The tables: made with a fixed seed, so that every run measures the same bytes.

use crate::random::Random;
use anyhow::Result;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// A table to learn from; its target is called `target`.
pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) task: &'static str,
    write: fn(&mut dyn Write, u64) -> std::io::Result<()>,
    /// Rows at full size.
    rows: u64,
}

/// All tables.
pub(super) const INPUTS: [Input; 2] = [
    Input {
        name: "binary",
        what: "300,000 rows, 8 numbers, 4 texts with 5 to 300 values, missing cells",
        task: "classification",
        write: binary,
        rows: 300_000,
    },
    Input {
        name: "regression",
        what: "300,000 rows, 12 numbers",
        task: "regression",
        write: regression,
        rows: 300_000,
    },
];

impl Input {
    /// Writes the file with `percent` of its rows.
    pub(super) fn write(&self, path: &Path, percent: u64) -> Result<()> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        (self.write)(&mut file, (self.rows * percent / 100).max(1_000))?;
        file.flush()?;
        Ok(())
    }
}

fn binary(to: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    let mut random = Random(11);
    let levels = [5, 12, 40, 300];
    writeln!(to, "a,b,c,d,e,f,g,h,kind,area,city,carrier,target")?;
    for _ in 0..rows {
        let numbers: Vec<f64> = (0..8).map(|_| random.unit() * 2.0 - 1.0).collect();
        let words: Vec<u64> = levels.iter().map(|n| random.below(*n)).collect();
        let score = numbers[0] * 2.0 + numbers[1] * numbers[2] * 3.0 - numbers[3].abs()
            + (words[2] % 7) as f64 * 0.2
            + (words[3] % 11) as f64 * 0.1
            - 1.0;
        let yes = random.unit() < 1.0 / (1.0 + (-score).exp());
        for number in &numbers {
            if random.below(25) > 0 {
                write!(to, "{number:.5}")?;
            }
            write!(to, ",")?;
        }
        write!(to, "k{},area {},", words[0], words[1])?;
        writeln!(to, "city-{},c{:03},{}", words[2], words[3], if yes { "yes" } else { "no" })?;
    }
    Ok(())
}

fn regression(to: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    let mut random = Random(12);
    writeln!(to, "x0,x1,x2,x3,x4,x5,x6,x7,x8,x9,x10,x11,target")?;
    for _ in 0..rows {
        let x: Vec<f64> = (0..12).map(|_| random.unit()).collect();
        let target = 10.0 * (std::f64::consts::PI * x[0] * x[1]).sin()
            + 20.0 * (x[2] - 0.5) * (x[2] - 0.5)
            + 10.0 * x[3]
            + 5.0 * x[4]
            + random.unit();
        for value in &x {
            write!(to, "{value:.6},")?;
        }
        writeln!(to, "{target:.6}")?;
    }
    Ok(())
}

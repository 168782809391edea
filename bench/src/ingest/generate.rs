//! The inputs: made with a fixed seed, so that every run measures the same bytes.

use crate::random::Random;
use anyhow::Result;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// A file to be read.
pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    write: fn(&mut dyn Write, u64) -> std::io::Result<()>,
    /// Rows at full size.
    rows: u64,
}

/// All inputs, the one of the claim first.
pub(super) const INPUTS: [Input; 4] = [
    Input {
        name: "mixed",
        what: "2 integer, 4 number, 4 text, 1 datetime, 1 boolean column; missing cells",
        write: mixed,
        rows: 1_750_000,
    },
    Input {
        name: "late",
        what: "2 million integers, a text in the last row",
        write: late,
        rows: 2_000_000,
    },
    Input { name: "quoted", what: "line ends inside quotes", write: quoted, rows: 400_000 },
    Input { name: "ids", what: "codes with leading zeros", write: ids, rows: 1_000_000 },
];

impl Input {
    /// Writes the file with `percent` of its rows.
    pub(super) fn write(&self, path: &Path, percent: u64) -> Result<()> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        (self.write)(&mut file, (self.rows * percent / 100).max(100))?;
        file.flush()?;
        Ok(())
    }
}

const CITIES: [&str; 8] =
    ["Paris", "Berlin", "São Paulo", "Tōkyō", "Lagos", "Montréal", "Quito", "Oslo"];

fn mixed(to: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    let mut random = Random(1);
    writeln!(to, "id,count,price,ratio,x,y,city,kind,user,note,at,active")?;
    for row in 0..rows {
        write!(
            to,
            "{row},{},{}.{:02},",
            random.below(2_000),
            random.below(500),
            random.below(100)
        )?;
        if random.below(20) > 0 {
            write!(to, "{}", random.unit())?;
        }
        write!(to, ",{:.6},{:.3},", random.unit() * 180.0 - 90.0, random.unit() * 1e4)?;
        if random.below(50) > 0 {
            to.write_all(CITIES[random.below(8) as usize].as_bytes())?;
        }
        write!(to, ",kind-{},user{:06},", random.below(2_000), random.below(100_000))?;
        let day = random.below(28) + 1;
        writeln!(
            to,
            "\"order {} says \"\"ok\"\", twice\",2024-{:02}-{day:02} {:02}:{:02}:{:02},{}",
            random.below(1_000_000),
            random.below(12) + 1,
            random.below(24),
            random.below(60),
            random.below(60),
            random.below(2) == 0
        )?;
    }
    Ok(())
}

fn late(to: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    writeln!(to, "id,value")?;
    for row in 0..rows - 1 {
        writeln!(to, "{row},{}", row * 7 % 100_003)?;
    }
    writeln!(to, "{},unknown", rows - 1)
}

fn quoted(to: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    let mut random = Random(3);
    writeln!(to, "id,text,n")?;
    for row in 0..rows {
        let lines = random.below(4) + 1;
        write!(to, "{row},\"")?;
        for line in 0..lines {
            let end = if line + 1 < lines { "\n" } else { "" };
            write!(to, "line {line}, of \"\"{}\"\";{end}", random.below(1_000_000))?;
        }
        writeln!(to, "\",{}", random.below(100))?;
    }
    Ok(())
}

fn ids(to: &mut dyn Write, rows: u64) -> std::io::Result<()> {
    let mut random = Random(4);
    writeln!(to, "zip,account,amount")?;
    for _ in 0..rows {
        let account = 9_007_199_254_740_993 + random.below(1_000_000_000);
        writeln!(to, "{:05},{account},{}", random.below(100_000), random.below(10_000))?;
    }
    Ok(())
}

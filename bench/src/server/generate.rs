//! A large table, made while it is sent.

use crate::random::Random;
use std::io::{BufWriter, Result, Write};

/// Rows of numbers, words, a text and a day, until there are so many bytes.
pub(super) fn table(to: impl Write, bytes: u64) -> Result<()> {
    let mut to = BufWriter::with_capacity(1 << 20, to);
    let mut random = Random(1);
    to.write_all(b"id,amount,ratio,kind,user,note,day\n")?;
    let (mut sent, mut line) = (0, Vec::new());
    for row in 0_u64.. {
        if sent >= bytes {
            break;
        }
        line.clear();
        writeln!(
            line,
            "{row},{}.{:02},{:.6},kind {},user{:06},\"order {}, of which the rest is said later\",\
             2024-{:02}-{:02}",
            random.below(5_000),
            random.below(100),
            random.unit(),
            random.below(40),
            random.below(100_000),
            random.below(1_000_000),
            random.below(12) + 1,
            random.below(28) + 1
        )?;
        to.write_all(&line)?;
        sent += line.len() as u64;
    }
    to.flush()
}

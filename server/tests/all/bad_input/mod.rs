//! Files and targets that go wrong elsewhere: each becomes the table that it means, or is refused
//! with a reason that names what to do. Nothing breaks, and nothing hangs.

mod files;
mod forms;
mod targets;

use std::fmt::Write as _;

/// A table; its target is `y`.
fn rows(count: u32, row: impl Fn(u32) -> (String, String)) -> String {
    let mut text = String::from("x,y\n");
    for (x, y) in (0..count).map(row) {
        writeln!(text, "{x},{y}").unwrap();
    }
    text
}

fn word(number: u32) -> String {
    format!("word{number}")
}

/// Passengers of one port, each with a number and with `fate`, which says the same as `lived`.
fn passengers() -> String {
    let mut text = String::from("id,lived,fate,age,port\n");
    for n in 0..80 {
        let (lived, fate) = if n * 7 % 10 < 4 { ("yes", "alive") } else { ("no", "dead") };
        writeln!(text, "{n},{lived},{fate},{},S", n * 37 % 50).unwrap();
    }
    text
}

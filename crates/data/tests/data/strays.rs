//! Columns that are text for the sake of a few words.

use crate::{Read, read, small};
use mlhub_data::IngestOptions;
use mlhub_domain::profile::{Warning, WarningKind};
use std::fmt::Write as _;

fn warning<'r>(read: &'r Read, column: &str) -> Option<&'r Warning> {
    let mut all = read.ingest.profile.warnings.iter();
    all.find(|w| w.kind == WarningKind::StrayTexts && w.column.as_deref() == Some(column))
}

/// A column `n` of whole numbers with `words` in rows that `is_word` picks.
fn numbers(rows: u64, words: &[&str], is_word: impl Fn(u64) -> bool) -> String {
    let (mut text, mut words) = (String::from("key,n\n"), words.iter().cycle());
    for row in 1..=rows {
        match is_word(row).then(|| words.next()).flatten() {
            Some(word) => writeln!(text, "k{row},{word}").unwrap(),
            None => writeln!(text, "k{row},{}", row * 7).unwrap(),
        }
    }
    text
}

#[test]
fn words_among_numbers_are_counted_wherever_they_stand() {
    let words = ["unknown", "tbc", "unknown"];
    let first = numbers(30_000, &words, |row| row <= 900);
    let last = numbers(30_000, &words, |row| row > 29_100);
    let spread = numbers(30_000, &words, |row| row % 100 < 3);
    for (text, row) in [(first, "1, line 2"), (last, "29 101, line 29 102"), (spread, "1, line 2")]
    {
        for block_bytes in [1 << 24, 1 << 14] {
            let options = IngestOptions { block_bytes, ..small() };
            let read = read(text.as_bytes(), &options).unwrap();
            assert_eq!(read.types(), ["text", "text"]);
            let said = format!(
                "“n” is text although 97 % of its values are whole numbers: the others are \
                 “unknown” (600 cells) and “tbc” (300), the first in row {row}. Correct or \
                 empty them and upload the file again."
            );
            assert_eq!(warning(&read, "n").map(|w| &w.message), Some(&said));
            assert!(read.ingest.notes.contains(&said), "{:?}", read.ingest.notes);
            let about = |w: &&Warning| w.column.as_deref() == Some("n");
            assert_eq!(read.ingest.profile.warnings.iter().filter(about).count(), 1);
            assert!(warning(&read, "key").is_none());
        }
    }
}

#[test]
fn the_first_word_is_found_by_its_row_and_line_in_the_file() {
    let mut text = String::from("note,n\n\"two\nlines\",1\nshort\nnote,2,too,long\n");
    for row in 0..40 {
        writeln!(text, "x,{row}").unwrap();
    }
    text += "y,oops\n";
    let read = read(text.as_bytes(), &small()).unwrap();
    let message = &warning(&read, "n").unwrap().message;
    assert!(
        message.ends_with(
            "the other is “oops”, in row 44, line 46. Correct or empty it and upload the file \
         again."
        ),
        "{message}"
    );
}

#[test]
fn nine_of_ten_values_have_to_be_of_one_type() {
    let told = |texts: u64, rows: u64| {
        let text = numbers(rows, &["unknown"], |row| row <= texts);
        warning(&read(text.as_bytes(), &IngestOptions::default()).unwrap(), "n").is_some()
    };
    assert!(told(30, 300), "exactly nine of ten are enough");
    assert!(told(3_000, 30_000), "also where the others come first");
    assert!(!told(31, 300));
    assert!(!told(30, 290));
    // What is missing, or a word for it, is no value.
    let mut text = numbers(300, &["unknown"], |row| row <= 30);
    text += &"k,\nk,NA\n".repeat(500);
    assert!(warning(&read(text.as_bytes(), &small()).unwrap(), "n").is_some());
}

#[test]
fn codes_and_many_different_words_are_no_strays() {
    let told = |words: &[&str]| {
        let text = numbers(2_000, words, |row| row % 20 == 0);
        warning(&read(text.as_bytes(), &small()).unwrap(), "n").is_some()
    };
    assert!(told(&["unknown", "tbc", "12 kg", "---"]));
    assert!(!told(&["unknown", "00501"]), "leading zeros");
    assert!(!told(&["unknown", "10115-1234"]));
    assert!(!told(&["13/02/2020", "unknown"]), "there are dates too");
    let many: Vec<String> = (0..21).map(|n| format!("{n}B")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(told(&many[..20]));
    let text = numbers(2_000, &many[..8], |row| row % 20 == 0);
    let message = warning(&read(text.as_bytes(), &small()).unwrap(), "n").unwrap().message.clone();
    let named =
        "“0B” (13 cells), “1B” (13), “2B” (13), “3B” (13), “4B” (12) and 3 other words, the";
    assert!(message.contains(named), "{message}");
    assert!(!told(&many));
}

//! A few words among cells of another kind: they make a column of numbers text.

use super::warnings::percent;
use crate::Error;
use crate::cells::class::{Class, classify};
use crate::ingest::facts::Facts;
use crate::ingest::kinds::Kind;
use crate::table::Table;
use arrow_array::cast::AsArray;
use arrow_array::{Array, StringArray};
use mlhub_domain::num::{count, counted};
use mlhub_domain::text::cut;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Cells of a text column that are sorted to learn whether all have to be: spread over it, so that
/// its length costs nothing.
const SAMPLE: u64 = 1_024;
/// So many more texts than other cells at the beginning of the sample tell enough: more than one in
/// ten of all of it, in case those in the way stand first.
const AHEAD: u64 = SAMPLE / 8;
/// At least this many cells of another kind for each text. Where more than one in ten is text, the
/// column is rather meant to be.
const OTHERS: u64 = 9;
/// The most different words. What slips into a column repeats itself; more than these are values of
/// their own, such as `85123A` among the numbers of articles.
const WORDS: usize = 20;
/// The words that a message names.
const NAMED: usize = 5;
/// The most characters of a word that a message repeats.
const REPEATED: usize = 40;

/// Cells spread over a text column, sorted.
pub(crate) struct Sample {
    step: usize,
    next: usize,
    texts: u64,
    /// Cells that are neither texts nor missing.
    others: u64,
}

impl Sample {
    /// Of a column with so many `rows`.
    pub(crate) fn of(rows: u64) -> Self {
        let step = rows.div_ceil(SAMPLE).max(1) as usize;
        Self { step, next: 0, texts: 0, others: 0 }
    }

    /// Sorts what falls on the next `cells`.
    pub(crate) fn add(&mut self, cells: &StringArray) {
        while self.next < cells.len() && self.texts <= self.others + AHEAD {
            if cells.is_valid(self.next) {
                match classify(cells.value(self.next).as_bytes()).class {
                    Class::Text => self.texts += 1,
                    Class::Blank | Class::NullWord => {}
                    _ => self.others += 1,
                }
            }
            self.next += self.step;
        }
        self.next = self.next.saturating_sub(cells.len());
    }

    /// Whether so few are texts that all may be few: half of them, since a sample errs.
    pub(crate) fn asks_for_all(&self) -> bool {
        self.others > 0 && self.others >= self.texts
    }
}

/// The words that make a column text.
pub(crate) struct Strays {
    /// What all the other cells are.
    kind: Kind,
    /// How many those are.
    others: u64,
    /// The words with the number of their cells, the most frequent first; ties in order of the word.
    words: Vec<(String, u64)>,
}

/// Sorts all cells of the text column `index`: the words in it, if but for them it would have
/// another type.
pub(crate) fn look(table: &Table, index: usize) -> Result<Option<Strays>, Error> {
    let (mut facts, mut words) = (Facts::default(), HashMap::<String, u64>::new());
    for batch in table.scan(&[index])? {
        for cell in batch?.column(0).as_string::<i32>().iter().flatten() {
            let sorted = classify(cell.as_bytes());
            facts.add(sorted);
            if sorted.class != Class::Text {
                continue;
            }
            let word = cell.trim_ascii();
            if let Some(count) = words.get_mut(word) {
                *count += 1;
            } else if words.len() == WORDS || is_code(word) {
                return Ok(None);
            } else {
                words.insert(word.to_owned(), 1);
            }
        }
    }
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
    let texts = facts.count(Class::Text);
    let few = |&(_, others): &(Kind, u64)| texts > 0 && others >= texts.saturating_mul(OTHERS);
    let found = facts.but_for_texts().filter(few);
    Ok(found.map(|(kind, others)| Strays { kind, others, words }))
}

/// Whether a text is digits that no number keeps as they stand, or groups of digits, as in `00501`
/// and `10115-1234`: a column with one holds codes.
fn is_code(word: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit();
    word.bytes().any(digit) && word.bytes().all(|byte| digit(byte) || byte == b'-')
}

impl Strays {
    /// What they are, and what to do. `first` is the row and the line of the first of them.
    pub(crate) fn message(&self, column: &str, first: Option<(u64, u64)>) -> String {
        let texts: u64 = self.words.iter().map(|(_, count)| count).sum();
        let share = percent(self.others as f64 / (self.others + texts) as f64);
        let (other, place, them) = if texts == 1 {
            ("the other is", "in", "it")
        } else {
            ("the others are", "the first in", "them")
        };
        let place =
            first.map(|(row, line)| format!(", {place} row {}, line {}", count(row), count(line)));
        format!(
            "“{column}” is text although {share} of its values are {}: {other} {}{}. Correct or empty \
             {them} and upload the file again.",
            plural(self.kind),
            self.named(),
            place.unwrap_or_default()
        )
    }

    /// The words in a row, with the number of their cells where there is more than one.
    fn named(&self) -> String {
        if let [(word, 1)] = &self.words[..] {
            return format!("“{}”", cut(word, REPEATED));
        }
        let one = |(at, (word, n)): (usize, &(String, u64))| {
            let n = if at == 0 { counted(*n, "cell", "cells") } else { count(*n) };
            format!("“{}” ({n})", cut(word, REPEATED))
        };
        let mut named: Vec<String> = self.words.iter().take(NAMED).enumerate().map(one).collect();
        if self.words.len() > NAMED {
            let more = (self.words.len() - NAMED) as u64;
            named.push(counted(more, "other word", "other words"));
        }
        match named.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => named.concat(),
        }
    }
}

/// What cells of a kind are.
fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "true or false",
        Kind::Integer(_) => "whole numbers",
        Kind::Number(_) | Kind::Decimal { .. } => "numbers",
        Kind::Empty | Kind::Text => "texts",
        Kind::Date(_) => "dates",
        Kind::Datetime(_) => "dates with a time",
        Kind::Time => "times of day",
    }
}

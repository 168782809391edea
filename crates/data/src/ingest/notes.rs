//! What was recognised and decided, in sentences for the version page.

use super::facts::Facts;
use super::kinds::Kind;
use super::names::renamed;
use super::pass::Passed;
use super::plan::{Plan, Planned};
use crate::cells::class::Class;
use crate::cells::days::Order;
use crate::cells::number::Style;
use mlhub_domain::num;

/// Sentences about the reading of a file.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) sentences: Vec<String>,
    /// Those of them that someone should look at, with the column they are about.
    pub(crate) guessed: Vec<(Option<String>, String)>,
}

/// `1 cell`, `2 cells`.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", num::count(n)) }
}

impl Notes {
    fn say(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    fn guess(&mut self, column: Option<&str>, sentence: String) {
        self.guessed.push((column.map(String::from), sentence.clone()));
        self.sentences.push(sentence);
    }

    /// The text was decoded.
    pub(crate) fn encoding(&mut self, name: &str, guessed: bool, replaced: u64) {
        if guessed && name != "UTF-8" {
            self.guess(None, format!("The letters were read as {name}, which is a guess."));
        } else if name != "UTF-8" {
            self.say(format!("The encoding is {name}."));
        }
        if replaced > 0 {
            let what = count(replaced, "character", "characters");
            let sentence =
                format!("{what} could not be decoded as {name}: “\u{fffd}” stands there.");
            self.guess(None, sentence);
        }
    }

    /// What the plan and the pass say.
    pub(crate) fn of(&mut self, plan: &Plan, passed: &Passed) {
        self.structure(plan, passed);
        for (column, facts) in plan.columns[..plan.written()].iter().zip(&passed.facts) {
            self.column(column, facts, plan.dialect.delimiter == b';');
        }
        let total = passed.last.trim_start_matches('"').to_lowercase();
        if ["total", "sum", "grand total", "summe", "gesamt"]
            .iter()
            .any(|word| total.starts_with(word) && plan.columns.len() > 1)
        {
            self.guess(None, "The last row looks like a total: filter it out if it is.".into());
        }
    }

    fn structure(&mut self, plan: &Plan, passed: &Passed) {
        let delimiter = match plan.dialect.delimiter {
            b',' => "commas".to_owned(),
            b';' => "semicolons".to_owned(),
            b'\t' => "tabs".to_owned(),
            b' ' => "blanks".to_owned(),
            other => format!("“{}”", char::from(other).escape_debug()),
        };
        if plan.columns.len() > 1 {
            self.say(format!("The fields are separated by {delimiter}."));
        }
        match plan.dialect.quote {
            Some(b'"') => {}
            Some(quote) => self.say(format!("Texts stand in {}…{0}.", char::from(quote))),
            None => self.say("Quotes are part of the text.".into()),
        }
        if plan.dialect.backslash {
            self.say("A backslash makes a quote part of the text.".into());
        }
        if plan.header {
            let columns = plan.columns[..plan.written()].iter();
            let renamed = renamed(columns.map(|column| &column.name));
            renamed.into_iter().for_each(|sentence| self.guess(None, sentence));
        } else {
            self.say("There is no header: the columns are numbered.".into());
        }
        if !plan.preamble.is_empty() {
            self.say(format!("Above the table stands: {}", plan.preamble.join(" / ")));
        }
        if plan.trailing {
            self.say("Rows end with a delimiter, which makes no column.".into());
        }
        if passed.odd_quotes > 0 {
            let quotes = count(passed.odd_quotes, "quote", "quotes");
            self.say(format!("{quotes} inside quoted texts taken as part of the text."));
        }
        if let Some(line) = passed.unclosed.first() {
            let n = passed.unclosed.len() as u64;
            let more = if n > 1 { " and others" } else { "" };
            let line = num::count(*line);
            let sentence =
                format!("A quote in line {line}{more} is never closed and was read as text.");
            self.guess(None, sentence);
        }
    }

    fn column(&mut self, column: &Planned, facts: &Facts, semicolons: bool) {
        let name = column.name.name.as_str();
        let typed = !matches!(column.kind, Kind::Text | Kind::Empty);
        let words = facts.count(Class::NullWord);
        if words > 0 && column.kind != Kind::Text {
            let cells = count(words, "cell", "cells");
            self.say(format!("“{name}”: {cells} with a word such as NA read as missing."));
        }
        if !typed {
            if let Some(question) = facts.open_question() {
                self.guess(Some(name), format!("“{name}”: {question}."));
            } else if facts.kind() != column.kind {
                self.say(format!("“{name}” is text because its numbers stand in quotes."));
            }
            return;
        }
        self.number(name, column.kind, facts, semicolons);
        let order = match column.kind {
            Kind::Date(order) | Kind::Datetime(order) => order,
            _ => Order::Unknown,
        };
        match order {
            Order::Unknown => {}
            Order::DayFirst => self.say(format!("The dates of “{name}” have the day first.")),
            Order::MonthFirst => self.say(format!("The dates of “{name}” have the month first.")),
        }
        if facts.mixed_offsets() {
            let sentence = format!(
                "Some times of “{name}” name their time zone and some do not: those were read as \
                 UTC."
            );
            self.guess(Some(name), sentence);
        }
    }

    fn number(&mut self, name: &str, kind: Kind, facts: &Facts, semicolons: bool) {
        match kind {
            Kind::Integer(style) | Kind::Number(style) if style != Style::Point => {
                let comma = matches!(kind, Kind::Number(_)) && style.has_decimal_comma();
                let groups = match style {
                    Style::Comma if !facts.has_points() => None,
                    Style::Point | Style::Comma => Some("points"),
                    Style::Thousands => Some("commas"),
                    Style::Spaces | Style::SpacesComma if facts.has_apostrophes() => {
                        Some("apostrophes")
                    }
                    Style::Spaces | Style::SpacesComma => Some("blanks"),
                };
                let what = match (comma, groups) {
                    (false, Some(groups)) => format!("{groups} between thousands"),
                    (true, Some(groups)) => {
                        format!("decimal commas, and {groups} between thousands")
                    }
                    (_, None) => "decimal commas".into(),
                };
                self.guess(Some(name), format!("“{name}” has {what}."));
            }
            Kind::Number(Style::Point) if facts.is_either_point() && semicolons => {
                let sentence = format!(
                    "The points in the numbers of “{name}” were read as decimal points: they could \
                     stand between thousands."
                );
                self.guess(Some(name), sentence);
            }
            Kind::Decimal { .. } => {
                self.say(format!("“{name}” is decimal: a number could not hold its digits."));
            }
            _ => {}
        }
        let lost = facts.long_numbers();
        if lost > 0 && matches!(kind, Kind::Number(_)) {
            let cells = count(lost, "cell", "cells");
            let sentence = format!(
                "“{name}”: {cells} with more digits than a number holds, so the last ones are \
                 rounded."
            );
            self.guess(Some(name), sentence);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn a_count_stands_before_its_noun() {
        let said = [1, 2, 39_073].map(|n| count(n, "cell is", "cells are"));
        assert_eq!(said, ["1 cell is", "2 cells are", "39 073 cells are"]);
    }
}

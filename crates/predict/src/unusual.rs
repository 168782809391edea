//! What is unusual about a row: a value that no training row had says little about the answer.

use crate::rows::number;
use mlhub_domain::models::{Input, Signature, Unusual};
use mlhub_domain::num::Num;
use mlhub_domain::schema::LogicalType;
use mlhub_recipe::encoder::{Levels, Part, Source};
use mlhub_recipe::{Encoder, json, times};
use serde_json::{Map, Value};

/// Column by column, in the order of the signature. The types of the values are right.
pub(crate) fn unusual(
    signature: &Signature,
    encoder: &Encoder,
    row: &Map<String, Value>,
) -> Vec<Unusual> {
    let look = |input: &Input| {
        let source = encoder.sources().iter().find(|source| source.name == input.name);
        match row.get(&input.name) {
            None | Some(Value::Null) => {
                Some(Unusual::Empty { column: input.name.clone(), seen: input.missing })
            }
            Some(value) => given(input, source?, value),
        }
    };
    signature.inputs.iter().filter_map(look).collect()
}

fn given(input: &Input, source: &Source, value: &Value) -> Option<Unusual> {
    match input.kind {
        LogicalType::Boolean => None,
        LogicalType::Integer | LogicalType::Number | LogicalType::Decimal => {
            counted(input, number(input.kind, value)?)
        }
        LogicalType::Text | LogicalType::Category => {
            let levels = source.parts.iter().find_map(|part| match part {
                Part::Category(levels) => Some(levels),
                Part::Number(_) => None,
            });
            told_apart(input, levels?, value.as_str()?)
        }
        LogicalType::Date | LogicalType::Datetime | LogicalType::Time => {
            let (at, [first, last]) = (times::parse(input.kind, value.as_str()?)?, source.span?);
            let write = |at| Value::from(times::format(input.kind, at));
            let range = [write(first), write(last)];
            let (column, value) = (input.name.clone(), write(at));
            (at < first || at > last).then_some(Unusual::Outside { column, value, range })
        }
    }
}

fn counted(input: &Input, value: f64) -> Option<Unusual> {
    let column = input.name.clone();
    if !value.is_finite() {
        return Some(Unusual::NotFinite { column });
    }
    let [Num(low), Num(high)] = input.range?;
    let write = |number| json::number(LogicalType::Number, number);
    let range = [write(low), write(high)];
    let outside = value < low || value > high;
    if outside {
        return Some(Unusual::Outside { column, value: write(value), range });
    }
    let broken = input.kind == LogicalType::Integer && value.fract() != 0.0;
    broken.then_some(Unusual::Broken { column, value: Num(value) })
}

fn told_apart(input: &Input, levels: &Levels, text: &str) -> Option<Unusual> {
    let Levels { known, other } = levels;
    (!known.iter().any(|level| level == text)).then(|| Unusual::Unseen {
        column: input.name.clone(),
        text: text.to_owned(),
        known: known.len() as u64,
        other: *other,
    })
}

//! Trying a model: a form built from its signature, with and without script.

use crate::Failure;
use crate::charts::{Bar, HBars};
use crate::components::Card;
use crate::format;
use crate::forms::{
    About, Call, Form, FormState, Hidden, NumberField, Select, SelectOption, SubmitButton,
    TextField, answer, came_back,
};
use leptos::prelude::*;
use mlhub_domain::evaluation::Importance;
use mlhub_domain::models::{Input, ModelPath, Signature, Unusual};
use mlhub_domain::num::Num;
use mlhub_domain::schema::LogicalType;
use mlhub_domain::text::cut;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A column with at most this many values is a list to choose from; one with more is typed.
const LEVELS: usize = 60;

/// The most values offered while typing.
const SUGGESTIONS: usize = 200;

/// With more columns than this the form folds all but those that say most, which are so many.
const MANY: usize = 24;
const SHOWN: usize = 12;

/// The most classes whose probabilities are shown.
const CLASSES: usize = 12;

/// The most characters of a text that is only named.
const NAMED: usize = 40;

/// What the model said, and what it was asked: a page that comes back shows both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    values: Vec<String>,
    said: String,
    probabilities: Vec<(String, Num)>,
    /// What to know about the values beside the answer.
    notes: Vec<String>,
}

/// Predicts from what stands in the form; a value that does not fit is the error of its field.
#[server(prefix = "/fn", endpoint = "models/predict")]
pub(super) async fn predict_row(
    at: ModelPath,
    version: u32,
    #[server(default)] values: Vec<String>,
) -> Result<Answer, Failure> {
    use mlhub_domain::models::VersionRef;
    use mlhub_hub::models;
    use std::collections::BTreeMap;
    /// The problem of a row, told of the form's own fields.
    fn to_fields(mut failure: Failure, names: &[String]) -> Failure {
        for field in &mut failure.0.fields {
            let column = field.field.strip_prefix("rows[0].");
            let at = column.and_then(|column| names.iter().position(|name| name == column));
            if let Some(at) = at {
                field.field = format!("values[{at}]");
            }
        }
        failure
    }
    let (hub, actor) = crate::ssr::caller()?;
    let version = VersionRef::Number(version);
    let inputs = models::version(&hub, &actor, &at, &version).await?.signature.inputs;
    let names: Vec<String> = inputs.into_iter().map(|input| input.name).collect();
    let fields: BTreeMap<String, String> =
        names.iter().cloned().zip(values.iter().cloned()).collect();
    let visit = crate::ssr::visit()?;
    let asked = models::Asked { at: &at, version: &version, visit: &visit };
    let answered = models::predict_texts(&hub, &actor, asked, &fields).await;
    let (predictions, unusual) =
        answered.map_err(|error| to_fields(Failure::from(error), &names))?;
    let Some(prediction) = predictions.predictions.into_iter().next() else {
        return Err(Failure::new(
            mlhub_domain::problem::Code::Internal,
            "The model gave no answer.",
        ));
    };
    let said = match &prediction.probabilities {
        Some(_) => label(&prediction.value),
        None => said(&prediction.value),
    };
    let mut probabilities: Vec<_> =
        prediction.probabilities.unwrap_or_default().into_iter().collect();
    probabilities.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    Ok(Answer { values, said, probabilities, notes: notes(&unusual) })
}

/// A value as people read it: whole numbers with all of their digits.
fn said(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(x) if number.is_f64() => format::number(x),
            Some(x) => format::exact(x),
            None => number.to_string(),
        },
        other => label(other),
    }
}

/// A class: a word, whatever it is made of.
pub(super) fn label(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is unusual about the values, in words; those that are empty in one sentence.
fn notes(unusual: &[Unusual]) -> Vec<String> {
    let empty = |had: bool| {
        let named = unusual.iter().filter_map(move |unusual| match unusual {
            Unusual::Empty { column, seen } if *seen == had => Some(format!("“{column}”")),
            Unusual::Empty { .. }
            | Unusual::NotFinite { .. }
            | Unusual::Outside { .. }
            | Unusual::Broken { .. }
            | Unusual::Unseen { .. } => None,
        });
        named.collect::<Vec<_>>().join(", ")
    };
    let left = [
        (empty(true), "treated as missing."),
        (empty(false), "treated as missing, though every training row has a value."),
    ];
    let left = left.into_iter().filter(|(names, _)| !names.is_empty());
    let left = left.map(|(names, what)| format!("{names} left empty: {what}"));
    unusual.iter().filter_map(note).chain(left).collect()
}

fn note(unusual: &Unusual) -> Option<String> {
    Some(match unusual {
        Unusual::Empty { .. } => return None,
        Unusual::NotFinite { column } => {
            format!("“{column}” is not a finite number: treated as missing.")
        }
        Unusual::Outside { column, value, range: [low, high] } => {
            let [value, low, high] = [value, low, high].map(whole);
            format!("“{column}” {value} is outside {low} – {high}, the range of the training rows.")
        }
        Unusual::Broken { column, value } => {
            let value = format::exact(value.0);
            format!("“{column}” {value} is not a whole number, as every training row has.")
        }
        Unusual::Unseen { column, text, known, other } => {
            let (text, kind) = (cut(text, NAMED), if *other { "most frequent " } else { "" });
            let (one, many) = (format!("{kind}value"), format!("{kind}values"));
            let known = format::counted(*known, &one, &many);
            let what = if *other { "one of the others" } else { "missing" };
            format!(
                "“{text}” was not among the {known} of “{column}” in the training rows: treated \
                 as {what}."
            )
        }
    })
}

/// A value with all of its digits: what is outside of a range must look so.
fn whole(value: &Value) -> String {
    value.as_f64().map_or_else(|| label(value), format::exact)
}

/// The card with the whole form.
#[component]
pub(super) fn TryCard(
    at: ModelPath,
    version: u32,
    signature: Signature,
    /// How much each column counts, the most important first.
    important: Vec<Importance>,
) -> impl IntoView {
    let first = if signature.inputs.len() > MANY { SHOWN } else { MANY };
    let first = most_telling(&signature, &important, first);
    view! {
        <Card title="Try it" id="try">
            <TryForm at version signature first/>
        </Card>
    }
    .into_any()
}

/// The form and, beside its button, what the model says; in the part of its page called `try`.
#[component]
pub(in crate::pages) fn TryForm(
    at: ModelPath,
    version: u32,
    signature: Signature,
    /// The columns that have a field, where that is not all of them: the others keep the value that
    /// is usual in the training rows.
    #[prop(optional)]
    few: Option<Vec<String>>,
    /// The columns whose fields are not folded away, where that is not all of them.
    #[prop(optional)]
    first: Option<Vec<String>>,
    /// What tells the form apart on a page that may come back with another model.
    #[prop(optional, into)]
    key: String,
) -> impl IntoView {
    let answered = answer(Call::<PredictRow>::new(), &key);
    let before = answered.as_ref().map(|answer| answer.values.clone()).unwrap_or_default();
    let target = signature.target.clone();
    let inputs = signature.inputs;
    let shown = answered.map(|answer| answer_view(&target, answer));
    view! {
        <Form action={Call::<PredictRow>::new()} key part="try">
            <About at/>
            <Hidden name="version" value=version.to_string()/>
            <Fields inputs before few first/>
            <div class="try">
                <SubmitButton>"Predict"</SubmitButton>
                <div role="status">{shown}</div>
            </div>
        </Form>
    }
    .into_any()
}

/// The key of the form to try a model that the page came back for, if it did.
pub(in crate::pages) fn tried() -> Option<String> {
    came_back(Call::<PredictRow>::new())
}

/// A field for each column. A component, so that the fields are made within their form and find in
/// it what was wrong with them.
#[component]
fn Fields(
    inputs: Vec<Input>,
    before: Vec<String>,
    few: Option<Vec<String>>,
    first: Option<Vec<String>>,
) -> impl IntoView {
    let failure = FormState::around().and_then(FormState::failure);
    let (mut shown, mut folded, mut open) = (Vec::new(), Vec::new(), false);
    for (i, input) in inputs.into_iter().enumerate() {
        let value = before.get(i).cloned().unwrap_or_else(|| label(&input.example));
        let name = format!("values[{i}]");
        if few.as_ref().is_some_and(|few| !few.contains(&input.name)) {
            shown.push(view! { <Hidden name value/> }.into_any());
        } else if first.as_ref().is_some_and(|first| !first.contains(&input.name)) {
            // What is wrong must not be folded away.
            open |= failure.as_ref().is_some_and(|failure| failure.of_field(&name).is_some());
            folded.push(field(name, input, value));
        } else {
            shown.push(field(name, input, value));
        }
    }
    let more = format::counted(folded.len() as u64, "more column", "more columns");
    let rest = (!folded.is_empty()).then(|| {
        view! {
            <details class="fold" open=open>
                <summary>{more}</summary>
                <div class="fields">{folded}</div>
            </details>
        }
        .into_any()
    });
    view! {
        <div class="fields">{shown}</div>
        {rest}
    }
    .into_any()
}

/// The columns that say most, so many; where that is not known the first ones.
pub(in crate::pages) fn most_telling(
    signature: &Signature,
    important: &[Importance],
    most: usize,
) -> Vec<String> {
    let known: Vec<&String> = signature.inputs.iter().map(|input| &input.name).collect();
    let important = important.iter().map(|one| &one.feature);
    let few: Vec<&String> = important.filter(|name| known.contains(name)).take(most).collect();
    let others = known.into_iter().filter(|name| !few.contains(name));
    few.iter().copied().chain(others).take(most).cloned().collect()
}

fn field(name: String, input: Input, value: String) -> AnyView {
    let label = input.name.clone();
    if let Some(options) = options(&input) {
        let known = options.iter().filter(|option| !option.value.is_empty()).count();
        let help = format::counted(known as u64, "value", "values");
        return view! { <Select name=name label=label options=options value=value help=help/> }
            .into_any();
    }
    if input.kind.is_numeric() {
        let whole = input.kind == LogicalType::Integer;
        return match input.range {
            Some([low, high]) => {
                let range = format!("{} – {}", format::number(low.0), format::number(high.0));
                view! { <NumberField name=name label=label value=value whole=whole help=range/> }
                    .into_any()
            }
            None => {
                let help = input.kind.to_string();
                view! { <NumberField name=name label=label value=value whole=whole help=help/> }
                    .into_any()
            }
        };
    }
    let levels = input.levels.unwrap_or_default();
    let help = match levels.len() as u64 {
        0 => input.kind.to_string(),
        many => format::counted(many, "value", "values"),
    };
    let suggestions: Vec<String> = levels.into_iter().take(SUGGESTIONS).collect();
    view! {
        <TextField
            name=name
            label=label
            value=value
            help=help
            suggestions=suggestions
            autocomplete="off"
        />
    }
    .into_any()
}

/// The values to choose from, where they are few.
fn options(input: &Input) -> Option<Vec<SelectOption>> {
    let levels = match (&input.levels, input.kind) {
        (_, LogicalType::Boolean) => vec!["true".to_string(), "false".to_string()],
        (Some(levels), _) if !input.kind.is_numeric() && levels.len() <= LEVELS => levels.clone(),
        _ => return None,
    };
    let missing = input.missing.then(|| SelectOption::new("", "missing"));
    Some(levels.into_iter().map(SelectOption::from).chain(missing).collect())
}

fn answer_view(target: &str, answer: Answer) -> AnyView {
    let first = answer.said.clone();
    let bars: Vec<Bar> = answer
        .probabilities
        .into_iter()
        .take(CLASSES)
        .map(|(class, share)| Bar {
            faint: class != first,
            value: share.0,
            said: format::percent(share.0),
            name: class,
        })
        .collect();
    let bars = (!bars.is_empty()).then(|| view! { <HBars bars full=1.0/> });
    let notes = (!answer.notes.is_empty()).then(|| {
        let notes = answer.notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view();
        view! { <ul class="small">{notes}</ul> }
    });
    view! {
        <div class="answer">
            <span class="muted small">{target.to_string()}</span>
            <span class="big">{answer.said}</span>
            {bars}
            {notes}
            <span class="small" data-stale="" hidden>
                "The values have changed: predict again."
            </span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_read_without_quotes() {
        assert_eq!(said(&json!(">50K")), ">50K");
        assert_eq!(said(&json!(1994)), "1994");
        assert_eq!(said(&json!(123_456)), "123\u{a0}456");
        assert_eq!(said(&json!(12_345.678)), "12\u{a0}346");
        assert_eq!(label(&json!(90_210)), "90210");
        assert_eq!(label(&json!(null)), "");
    }

    #[test]
    fn what_is_unusual_is_said_in_words() {
        let unseen = |text: &str, known, other| Unusual::Unseen {
            column: "native-country".into(),
            text: text.into(),
            known,
            other,
        };
        let outside = |column: &str, value, low, high| Unusual::Outside {
            column: column.into(),
            value,
            range: [low, high],
        };
        let empty = |column: &str, seen| Unusual::Empty { column: column.into(), seen };
        let said = notes(&[
            empty("hours", true),
            outside("age", json!(400.0), json!(17.0), json!(90.0)),
            empty("sex", false),
            unseen("Atlantis", 41, false),
            unseen(&"Tír na nÓg ".repeat(5), 1_000, true),
            empty("race", true),
            outside("sold", json!("2014-01-01"), json!("2013-01-01"), json!("2013-12-31")),
            outside("gain", json!(12_345.9), json!(0.0), json!(12_345.678)),
            Unusual::NotFinite { column: "loss".into() },
            Unusual::Broken { column: "rooms".into(), value: Num(1.5) },
        ]);
        let words = [
            "“age” 400 is outside 17 – 90, the range of the training rows.",
            "“Atlantis” was not among the 41 values of “native-country” in the training rows: \
             treated as missing.",
            "“Tír na nÓg Tír na nÓg Tír na nÓg Tír na …” was not among the 1000 most frequent \
             values of “native-country” in the training rows: treated as one of the others.",
            "“sold” 2014-01-01 is outside 2013-01-01 – 2013-12-31, the range of the training rows.",
            "“gain” 12_345.9 is outside 0 – 12_345.678, the range of the training rows.",
            "“loss” is not a finite number: treated as missing.",
            "“rooms” 1.5 is not a whole number, as every training row has.",
            "“hours”, “race” left empty: treated as missing.",
            "“sex” left empty: treated as missing, though every training row has a value.",
        ];
        assert_eq!(said, words.map(|text| text.replace('_', "\u{a0}")));
        assert_eq!(notes(&[]), [""; 0]);
    }

    #[test]
    fn the_columns_that_say_most_are_asked_for_and_then_the_first() {
        let input = |name: &str| {
            json!({
                "name": name, "type": "number", "range": null, "levels": null, "missing": false,
                "example": 1,
            })
        };
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let inputs: Vec<_> = names.iter().map(|name| input(name)).collect();
        let signature =
            json!({"inputs": inputs, "target": "y", "target_type": "number", "classes": null});
        let signature: Signature = serde_json::from_value(signature).unwrap();
        assert_eq!(most_telling(&signature, &[], 6), names[..6]);
        let share = |feature: &str, value: f64| json!({"feature": feature, "value": value});
        let important = json!([share("h", 0.6), share("gone", 0.3), share("b", 0.1)]);
        let important: Vec<Importance> = serde_json::from_value(important).unwrap();
        assert_eq!(most_telling(&signature, &important, 6), ["h", "b", "a", "c", "d", "e"]);
    }
}

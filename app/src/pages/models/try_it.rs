//! Trying a model: a form built from its signature, with and without script.

use crate::Failure;
use crate::charts::{Bar, HBars};
use crate::components::Card;
use crate::format;
use crate::forms::{
    About, Call, Form, Hidden, NumberField, Select, SelectOption, SubmitButton, TextField, answer,
};
use leptos::prelude::*;
use mlhub_domain::models::{Input, ModelPath, Signature};
use mlhub_domain::num::Num;
use mlhub_domain::schema::LogicalType;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A column with at most this many values is a list to choose from; one with more is typed.
const LEVELS: usize = 60;

/// The most values offered while typing.
const SUGGESTIONS: usize = 200;

/// The most classes whose probabilities are shown.
const CLASSES: usize = 12;

/// What the model said, and what it was asked: a page that comes back shows both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    values: Vec<String>,
    said: String,
    probabilities: Vec<(String, Num)>,
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
    let (_, predictions) = answered.map_err(|error| to_fields(Failure::from(error), &names))?;
    let Some(prediction) = predictions.predictions.into_iter().next() else {
        return Err(Failure::new(
            mlhub_domain::problem::Code::Internal,
            "The model gave no answer.",
        ));
    };
    let mut probabilities: Vec<_> =
        prediction.probabilities.unwrap_or_default().into_iter().collect();
    probabilities.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    Ok(Answer { values, said: said(&prediction.value), probabilities })
}

/// A value as people read it.
pub(super) fn said(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(x) if !number.is_i64() && !number.is_u64() => format::number(x),
            Some(_) | None => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// A value as one would type it.
fn typed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The form and, beside its button, what the model says.
#[component]
pub(super) fn TryCard(
    at: ModelPath,
    version: u32,
    signature: Signature,
    class: &'static str,
) -> impl IntoView {
    let answered = answer(Call::<PredictRow>::new(), "");
    let before = answered.as_ref().map(|answer| answer.values.clone()).unwrap_or_default();
    let target = signature.target.clone();
    let inputs = signature.inputs;
    let shown = answered.map(|answer| answer_view(&target, answer));
    view! {
        <Card title="Try it" class=class id="try">
            <Form action={Call::<PredictRow>::new()} part="try">
                <About at/>
                <Hidden name="version" value=version.to_string()/>
                <Fields inputs before/>
                <div class="try">
                    <SubmitButton>"Predict"</SubmitButton>
                    <div role="status">{shown}</div>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

/// A field for each column. A component, so that the fields are made within their form and find in
/// it what was wrong with them.
#[component]
fn Fields(inputs: Vec<Input>, before: Vec<String>) -> impl IntoView {
    let fields = inputs.into_iter().enumerate().map(|(i, input)| {
        let value = before.get(i).cloned().unwrap_or_else(|| typed(&input.example));
        field(format!("values[{i}]"), input, value)
    });
    view! { <div class="fields">{fields.collect_view()}</div> }.into_any()
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
    view! {
        <div class="answer">
            <span class="muted small">{target.to_string()}</span>
            <span class="big">{answer.said}</span>
            {bars}
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
        assert_eq!(said(&json!(0.5)), "0.5");
        assert_eq!(typed(&json!(null)), "");
    }
}

//! The settings of a training: columns and hyperparameters, from their schemas.

use super::wizard::Said;
use crate::components::{Card, Tag};
use crate::format::{self, GAP};
use crate::forms::{Checkbox, FormState, NumberField, Select, SelectOption, TextField};
use leptos::prelude::*;
use mlhub_domain::algorithms::{AlgorithmKind, Param, ParamDomain};
use mlhub_domain::models::Feature;
use serde_json::Value;

/// With more columns than this one can tick all or none at once.
const SEVERAL: usize = 8;

/// The columns, each with why not.
#[component]
pub(super) fn FeaturesCard(features: Vec<Feature>) -> impl IntoView {
    let used = features.iter().filter(|feature| feature.include).count() as u64;
    let said = format!("{used} of {} proposed", features.len());
    let several = features.len() > SEVERAL;
    let aside = move || {
        let said = said.clone();
        let ticks = several.then(|| [("All", "true"), ("None", "")].map(tick_button));
        view! {
            {ticks}
            <Tag>{said}</Tag>
        }
    };
    let failure = FormState::around().and_then(FormState::failure);
    let mut first = failure.is_some_and(|failure| failure.of_field("features").is_some());
    let boxes = features.into_iter().map(|feature| {
        let autofocus = std::mem::take(&mut first);
        let label = format!("{} ({})", feature.name, feature.kind);
        let (name, checked) = (feature.name, feature.include);
        if feature.reason.is_empty() {
            view! {
                <Checkbox name="features[]" label=label value=name checked=checked autofocus/>
            }
            .into_any()
        } else {
            view! {
                <Checkbox
                    name="features[]"
                    label=label
                    value=name
                    checked=checked
                    help=feature.reason
                    autofocus
                />
            }
            .into_any()
        }
    });
    let boxes = boxes.collect_view();
    view! {
        <Card title="Columns to predict from" class="part" aside>
            <Said field="features"/>
            <div class="checks">{boxes}</div>
        </Card>
    }
    .into_any()
}

/// Ticks every box of its card, or none (`public/enhance.js`).
fn tick_button((label, ticked): (&'static str, &'static str)) -> AnyView {
    view! {
        <button type="button" class="btn quiet small needs-js" data-tick=ticked>
            {label}
        </button>
    }
    .into_any()
}

/// The hyperparameters, the essential ones first.
#[component]
pub(super) fn ParamsCard(algorithm: AlgorithmKind) -> impl IntoView {
    let schema = algorithm.schema();
    if schema.params.is_empty() {
        return ().into_any();
    }
    let of = |essential: bool| {
        schema
            .params
            .iter()
            .filter(move |p| p.essential == essential)
            .map(|p| param(algorithm, p))
            .collect::<Vec<_>>()
    };
    let (first, rest) = (of(true), of(false));
    // What is wrong must not be folded away.
    let open = FormState::around().and_then(FormState::failure).is_some_and(|failure| {
        let mut folded = schema.params.iter().filter(|param| !param.essential);
        folded.any(|param| failure.of_field(&field(algorithm, param)).is_some())
    });
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details class="fold" open=open>
                <summary>"More settings"</summary>
                <div class="fields">{rest}</div>
                <p class="small">
                    <a href=format!("/docs#{}", schema.anchor()) target="_blank">
                        "What each setting does, and how scripts say it"
                    </a>
                </p>
            </details>
        }
        .into_any()
    });
    view! {
        <Card title=format!("Settings of {}", schema.title) class="part">
            <div class="fields">{first}</div>
            {more}
        </Card>
    }
    .into_any()
}

/// What the field of a hyperparameter is called.
fn field(algorithm: AlgorithmKind, param: &Param) -> String {
    format!("params[{}][{}]", algorithm.as_str(), param.name)
}

/// The field of a hyperparameter, from its schema.
fn param(algorithm: AlgorithmKind, param: &Param) -> AnyView {
    let name = field(algorithm, param);
    let label = param.title;
    let help = match param.domain {
        ParamDomain::Integer { min, max, .. } => ranged(param.help, min as f64, max as f64),
        ParamDomain::Number { min, max, .. } => ranged(param.help, min, max),
        ParamDomain::Choice { .. } | ParamDomain::Flag { .. } | ParamDomain::Integers { .. } => {
            param.help.to_string()
        }
    };
    let value = typed(&param.domain.default());
    let words: &[&str] = match param.domain {
        ParamDomain::Choice { options, .. } => options,
        ParamDomain::Flag { .. } => &["true", "false"],
        ParamDomain::Integers { .. } => {
            return view! { <TextField name=name label=label value=value help=help code=true/> }
                .into_any();
        }
        ParamDomain::Integer { .. } | ParamDomain::Number { .. } => {
            let whole = matches!(param.domain, ParamDomain::Integer { .. });
            // “Trees: 500 trees” says it twice.
            if param.unit.is_empty() || param.unit.eq_ignore_ascii_case(label) {
                return view! { <NumberField name=name label=label value=value help=help whole=whole/> }
                    .into_any();
            }
            let unit = param.unit;
            return view! {
                <NumberField name=name label=label value=value help=help unit=unit whole=whole/>
            }
            .into_any();
        }
    };
    let options: Vec<SelectOption> = words.iter().map(|word| SelectOption::from(*word)).collect();
    view! { <Select name=name label=label options=options value=value help=help/> }.into_any()
}

fn ranged(help: &str, min: f64, max: f64) -> String {
    format!("{help} {}{GAP}–{GAP}{}.", bound(min), bound(max))
}

/// The end of a range; not everybody reads 1e-6.
pub(in crate::pages) fn bound(x: f64) -> String {
    if x > 0.0 && x < 1e-4 { x.to_string() } else { format::number(x) }
}

/// A value as one would type it: `256, 128` for a list.
pub(in crate::pages) fn typed(value: &Value) -> String {
    match value {
        Value::String(word) => word.clone(),
        Value::Array(list) => list.iter().map(typed).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::algorithms::CATALOGUE;

    #[test]
    fn a_range_is_said_in_plain_numbers() {
        assert_eq!(ranged("Steps.", 1.0, 500.0), "Steps. 1\u{a0}–\u{a0}500.");
        assert_eq!(ranged("Near.", 1e-10, 0.1), "Near. 0.0000000001\u{a0}–\u{a0}0.1.");
    }

    #[test]
    fn every_default_is_read_back_as_itself() {
        for param in CATALOGUE.iter().flat_map(|algorithm| algorithm.params) {
            let read = param.domain.read(&typed(&param.domain.default()));
            assert_eq!(param.domain.check(&read), Ok(()), "{}", param.name);
        }
    }
}

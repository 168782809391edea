//! What can be trained, and every hyperparameter of it: from the catalogue that the form of a
//! training, its validation and REST come from too.

use crate::components::{Scroll, Tag};
use crate::pages::models::{bound, typed};
use leptos::prelude::*;
use mlhub_domain::algorithms::{Algorithm, CATALOGUE, Param, ParamDomain, Scale};
use mlhub_domain::models::Task;

/// Every algorithm with its hyperparameters, the essential ones first.
#[component]
pub(super) fn Algorithms() -> impl IntoView {
    let links = CATALOGUE.iter().map(|algorithm| {
        view! { <a class="tag" href=format!("#{}", algorithm.anchor())>{algorithm.title}</a> }
    });
    view! {
        <section class="stack" id="hyperparameters">
            <h2>"Algorithms and their settings"</h2>
            <p>
                "What a model’s “algorithm” takes: its “kind”, and in “params” whatever is to differ \
                 from the defaults."
            </p>
            <nav class="row" aria-label="Algorithms">
                {links.collect_view()}
            </nav>
            {CATALOGUE.iter().map(algorithm).collect_view()}
        </section>
    }
    .into_any()
}

fn algorithm(algorithm: &'static Algorithm) -> AnyView {
    let rows = algorithm.params.iter().map(param).collect_view();
    let table = (!algorithm.params.is_empty()).then(|| {
        view! {
            <Scroll label=format!("Settings: {}", algorithm.title)>
                <table>
                    <thead>
                        <tr>
                            <th>"Setting"</th>
                            <th>"Values"</th>
                            <th>"Default"</th>
                            <th>"What it does"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        }
        .into_any()
    });
    let tasks: Vec<&str> = algorithm.tasks.iter().copied().map(Task::as_str).collect();
    view! {
        <section class="stack tight" id=algorithm.anchor()>
            <h3>{algorithm.title} " " <code>{algorithm.kind.as_str()}</code></h3>
            <p class="ink2">
                {algorithm.choose} " For " {tasks.join(" and ")} "."
                {algorithm.params.is_empty().then_some(" It has no settings.")}
            </p>
            {table}
        </section>
    }
    .into_any()
}

fn param(param: &'static Param) -> AnyView {
    let essential = param.essential.then(|| view! { <Tag>"essential"</Tag> });
    let default = param.domain.default();
    let default = default.as_f64().map_or_else(|| typed(&default), bound);
    view! {
        <tr>
            <td>
                <b>{param.title}</b>
                " "
                {essential}
                <br/>
                <code>{param.name}</code>
            </td>
            <td>{values(&param.domain)}</td>
            <td>{default} <span class="muted">{with_gap(param.unit)}</span></td>
            <td class="wrap">{param.help}</td>
        </tr>
    }
    .into_any()
}

/// A unit behind its number.
fn with_gap(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}

/// Which values are taken, in words.
fn values(domain: &ParamDomain) -> String {
    let range = |min: f64, max: f64| format!("{} – {}", bound(min), bound(max));
    let stepped = |scale: Scale| match scale {
        Scale::Linear => "",
        Scale::Log => ", logarithmic",
    };
    match *domain {
        ParamDomain::Integer { min, max, scale, .. } => {
            format!("whole number, {}{}", range(min as f64, max as f64), stepped(scale))
        }
        ParamDomain::Number { min, max, scale, .. } => {
            format!("number, {}{}", range(min, max), stepped(scale))
        }
        ParamDomain::Choice { options, .. } => options.join(", "),
        ParamDomain::Flag { .. } => "true, false".into(),
        ParamDomain::Integers { min, max, most, .. } => {
            format!("1 to {most} whole numbers, {}", range(min as f64, max as f64))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_in_words() {
        let said = |domain| values(&domain);
        let (min, max, scale) = (1, 10_000, Scale::Log);
        assert_eq!(
            said(ParamDomain::Integer { min, max, scale, default: 5 }),
            "whole number, 1 – 10\u{a0}000, logarithmic"
        );
        let (min, max, scale) = (0.000_001, 1.0, Scale::Linear);
        assert_eq!(
            said(ParamDomain::Number { min, max, scale, default: 0.5 }),
            "number, 0.000001 – 1"
        );
        let options = &["relu", "tanh"];
        assert_eq!(said(ParamDomain::Choice { options, default: "relu" }), "relu, tanh");
        assert_eq!(
            said(ParamDomain::Integers { min: 1, max: 64, most: 8, default: &[8] }),
            "1 to 8 whole numbers, 1 – 64"
        );
    }
}

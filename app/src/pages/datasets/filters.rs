//! Which rows are shown: a search, conditions, and the form that adds one.

use super::ask::Ask;
use super::fetch::Looked;
use crate::components::Icon;
use leptos::prelude::*;
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::tables::{Filter, Op};

/// The bar above the rows.
pub(super) fn bar(looked: &Looked) -> AnyView {
    let (at, ask) = (looked.at(), &looked.ask);
    let names: Vec<String> = looked
        .ready()
        .map(|version| version.columns.iter().map(|column| column.name.clone()).collect())
        .unwrap_or_default();
    view! {
        <div class="toolbar">{search(&at, ask)} {add(&at, ask, names)}</div>
        {chips(&at, ask)}
    }
    .into_any()
}

/// The fields that keep what else is asked for.
fn kept(ask: &Ask, search: bool) -> AnyView {
    let q = if search { "" } else { ask.q.as_str() };
    let pairs = [
        ("tab", ask.tab.as_str()),
        ("version", ask.version.as_str()),
        ("sort", ask.sort.as_str()),
        ("q", q),
    ];
    let filters = ask.filters.iter().map(|filter| ("where", filter.as_str()));
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .chain(filters)
        .map(|(name, value)| {
            view! { <input type="hidden" name=name value=value.to_owned()/> }.into_any()
        })
        .collect_view()
        .into_any()
}

/// Finds a text in the text columns.
fn search(at: &DatasetPath, ask: &Ask) -> AnyView {
    let (path, kept, q) = (at.page(), kept(ask, true), ask.q.clone());
    view! {
        <form method="get" action=path class="row" role="search">
            {kept}
            <input
                type="search"
                name="q"
                value=q
                placeholder="Find a text"
                aria-label="Find rows with a text"
            />
            <button class="btn">"Find"</button>
        </form>
    }
    .into_any()
}

/// Adds a condition. It unfolds, so that it takes no room before it is wanted.
fn add(at: &DatasetPath, ask: &Ask, names: Vec<String>) -> AnyView {
    let columns = names
        .into_iter()
        .map(|name| view! { <option value=name.clone()>{name.clone()}</option> }.into_any());
    let columns = columns.collect_view();
    let ops = Op::ALL.map(|op| view! { <option value=op.as_str()>{op.words()}</option> });
    let ops = ops.into_iter().collect_view();
    let (path, kept) = (at.page(), kept(ask, false));
    view! {
        <details class="menu start" data-menu="">
            <summary class="btn">
                <Icon name="filter"/>
                "Filter"
            </summary>
            <div class="panel">
                <form method="get" action=path class="form">
                    {kept}
                    <label>
                        "Column"
                        <select name="column">{columns}</select>
                    </label>
                    <label>
                        "Condition"
                        <select name="op">{ops}</select>
                    </label>
                    <label>
                        "Value"
                        <input name="value" autocomplete="off" placeholder="30, or a,b for “is one of”"/>
                    </label>
                    <button class="btn">"Add the filter"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// What narrows the rows; each chip goes away by its cross.
fn chips(at: &DatasetPath, ask: &Ask) -> Option<AnyView> {
    if !ask.narrows() {
        return None;
    }
    let found = (!ask.q.is_empty()).then(|| {
        let without = Ask { q: String::new(), ..ask.at_start() };
        chip("contains", ask.q.clone(), without.address(at))
    });
    let conditions = ask.filters.iter().enumerate().map(|(index, text)| {
        let (column, rest) = words(text);
        chip(&column, rest, ask.without(index).address(at))
    });
    Some(
        view! {
            <div class="chips">
                {found}
                {conditions.collect_view()}
                <a class="btn quiet" href=ask.widened().address(at)>
                    "All rows"
                </a>
            </div>
        }
        .into_any(),
    )
}

fn chip(what: &str, value: String, away: String) -> AnyView {
    let label = format!("Remove the filter {what} {value}");
    view! {
        <span class="chip">
            <span class="muted">{what.to_string()}</span>
            <b>{value}</b>
            <a class="x" href=away aria-label=label>
                <Icon name="x"/>
            </a>
        </span>
    }
    .into_any()
}

/// A condition in words: its column, and the rest.
fn words(text: &str) -> (String, String) {
    match text.parse::<Filter>() {
        Ok(Filter { column, op: op @ (Op::Null | Op::NotNull), .. }) => (column, op.words().into()),
        Ok(Filter { column, op, value }) => (column, format!("{} {value}", op.words())),
        Err(_) => ("not understood".into(), text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_reads_like_a_sentence() {
        let line = |text: &str| {
            let (column, rest) = words(text);
            format!("{column} {rest}")
        };
        assert_eq!(line("age:ge:30"), "age ≥ 30");
        assert_eq!(line("age:null"), "age is missing");
        assert_eq!(line("age"), "not understood age");
    }
}

//! Which classes are taken for which.

use crate::format;
use leptos::prelude::*;
use mlhub_domain::evaluation::Confusion;

/// From so many classes on, cells are small and hold only the count.
const MANY: usize = 8;

/// A confusion matrix: a real table, counts with the share of their row, the darker the more.
#[component]
pub fn ConfusionMatrix(
    /// Counts by actual and predicted class.
    confusion: Confusion,
) -> impl IntoView {
    let many = confusion.labels.len() > MANY;
    let heads = confusion.labels.iter().map(|label| {
        view! { <th scope="col">{head("said", label, many)}</th> }
    });
    let heads = heads.collect_view();
    let rows = confusion.labels.iter().zip(&confusion.counts).map(|(label, counts)| {
        let total: u64 = counts.iter().sum();
        let cells = counts.iter().map(|count| cell(*count, total, many).into_any());
        view! {
            <tr>
                <th scope="row">{head("is", label, many)}</th>
                {cells.collect_view()}
            </tr>
        }
        .into_any()
    });
    // The heads of many have no room for it.
    let read =
        many.then(|| view! { <caption>"Rows: what it is. Columns: what was said."</caption> });
    view! {
        <div class="scroll clear-frame" role="region" tabindex="0" aria-label="Confusion matrix">
            <table class=if many { "cm many" } else { "cm" }>
                {read}
                <thead>
                    <tr>
                        <td></td>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn head(verb: &str, label: &str, many: bool) -> String {
    if many { label.into() } else { format!("{verb} {label}") }
}

fn cell(count: u64, total: u64, many: bool) -> impl IntoView {
    let share = if total == 0 { 0.0 } else { count as f64 / total as f64 };
    let percent = format::percent(share);
    let (title, below) = if many { (Some(percent), None) } else { (None, Some(percent)) };
    view! {
        <td class="heat" style=format!("--h:{:.0}%", share * 100.0) title=title>
            <b>{format::count(count)}</b>
            {below}
        </td>
    }
}

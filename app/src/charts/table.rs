//! The data of a chart as a table, for those who read rather than look.

use leptos::prelude::*;

/// The most rows shown; the rest is in the download.
const MOST: usize = 60;

/// A table that unfolds below a chart.
#[component]
pub(super) fn ChartTable(
    /// Heads of the columns.
    head: Vec<String>,
    /// The rows; a long list is thinned evenly.
    #[prop(into)]
    rows: Signal<Vec<Vec<String>>>,
) -> impl IntoView {
    let heads = head.into_iter().map(|text| view! { <th class="num">{text}</th> }).collect_view();
    let body = move || {
        let rows = rows.get();
        let every = rows.len().div_ceil(MOST).max(1);
        let last = rows.len().saturating_sub(1);
        rows.into_iter()
            .enumerate()
            .filter(|(i, _)| i.is_multiple_of(every) || *i == last)
            .map(|(_, row)| {
                let cells = row.into_iter().map(|text| view! { <td class="num">{text}</td> });
                view! { <tr>{cells.collect_view()}</tr> }.into_any()
            })
            .collect_view()
    };
    view! {
        <details class="fold">
            <summary>"View as table"</summary>
            <div class="scroll" role="region" tabindex="0" aria-label="Data of the chart">
                <table class="dense">
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </details>
    }
}

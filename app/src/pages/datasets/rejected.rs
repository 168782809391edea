//! Cells and rows of a file that are not in its table, and why.

use super::fetch::{Looked, ROWS};
use crate::components::{EmptyState, Pager, Scroll};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::tables::{Rejected, RejectedPage};

/// A page of them.
pub(super) fn part(looked: &Looked, page: RejectedPage) -> AnyView {
    let total = page.total;
    if page.items.is_empty() && total == 0 {
        return view! {
            <EmptyState
                icon="check"
                title="Nothing was left out"
                text="Every row and every cell of the file is in the table."
            />
        }
        .into_any();
    }
    let rows = page.items.into_iter().map(row).collect_view();
    let (before, address) = (looked.ask.before(), looked.ask.address(&looked.at()));
    view! {
        <p class="ink2">
            "What could not be read as the type of its column is a missing value in the table; a \
             row that does not have the shape of the others is left out."
        </p>
        <Scroll label="Cells and rows left out">
            <table>
                <thead>
                    <tr>
                        <th class="num">"Row"</th>
                        <th class="num">"Line"</th>
                        <th>"Column"</th>
                        <th>"In the file"</th>
                        <th>"Why"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
        <Pager address=address offset=before limit=u64::from(ROWS) total noun="left out"/>
    }
    .into_any()
}

fn row(item: Rejected) -> AnyView {
    let column = match item.column {
        Some(column) => column.into_any(),
        None => view! { <span class="muted">"the whole row"</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="num">{format::count(item.row)}</td>
            <td class="num">{format::count(item.line)}</td>
            <td>{column}</td>
            <td>
                <code class="long" title=item.text.clone()>
                    {item.text.clone()}
                </code>
            </td>
            <td class="wrap">{item.reason}</td>
        </tr>
    }
    .into_any()
}

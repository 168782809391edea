//! People or things of one's own, each with what can be done about it.

use super::Scroll;
use leptos::prelude::*;

/// A row of a [`Roster`].
pub struct Entry {
    /// What it is about.
    pub name: AnyView,
    /// The cells behind the name, one for each further head.
    pub cells: Vec<AnyView>,
    /// The buttons, if there is anything to do.
    pub act: Option<AnyView>,
}

/// A short table whose rows end in buttons. On a phone each row folds, so that no button is out of
/// sight.
#[component]
pub fn Roster(
    /// What the table holds.
    label: &'static str,
    /// The heads of the name and of the cells.
    heads: Vec<&'static str>,
    /// The rows.
    entries: Vec<Entry>,
) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| row(&heads, entry)).collect_view();
    let heads = heads.into_iter().map(|head| view! { <th>{head}</th> }).collect_view();
    view! {
        <Scroll label>
            <table class="roster">
                <thead>
                    <tr>
                        {heads} <th>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
    .into_any()
}

fn row(heads: &[&'static str], entry: Entry) -> AnyView {
    let cells = entry.cells.into_iter().zip(heads.iter().skip(1));
    let cells = cells.map(|(cell, head)| view! { <td data-head=*head>{cell}</td> }.into_any());
    view! {
        <tr>
            <th scope="row">{entry.name}</th>
            {cells.collect_view()}
            <td class="acts">{entry.act}</td>
        </tr>
    }
    .into_any()
}

//! Around tables.

use super::Icon;
use super::with_query;
use leptos::prelude::*;

/// The region in which a wide table scrolls, reachable by keyboard.
#[component]
pub fn Scroll(
    /// What the table holds.
    #[prop(into)]
    label: String,
    /// `tall` for one that scrolls downwards too.
    #[prop(optional)]
    class: &'static str,
    /// The table.
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class=format!("scroll {class}").trim_end().to_string()
            role="region"
            tabindex="0"
            aria-label=label
        >
            {children()}
        </div>
    }
}

/// A column head that sorts: a link that goes from unsorted to rising to falling to unsorted. Put
/// it in a `<th aria-sort=…>`; [`SortLink`]'s state is read from `sort` (`name`, `-name`).
#[component]
pub fn SortLink(
    /// Path and query of the list.
    #[prop(into)]
    address: String,
    /// The sort key of the address as it is.
    #[prop(into)]
    sort: String,
    /// The key of this column.
    #[prop(into)]
    key: String,
    /// Its word.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let falling = format!("-{key}");
    let (next, icon) = if sort == key {
        (Some(falling), "arrow-up")
    } else if sort == falling {
        (None, "arrow-down")
    } else {
        (Some(key), "arrow-up-down")
    };
    let address = with_query(&address, "offset", None);
    view! {
        <a class="sort" href=with_query(&address, "sort", next.as_deref())>
            {label}
            <Icon name=icon/>
        </a>
    }
}

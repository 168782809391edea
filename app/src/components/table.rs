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

/// A column head that sorts: a link that goes from unsorted to one direction, to the other, and
/// back. Put it in a `<th aria-sort=…>`; its state is read from `sort` (`name`, `-name`).
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
    /// Whether it falls first: where one looks for what is newest, largest, best.
    #[prop(optional)]
    falls: bool,
) -> impl IntoView {
    let (rising, falling) = (key.clone(), format!("-{key}"));
    let icon = match &sort {
        sort if *sort == rising => "arrow-up",
        sort if *sort == falling => "arrow-down",
        _ => "arrow-up-down",
    };
    let [first, second] = if falls { [falling, rising] } else { [rising, falling] };
    let next = match sort {
        sort if sort == first => Some(second),
        sort if sort == second => None,
        _ => Some(first),
    };
    let address = with_query(&address, "offset", None);
    view! {
        <a class="sort" href=with_query(&address, "sort", next.as_deref())>
            {label}
            <Icon name=icon/>
        </a>
    }
}

/// A column of a table that can be sorted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    key: &'static str,
    word: &'static str,
    number: bool,
    falls: bool,
}

impl Column {
    /// Words, which rise first. `key` is what `sort` takes.
    pub const fn text(key: &'static str, word: &'static str) -> Self {
        Self { key, word, number: false, falls: false }
    }

    /// Numbers, which fall first.
    pub const fn number(key: &'static str, word: &'static str) -> Self {
        Self { key, word, number: true, falls: true }
    }

    /// What comes one after the other, the newest first.
    pub const fn time(key: &'static str, word: &'static str) -> Self {
        Self { key, word, number: false, falls: true }
    }
}

/// Where a list stands that can be sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorting {
    /// Path and query of the list.
    pub address: String,
    /// How it is sorted now; empty in its own order.
    pub sort: String,
}

/// The heads of `columns`: links that sort, where the list can be sorted.
pub fn heads(columns: &[Column], sorting: Option<&Sorting>) -> AnyView {
    columns.iter().map(|column| head(*column, sorting)).collect_view().into_any()
}

fn head(column: Column, sorting: Option<&Sorting>) -> AnyView {
    let Column { key, word, number, falls } = column;
    let class = number.then_some("num");
    let Some(Sorting { address, sort }) = sorting else {
        return view! { <th class=class>{word}</th> }.into_any();
    };
    let order = match sort.strip_prefix('-') {
        Some(falling) if falling == key => Some("descending"),
        None if sort == key => Some("ascending"),
        Some(_) | None => None,
    };
    view! {
        <th class=class aria-sort=order>
            <SortLink address=address.clone() sort=sort.clone() key=key label=word falls/>
        </th>
    }
    .into_any()
}

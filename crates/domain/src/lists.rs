//! Lists that come in pages.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct List<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// What to hand in as `cursor` to get the next page; `null` on the last.
    pub next: Option<String>,
    /// How many items there are on all pages.
    pub total: u64,
}

impl<T> List<T> {
    /// The same page with each item changed.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> List<U> {
        List { items: self.items.into_iter().map(f).collect(), next: self.next, total: self.total }
    }
}

/// What a list can be sorted by. In an address each key stands alone, or with `-` before it for
/// descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorts(pub &'static [&'static str]);

impl Sorts {
    /// A list that has one order.
    pub const NONE: Self = Self(&[]);
    /// Projects.
    pub const PROJECTS: Self = Self(&["name", "updated"]);
    /// Datasets.
    pub const DATASETS: Self =
        Self(&["name", "rows", "columns", "version", "visibility", "updated", "created"]);
    /// Models. `measured` and `against` are how good a model is, alone and beside the baseline:
    /// descending, the best comes first, whichever way its metric gets better.
    pub const MODELS: Self = Self(&[
        "name",
        "target",
        "measured",
        "against",
        "version",
        "visibility",
        "updated",
        "created",
    ]);
    /// Runs. `measured` is as in [`MODELS`](Self::MODELS).
    pub const RUNS: Self =
        Self(&["run", "status", "model", "dataset", "measured", "took", "created"]);
    /// Versions of a dataset or a model.
    pub const VERSIONS: Self = Self(&["version"]);

    /// Whether `sort` is one of the orders.
    pub fn knows(self, sort: &str) -> bool {
        self.0.contains(&sort.strip_prefix('-').unwrap_or(sort))
    }
}

/// The most items on one page.
pub const MAX_LIMIT: u32 = 200;

/// Which page of a list, of which items, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    /// Items on the page, 1 to [`MAX_LIMIT`]; 50 when absent.
    pub limit: Option<u32>,
    /// Where to go on: [`List::next`] of the page before.
    pub cursor: Option<String>,
    /// Only items whose name contains this text.
    pub q: Option<String>,
    /// The key to sort by, with `-` before it for descending.
    pub sort: Option<String>,
}

impl ListQuery {
    /// Items on the page.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(50).clamp(1, MAX_LIMIT)
    }

    /// Items before the page. A cursor is an offset: lists of names do not grow under one's feet
    /// fast enough to need more.
    pub fn offset(&self) -> u64 {
        self.cursor.as_deref().and_then(|c| c.parse().ok()).unwrap_or(0)
    }

    /// The key that the list is sorted by, or that of `own` when nothing is said, and whether it is
    /// descending: `-name` is `name` and true.
    pub fn order<'a>(&'a self, own: &'a str) -> (&'a str, bool) {
        let sort = self.sort.as_deref().unwrap_or(own);
        sort.strip_prefix('-').map_or((sort, false), |key| (key, true))
    }

    /// Takes out an order that the list does not have, so that it comes in its own; whether there
    /// was one.
    pub fn drop_unknown_sort(&mut self, sorts: Sorts) -> bool {
        self.sort.take_if(|sort| !sorts.knows(sort)).is_some()
    }

    /// What to ask when the page turned out to lie past the end: its first item, to learn how many
    /// there are. `None` when there is nothing more to learn.
    pub fn past_the_end<T>(&self, items: &[T]) -> Option<Self> {
        let past = items.is_empty() && self.offset() > 0;
        past.then(|| Self { limit: Some(1), cursor: None, ..self.clone() })
    }

    /// The page of a list that is at hand whole.
    pub fn cut<T>(&self, items: Vec<T>) -> List<T> {
        let total = items.len() as u64;
        let before = usize::try_from(self.offset()).unwrap_or(usize::MAX);
        let page = items.into_iter().skip(before).take(self.limit() as usize).collect();
        self.page(page, total)
    }

    /// Wraps the items found at [`Self::offset`] as a page of `total`.
    pub fn page<T>(&self, items: Vec<T>, total: u64) -> List<T> {
        let end = self.offset().saturating_add(items.len() as u64);
        let next = (end < total && !items.is_empty()).then(|| end.to_string());
        List { items, next, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_a_key_with_or_without_a_minus() {
        let mut query = ListQuery { sort: Some("-name".into()), ..ListQuery::default() };
        assert_eq!(query.order("updated"), ("name", true));
        assert!(!query.drop_unknown_sort(Sorts::PROJECTS));
        assert_eq!(query.sort.as_deref(), Some("-name"));
        for unknown in ["--name", "-", "", "Name", "size"] {
            query.sort = Some(unknown.into());
            assert!(query.drop_unknown_sort(Sorts::PROJECTS), "{unknown}");
            assert_eq!(query.order("-updated"), ("updated", true), "{unknown}");
        }
        assert!(!query.drop_unknown_sort(Sorts::NONE), "nothing was asked for");
    }

    #[test]
    fn a_page_past_the_end_is_empty_and_knows_how_many_there_are() {
        let page = |offset: u64| {
            let cursor = Some(offset.to_string());
            ListQuery { limit: Some(2), cursor, ..ListQuery::default() }.cut(vec![1, 2, 3])
        };
        assert_eq!(page(0), List { items: vec![1, 2], next: Some("2".into()), total: 3 });
        assert_eq!(page(2), List { items: vec![3], next: None, total: 3 });
        assert_eq!(page(9), List { items: vec![], next: None, total: 3 });
    }
}

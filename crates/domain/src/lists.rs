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

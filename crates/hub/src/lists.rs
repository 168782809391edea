//! What all lists share.

pub(crate) use crate::db::range;
use mlhub_domain::lists::{List, ListQuery};

/// A page of a list that is looked for. A page past the end does not say how many items there are:
/// there the first one is asked for. No function with a closure that asks: one that borrows a
/// connection would make futures that cannot be shown to be `Send`.
pub(crate) struct Wanted<'a> {
    query: &'a ListQuery,
    first: Option<ListQuery>,
}

impl<'a> Wanted<'a> {
    /// The page that `query` asks for.
    pub(crate) fn of(query: &'a ListQuery) -> Self {
        Self { query, first: None }
    }

    /// What to ask for now.
    pub(crate) fn query(&self) -> &ListQuery {
        self.first.as_ref().unwrap_or(self.query)
    }

    /// The page, when its items and their number on all pages were found; `None` when there is more
    /// to ask.
    pub(crate) fn found<T>(&mut self, items: Vec<T>, total: u64) -> Option<List<T>> {
        if self.first.is_some() {
            return Some(self.query.page(Vec::new(), total));
        }
        self.first = self.query.past_the_end(&items);
        self.first.is_none().then(|| self.query.page(items, total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_past_the_end_is_asked_for_twice() {
        let at = |cursor: &str| ListQuery { cursor: Some(cursor.into()), ..ListQuery::default() };
        let (query, past) = (at("0"), at("9"));
        let mut wanted = Wanted::of(&query);
        assert_eq!(wanted.found(vec!['a', 'b'], 2).unwrap().items, ['a', 'b']);
        let mut wanted = Wanted::of(&past);
        assert_eq!(wanted.query(), &past);
        assert_eq!(wanted.found(Vec::<char>::new(), 0), None);
        assert_eq!((wanted.query().offset(), wanted.query().limit()), (0, 1));
        let page = wanted.found(vec!['a'], 2).unwrap();
        assert_eq!(page, List { items: vec![], next: None, total: 2 });
    }
}

//! What all lists share.

use mlhub_domain::lists::ListQuery;

/// Offset and limit of the page that `query` asks for.
pub(crate) fn range(query: &ListQuery) -> (i64, i64) {
    (i64::try_from(query.offset()).unwrap_or(i64::MAX), query.limit().into())
}

//! What an address asks of a list in vain: a page tells it and shows the list all the same.

use mlhub_domain::lists::{ListQuery, Sorts};

/// The order in which a list comes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnOrder {
    /// By name.
    Name,
    /// What changed last comes first.
    Changed,
    /// The newest comes first.
    Made,
}

/// Drops an order that the list does not have; then what to say of it.
pub fn known_order(query: &mut ListQuery, sorts: Sorts, own: OwnOrder) -> Option<&'static str> {
    query.drop_unknown_sort(sorts).then_some(match own {
        OwnOrder::Name => {
            "The address asks for an order that this list does not have. It is shown by name."
        }
        OwnOrder::Changed => {
            "The address asks for an order that this list does not have. What changed last comes \
             first."
        }
        OwnOrder::Made => {
            "The address asks for an order that this list does not have. The newest comes first."
        }
    })
}

//! What an address asks of a list in vain: a page tells it and shows the list all the same.

use mlhub_domain::lists::{ListQuery, Sorts};

/// Drops an order that the list does not have; then what to say of it.
pub fn known_order(query: &mut ListQuery, sorts: Sorts) -> Option<&'static str> {
    query.drop_unknown_sort(sorts).then_some(match sorts {
        Sorts::DATASETS => {
            "The address asks for an order that this list does not have. It is shown by name."
        }
        Sorts::RUNS => {
            "The address asks for an order that this list does not have. The newest comes first."
        }
        _ => {
            "The address asks for an order that this list does not have. What changed last comes \
             first."
        }
    })
}

//! Who sees a thing.

use super::Tag;
use crate::format;
use crate::forms::{Choice, RadioCards};
use leptos::prelude::*;
use mlhub_domain::access::Visibility;

/// Who sees a thing, as a tag.
#[component]
pub fn VisibilityTag(
    /// Who.
    visibility: Visibility,
) -> impl IntoView {
    let kind = match visibility {
        Visibility::Private => "",
        Visibility::Unlisted => "plain",
        Visibility::Public => "ok",
    };
    view! {
        <span title=visibility.means()>
            <Tag kind>{visibility.as_str()}</Tag>
        </span>
    }
}

/// Who shall see a thing: a card for each possibility, with what it means.
#[component]
pub fn VisibilityCards(
    /// The argument of the server function.
    #[prop(default = "visibility".into(), into)]
    name: String,
    /// What is chosen.
    value: Visibility,
) -> impl IntoView {
    let choices =
        Visibility::ALL.map(|v| Choice::new(v.as_str(), format::titled(v.as_str()), v.means()));
    view! { <RadioCards name legend="Who sees it" choices=choices.to_vec() value=value.as_str()/> }
}

//! Pages of a list.

use super::Icon;
use crate::format;
use leptos::prelude::*;

/// Which part of a list is shown, and links to the parts beside it. Links keep the rest of the
/// address, so that filters and order stay.
#[component]
pub fn Pager(
    /// Path and query of the list as it is shown.
    #[prop(into)]
    address: String,
    /// The key of the query that holds the offset.
    #[prop(default = "offset")]
    key: &'static str,
    /// Items before the page.
    offset: u64,
    /// Items a full page holds.
    limit: u64,
    /// Items on all pages.
    total: u64,
    /// “rows”.
    #[prop(into)]
    noun: String,
) -> impl IntoView {
    let end = (offset + limit).min(total);
    let noun = if total == 1 { noun.trim_end_matches('s') } else { &noun };
    let at = |offset: u64| {
        let value = (offset > 0).then(|| offset.to_string());
        with_query(&address, key, value.as_deref())
    };
    let earlier = (offset > 0).then(|| at(offset.saturating_sub(limit)));
    let later = (end < total).then(|| at(offset + limit));
    let pages = total > limit || offset > 0;
    let all = format::count(total);
    let (span, of) = if pages {
        let span = format!("{} – {}", format::count(offset + 1), format::count(end));
        (span, format!(" of {all} {noun}"))
    } else {
        (all, format!(" {noun}"))
    };
    let links = pages.then(|| {
        view! {
            {step(earlier, "chevron-left", "Previous page")}
            {step(later, "chevron-right", "Next page")}
        }
    });
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="count">
                <b>{span}</b>
                {of}
            </span>
            {links}
        </nav>
    }
}

/// A link to what stands beside what is shown; without one it is grey.
pub fn step(href: Option<String>, icon: &'static str, label: &'static str) -> impl IntoView {
    match href {
        Some(href) => view! {
            <a class="btn icon" href=href aria-label=label>
                <Icon name=icon/>
            </a>
        }
        .into_any(),
        None => view! {
            <span class="btn icon" aria-disabled="true" aria-label=label role="link">
                <Icon name=icon/>
            </span>
        }
        .into_any(),
    }
}

/// `address` with `key` of its query set to `value`, or taken out. The value is escaped.
pub fn with_query(address: &str, key: &str, value: Option<&str>) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let kept = query.split('&').filter(|pair| {
        !pair.is_empty() && pair.split_once('=').map_or(*pair, |(name, _)| name) != key
    });
    let mut pairs: Vec<String> = kept.map(String::from).collect();
    if let Some(value) = value {
        pairs.push(format!("{key}={}", escaped(value)));
    }
    if pairs.is_empty() { path.into() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Everything but letters, digits and `-._~/` as `%XX`.
fn escaped(value: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let one = |b: u8| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    value.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_changes_one_key_and_keeps_the_others() {
        assert_eq!(with_query("/a?q=x&offset=50", "offset", Some("100")), "/a?q=x&offset=100");
        assert_eq!(with_query("/a?offset=50", "offset", None), "/a");
        assert_eq!(with_query("/a", "q", Some("a&b c")), "/a?q=a%26b%20c");
        assert_eq!(with_query("/a?flag&x=1", "flag", None), "/a?x=1");
        let next = with_query("/login", "next", Some("/a/b&c=d é"));
        assert_eq!(next, "/login?next=/a/b%26c%3Dd%20%C3%A9", "a path cannot leave its query");
    }
}

//! Where a page is, told by its address.

use crate::format;

/// A step on the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Crumb {
    /// The word.
    pub(super) label: String,
    /// Where it leads; `None` for the page itself.
    pub(super) href: Option<String>,
}

/// The way to `path`: `/ann/census/runs/42` is ann / census / runs / 42.
pub(super) fn crumbs(path: &str) -> Vec<Crumb> {
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    if matches!(segments.first(), None | Some(&("login" | "signup" | "setup"))) {
        return Vec::new();
    }
    let own = matches!(segments[0], "dashboard" | "docs" | "explore" | "settings" | "design");
    let mut href = String::new();
    let mut crumbs = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        href.push('/');
        href.push_str(segment);
        let last = i + 1 == segments.len();
        let label = if own { format::titled(segment) } else { (*segment).to_string() };
        crumbs.push(Crumb { label, href: (!last).then(|| href.clone()) });
    }
    crumbs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str) -> String {
        let shown = crumbs(path)
            .into_iter()
            .map(|c| c.href.map_or(c.label.clone(), |href| format!("[{}]({href})", c.label)));
        shown.collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn the_way_to_a_run_has_four_steps() {
        assert_eq!(
            line("/ann/census/runs/42"),
            "[ann](/ann) / [census](/ann/census) / [runs](/ann/census/runs) / 42"
        );
        assert_eq!(line("/settings/tokens"), "[Settings](/settings) / Tokens");
        assert_eq!(line("/ann"), "ann");
        assert_eq!(line("/"), "");
        assert_eq!(line("/login"), "");
    }
}

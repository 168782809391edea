//! Every class of the stylesheet stands on some page.

use std::collections::BTreeSet;

/// Made of a letter and a number where they are needed: the series of charts.
const NUMBERED: &[&str] = &["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];

/// Classes of `css` that stand in no quoted text of `sources`.
pub(super) fn unused(path: &str, css: &str, words: &BTreeSet<String>) -> Vec<String> {
    let known = |class: &&String| words.contains(*class) || NUMBERED.contains(&class.as_str());
    let classes = classes(css);
    let idle = classes.iter().filter(|class| !known(class));
    idle.map(|class| format!("{path}: .{class} is the class of nothing")).collect()
}

/// The words of all quoted texts in a source.
pub(super) fn words(source: &str) -> BTreeSet<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let code = code.replace("\\\"", " ").replace("'\"'", " ");
    let quoted = code.split(['"', '`']).skip(1).step_by(2);
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    quoted.flat_map(|text| text.split(move |c| !inside(c)).map(str::to_owned)).collect()
}

/// The classes that the selectors of a stylesheet name.
fn classes(css: &str) -> BTreeSet<String> {
    let css = without_comments(css);
    let mut classes = BTreeSet::new();
    for (at, _) in css.match_indices('.') {
        let rest = &css[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        let selects =
            css[at..].find(['{', ';', '}']).is_some_and(|i| css.as_bytes()[at + i] == b'{');
        if selects && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            classes.insert(name.to_owned());
        }
    }
    classes
}

fn without_comments(css: &str) -> String {
    let after = |part: &str| part.split_once("*/").map_or("", |(_, rest)| rest).to_owned();
    let mut parts = css.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    std::iter::once(first).chain(parts.map(after)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_no_source_names_is_found() {
        let css = ".card > .hd, a:not(.btn) { margin: 0.5em; } .s3 { color: red }";
        let words = words("view! { <p class=\"card btn\">\"x\"</p> }\n// \"hd\"");
        assert_eq!(unused("a.css", css, &words), ["a.css: .hd is the class of nothing"]);
    }

    #[test]
    fn what_is_no_selector_has_no_classes() {
        let css = "/* a.js */ @font-face { src: url(a.woff2); } p { width: 1.5em; }";
        assert_eq!(classes(css), BTreeSet::new());
    }
}

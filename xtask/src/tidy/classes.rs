//! Every class of the stylesheet stands on some page.

use std::collections::BTreeSet;

/// Made of a letter and a number where they are needed: the series of charts.
const NUMBERED: &[&str] = &["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];

/// Before the quote that the classes of an element stand in.
const ATTRIBUTES: [&str; 2] = ["class=", "className = "];

/// Classes of `css` that are none of the `words` of our sources.
pub(super) fn unused(path: &str, css: &str, words: &BTreeSet<String>) -> Vec<String> {
    let known = |class: &&String| words.contains(*class) || NUMBERED.contains(&class.as_str());
    let classes = classes(css);
    let idle = classes.iter().filter(|class| !known(class));
    idle.map(|class| format!("{path}: .{class} is the class of nothing")).collect()
}

/// The words of a source that may be classes: those of the attributes, and those of other quoted
/// texts that could be one. Many a class is chosen far from its element, so a word of prose without
/// capitals and stops passes too. Tests draw nothing.
pub(super) fn words(source: &str) -> BTreeSet<String> {
    let drawn = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code: String = drawn
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let values = ATTRIBUTES.iter().flat_map(|name| code.split(name).skip(1)).filter_map(value);
    let plain = code.replace("\\\"", " ").replace("'\"'", " ");
    let quoted = plain.split(['"', '`']).skip(1).step_by(2).map(without_placeholders);
    let texts = values.map(str::to_owned).chain(quoted.filter(|text| may_be_classes(text)));
    let words = |text: String| text.split(|c| !in_class(c)).map(str::to_owned).collect::<Vec<_>>();
    texts.flat_map(words).collect()
}

/// The text that `code` begins with, be it quoted within a quoted one.
fn value(code: &str) -> Option<&str> {
    code.trim_start_matches('\\').strip_prefix('"')?.split(['"', '\\']).next()
}

fn may_be_classes(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || in_class(c) && !c.is_ascii_uppercase())
}

fn in_class(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// `bar {kind}` without what stands there for something else.
fn without_placeholders(text: &str) -> String {
    without(text, "{", "}")
}

/// The classes that the selectors of a stylesheet name.
fn classes(css: &str) -> BTreeSet<String> {
    let css = without(css, "/*", "*/");
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

/// A text without what stands between `open` and `close`.
fn without(text: &str, open: &str, close: &str) -> String {
    let after = |part: &str| part.split_once(close).map_or("", |(_, rest)| rest).to_owned();
    let mut parts = text.split(open);
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
    fn prose_and_tests_name_no_classes() {
        let source = [
            r#"let kind = if bad { "note bad" } else { "All is done." };"#,
            r#"view! { <i class=format!("bar {kind}")></i> "No card yet" }"#,
            r#"svg.push_str("<p class=\"hd B2\">");"#,
            "#[cfg(test)]",
            r#"mod tests { fn x() { "row" } }"#,
        ];
        let words = words(&source.join("\n"));
        for class in ["note", "bad", "bar", "hd", "B2"] {
            assert!(words.contains(class), "{class}");
        }
        for word in ["done", "kind", "card", "row"] {
            assert!(!words.contains(word), "{word}");
        }
    }

    #[test]
    fn what_is_no_selector_has_no_classes() {
        let css = "/* a.js */ @font-face { src: url(a.woff2); } p { width: 1.5em; }";
        assert_eq!(classes(css), BTreeSet::new());
    }
}

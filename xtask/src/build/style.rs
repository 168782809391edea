//! Joins the files of the stylesheet in the order of its layers and takes out what only people
//! read.
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The whole stylesheet. `tokens.css` begins with `@layer tokens, base, …;`: each layer is the
/// file of that name.
pub(crate) fn join(folder: &Path) -> Result<String> {
    let first = read(&folder.join("tokens.css"))?;
    let layers = layers(&first).context("style/tokens.css does not name the layers")?;
    let mut joined = String::new();
    for layer in &layers {
        joined += &minify(&read(&folder.join(format!("{layer}.css")))?);
        joined.push('\n');
    }
    let named: BTreeSet<String> = layers.into_iter().collect();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            ensure!(named.contains(&stem), "{} is no layer of style/tokens.css", path.display());
        }
    }
    Ok(joined)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn layers(css: &str) -> Option<Vec<String>> {
    let names = css.split_once("@layer ")?.1.split_once(';')?.0;
    (!names.contains('{')).then(|| names.split(',').map(|name| name.trim().to_owned()).collect())
}

/// Takes out comments and needless white space; text in quotes stays as it is.
fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(next) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else if next == '"' || next == '\'' {
            let end = quoted(rest, next);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if next.is_whitespace() {
            rest = rest.trim_start();
            out.push(' ');
        } else {
            push_tight(&mut out, next);
            rest = &rest[next.len_utf8()..];
            if matches!(next, '{' | '}' | ';' | ',') {
                rest = rest.trim_start();
            }
        }
        collapse(&mut out);
    }
    out.trim().to_owned()
}

/// Where the text that begins with `quote` ends.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}

fn push_tight(out: &mut String, next: char) {
    if matches!(next, '{' | '}' | ';' | ',') && out.ends_with(' ') {
        out.pop();
    }
    if next == '}' && out.ends_with(';') {
        out.pop();
    }
    out.push(next);
}

/// A comment between two spaces leaves two.
fn collapse(out: &mut String) {
    let needless =
        |before: Option<char>| matches!(before, None | Some('{' | '}' | ';' | ',' | ' '));
    if out.ends_with(' ') && needless(out.chars().rev().nth(1)) {
        out.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_space_go_and_meaning_stays() {
        let css = "/* a */ .a > .b , .c :hover {\n  width: calc(1px + 2px);\n  color : red;\n}\n";
        assert_eq!(minify(css), ".a > .b,.c :hover{width: calc(1px + 2px);color : red}");
    }

    #[test]
    fn text_in_quotes_is_not_touched() {
        let css = r#"a::after { content: "/* x  ;  } \" */" ; }"#;
        assert_eq!(minify(css), r#"a::after{content: "/* x  ;  } \" */"}"#);
    }

    #[test]
    fn the_order_of_layers_is_read_from_the_first_statement() {
        assert_eq!(layers("/* x */ @layer a, b;\n@layer a { }").unwrap(), ["a", "b"]);
        assert_eq!(layers("@layer a { b: c; }"), None);
    }

    #[test]
    fn the_stylesheet_holds_each_layer_once_and_no_comment() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
        let joined = join(&folder).unwrap();
        assert_eq!(joined.matches("@layer components{").count(), 1);
        assert!(!joined.contains("/*"));
        assert_eq!(joined.matches('{').count(), joined.matches('}').count());
    }
}

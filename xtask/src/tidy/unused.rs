//! Every dependency is named in the sources that it is for.

use super::arrows::Package;

/// Named in no source: they are there for a feature that they turn on.
const SILENT: [(&str, &str); 0] = [];

/// Dependencies of `package` that none of its sources names.
pub(super) fn unused(package: &Package, sources: &[String]) -> Vec<String> {
    let name = &package.name;
    let named = |dependency: &str| {
        let word = dependency.replace('-', "_");
        sources.iter().any(|source| names(source, &word))
            || SILENT.contains(&(name.as_str(), dependency))
    };
    let mut idle: Vec<&str> = package.dependencies.iter().map(|on| on.name.as_str()).collect();
    idle.retain(|dependency| !named(dependency));
    idle.iter().map(|on| format!("{name} → {on}: no source names it; remove the line")).collect()
}

/// Whether `source` has `word::`, `word!` or `use word`, and not as a part of something longer.
fn names(source: &str, word: &str) -> bool {
    source.match_indices(word).any(|(at, _)| {
        let (before, after) = (&source[..at], &source[at + word.len()..]);
        let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let path = before.ends_with("::") && !before.ends_with(" ::");
        let used = before.ends_with("use ") && after.starts_with([';', ' ']);
        let begins = !before.ends_with(inside) && !path;
        begins && (after.starts_with("::") || after.starts_with('!') || used)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_crate_where_a_path_begins_with_it() {
        for source in
            ["use hex;", "hex::encode(x)", "(hex::encode)", "use hex as h;", "hex!(\"00\")"]
        {
            assert!(names(source, "hex"), "{source}");
        }
        for source in
            ["let hex = 1;", "vertex::new()", "axum::hex::encode", "mod hex;", "hexa::x()"]
        {
            assert!(!names(source, "hex"), "{source}");
        }
    }

    #[test]
    fn what_no_source_names_is_told() {
        let package: Package = serde_json::from_str(
            r#"{"name": "mlhub-hub", "manifest_path": "/x/Cargo.toml", "dependencies": [
                {"name": "tokio-util", "optional": false, "kind": null},
                {"name": "hex", "optional": false, "kind": "dev"}]}"#,
        )
        .unwrap();
        let sources = ["use tokio_util::io::ReaderStream;".to_owned()];
        assert_eq!(
            unused(&package, &sources),
            ["mlhub-hub → hex: no source names it; remove the line"]
        );
    }
}

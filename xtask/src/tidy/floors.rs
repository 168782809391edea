//! The same feature has the same name on each floor.
use std::collections::BTreeSet;

/// What people see, and what ML Hub can do.
const PAGES: &str = "app/src/pages/";
const HUB: &str = "crates/hub/src/";
/// Folders of the hub that are no feature of their own.
const FOUNDATIONS: [&str; 2] = ["access", "jobs"];
/// Folders of pages that show nothing of the hub.
const DRAWN: [&str; 1] = ["design"];

/// Features that one of the two floors has and the other lacks. A folder is a feature; a single
/// file (`landing.rs`, `dashboard.rs`, `error.rs`) may stand alone.
pub(super) fn gaps(files: &[&str]) -> Vec<String> {
    let (page_folders, page_names) = floor(files, PAGES);
    let (hub_folders, hub_names) = floor(files, HUB);
    if page_names.is_empty() || hub_names.is_empty() {
        return Vec::new();
    }
    let hubless =
        page_folders.difference(&hub_names).filter(|name| !DRAWN.contains(name)).map(|name| {
            format!("{PAGES}{name}: the hub has no {name}; give both floors the same name")
        });
    let pageless =
        hub_folders.difference(&page_names).filter(|name| !FOUNDATIONS.contains(name)).map(
            |name| format!("{HUB}{name}: the pages have no {name}; give both floors the same name"),
        );
    hubless.chain(pageless).collect()
}

/// The folders directly below `below`, and these together with the single files.
fn floor<'a>(files: &[&'a str], below: &str) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
    let mut folders = BTreeSet::new();
    let mut names = BTreeSet::new();
    for path in files.iter().filter_map(|path| path.strip_prefix(below)) {
        if let Some((folder, _)) = path.split_once('/') {
            folders.insert(folder);
            names.insert(folder);
        } else if let Some(name) = path.strip_suffix(".rs") {
            names.insert(name);
        }
    }
    (folders, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_on_both_floors_are_fine() {
        let files = [
            "app/src/pages/datasets/mod.rs",
            "app/src/pages/landing.rs",
            "app/src/pages/runs.rs",
            "crates/hub/src/datasets/mod.rs",
            "crates/hub/src/runs/mod.rs",
            "crates/hub/src/access/mod.rs",
            "crates/hub/src/error.rs",
        ];
        assert!(gaps(&files).is_empty());
    }

    #[test]
    fn a_feature_with_two_names_is_told_on_both_floors() {
        let files = ["app/src/pages/tables/mod.rs", "crates/hub/src/datasets/mod.rs"];
        let gaps = gaps(&files);
        assert_eq!(gaps.len(), 2);
        assert!(gaps[0].starts_with("app/src/pages/tables"));
        assert!(gaps[1].starts_with("crates/hub/src/datasets"));
    }

    #[test]
    fn a_floor_that_is_not_built_yet_has_no_gaps() {
        assert!(gaps(&["crates/hub/src/datasets/mod.rs"]).is_empty());
    }
}

//! The same feature has the same name on each floor.
use std::collections::BTreeSet;

/// What ML Hub can do: the floor that the others are held against.
const HUB: &str = "crates/hub/src/";
/// Folders of the hub that are no feature of their own.
const FOUNDATIONS: [&str; 2] = ["access", "jobs"];
/// What people see.
const PAGES: &str = "app/src/pages/";
/// Folders of pages that show nothing of the hub.
const DRAWN: [&str; 2] = ["design", "docs"];
/// The floors below and beside the hub, and the features that have nothing there.
const OTHERS: [(&str, &[&str]); 3] =
    [("crates/db/src/", &[]), ("server/src/api/", &["dashboard"]), ("crates/hub/tests/all/", &[])];

/// Features that the hub or the pages have and another floor lacks. A folder is a feature; a single
/// file (`landing.rs`, `dashboard.rs`, `error.rs`) may stand alone. A floor that is not built yet
/// lacks nothing.
pub(super) fn gaps(files: &[&str]) -> Vec<String> {
    let (hub_folders, hub_names) = floor(files, HUB);
    let (page_folders, _) = floor(files, PAGES);
    let hubless = page_folders.difference(&hub_names).filter(|name| !DRAWN.contains(name));
    let hubless = hubless.filter(|_| !hub_names.is_empty());
    let hubless = hubless.map(|name| {
        format!("{PAGES}{name}: the hub has no {name}; give both floors the same name")
    });
    let features = hub_folders.iter().filter(|name| !FOUNDATIONS.contains(name));
    let floors = OTHERS.iter().map(|(floor, without)| (*floor, *without)).chain([(PAGES, &[][..])]);
    let missing = floors.flat_map(|(below, without)| {
        let (_, names) = floor(files, below);
        let features = features.clone().filter(|_| !names.is_empty());
        let features: Vec<_> = features.filter(|name| !without.contains(name)).collect();
        let missing = features.into_iter().filter(move |name| !names.contains(*name));
        missing.map(move |name| {
            format!("{HUB}{name}: {below} has no {name}; give all floors the same name")
        })
    });
    hubless.chain(missing).collect()
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
    fn a_feature_is_looked_for_on_every_floor() {
        let mut files = vec![
            "app/src/pages/datasets/mod.rs",
            "crates/hub/src/datasets/mod.rs",
            "crates/db/src/tables/mod.rs",
            "server/src/api/tables.rs",
            "crates/hub/tests/all/tables.rs",
        ];
        let floors = ["crates/db/src/ has", "server/src/api/ has", "crates/hub/tests/all/ has"];
        let gaps = gaps(&files);
        assert_eq!(gaps.len(), floors.len());
        assert!(gaps.iter().zip(floors).all(|(gap, floor)| gap.contains(floor)), "{gaps:?}");
        files.extend(["crates/db/src/datasets.rs", "server/src/api/datasets.rs"]);
        files.push("crates/hub/tests/all/datasets.rs");
        assert!(super::gaps(&files).is_empty());
    }

    #[test]
    fn a_floor_that_is_not_built_yet_has_no_gaps() {
        assert!(gaps(&["crates/hub/src/datasets/mod.rs"]).is_empty());
    }
}

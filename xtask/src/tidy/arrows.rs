//! Dependencies point down only.
use anyhow::Result;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Which of our packages a package may name. Everything may name `mlhub-domain`.
const DOWN: [(&str, &[&str]); 17] = [
    ("mlhub-domain", &[]),
    ("mlhub-metrics", &[]),
    ("mlhub-recipe", &[]),
    ("mlhub-predict", &["mlhub-recipe"]),
    ("mlhub-db", &[]),
    ("mlhub-objects", &[]),
    ("mlhub-jobs", &["mlhub-db"]),
    ("mlhub-hub", &["mlhub-db", "mlhub-objects", "mlhub-jobs", "mlhub-predict", "mlhub-metrics"]),
    ("mlhub-testing", &["mlhub-db", "mlhub-hub", "mlhub-objects"]),
    ("mlhub-data", &["mlhub-recipe"]),
    ("mlhub-learn", &["mlhub-predict", "mlhub-recipe", "mlhub-metrics"]),
    ("mlhub-work", &["mlhub-data", "mlhub-learn"]),
    ("mlhub-app", &["mlhub-metrics", "mlhub-hub"]),
    (
        "mlhub-server",
        // `db`, because start-up runs the cluster and the migrations that `hub` is then handed.
        &[
            "mlhub-app",
            "mlhub-data",
            "mlhub-db",
            "mlhub-hub",
            "mlhub-jobs",
            "mlhub-objects",
            "mlhub-work",
        ],
    ),
    ("mlhub-frontend", &["mlhub-app"]),
    ("mlhub-bench", &["mlhub-data", "mlhub-learn", "mlhub-predict", "mlhub-work"]),
    ("xtask", &[]),
];

/// What may be compiled into one wasm module, of our packages.
pub(super) struct WasmModule {
    pub(super) package: &'static str,
    ours: &'static [&'static str],
}

pub(super) const WASM: [WasmModule; 1] = [WasmModule {
    package: "mlhub-frontend",
    ours: &["mlhub-app", "mlhub-domain", "mlhub-metrics"],
}];

/// What has no business in a browser.
const NOT_IN_A_BROWSER: [&str; 4] = ["axum", "diesel", "hyper", "tokio"];

/// A package of the workspace and what it names.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) manifest_path: String,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    optional: bool,
    /// `dev`, `build`, or nothing.
    kind: Option<String>,
}

/// The harness of the tests: above everything, named by tests only.
const HARNESS: &str = "mlhub-testing";

/// Reads `cargo metadata --no-deps`.
pub(super) fn packages(metadata: &str) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    Ok(serde_json::from_str::<Metadata>(metadata)?.packages)
}

/// Every arrow that points up, and `diesel` outside `db`. Test dependencies count too, but for the
/// harness.
pub(super) fn native(packages: &[Package]) -> Vec<String> {
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut broken = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let Some((_, below)) = DOWN.iter().find(|(known, _)| *known == name) else {
            broken.push(format!("{name}: give it its place in xtask/src/tidy/arrows.rs"));
            continue;
        };
        for dependency in &package.dependencies {
            let on = dependency.name.as_str();
            if on == HARNESS && dependency.kind.as_deref() == Some("dev") {
                continue;
            }
            if ours.contains(on) && on != "mlhub-domain" && !below.contains(&on) {
                broken.push(format!("{name} → {on}: ARCHITECTURE.md has no such arrow"));
            }
            if on.starts_with("diesel") && name != "mlhub-db" {
                broken.push(format!("{name} → {on}: only mlhub-db speaks to PostgreSQL"));
            }
            if name == "mlhub-app" && on == "mlhub-hub" && !dependency.optional {
                broken.push(format!("{name} → {on}: only behind the feature ssr"));
            }
        }
    }
    broken
}

/// Reads `cargo tree --prefix none --format {p}` of a wasm module.
pub(super) fn wasm(module: &WasmModule, tree: &str) -> Vec<String> {
    let names: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let stray = |name: &&str| {
        let ours = name.starts_with("mlhub") && *name != module.package;
        (ours && !module.ours.contains(name)) || NOT_IN_A_BROWSER.contains(name)
    };
    let package = module.package;
    names
        .into_iter()
        .filter(stray)
        .map(|name| format!("{package} (wasm) contains {name}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, bool)]) -> Package {
        let dependency = |(name, optional): &(&str, bool)| Dependency {
            name: (*name).into(),
            optional: *optional,
            kind: None,
        };
        let dependencies = dependencies.iter().map(dependency).collect();
        Package { name: name.into(), manifest_path: String::new(), dependencies }
    }

    #[test]
    fn arrows_down_are_fine_and_an_arrow_up_is_named() {
        let mut packages = vec![
            package("mlhub-domain", &[]),
            package("mlhub-db", &[("mlhub-domain", false), ("diesel", false)]),
            package("mlhub-hub", &[("mlhub-db", false), ("serde", false)]),
        ];
        assert!(native(&packages).is_empty());
        packages.push(package("mlhub-jobs", &[("mlhub-hub", false)]));
        assert_eq!(
            native(&packages),
            ["mlhub-jobs → mlhub-hub: ARCHITECTURE.md has no such arrow"]
        );
    }

    #[test]
    fn only_tests_name_the_harness() {
        let with = |kind: Option<&str>| {
            let mut hub = package("mlhub-hub", &[(HARNESS, false)]);
            hub.dependencies[0].kind = kind.map(str::to_owned);
            [package(HARNESS, &[("mlhub-hub", false)]), hub]
        };
        assert!(native(&with(Some("dev"))).is_empty());
        assert_eq!(native(&with(None)).len(), 1);
    }

    #[test]
    fn diesel_outside_db_is_found() {
        let packages = [package("mlhub-hub", &[("diesel-async", false)])];
        assert_eq!(native(&packages).len(), 1);
    }

    #[test]
    fn the_app_names_the_hub_only_behind_a_feature() {
        let with = |optional| {
            [package("mlhub-hub", &[]), package("mlhub-app", &[("mlhub-hub", optional)])]
        };
        assert!(native(&with(true)).is_empty());
        assert_eq!(native(&with(false)).len(), 1);
    }

    #[test]
    fn a_package_without_a_place_is_an_error() {
        assert_eq!(native(&[package("mlhub-utils", &[])]).len(), 1);
    }

    #[test]
    fn the_wasm_of_the_pages_holds_nothing_of_the_server() {
        let module = &WASM[0];
        let fine = "mlhub-frontend v0.1.0 (/x)\nmlhub-app v0.1.0 (/x)\nleptos v0.8.23\nmlhub-app v0.1.0 (/x) (*)\n";
        assert!(wasm(module, fine).is_empty());
        let tokio = format!("{fine}tokio v1.0.0\nmlhub-hub v0.1.0 (/x)\n");
        assert_eq!(wasm(module, &tokio).len(), 2);
    }
}

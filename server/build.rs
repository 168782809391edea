//! Tells the compiler where the finished site lies (see [`assets`](src/assets.rs)).
//!
//! `cargo xtask build` fills `<target>/site`; without it the folder is made empty here, and the
//! server builds and answers 404 for every asset. A new site builds the server again.
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-env-changed=MLHUB_SITE");
    let site = variable("MLHUB_SITE").map_or_else(beside_the_build, PathBuf::from);
    if let Err(error) = fs::create_dir_all(&site) {
        println!("cargo::error=cannot make the folder {}: {error}", site.display());
    }
    println!("cargo::rustc-env=MLHUB_SITE={}", site.display());
    println!("cargo::rerun-if-changed={}", site.join("assets.json").display());
}

/// `<target>/site`, from `<target>/<profile>/build/<package>/out`.
fn beside_the_build() -> PathBuf {
    let out = variable("OUT_DIR").expect("cargo gives every build script its folder");
    let target = Path::new(&out).ancestors().nth(4).expect("the folder lies in the target folder");
    target.join("site")
}

#[expect(clippy::disallowed_methods, reason = "a build script is configured by its environment")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

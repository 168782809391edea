//! The folder that the server embeds: hashed names, compressed twins, `assets.json`.
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Files whose address the outside world knows: they keep their names.
const PLAIN: [&str; 3] = ["favicon.svg", "manifest.webmanifest", "robots.txt"];
/// Compressed already.
const PACKED: [&str; 3] = ["woff2", "png", "jpg"];

/// What `assets.json` says of one file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asset {
    /// Below the root of the site.
    pub(crate) path: String,
    pub(crate) sha256: String,
    /// In bytes.
    pub(crate) size: usize,
    /// In bytes, as brotli sends it; the plain size when that is no gain.
    pub(crate) wire: usize,
}

/// Collects files under their final names, then writes what changed.
pub(crate) struct Site {
    folder: PathBuf,
    cache: PathBuf,
    quality: i32,
    files: BTreeMap<String, Vec<u8>>,
    assets: BTreeMap<String, Asset>,
    used: BTreeSet<PathBuf>,
}

impl Site {
    /// An empty site. `quick` compresses fast rather than well.
    pub(crate) fn new(workspace: &Workspace, quick: bool) -> Self {
        Self {
            folder: workspace.site(),
            cache: workspace.front().join("packed"),
            quality: if quick { 4 } else { 11 },
            files: BTreeMap::new(),
            assets: BTreeMap::new(),
            used: BTreeSet::new(),
        }
    }

    /// Adds a file under the name that pages ask for.
    pub(crate) fn add(&mut self, logical: &str, bytes: Vec<u8>) -> Result<()> {
        let digest = sha256(&bytes);
        let path = if PLAIN.contains(&logical) {
            logical.to_owned()
        } else {
            format!("assets/{}", hashed(logical, &digest))
        };
        let size = bytes.len();
        let mut wire = size;
        let extension = logical.rsplit('.').next().unwrap_or_default();
        if !PACKED.contains(&extension) {
            let brotli = self.packed(&digest, &bytes, "br")?;
            let gzip = self.packed(&digest, &bytes, "gz")?;
            if brotli.len() < size {
                wire = brotli.len();
                self.files.insert(format!("{path}.br"), brotli);
            }
            if gzip.len() < size {
                self.files.insert(format!("{path}.gz"), gzip);
            }
        }
        let asset = Asset { path: path.clone(), sha256: digest, size, wire };
        ensure!(self.assets.insert(logical.to_owned(), asset).is_none(), "{logical} stands twice");
        self.files.insert(path, bytes);
        Ok(())
    }

    /// Adds everything below `public/`. `vendor/echarts.6.1.0.js` is asked for as
    /// `vendor/echarts.js`.
    pub(crate) fn add_public(&mut self, public: &Path) -> Result<()> {
        for path in walk(public)? {
            let relative = path.strip_prefix(public)?.to_string_lossy().replace('\\', "/");
            let bytes = fs::read(&path).with_context(|| format!("cannot read {relative}"))?;
            self.add(&unversioned(&relative), bytes)?;
        }
        Ok(())
    }

    /// Adds the stylesheet; `url("../public/x")` becomes the address of `x`, which must be there.
    pub(crate) fn add_style(&mut self, logical: &str, css: &str) -> Result<()> {
        let mut rewritten = String::with_capacity(css.len());
        let mut rest = css;
        while let Some((before, after)) = rest.split_once("url(\"../public/") {
            let (name, after) = after.split_once("\")").context("a url( without end")?;
            let asset = self.assets.get(name).with_context(|| format!("no file public/{name}"))?;
            rewritten += &format!("{before}url(\"/{}\")", asset.path);
            rest = after;
        }
        rewritten += rest;
        self.add(logical, rewritten.into_bytes())
    }

    /// Writes what changed, takes away what is no longer there, and returns how many files that
    /// were. `assets.json` comes last: the server's build watches it.
    pub(crate) fn write(self) -> Result<usize> {
        fs::create_dir_all(&self.folder)?;
        let mut changed = 0;
        let wanted: BTreeSet<PathBuf> =
            self.files.keys().map(|name| self.folder.join(name)).collect();
        for path in walk(&self.folder)? {
            if !wanted.contains(&path) && !path.ends_with("assets.json") {
                fs::remove_file(&path)?;
                changed += 1;
            }
        }
        for (name, bytes) in &self.files {
            changed += usize::from(write_changed(&self.folder.join(name), bytes)?);
        }
        let same_quality = format!(".{}.", self.quality);
        for kept in walk(&self.cache)? {
            if !self.used.contains(&kept) && kept.to_string_lossy().contains(&same_quality) {
                fs::remove_file(kept)?;
            }
        }
        let manifest = serde_json::to_vec_pretty(&self.assets)?;
        changed += usize::from(write_changed(&self.folder.join("assets.json"), &manifest)?);
        Ok(changed)
    }

    fn packed(&mut self, digest: &str, bytes: &[u8], how: &str) -> Result<Vec<u8>> {
        let kept = self.cache.join(format!("{digest}.{}.{how}", self.quality));
        self.used.insert(kept.clone());
        if let Ok(bytes) = fs::read(&kept) {
            return Ok(bytes);
        }
        let packed = if how == "br" { brotli(bytes, self.quality)? } else { gzip(bytes)? };
        write_changed(&kept, &packed)?;
        Ok(packed)
    }
}

/// What `assets.json` of a finished site says.
pub(crate) fn manifest(site: &Path) -> Result<BTreeMap<String, Asset>> {
    let path = site.join("assets.json");
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

/// Every file below `folder`, in order.
pub(crate) fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("cannot read the folder {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let list = if entry.file_type()?.is_dir() { &mut open } else { &mut found };
            list.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn hashed(name: &str, digest: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{}.{extension}", &digest[..10]),
        None => format!("{name}.{}", &digest[..10]),
    }
}

fn unversioned(name: &str) -> String {
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    name.split('.').filter(|part| !is_number(part)).collect::<Vec<_>>().join(".")
}

fn write_changed(path: &Path, bytes: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = path.with_added_extension("new");
    fs::write(&fresh, bytes)?;
    fs::rename(&fresh, path)?;
    Ok(true)
}

fn brotli(bytes: &[u8], quality: i32) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let how = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &how)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn site(folder: &Path) -> Site {
        Site {
            folder: folder.join("site"),
            cache: folder.join("cache"),
            quality: 4,
            files: BTreeMap::new(),
            assets: BTreeMap::new(),
            used: BTreeSet::new(),
        }
    }

    #[test]
    fn names_carry_the_hash_and_the_known_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let mut site = site(folder.path());
        site.add("mlhub.js", b"a".to_vec()).unwrap();
        site.add("robots.txt", b"a".to_vec()).unwrap();
        assert_eq!(site.assets["mlhub.js"].path, "assets/mlhub.ca978112ca.js");
        assert_eq!(site.assets["robots.txt"].path, "robots.txt");
    }

    #[test]
    fn a_twin_is_written_only_when_it_is_smaller_and_unpacks_to_the_original() {
        let folder = tempfile::tempdir().unwrap();
        let mut site = site(folder.path());
        site.add("long.js", vec![b'x'; 5000]).unwrap();
        site.add("short.js", b"x".to_vec()).unwrap();
        let path = site.assets["long.js"].path.clone();
        let mut unpacked = Vec::new();
        let mut packed = flate2::read::GzDecoder::new(&site.files[&format!("{path}.gz")][..]);
        packed.read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, vec![b'x'; 5000]);
        assert!(site.assets["long.js"].wire < 100);
        assert!(!site.files.contains_key(&format!("{}.br", site.assets["short.js"].path)));
    }

    #[test]
    fn the_stylesheet_points_at_hashed_files_and_a_missing_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut site = site(folder.path());
        site.add("fonts/a.woff2", b"font".to_vec()).unwrap();
        let css = r#"@font-face{src:url("../public/fonts/a.woff2") format("woff2")}"#;
        site.add_style("s.css", css).unwrap();
        let path = &site.assets["s.css"].path;
        let text = String::from_utf8_lossy(&site.files[path]);
        assert!(text.contains(&format!("url(\"/{}\")", site.assets["fonts/a.woff2"].path)));
        assert!(site.add_style("t.css", r#"a{src:url("../public/b.png")}"#).is_err());
    }

    #[test]
    fn a_second_write_changes_nothing_and_old_files_go() {
        let folder = tempfile::tempdir().unwrap();
        let build = |text: &str| {
            let mut site = site(folder.path());
            site.add("a.txt", text.as_bytes().to_vec()).unwrap();
            site.write().unwrap()
        };
        assert_eq!(build("one"), 2);
        assert_eq!(build("one"), 0);
        assert_eq!(build("two"), 3);
        assert_eq!(walk(&folder.path().join("site")).unwrap().len(), 2);
    }

    #[test]
    fn a_version_in_a_file_name_is_not_part_of_the_logical_name() {
        assert_eq!(unversioned("vendor/echarts.6.1.0.js"), "vendor/echarts.js");
        assert_eq!(unversioned("vendor/echarts.LICENSE.txt"), "vendor/echarts.LICENSE.txt");
    }

    #[test]
    fn every_vendored_file_is_what_its_generator_recorded() {
        #[derive(Deserialize)]
        struct Made {
            path: String,
            sha256: String,
        }
        let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public");
        let record = fs::read(public.join("vendor/vendor.json")).unwrap();
        let made: Vec<Made> = serde_json::from_slice(&record).unwrap();
        assert!(made.len() >= 4);
        for Made { path, sha256: recorded } in made {
            assert_eq!(sha256(&fs::read(public.join(&path)).unwrap()), recorded, "{path}");
        }
    }
}

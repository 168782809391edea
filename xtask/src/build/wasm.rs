//! Rust → wasm → JavaScript bindings, with the tool as a library at the locked version.
use super::site::sha256;
use crate::shell;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// The wasm that a browser loads, the islands of the pages.
const PACKAGE: &str = "mlhub-frontend";
/// What pages call it: `mlhub.js` and `mlhub.wasm`.
pub(crate) const NAME: &str = "mlhub";

/// The module and the script that loads it.
pub(crate) struct Bound {
    pub(crate) glue: Vec<u8>,
    pub(crate) wasm: Vec<u8>,
}

/// Compiles the module and writes its bindings; both are skipped when nothing changed.
pub(crate) fn build(workspace: &Workspace, quick: bool) -> Result<Bound> {
    let profile = if quick { "dev" } else { "wasm" };
    let target = "wasm32-unknown-unknown";
    shell::run(
        workspace
            .cargo()
            .args(["build", "-p", PACKAGE, "--target", target, "--profile", profile])
            .arg("--target-dir")
            .arg(workspace.front()),
    )?;
    let folder = if quick { "debug" } else { profile };
    let file = format!("{}.wasm", PACKAGE.replace('-', "_"));
    let raw = fs::read(workspace.front().join(target).join(folder).join(&file))
        .with_context(|| format!("{PACKAGE} made no {file}"))?;
    bind(NAME, &raw, &workspace.front().join("bound"))
}

fn bind(name: &str, raw: &[u8], cache: &Path) -> Result<Bound> {
    let (cache, digest) = (cache.join(name), sha256(raw));
    let folder = cache.join(digest);
    let (glue, wasm) = (folder.join("glue.js"), folder.join("module.wasm"));
    if wasm.exists() {
        return Ok(Bound { glue: fs::read(glue)?, wasm: fs::read(wasm)? });
    }
    let mut output = Bindgen::new()
        .input_bytes(name, raw.to_vec())
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "{name} brings inline JavaScript: bind to what the page defines instead"
    );
    let bound =
        Bound { glue: output.js().as_bytes().to_vec(), wasm: output.wasm_mut().emit_wasm() };
    ensure!(
        !section_names(&bound.wasm)?.iter().any(|section| section == "name"),
        "{name}.wasm still holds its name section"
    );
    if cache.exists() {
        fs::remove_dir_all(cache)?; // what the last version of this module left
    }
    fs::create_dir_all(&folder)?;
    fs::write(glue, &bound.glue)?;
    fs::write(wasm, &bound.wasm)?; // last: its presence means that both are there
    Ok(bound)
}

/// The names of a module's custom sections.
fn section_names(wasm: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = wasm.strip_prefix(b"\0asm\x01\0\0\0").context("not a wasm module")?;
    while let Some((&id, after)) = rest.split_first() {
        let (size, after) = leb128(after)?;
        let (section, next) = after.split_at_checked(size).context("a section is cut off")?;
        if id == 0 {
            let (length, text) = leb128(section)?;
            let name = text.get(..length).context("a section name is cut off")?;
            names.push(String::from_utf8_lossy(name).into_owned());
        }
        rest = next;
    }
    Ok(names)
}

fn leb128(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((value, &bytes[index + 1..]));
        }
    }
    bail!("a number is cut off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_are_listed_by_name() {
        let module = b"\0asm\x01\0\0\0\x00\x06\x04name\x00\x00\x05\x04abcd";
        assert_eq!(section_names(module).unwrap(), ["name", "abcd"]);
    }

    #[test]
    fn a_module_cut_short_is_an_error() {
        assert!(section_names(b"\0asm\x01\0\0\0\x00\x7f").is_err());
        assert!(section_names(b"no wasm").is_err());
    }
}

//! The data folder and whose it is. Started as root, the whole server becomes the folder's owner
//! before it listens: jobs parse hostile files, and PostgreSQL refuses root.

use crate::config::Config;
use anyhow::{Context, bail};
use nix::unistd::{Gid, Uid, User, access, chown, geteuid, initgroups, setgid, setuid};
use std::ffi::CString;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

/// Makes the data folder, and becomes its owner when this process is root. Must run while the
/// process has one thread.
///
/// # Errors
/// Which folder cannot be made or entered, and what to do.
pub(super) fn prepare(config: &Config) -> anyhow::Result<()> {
    let data = &config.data;
    let fresh = !data.exists();
    if fresh {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data)
            .with_context(|| format!("the data folder {} cannot be made", data.display()))?;
    }
    if geteuid().is_root() {
        become_owner(config, fresh)?;
    } else if config.user.is_some() {
        bail!("--user needs root: start as root, or leave it out");
    }
    enterable(data)
}

fn become_owner(config: &Config, fresh: bool) -> anyhow::Result<()> {
    let owner = std::fs::metadata(&config.data)?.uid();
    let user = match &config.user {
        Some(name) => {
            User::from_name(name)?.with_context(|| format!("there is no user “{name}”"))?
        }
        None if owner != 0 => User::from_uid(Uid::from_raw(owner))?
            .with_context(|| format!("the data folder belongs to the unknown user {owner}"))?,
        None => {
            User::from_name("nobody")?.context("there is no user “nobody”: name one with --user")?
        }
    };
    if owner != user.uid.as_raw() {
        let empty = fresh || std::fs::read_dir(&config.data)?.next().is_none();
        if !empty {
            bail!(
                "{} belongs to another user than “{}”: chown -R {} it, or name its owner with --user",
                config.data.display(),
                user.name,
                user.name
            );
        }
        chown(&config.data, Some(user.uid), Some(user.gid)).with_context(|| {
            format!("{} cannot be given to “{}”", config.data.display(), user.name)
        })?;
    }
    drop_to(&user)
}

fn drop_to(user: &User) -> anyhow::Result<()> {
    let name = CString::new(user.name.as_str()).context("a user's name has no NUL")?;
    initgroups(&name, user.gid).context("cannot take the user's groups")?;
    setgid(user.gid).context("cannot take the user's group")?;
    setuid(user.uid).context("cannot become the user")?;
    // The folder one was started from may be closed to the new user; relative paths are resolved.
    std::env::set_current_dir("/").context("cannot leave the current folder")?;
    Ok(())
}

/// Says which folder on the way is closed, rather than "permission denied" of something inside.
fn enterable(data: &Path) -> anyhow::Result<()> {
    use nix::unistd::AccessFlags;
    for folder in data.ancestors().collect::<Vec<_>>().into_iter().rev() {
        if access(folder, AccessFlags::X_OK).is_err() {
            let mode =
                folder.metadata().map(|m| m.permissions().mode() & 0o777).unwrap_or_default();
            let (uid, gid) = (Uid::effective(), Gid::effective());
            bail!(
                "user {uid} (group {gid}) cannot enter {} (mode {mode:o}): choose another folder with --data, or chmod o+x it",
                folder.display()
            );
        }
    }
    access(data, AccessFlags::W_OK)
        .with_context(|| format!("the data folder {} cannot be written to", data.display()))
}

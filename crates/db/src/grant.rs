//! Proofs that access was checked. Issued by `hub::access` only.

use mlhub_domain::access::Role;
use mlhub_domain::ids::ProjectId;
use std::marker::PhantomData;

/// What a grant allows; one zero-sized type for each role.
pub trait Level: Send + Sync {
    /// The lowest role that holds it.
    const ROLE: Role;
}

/// See.
pub enum Read {}
/// Change.
pub enum Edit {}
/// Decide who else may.
pub enum Manage {}

impl Level for Read {
    const ROLE: Role = Role::Read;
}
impl Level for Edit {
    const ROLE: Role = Role::Edit;
}
impl Level for Manage {
    const ROLE: Role = Role::Manage;
}

/// A level that allows a change.
pub trait Changes: Level {}

impl Changes for Edit {}
impl Changes for Manage {}

/// The one who asks holds at least `L` on the resource `id`.
pub struct Grant<Id, L> {
    id: Id,
    project: ProjectId,
    role: Option<Role>,
    level: PhantomData<L>,
}

impl<Id: Copy, L: Level> Grant<Id, L> {
    /// Banned by `clippy.toml` everywhere but in `hub::access`. `role` is what the one who asks
    /// holds as a member; `None` for a visitor who sees a thing because it is open.
    pub fn issue(id: Id, project: ProjectId, role: Option<Role>) -> Self {
        Self { id, project, role, level: PhantomData }
    }

    /// The resource.
    pub fn id(&self) -> Id {
        self.id
    }

    /// The project that the resource is, or is in.
    pub fn project(&self) -> ProjectId {
        self.project
    }

    /// The role held as a member.
    pub fn role(&self) -> Option<Role> {
        self.role
    }
}

/// The one who asks is not merely at a browser that somebody left open: it is asked for by what makes
/// a token, or cannot be undone.
#[derive(Debug)]
pub struct Confirmed(());

impl Confirmed {
    /// Banned by `clippy.toml` everywhere but in `hub::access`.
    pub fn issue() -> Self {
        Self(())
    }
}

//! An ML Hub for one test.

use crate::NoTables;
use crate::database::Database;
use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use chrono::{DateTime, Duration, Utc};
use mlhub_db::{AsyncConnection as _, Pool, accounts};
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::accounts::{NewAccount, Visit};
use mlhub_hub::projects::{self, NewProject, members};
use mlhub_hub::tables::Tables;
use mlhub_hub::{Actor, Clock, Credential, Hub, Parts, Secrets, Settings};
use mlhub_objects::Store;
use serde_json::Value;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use uuid::Uuid;

/// Connections of each.
const CONNECTIONS: usize = 4;

/// An ML Hub with a database and an object store of its own; both go with it. It is a
/// [`Hub`]: hand it to whatever takes one.
pub struct TestHub {
    hub: Hub,
    clock: Clock,
    secrets: Secrets,
    database: Database,
    folder: TempDir,
}

impl Deref for TestHub {
    type Target = Hub;

    fn deref(&self) -> &Hub {
        &self.hub
    }
}

impl TestHub {
    /// The password of everybody made by [`user`](Self::user).
    pub const PASSWORD: &str = "turbine plum archive";

    /// An empty one: nobody has an account, everybody may make one. The clock stands at noon of
    /// 23 November 2026, UTC.
    pub async fn start() -> Self {
        Self::start_with(Arc::new(NoTables), |_| ()).await
    }

    /// The same with another data engine, and with settings changed.
    pub async fn start_with(tables: Arc<dyn Tables>, change: impl FnOnce(&mut Settings)) -> Self {
        Self::begin(|_| tables, change).await
    }

    /// An empty one whose data engine reads its objects.
    pub async fn start_reading(tables: impl FnOnce(&Store) -> Arc<dyn Tables>) -> Self {
        Self::begin(tables, |_| ()).await
    }

    async fn begin(
        tables: impl FnOnce(&Store) -> Arc<dyn Tables>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let (folder, database) = (tempfile::tempdir().unwrap(), Database::create().await);
        let clock = Clock::frozen("2026-11-23T12:00:00Z".parse().unwrap());
        let mut settings = Settings { registration_open: true, ..Settings::default() };
        change(&mut settings);
        let objects = Store::open(&folder.path().join("objects")).await.unwrap();
        let secrets = Secrets::generate();
        let parts = Parts {
            pool: Pool::new(database.url(), CONNECTIONS).unwrap(),
            tables: tables(&objects),
            objects,
            secrets: secrets.clone(),
            clock: clock.clone(),
            settings,
        };
        Self { hub: Hub::new(parts), clock, secrets, database, folder }
    }

    /// A second web node on the same database, clock and secrets, with nothing else in common.
    pub async fn another_node(&self) -> Hub {
        self.node(self.clock.clone())
    }

    /// A second web node whose own clock stands at `now`.
    pub async fn another_node_at(&self, now: DateTime<Utc>) -> Hub {
        self.node(Clock::frozen(now))
    }

    fn node(&self, clock: Clock) -> Hub {
        Hub::new(Parts {
            pool: Pool::new(self.database.url(), CONNECTIONS).unwrap(),
            objects: self.hub.objects().clone(),
            tables: Arc::new(NoTables),
            secrets: self.secrets.clone(),
            clock,
            settings: self.hub.settings().clone(),
        })
    }

    /// What its functions take.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Its database, for what only a test may do.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// A folder that goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What its clock says.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves its clock on.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The user called `name`, logged in at a browser; made when there is none. The address is
    /// `name@example.org`, the password [`PASSWORD`](Self::PASSWORD).
    pub async fn user(&self, name: &str) -> Actor {
        self.someone(name, false).await
    }

    /// The same, as a site administrator.
    pub async fn admin(&self, name: &str) -> Actor {
        self.someone(name, true).await
    }

    async fn someone(&self, name: &str, admin: bool) -> Actor {
        let mut conn = self.hub.pool().get().await.unwrap();
        let username = name.parse().unwrap();
        if accounts::by_name(&mut conn, &username).await.unwrap().is_none() {
            let new = accounts::NewUser {
                username: &username,
                email: &email(name).parse().unwrap(),
                password_hash: password_hash(),
                admin,
                now: self.now(),
            };
            conn.transaction(async |conn| accounts::create(conn, &new).await).await.unwrap();
        }
        let login = accounts::by_name(&mut conn, &username).await.unwrap().unwrap();
        let session = mlhub_db::sessions::NewSession {
            user: login.user.id,
            family: Uuid::new_v4(),
            secret: &[7; 32],
            agent: "test",
            now: self.now(),
            expires_at: self.now() + Duration::days(30),
        };
        let session = mlhub_db::sessions::create(&mut conn, &session).await.unwrap();
        Actor { user: Some(login.user.into()), credential: Credential::Session(session) }
    }

    /// The private project at `owner/name`; it and its owner are made when they are missing.
    pub async fn project(&self, at: &str) -> ProjectPath {
        let (owner, project) = at.split_once('/').unwrap();
        let at = ProjectPath { owner: owner.parse().unwrap(), project: project.parse().unwrap() };
        let owner = self.user(owner).await;
        if projects::get(&self.hub, &owner, &at).await.is_err() {
            let new = NewProject {
                name: at.project.clone(),
                visibility: Visibility::Private,
                description: String::new(),
            };
            projects::create(&self.hub, &owner, &new, None).await.unwrap();
        }
        at
    }

    /// The user called `name`, who is `role` in the project at `owner/name`.
    pub async fn member(&self, name: &str, at: &str, role: Role) -> Actor {
        let (at, member) = (self.project(at).await, self.user(name).await);
        let owner = self.user(at.owner.as_str()).await;
        members::add(&self.hub, &owner, &at, &name.parse().unwrap(), role, None).await.unwrap();
        member
    }

    /// Opens or closes the project at `owner/name`.
    pub async fn open(&self, at: &str, visibility: Visibility) -> ProjectPath {
        let at = self.project(at).await;
        let owner = self.user(at.owner.as_str()).await;
        let change =
            projects::Change { visibility: Some(visibility), ..projects::Change::default() };
        projects::change(&self.hub, &owner, &at, &change).await.unwrap();
        at
    }

    /// What was done, one line for each act: who, what, to what, and what else is known of it.
    pub async fn audit_lines(&self) -> String {
        let lines = "SELECT coalesce(json_agg(json_build_array(coalesce(o.name, '-'), a.action, \
                     a.target, a.detail) ORDER BY a.id), '[]') \
                     FROM audit a LEFT JOIN owners o ON o.id = a.actor_id";
        let lines = self.database.value(lines).await.unwrap();
        let lines: Vec<(String, String, String, Value)> = serde_json::from_str(&lines).unwrap();
        let line = |(who, action, target, detail)| format!("{who} {action} {target} {detail}\n");
        lines.into_iter().map(line).collect()
    }

    /// What `name` would type to sign up.
    pub fn account(name: &str) -> NewAccount {
        NewAccount {
            email: email(name),
            password: Self::PASSWORD.into(),
            username: Some(name.into()),
        }
    }

    /// A browser somewhere on the net.
    pub fn visit() -> Visit {
        Visit { address: [192, 0, 2, 7].into(), agent: "test".into() }
    }
}

fn email(name: &str) -> String {
    format!("{name}@example.org")
}

/// Hashing takes longer than everything else here: once for all.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let hash: PasswordHash =
            Argon2::default().hash_password(TestHub::PASSWORD.as_bytes()).unwrap();
        hash.to_string()
    })
}

//! The program itself, as a process with a data folder of its own, to be killed and started anew.

use mlhub_db::cluster::Cluster;
use mlhub_testing::database::{self, Database};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mlhub");
const PATIENCE: Duration = Duration::from_secs(120);

/// What is said to the server beside where it lies and listens.
#[derive(Clone, Copy, Default)]
pub(crate) struct Said {
    /// On its command line.
    pub(crate) flags: &'static [&'static str],
    /// In its environment.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// In its file.
    pub(crate) file: &'static str,
    /// By the system: that no file of it grows longer than 8 or 16 KiB.
    pub(crate) cramped: bool,
}

/// A running `mlhub serve` with a user `ada`, and a client with her token.
pub(crate) struct Served {
    folder: TempDir,
    /// A database of the tests' cluster; without one the server runs its own.
    database: Option<Database>,
    said: Said,
    child: Child,
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Served {
    pub(crate) async fn start() -> Self {
        Self::told(Said::default()).await
    }

    /// One that is told something.
    pub(crate) async fn told(said: Said) -> Self {
        Self::on(Some(Database::create().await), said).await
    }

    /// One that runs a PostgreSQL of its own.
    pub(crate) async fn start_alone() -> Self {
        Self::on(None, Said::default()).await
    }

    async fn on(database: Option<Database>, said: Said) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Started by root, the server becomes somebody else.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("mlhub.toml"), said.file).unwrap();
        let (child, base) = serve(folder.path(), database.as_ref(), said);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let token = String::new();
        let mut served = Self { folder, database, said, child, base, token, http };
        let who = ["--email", "ada@example.org"];
        served.admin(&[
            "create-user",
            who[0],
            who[1],
            "--password",
            "turbine plum archive",
            "--admin",
        ]);
        served.token = served.admin(&["token", who[0], who[1]]);
        served
    }

    /// Runs `mlhub admin`; answers the last line.
    fn admin(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(PROGRAM);
        name_database(&mut command, self.database.as_ref());
        command.arg("admin").args(arguments);
        let output = command.arg("--data").arg(self.data()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().last().unwrap().to_owned()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The one value that `sql` selects, as text; asked again while the database is away.
    pub(crate) async fn value(&self, sql: &str) -> Option<String> {
        let began = Instant::now();
        loop {
            let own = || Cluster::running_url(&self.data().join("postgres"));
            let url = self.database.as_ref().map(|shared| shared.url().to_owned()).or_else(own);
            let answer = match &url {
                Some(url) => database::value(url, sql).await.map_err(|error| error.to_string()),
                None => Err("it does not run".into()),
            };
            match answer {
                Ok(value) => return value,
                Err(error) => assert!(began.elapsed() < PATIENCE, "{sql}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many `what` there are: a table, and which rows of it.
    pub(crate) async fn count(&self, what: &str) -> u64 {
        self.value(&format!("SELECT count(*) FROM {what}")).await.unwrap().parse().unwrap()
    }

    /// The first process of the server's own PostgreSQL, if it lives.
    pub(crate) fn postmaster(&self) -> Option<Pid> {
        let file = self.data().join("postgres/cluster/postmaster.pid");
        let pid = fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok()?;
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        name.starts_with("postgres").then(|| Pid::from_raw(pid))
    }

    /// Ends the server at once, and nothing else.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&self) {
        kill(self.pid(), Signal::SIGTERM).unwrap();
    }

    /// Waits until the server has ended.
    pub(crate) fn end(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// How the server has ended, if it has.
    pub(crate) fn ended_as(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// The process of the server.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap())
    }

    /// Host and port of the server.
    pub(crate) fn address(&self) -> String {
        self.base.trim_start_matches("http://").to_owned()
    }

    pub(crate) fn start_again(&mut self) {
        (self.child, self.base) = serve(self.folder.path(), self.database.as_ref(), self.said);
    }

    /// Starts it again, and does not wait until it is ready.
    pub(crate) fn begin_again(&mut self) {
        self.child = begin(self.folder.path(), self.database.as_ref(), self.said);
    }

    /// Waits until the server can do everything.
    pub(crate) async fn ready(&self) {
        let began = Instant::now();
        loop {
            let answer = self.request(Method::GET, "/readyz").send().await;
            if answer.as_ref().is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "it is not ready: {answer:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// What somebody without an account is answered.
    pub(crate) async fn visit(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        checked(answer).await.json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.request(Method::POST, path).json(&body).send().await.unwrap();
        checked(answer).await.json().await.unwrap()
    }

    /// The dataset `ada/titanic/name`, made with its project; its address.
    pub(crate) async fn dataset(&self, name: &str) -> String {
        let project = json!({"name": "titanic"});
        // There already, after the first.
        let _ = self.request(Method::POST, "/api/v1/projects").json(&project).send().await.unwrap();
        let datasets = "/api/v1/projects/ada/titanic/datasets";
        self.post(datasets, json!({"name": name})).await;
        format!("{datasets}/{name}")
    }

    /// An upload of `text` as a form does it.
    pub(crate) fn upload_request(&self, dataset: &str, text: impl Into<String>) -> RequestBuilder {
        let text: String = text.into();
        let part = Part::text(text).file_name("C:\\data\\passengers.csv");
        let form = Form::new().text("note", "before the file").part("file", part);
        self.request(Method::POST, &format!("{dataset}/versions")).multipart(form)
    }

    /// Uploads `text`.
    pub(crate) async fn upload(&self, dataset: &str, text: impl Into<String>) -> Value {
        let answer = self.upload_request(dataset, text).send().await.unwrap();
        assert_eq!(answer.status(), 202);
        answer.json().await.unwrap()
    }

    /// The version, when it is no longer `processing`.
    pub(crate) async fn settled(&self, dataset: &str, version: u64) -> Value {
        self.until(&format!("{dataset}/versions/{version}"), |seen| seen["state"] != "processing")
            .await
    }

    /// The run, when it has ended.
    pub(crate) async fn ended(&self, run: u64) -> Value {
        let ended = |seen: &Value| {
            ["finished", "failed", "cancelled"].iter().any(|status| seen["status"] == *status)
        };
        self.until(&format!("/api/v1/projects/ada/titanic/runs/{run}"), ended).await
    }

    async fn until(&self, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let seen = self.get(path).await;
            if done(&seen) {
                return seen;
            }
            assert!(began.elapsed() < PATIENCE, "{path} stays in the making: {seen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The process of the next job, as soon as there is one.
    pub(crate) async fn worker(&self) -> Pid {
        let began = Instant::now();
        loop {
            if let Some(pid) = self.workers().into_iter().next() {
                return pid;
            }
            assert!(began.elapsed() < PATIENCE, "no job starts");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// What the processes of jobs said, for whoever reads that a test failed.
    pub(crate) fn job_logs(&self) -> String {
        let entries = fs::read_dir(self.data().join("jobs")).unwrap().flatten();
        let text = |path: PathBuf| {
            let text = fs::read_to_string(&path).unwrap_or_default();
            format!("{}: {text}\n", path.display())
        };
        entries.map(|entry| text(entry.path())).collect()
    }

    /// The processes of jobs.
    pub(crate) fn workers(&self) -> Vec<Pid> {
        let Ok(entries) = fs::read_dir(self.data().join("jobs")) else { return Vec::new() };
        let pid = |path: PathBuf| {
            let text = fs::read_to_string(path).ok()?;
            text.split_whitespace().next()?.parse().ok().map(Pid::from_raw)
        };
        let files = entries.flatten().map(|entry| entry.path());
        files.filter(|path| path.extension().is_some_and(|e| e == "pid")).filter_map(pid).collect()
    }
}

impl Served {
    /// Waits until nothing is left of any job but the name of the node and its port.
    pub(crate) async fn idle(&self) {
        let began = Instant::now();
        while fs::read_dir(self.data().join("jobs")).unwrap().count() > 2 {
            assert!(began.elapsed() < PATIENCE, "scratch folders stay");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // What is gone already is no worry here.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for worker in self.workers() {
            let _ = kill(worker, Signal::SIGKILL);
        }
        // It outlives its server: that is what it is for.
        while let Some(postmaster) = self.postmaster() {
            let _ = kill(postmaster, Signal::SIGQUIT);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn name_database(command: &mut Command, database: Option<&Database>) {
    match database {
        Some(database) => command.env("DATABASE_URL", database.url()),
        None => command.env_remove("DATABASE_URL"),
    };
}

fn begin(folder: &Path, database: Option<&Database>, said: Said) -> Child {
    let mut command = if said.cramped { cramped() } else { Command::new(PROGRAM) };
    command.arg("serve").arg("--data").arg(folder.join("data")).args(["--listen", "127.0.0.1:0"]);
    command.arg("--config").arg(folder.join("mlhub.toml"));
    command.args(said.flags).envs(said.variables.iter().copied());
    name_database(&mut command, database);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
}

fn serve(folder: &Path, database: Option<&Database>, said: Said) -> (Child, String) {
    let mut child = begin(folder, database, said);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.find_map(|line| {
        line.unwrap().split_once(" is ready at ").map(|(_, base)| base.to_owned())
    });
    // Whatever else it says, it must not wait for us to read it.
    std::thread::spawn(move || lines.for_each(drop));
    (child, ready.expect("the server says where it is before it ends"))
}

/// The program under a limit on the length of its files, which is an error to it and not its end.
/// What it says of that may go to such a file itself, so nobody hears it.
fn cramped() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"", PROGRAM]);
    command.stderr(Stdio::null());
    command
}

async fn checked(answer: Response) -> Response {
    if answer.status().is_success() {
        return answer;
    }
    panic!("{} {}: {}", answer.url().clone(), answer.status(), answer.text().await.unwrap());
}

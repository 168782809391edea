//! The command line of the contract: the real program, on a data folder of its own.

use std::fs::{Permissions, set_permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

struct Installation {
    _temp: TempDir,
    data: PathBuf,
}

impl Installation {
    /// As root the program becomes another user, who must get through to the data.
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        set_permissions(temp.path(), Permissions::from_mode(0o755)).unwrap();
        let data = temp.path().join("data");
        Self { _temp: temp, data }
    }

    fn run(&self, args: &[&str]) -> Output {
        program(&self.data).args(args).output().unwrap()
    }

    /// The last line of what a command that succeeds prints.
    fn answer(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap().lines().last().unwrap().to_owned()
    }
}

fn program(data: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mlhub"));
    program.env("MLHUB_DATA", data).env("MLHUB_LISTEN", "127.0.0.1:0").stdin(Stdio::null());
    program
}

/// A running server; killed if the test fails before it is stopped.
struct Server {
    child: Child,
    base: String,
    said: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        let mut child = program(data).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut said, mut base) = (String::new(), None);
        while base.is_none() {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "it stopped after: {said}");
            base = line.split_once("is ready at ").map(|(_, base)| base.trim().to_owned());
            said += &line;
        }
        // What it says besides stands before the pipe is closed: read on in the background.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        Self { child, base: base.unwrap(), said }
    }

    async fn who(&self, token: &str) -> (u16, String) {
        let url = format!("{}/api/v1/me", self.base);
        let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
        let status = answer.status().as_u16();
        let json: serde_json::Value = answer.json().await.unwrap();
        (status, json["username"].as_str().unwrap_or_default().to_owned())
    }

    fn stop(mut self) -> bool {
        let pid = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already when all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ADA: [&str; 4] = ["--email", "ada@example.org", "--password", "turbine plum archive"];

#[tokio::test(flavor = "multi_thread")]
async fn the_console_makes_users_and_tokens_with_the_server_running_or_not() {
    let here = Installation::new();
    let lost = here.run(&["admin", "token", "--email", "ada@example.org"]);
    let said = String::from_utf8_lossy(&lost.stderr);
    assert!(said.contains("there is no ML Hub in"), "{said}");
    assert!(!here.data.join("postgres").exists(), "nothing was begun");
    let made = here.answer(&[&["admin", "create-user", "--admin"], &ADA[..]].concat());
    assert_eq!(made, "made the administrator ada (ada@example.org)");
    let token = here.answer(&["admin", "token", "--email", "ADA@example.org"]);
    assert!(token.starts_with("mlh_"), "{token}");
    let again = here.run(&[&["admin", "create-user"], &ADA[..]].concat());
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("cannot be used for a new account"));

    let server = Server::start(&here.data);
    assert!(!server.said.contains("/setup"), "there is an administrator: {}", server.said);
    assert_eq!(server.who(&token).await, (200, "ada".into()));
    let bob = ["--email", "bob@example.org", "--password", "x", "--username", "robert"];
    let made = here.answer(&[&["admin", "create-user"], &bob[..]].concat());
    assert_eq!(made, "made the user robert (bob@example.org)");
    let robert = here.answer(&["admin", "token", "--email", "bob@example.org"]);
    assert_eq!(server.who(&robert).await, (200, "robert".into()));
    assert_eq!(server.who("mlh_x").await.0, 401);
    assert!(server.stop(), "it ends well");
    assert!(
        here.run(&["admin", "token", "--email", "nobody@example.org"]).status.code() == Some(1)
    );
}

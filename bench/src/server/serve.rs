//! A running server.

use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `mlhub serve` on a free port, with a data folder of its own.
pub(super) struct Server {
    child: Child,
    base: String,
}

impl Server {
    /// Starts one; how long it took until it said that it is ready.
    pub(super) fn start(binary: &Path, data: &Path) -> Result<(Self, Duration)> {
        let began = Instant::now();
        let mut command = Command::new(binary);
        command.arg("serve").arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]);
        // Its own database, and a log of mistakes only.
        command.env_remove("DATABASE_URL").env("MLHUB_LOG", "error");
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let child = child.with_context(|| format!("cannot start {}", binary.display()))?;
        let mut server = Self { child, base: String::new() };
        let out = server.child.stdout.take().context("its output is piped")?;
        let mut lines = BufReader::new(out).lines();
        let ready = lines.by_ref().map_while(Result::ok).find_map(|line| {
            line.split_once(" is ready at ").map(|(_, base)| base.trim().to_owned())
        });
        let took = began.elapsed();
        server.base = ready.context("it ended before it was ready")?;
        // Whatever else it says, it must not wait for us to read it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok((server, took))
    }

    /// `http://127.0.0.1:…`, without a slash at the end.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, and waits until it has, its database too.
    pub(super) fn stop(mut self) -> Result<()> {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?;
        let status = self.child.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already when all went well; else it takes its database with it.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
            let _ = self.child.wait();
        }
    }
}

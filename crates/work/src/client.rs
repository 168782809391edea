//! The client of the job API. Everything is asked again while the server is away, for one lease.

use crate::call::Call;
use mlhub_domain::digest::Digest;
use mlhub_domain::jobs::{EventBatch, Failure, HeartbeatReply, JobSpec, Outcome, Output};
use reqwest::blocking::{Body, RequestBuilder, Response};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The longest silence within an answer.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Why the server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// Another attempt has the job.
    #[error("another attempt has taken over")]
    Stale,
    /// It does not answer.
    #[error("the job API does not answer: {0}")]
    Away(String),
    /// It will never do this.
    #[error("{0}")]
    Refused(String),
}

/// The job API, for one attempt. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::blocking::Client,
    url: String,
    token: String,
    /// So long is the server asked again: as long as a lease, for then another attempt begins.
    patience: Duration,
}

impl Client {
    pub(crate) fn new(call: &Call) -> Result<Self, ClientError> {
        let http = reqwest::blocking::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            // A whole upload may take hours; each control request sets its own limit.
            .timeout(None)
            .build()
            .map_err(|error| ClientError::Refused(error.to_string()))?;
        let (url, token, patience) = (call.url.clone(), call.token.clone(), call.lease);
        Ok(Self { http, url, token, patience })
    }

    /// What is to be done.
    pub(crate) fn spec(&self) -> Result<JobSpec, ClientError> {
        read(self.patiently(|| Ok(self.control(Method::GET, "spec")))?)
    }

    /// Says that the process lives; the server answers when there is a wish, or after `wait`.
    pub(crate) fn heartbeat(&self, wait: Duration) -> Result<HeartbeatReply, ClientError> {
        let path = format!("heartbeat?wait={}", wait.as_secs());
        read(self.patiently(|| Ok(self.control(Method::POST, &path)))?)
    }

    /// Says what happened.
    pub(crate) fn events(&self, batch: &EventBatch) -> Result<(), ClientError> {
        self.post("events", batch)
    }

    /// Hands the result in.
    pub(crate) fn finish(&self, outcome: &Outcome) -> Result<(), ClientError> {
        self.post("finish", outcome)
    }

    /// Says that there is none.
    pub(crate) fn fail(&self, failure: &Failure) -> Result<(), ClientError> {
        self.post("fail", failure)
    }

    /// Hands a file in under `name`.
    pub(crate) fn put(&self, name: &str, path: &Path) -> Result<Output, ClientError> {
        read(self.patiently(|| {
            let file = File::open(path).map_err(local("open", path))?;
            let size = file.metadata().map_err(local("look at", path))?.len();
            Ok(self.request(Method::PUT, &format!("outputs/{name}")).body(Body::sized(file, size)))
        })?)
    }

    /// Fetches an input into the file `name` in the working directory.
    pub(crate) fn fetch(&self, sha256: &Digest, name: &str) -> Result<PathBuf, ClientError> {
        let path = PathBuf::from(name);
        let began = Instant::now();
        loop {
            let mut file = File::create(&path).map_err(local("create", &path))?;
            let mut answer =
                self.patiently(|| Ok(self.request(Method::GET, &format!("inputs/{sha256}"))))?;
            match answer.copy_to(&mut file) {
                Ok(_) => return Ok(path),
                Err(error) if began.elapsed() > self.patience => {
                    return Err(ClientError::Away(error.to_string()));
                }
                Err(error) => tracing::warn!(%error, "the input broke off; fetching it again"),
            }
        }
    }

    fn post(&self, path: &str, body: &impl Serialize) -> Result<(), ClientError> {
        self.patiently(|| Ok(self.control(Method::POST, path).json(body))).map(drop)
    }

    fn control(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).timeout(TIMEOUT)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/{path}", self.url)).bearer_auth(&self.token)
    }

    /// Asks until there is an answer that stands.
    fn patiently(
        &self,
        request: impl Fn() -> Result<RequestBuilder, ClientError>,
    ) -> Result<Response, ClientError> {
        let (began, mut pause) = (Instant::now(), FIRST_PAUSE);
        loop {
            let why = match request()?.send() {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) if answer.status() == StatusCode::CONFLICT => {
                    return Err(ClientError::Stale);
                }
                Ok(answer) if again(answer.status()) => answer.status().to_string(),
                Ok(answer) => {
                    let status = answer.status();
                    let said = answer.text().unwrap_or_default();
                    return Err(ClientError::Refused(format!("the job API says {status}: {said}")));
                }
                Err(error) => error.to_string(),
            };
            if began.elapsed() + pause > self.patience {
                return Err(ClientError::Away(why));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

fn again(status: StatusCode) -> bool {
    status.is_server_error() && status != StatusCode::INSUFFICIENT_STORAGE
        || status == StatusCode::TOO_MANY_REQUESTS
}

fn read<T: serde::de::DeserializeOwned>(answer: Response) -> Result<T, ClientError> {
    answer
        .json()
        .map_err(|error| ClientError::Refused(format!("the job API answers badly: {error}")))
}

fn local<'a>(action: &'a str, path: &'a Path) -> impl FnOnce(std::io::Error) -> ClientError + 'a {
    move |error| ClientError::Refused(format!("cannot {action} {}: {error}", path.display()))
}

//! Passwords: argon2id (19 MiB, 2 passes) off the async threads, a few at a time; and how strong
//! a new one is.

use crate::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params};
use mlhub_domain::accounts::{PASSWORD_MAX, PASSWORD_MIN, Strength};
use mlhub_domain::problem::{Code, Problem};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hashes that may wait for each one at work. Beyond that, waiting takes longer than people wait.
const WAITING: usize = 16;

/// Compared with when nobody has the address, so that it takes as long as when somebody has.
/// The hash of 32 random bytes that were thrown away.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$lLHIXkZ1Rx0G0bXR0ZyGvQ$\
    uR6p1QqVn2cWf0yYt4e8lM5kJ3hG7dS9aZbXoCiPvEw";

/// Hashes passwords, as many at once as there are cores.
pub(crate) struct Hasher {
    at_work: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// What comparing a password with a hash says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// It is the password.
    pub(super) right: bool,
    /// The hash was made with other parameters than today's.
    pub(super) outdated: bool,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        Self::with_cores(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }

    fn with_cores(cores: usize) -> Self {
        let admitted = Arc::new(Semaphore::new(cores * (1 + WAITING)));
        Self { at_work: Arc::new(Semaphore::new(cores)), admitted }
    }

    /// The hash of `password` in PHC form, with a salt of its own.
    pub(super) async fn hash(&self, password: &str) -> Result<String, Error> {
        let password = password.to_owned();
        self.work(move || {
            let hash: PasswordHash = Argon2::default()
                .hash_password(password.as_bytes())
                .map_err(|e| Error::internal(format!("hashing a password: {e}")))?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one of `hash`: one that is too long is nobody's. Without a hash the
    /// answer is no, and as slow.
    pub(super) async fn verify(
        &self,
        password: &str,
        hash: Option<String>,
    ) -> Result<Verdict, Error> {
        let password = if password.len() <= PASSWORD_MAX { password } else { "" }.to_owned();
        self.work(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(DUMMY);
            let hash = PasswordHash::new(hash)
                .map_err(|e| Error::internal(format!("a stored password hash: {e}")))?;
            let right = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
            let today = Params::default();
            let same = Params::try_from(&hash).is_ok_and(|stored| {
                (stored.m_cost(), stored.t_cost(), stored.p_cost())
                    == (today.m_cost(), today.t_cost(), today.p_cost())
            });
            Ok(Verdict { right: right && known, outdated: !same })
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| busy())?;
        let at_work = Arc::clone(&self.at_work).acquire_owned().await.map_err(Error::internal)?;
        // The permits go with the work: it runs to its end even when nobody waits any more.
        let permits: [OwnedSemaphorePermit; 2] = [admitted, at_work];
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permits);
            done
        });
        done.await.map_err(Error::internal)?
    }
}

fn busy() -> Error {
    Error::new(
        Code::ServerBusy,
        "Too many people are logging in at this moment. Try again in a few seconds.",
    )
}

/// How strong `text` is as a password of somebody about whom `inputs` (address, username) are
/// known. What is too short or too long is never strong enough. Judging takes a while: it is done
/// where that holds nobody up.
///
/// # Errors
/// `Internal` when the server is stopping.
pub async fn password_strength(text: &str, inputs: &[&str]) -> Result<Strength, Error> {
    let text = text.to_owned();
    let known: Vec<String> = inputs.iter().map(|input| (*input).to_owned()).collect();
    let judged = move || {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        judge(&text, &known)
    };
    tokio::task::spawn_blocking(judged).await.map_err(Error::internal)
}

fn judge(text: &str, inputs: &[&str]) -> Strength {
    if text.len() > PASSWORD_MAX {
        let hint = format!("Use at most {PASSWORD_MAX} bytes.");
        return Strength { score: 0, hint };
    }
    // Of a text that is far longer than any address or name, nothing is looked for.
    let inputs = inputs.iter().filter(|input| input.len() <= PASSWORD_MAX);
    let before_at = inputs.clone().filter_map(|input| Some(input.split_once('@')?.0));
    let parts = inputs.clone().flat_map(|input| input.split(['@', '.', '-', '+', '_']));
    let known = inputs.copied().chain(before_at).chain(parts).chain(["mlhub", "ml hub"]);
    let known: Vec<&str> = known.filter(|known| known.len() > 2).collect();
    let entropy = zxcvbn::zxcvbn(text, &known);
    let score = u8::from(entropy.score());
    if text.chars().count() < PASSWORD_MIN {
        let hint = format!(
            "Use at least {PASSWORD_MIN} characters; a few unrelated words are easy to remember."
        );
        return Strength { score: score.min(2), hint };
    }
    if score >= 3 {
        return Strength { score, hint: String::new() };
    }
    let feedback = entropy.feedback();
    let warning = feedback.and_then(|f| f.warning()).map(|w| w.to_string());
    let suggestion = feedback.and_then(|f| f.suggestions().first()).map(ToString::to_string);
    let hint = warning.or(suggestion).unwrap_or_else(|| "Add another word or two.".into());
    Strength { score, hint }
}

/// Refuses a password that is too short, too long or too easy to guess.
pub(super) async fn check_strength(password: &str, inputs: &[&str]) -> Result<(), Error> {
    let strength = password_strength(password, inputs).await?;
    if strength.suffices() {
        return Ok(());
    }
    let what = match (password.chars().count(), password.len()) {
        (0..PASSWORD_MIN, _) => "too short",
        (_, 0..=PASSWORD_MAX) => "too easy to guess",
        _ => "too long",
    };
    let message = format!("The password is {what}. {}", strength.hint);
    Err(Problem::field(Code::WeakPassword, "password", message, None).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let hasher = Hasher::with_cores(1);
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verdict = async |password, hash| hasher.verify(password, hash).await.unwrap();
        let right = Verdict { right: true, outdated: false };
        assert_eq!(verdict("correct horse", Some(hash.clone())).await, right);
        assert!(!verdict("Correct horse", Some(hash)).await.right);
        assert!(!verdict("correct horse", None).await.right);
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_still_works_and_is_called_outdated() {
        let weak = Argon2::from(Params::new(8, 1, 1, None).unwrap());
        let hash: PasswordHash = weak.hash_password(b"correct horse").unwrap();
        let verdict = Hasher::with_cores(1).verify("correct horse", Some(hash.to_string())).await;
        assert_eq!(verdict.unwrap(), Verdict { right: true, outdated: true });
    }

    #[tokio::test]
    async fn beyond_the_queue_the_server_is_busy() {
        let hasher = Hasher::with_cores(1);
        let all = Arc::clone(&hasher.admitted).try_acquire_many_owned(1 + 16).unwrap();
        let error = hasher.hash("x").await.unwrap_err();
        assert_eq!(error.problem().code, Code::ServerBusy);
        drop(all);
        assert!(hasher.hash("x").await.is_ok());
    }

    #[test]
    fn what_is_known_of_somebody_makes_a_weak_password() {
        let score = |text: &str| judge(text, &["ada.lovelace@example.org"]).score;
        assert!(score("password12") < 3);
        assert!(score("lovelace.ada") < 3);
        let otter = judge("clever.otter", &["clever.otter@example.org"]);
        assert!(otter.score < 3, "{otter:?}");
        assert!(score("x7#Qp") < 3, "short");
        assert!(score("turbine plum archive") >= 3);
        assert_eq!(judge(&"x7#Qp".repeat(60), &[]).score, 0);
        let hint = judge("aaaaaaaaaaaa", &[]).hint;
        assert!(!hint.is_empty());
    }
}

//! The token with which a job's process proves which attempt it is.

use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

const PREFIX: &str = "mlhj_";

/// The secret half of a token: made before the attempt that it is for has its number.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// 32 random bytes.
    pub fn random() -> Self {
        Self(hex::encode(rand::random::<[u8; 32]>()))
    }

    /// What is stored of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A job token, `mlhj_<attempt>_<secret>`: it says itself for which attempt it was made, so that
/// one who lost the job is told so rather than that the token is wrong.
#[derive(Clone, Debug)]
pub struct JobToken {
    /// The attempt it was made for.
    pub attempt: u32,
    /// What proves it.
    pub secret: Secret,
}

/// A text that is not a job token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a job token")]
pub struct BadToken;

impl JobToken {
    /// The text that the process is given. Nothing else may show it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}", self.attempt, self.secret.0)
    }

    /// Whether `hash` is that of the secret; takes the same time whatever the difference.
    pub fn matches(&self, hash: &[u8]) -> bool {
        let own = self.secret.hash();
        own.len() == hash.len() && own.iter().zip(hash).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

impl FromStr for JobToken {
    type Err = BadToken;

    fn from_str(text: &str) -> Result<Self, BadToken> {
        let (attempt, secret) =
            text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(BadToken)?;
        if secret.len() != 64 || !secret.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(BadToken);
        }
        let attempt = attempt.parse().map_err(|_| BadToken)?;
        Ok(Self { attempt, secret: Secret(secret.into()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_proves_its_own_secret_and_no_other() {
        let token = JobToken { attempt: 3, secret: Secret::random() };
        let read: JobToken = token.reveal().parse().unwrap();
        assert_eq!(read.attempt, 3);
        assert!(read.matches(&token.secret.hash()));
        assert!(!read.matches(&Secret::random().hash()));
        assert!(!read.matches(&[]));
        assert!(!format!("{token:?}").contains(&token.secret.0));
        for bad in ["", "mlhj_", "mlhj_1_", "mlhj_x_00", "mlh_1_00", "mlhj_1_zz"] {
            assert!(bad.parse::<JobToken>().is_err(), "{bad}");
        }
    }
}

//! What only this installation knows: made once, kept in files that only its user can read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Ed25519 private key in PKCS #8: signs the access tokens of sessions.
const SIGNING: &str = "session-signing.pem";

/// 32 bytes: the server's half of refresh tokens, and what one-time links are derived from.
const DERIVING: &str = "deriving.key";

/// How PKCS #8 (RFC 8410) begins for an Ed25519 key; its 32 bytes follow.
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The secrets of an installation. `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Secrets {
    signing: [u8; 32],
    deriving: [u8; 32],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// New ones, kept nowhere.
    pub fn generate() -> Self {
        Self { signing: rand::random(), deriving: rand::random() }
    }

    /// Those in `folder`; what is missing is made: folder of mode 0700, files of mode 0600. Of
    /// several processes that start at once, all end with the same.
    ///
    /// # Errors
    /// When a file cannot be read or made, or does not hold what it should.
    pub fn load_or_create(folder: &Path) -> io::Result<Self> {
        let new = Self::generate();
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let pem = read_or_create(&folder.join(SIGNING), &pem(&new.signing))?;
        let hex = read_or_create(&folder.join(DERIVING), &hex::encode(new.deriving))?;
        let deriving = hex::decode(hex.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self {
            signing: read_pem(&pem).ok_or_else(|| damaged(folder, SIGNING))?,
            deriving: deriving.ok_or_else(|| damaged(folder, DERIVING))?,
        })
    }

    /// The signing key in PKCS #8.
    pub(crate) fn signing_pkcs8(&self) -> Vec<u8> {
        [PKCS8.as_slice(), &self.signing].concat()
    }

    /// 32 bytes that nobody else can know, the same for the same `purpose` and `input`.
    pub(crate) fn derive(&self, purpose: &str, input: &[u8]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.deriving).expect("HMAC takes keys of any length");
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(input);
        mac.finalize().into_bytes().into()
    }
}

fn damaged(folder: &Path, name: &str) -> io::Error {
    let path = folder.join(name);
    let text = format!(
        "{} is damaged: restore it, or remove it (everybody must sign in again)",
        path.display()
    );
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn pem(seed: &[u8; 32]) -> String {
    let der = [PKCS8.as_slice(), seed].concat();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

fn read_pem(text: &str) -> Option<[u8; 32]> {
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body.trim()).ok()?;
    der.strip_prefix(PKCS8.as_slice())?.try_into().ok()
}

/// The file appears whole or not at all, and the first one to make it wins.
fn read_or_create(path: &Path, content: &str) -> io::Result<String> {
    let with_path = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read.map_err(with_path),
    }
    let draft = path.with_extension(format!("new-{:016x}", rand::random::<u64>()));
    let made = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    })();
    // The link counts; the draft is only a second name for it.
    let removed = fs::remove_file(&draft);
    made.and(removed).map_err(with_path)?;
    fs::read_to_string(path).map_err(with_path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn secrets_are_made_once_and_only_their_user_can_read_them() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("secrets");
        let first = Secrets::load_or_create(&folder).unwrap();
        let again = Secrets::load_or_create(&folder).unwrap();
        assert_eq!(first.signing, again.signing);
        assert_eq!(first.derive("a", b"x"), again.derive("a", b"x"));
        assert_ne!(first.derive("a", b"x"), first.derive("ax", b""));
        assert_ne!(first.signing, Secrets::generate().signing);
        assert_eq!(mode(&folder), 0o700);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 2, "{files:?}");
        assert!(files.iter().all(|file| mode(file) == 0o600));
    }

    #[test]
    fn many_that_start_at_once_get_the_same_secrets() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("secrets");
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let load = || Secrets::load_or_create(&folder).unwrap().signing;
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_damaged_file_is_named_and_not_replaced() {
        let temp = tempfile::tempdir().unwrap();
        Secrets::load_or_create(temp.path()).unwrap();
        fs::write(temp.path().join(DERIVING), "short").unwrap();
        let error = Secrets::load_or_create(temp.path()).unwrap_err();
        assert!(error.to_string().contains(DERIVING), "{error}");
        assert_eq!(fs::read_to_string(temp.path().join(DERIVING)).unwrap(), "short");
    }
}

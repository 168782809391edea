//! What a personal access token looks like: `mlh_`, 32 letters and digits, and 6 that check them,
//! so that a scanner knows a leaked one from a look-alike without asking anybody.

use sha2::{Digest as _, Sha256};

const PREFIX: &str = "mlh_";
const RANDOM: usize = 32;
const CHECK: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A token in the clear: shown once, kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

impl std::fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("mlh_…")
    }
}

impl TokenSecret {
    /// A new one, of 190 bits that nobody can guess.
    pub fn random() -> Self {
        Self::from_bytes(|_| rand::random())
    }

    /// The same for everybody who repeats the same request: `block` gives 32 secret bytes for each
    /// number from 0.
    pub(super) fn derived(block: impl Fn(u32) -> [u8; 32]) -> Self {
        Self::from_bytes(|n| block(n / 32)[(n % 32) as usize])
    }

    fn from_bytes(byte: impl Fn(u32) -> u8) -> Self {
        // 248 = 4 × 62: taking what is below keeps every digit as likely as every other.
        let fair = (0..).map(byte).filter(|byte| *byte < 248);
        let random = fair.map(|byte| char::from(DIGITS[usize::from(byte % 62)])).take(RANDOM);
        let random: String = random.collect();
        let check = check(&random);
        Self(format!("{PREFIX}{random}{check}"))
    }

    /// A token that somebody brought, when it can be one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        if rest.len() != RANDOM + CHECK || !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let (random, given) = rest.split_at(RANDOM);
        (check(random) == given).then(|| Self(text.into()))
    }

    /// The token.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// CRC-32 (IEEE) in base 62, six digits.
fn check(text: &str) -> String {
    let mut rest = !text.bytes().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1))
        })
    });
    let mut digits = [b'0'; CHECK];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits.map(char::from).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_checks_itself() {
        let token = TokenSecret::random();
        assert_eq!(token.reveal().len(), 42);
        assert_eq!(TokenSecret::parse(token.reveal()).as_ref(), Some(&token));
        assert_ne!(token, TokenSecret::random());
        let text = token.reveal();
        let flipped = if text.ends_with('0') { '1' } else { '0' };
        for bad in [
            format!("{}{flipped}", &text[..41]),
            text[..41].to_owned(),
            format!("{text}0"),
            text.replace("mlh_", "mlhj_"),
            String::new(),
            format!("mlh_{}", "é".repeat(19)),
        ] {
            assert_eq!(TokenSecret::parse(&bad), None, "{bad}");
        }
        assert_eq!(format!("{token:?}"), "mlh_…");
    }

    #[test]
    fn the_check_is_the_crc_that_everybody_computes() {
        // CRC-32 of "123456789" is 0xcbf43926 = 3421780262.
        let value = check("123456789").bytes().fold(0_u64, |value, digit| {
            value * 62 + DIGITS.iter().position(|d| *d == digit).unwrap() as u64
        });
        assert_eq!(value, 0xcbf4_3926);
    }

    #[test]
    fn a_derived_token_is_the_same_again_and_uses_every_block() {
        let block = |n: u32| [u8::try_from(n).unwrap().wrapping_mul(100).wrapping_add(247); 32];
        assert_eq!(TokenSecret::derived(block), TokenSecret::derived(block));
        assert_ne!(TokenSecret::derived(|_| [1; 32]), TokenSecret::derived(|_| [2; 32]));
        assert!(TokenSecret::parse(TokenSecret::derived(|_| [9; 32]).reveal()).is_some());
    }
}

//! Access tokens of sessions: JWT, EdDSA, five minutes. They are believed without asking the
//! database, so everything in them is checked here, and nothing that a token says decides how.

use crate::Secrets;
use crate::actor::{Account, Actor, Credential};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use mlhub_domain::accounts::User;
use mlhub_domain::ids::{SessionId, UserId};
use mlhub_domain::names::OwnerName;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How long an access token is good for.
pub(super) const ACCESS: Duration = Duration::minutes(5);

/// The clocks of two web nodes may differ this much.
const SKEW: i64 = 5;

/// The longest token that is looked at.
const LONGEST: usize = 4096;

const ISSUER: &str = "mlhub";
const AUDIENCE: &str = "mlhub:pages";
const TYPE: &str = "at+jwt";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: SessionId,
    #[serde(rename = "gen")]
    generation: i32,
    iat: i64,
    exp: i64,
    username: OwnerName,
    name: String,
    admin: bool,
}

/// Signs access tokens, and knows its own again.
pub(crate) struct Signer {
    signing: EncodingKey,
    verifying: DecodingKey,
    kid: String,
    rules: Validation,
}

impl Signer {
    pub(crate) fn new(secrets: &Secrets) -> Self {
        let signing = EncodingKey::from_ed_der(&secrets.signing_pkcs8());
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA)
            .expect("32 bytes in PKCS #8 are an Ed25519 key");
        let verifying = DecodingKey::from_jwk(&jwk).expect("its public key was just computed");
        let public = verifying.try_get_as_bytes().expect("an Ed25519 key is bytes");
        let kid = hex::encode(&Sha256::digest(public)[..8]);
        Self { signing, verifying, kid, rules: rules() }
    }

    /// A token for `session` of `user`.
    pub(super) fn sign(
        &self,
        user: &User,
        session: SessionId,
        generation: i32,
        now: DateTime<Utc>,
    ) -> Result<String, crate::Error> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user.id.to_string(),
            sid: session,
            generation,
            iat: now.timestamp(),
            exp: (now + ACCESS).timestamp(),
            username: user.username.clone(),
            name: user.display_name.clone(),
            admin: user.admin,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        (header.typ, header.kid) = (Some(TYPE.into()), Some(self.kid.clone()));
        encode(&header, &claims, &self.signing).map_err(crate::Error::internal)
    }

    /// Whose token this is, when it is one of ours and still good.
    pub(super) fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Actor> {
        let header = (token.len() <= LONGEST).then(|| decode_header(token).ok()).flatten()?;
        let ours = header.alg == Algorithm::EdDSA
            && header.typ.as_deref() == Some(TYPE)
            && header.kid.as_deref() == Some(&self.kid)
            && header.crit.is_none();
        if !ours {
            return None;
        }
        let claims = decode::<Claims>(token, &self.verifying, &self.rules).ok()?.claims;
        let now = now.timestamp();
        let short = claims.exp.checked_sub(claims.iat).is_some_and(|s| s <= ACCESS.num_seconds());
        if claims.exp <= now || claims.iat > now + SKEW || !short {
            return None;
        }
        let user = Account {
            id: UserId(claims.sub.parse().ok()?),
            username: claims.username,
            display_name: claims.name,
            admin: claims.admin,
        };
        Some(Actor { user: Some(user), credential: Credential::Session(claims.sid) })
    }
}

/// The library checks signature, issuer and audience. The times are checked against our own
/// clock, as whole seconds and without its minute of grace.
fn rules() -> Validation {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.leeway = 0;
    rules.validate_exp = false;
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
    use serde_json::{Value, json};

    fn now() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn header(signer: &Signer) -> Value {
        json!({"alg": "EdDSA", "typ": TYPE, "kid": signer.kid})
    }

    fn claims() -> Value {
        let iat = now().timestamp();
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "7", "sid": 3, "gen": 0, "iat": iat,
            "exp": iat + 300, "username": "ada", "name": "Ada", "admin": false,
        })
    }

    fn signed(signer: &Signer, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", B64.encode(header), B64.encode(claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &signer.signing, Algorithm::EdDSA);
        format!("{message}.{}", signature.unwrap())
    }

    fn with(mut value: Value, key: &str, to: Value) -> Value {
        value[key] = to;
        value
    }

    fn without(mut value: Value, key: &str) -> Value {
        value.as_object_mut().unwrap().remove(key);
        value
    }

    #[test]
    fn a_token_says_who_it_is_for_five_minutes() {
        let signer = Signer::new(&Secrets::generate());
        let user = User {
            id: UserId(7),
            username: "ada".parse().unwrap(),
            email: "ada@example.org".parse().unwrap(),
            display_name: "Ada".into(),
            admin: true,
            created_at: now(),
        };
        let token = signer.sign(&user, SessionId(3), 0, now()).unwrap();
        let actor = signer.read(&token, now() + Duration::seconds(299)).unwrap();
        assert_eq!(actor.credential, Credential::Session(SessionId(3)));
        assert_eq!(actor.user.unwrap().id, UserId(7));
        assert_eq!(signer.read(&token, now() + Duration::seconds(300)), None);
        assert_eq!(Signer::new(&Secrets::generate()).read(&token, now()), None, "another key");
    }

    #[test]
    fn a_token_that_is_not_quite_ours_is_no_token() {
        let signer = Signer::new(&Secrets::generate());
        let (h, c) = (header(&signer), claims());
        let iat = now().timestamp();
        let good = signed(&signer, &h.to_string(), &c.to_string());
        assert!(signer.read(&good, now()).is_some(), "the table below starts from a good one");

        let headers = [
            with(h.clone(), "alg", json!("none")),
            with(h.clone(), "alg", json!("HS256")),
            with(h.clone(), "typ", json!("JWT")),
            without(h.clone(), "typ"),
            with(h.clone(), "kid", json!("0000000000000000")),
            with(h.clone(), "kid", json!("../../etc/passwd")),
            without(h.clone(), "kid"),
            with(h.clone(), "crit", json!(["exp"])),
        ];
        for bad in headers {
            assert!(
                signer.read(&signed(&signer, &bad.to_string(), &c.to_string()), now()).is_none(),
                "{bad}"
            );
        }
        let bodies = [
            without(c.clone(), "aud"),
            without(c.clone(), "iss"),
            without(c.clone(), "sub"),
            without(c.clone(), "exp"),
            without(c.clone(), "sid"),
            with(c.clone(), "aud", json!("mlhub:jobs")),
            with(c.clone(), "aud", json!(["mlhub:jobs"])),
            with(c.clone(), "iss", json!("somebody")),
            with(c.clone(), "sub", json!("seven")),
            with(c.clone(), "exp", json!((iat + 300).to_string())),
            with(c.clone(), "exp", json!(iat as f64 + 300.5)),
            with(c.clone(), "exp", json!(-1)),
            with(c.clone(), "exp", json!(iat - 1)),
            with(c.clone(), "exp", json!(iat)),
            with(c.clone(), "exp", json!(iat + 86_400)),
            with(c.clone(), "exp", Value::Null),
            with(c.clone(), "iat", json!(iat + 60)),
            with(c.clone(), "username", json!("../admin")),
        ];
        for bad in bodies {
            assert!(
                signer.read(&signed(&signer, &h.to_string(), &bad.to_string()), now()).is_none(),
                "{bad}"
            );
        }
        let texts = [
            c.to_string().replace("\"exp\":", "\"exp\":1e400,\"exp2\":"),
            c.to_string().replacen('{', "{\"sub\":\"1\",", 1),
        ];
        for bad in texts {
            assert!(signer.read(&signed(&signer, &h.to_string(), &bad), now()).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_token_that_was_tampered_with_is_no_token() {
        let signer = Signer::new(&Secrets::generate());
        let good = signed(&signer, &header(&signer).to_string(), &claims().to_string());
        let (message, signature) = good.rsplit_once('.').unwrap();
        let (head, body) = message.split_once('.').unwrap();
        let admin = B64.encode(with(claims(), "admin", json!(true)).to_string());
        let public = signer.verifying.try_get_as_bytes().unwrap();
        let hmac = jsonwebtoken::crypto::sign(
            message.as_bytes(),
            &EncodingKey::from_secret(public),
            Algorithm::HS256,
        );
        let none = B64.encode(with(header(&signer), "alg", json!("none")).to_string());
        for bad in [
            format!("{none}.{body}."),
            format!("{none}.{body}.{signature}"),
            format!("{head}.{admin}.{signature}"),
            format!("{message}."),
            format!("{message}.{}", hmac.unwrap()),
            message.to_owned(),
            format!("{good}.x"),
            "..".into(),
            String::new(),
            "x".repeat(65_536),
        ] {
            assert!(signer.read(&bad, now()).is_none(), "{}", &bad[..bad.len().min(80)]);
        }
    }
}

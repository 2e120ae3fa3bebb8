//! Tokens (RFC 7519) as JWT authorizers take them: signed with RSA, for one of their audiences, in their time.
//!
//! What AWS says of a token that it does not take is known in part (the guide, reports): `the token does not have a valid
//! audience`, `token contains an invalid number of segments`, `signing method HS256 is invalid`. The other texts are guesses in
//! their manner.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::JwtConfiguration;

/// A token that can be read; nothing of it is verified yet.
pub(crate) struct Token<'a> {
    algorithm: &'static RsaParameters,
    /// The key that signed it, by its id.
    pub(crate) key_id: String,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

/// A public key of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RsaKey {
    pub(crate) id: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

/// A key of a JSON Web Key Set (RFC 7517).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// A JSON Web Key Set.
#[derive(Deserialize)]
pub(crate) struct Jwks {
    keys: Vec<Value>,
}

impl Jwks {
    /// The keys that can verify a token: RSA, with an id.
    pub(crate) fn rsa_keys(self) -> Vec<RsaKey> {
        self.keys.into_iter().filter_map(RsaKey::read).collect()
    }
}

impl RsaKey {
    fn read(key: Value) -> Option<Self> {
        let Jwk { kty, kid, n, e } = serde_json::from_value(key).ok()?;
        let decoded = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?.trim_end_matches('=')).ok();
        (kty == "RSA").then_some(())?;
        Some(Self { id: kid?, modulus: decoded(n)?, exponent: decoded(e)? })
    }
}

impl<'a> Token<'a> {
    /// Reads a token, with or without the word `Bearer` before it.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn read(text: &'a str) -> Result<Self, String> {
        let bare = match text.split_at_checked(7) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim_start(),
            _ => text,
        };
        let segments: Vec<&str> = bare.split('.').collect();
        let [header, claims, signature] = segments.as_slice() else {
            return Err("token contains an invalid number of segments".to_owned());
        };
        let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let malformed = |what: &str| format!("unable to parse the {what} of the token");
        let read = |text: &str| decoded(text).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let header: Option<Header> = read(header).and_then(|header| serde_json::from_value(header).ok());
        let header = header.ok_or_else(|| malformed("header"))?;
        let Some(Value::Object(claims)) = read(claims) else { return Err(malformed("claims")) };
        let algorithm: &RsaParameters = match header.alg.as_str() {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "RS384" => &RSA_PKCS1_2048_8192_SHA384,
            "RS512" => &RSA_PKCS1_2048_8192_SHA512,
            other => return Err(format!("signing method {other} is invalid")),
        };
        let key_id = header.kid.ok_or_else(|| "the token has no kid".to_owned())?;
        let signature = decoded(signature).map_err(|_| malformed("signature"))?;
        let signed = bare.rsplit_once('.').map_or(bare, |(signed, _)| signed);
        Ok(Self { algorithm, key_id, claims, signed, signature })
    }

    /// Verifies the signature.
    ///
    /// # Errors
    /// It is not that of the key.
    pub(crate) fn verify(&self, key: &RsaKey) -> Result<(), String> {
        let public = RsaPublicKeyComponents { n: &key.modulus, e: &key.exponent };
        let verified = public.verify(self.algorithm, self.signed.as_bytes(), &self.signature);
        verified.map_err(|_| "crypto/rsa: verification error".to_owned())
    }

    /// Holds the claims against what an authorizer asks for, at a moment.
    ///
    /// # Errors
    /// Which claim is wrong.
    pub(crate) fn check(&self, configuration: &JwtConfiguration, now: Timestamp) -> Result<(), String> {
        let wrong = |text: &str| Err(text.to_owned());
        if self.claims.get("iss").and_then(Value::as_str) != configuration.issuer.as_deref() {
            return wrong("the token does not have a valid issuer");
        }
        // `client_id` counts only where there is no `aud`.
        let audience = self.claims.get("aud").or_else(|| self.claims.get("client_id")).map(texts).unwrap_or_default();
        if !audience.iter().any(|one| configuration.audience.contains(one)) {
            return wrong("the token does not have a valid audience");
        }
        let now_s = f64::from(u32::try_from(now.as_second()).unwrap_or(u32::MAX));
        let moment = |claim: &str| match self.claims.get(claim) {
            None => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or_else(|| format!("the token's {claim} is no number")),
        };
        match moment("exp")? {
            None => return wrong("the token does not have an expiration"),
            Some(end) if end <= now_s => return wrong("the token has expired"),
            Some(_) => {}
        }
        if moment("nbf")?.is_some_and(|begin| begin > now_s) {
            return wrong("the token is not valid yet");
        }
        if moment("iat")?.is_some_and(|issued| issued > now_s) {
            return wrong("the token was issued in the future");
        }
        Ok(())
    }

    /// The scopes: `scope`, else `scp`, as a text with blanks or as an array.
    pub(crate) fn scopes(&self) -> Vec<String> {
        match self.claims.get("scope").or_else(|| self.claims.get("scp")) {
            Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
            Some(other) => texts(other),
            None => Vec::new(),
        }
    }

    /// The claims as functions get them: each as text.
    pub(crate) fn claims(&self) -> BTreeMap<String, String> {
        self.claims.iter().map(|(name, value)| (name.clone(), as_text(value))).collect()
    }
}

/// A text, or the texts of an array.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A claim as text: arrays as `[a b]` (seen in events of real APIs), objects as `map[a:1 b:2]` (a guess after it).
fn as_text(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(as_text).collect::<Vec<_>>().join(" ")),
        Value::Object(members) => {
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            let pairs = sorted.into_iter().map(|(name, value)| format!("{name}:{}", as_text(value)));
            format!("map[{}]", pairs.collect::<Vec<_>>().join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn unsigned(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.AAAA", part(header), part(claims))
    }

    fn with(claims: &Value) -> String {
        unsigned(&json!({ "alg": "RS256", "kid": "k" }), claims)
    }

    fn refusal(text: &str) -> String {
        Token::read(text).err().unwrap()
    }

    #[test]
    fn what_is_no_token() {
        assert_eq!(refusal("not-a-token"), "token contains an invalid number of segments");
        assert_eq!(refusal("Bearer a.b"), "token contains an invalid number of segments");
        assert_eq!(refusal("a.b.c"), "unable to parse the header of the token");
        let claims = json!({});
        assert_eq!(
            refusal(&unsigned(&json!({ "alg": "none", "kid": "k" }), &claims)),
            "signing method none is invalid"
        );
        assert_eq!(
            refusal(&unsigned(&json!({ "alg": "HS256", "kid": "k" }), &claims)),
            "signing method HS256 is invalid"
        );
        assert_eq!(refusal(&unsigned(&json!({ "alg": "RS256" }), &claims)), "the token has no kid");
        assert_eq!(
            refusal(&unsigned(&json!({ "alg": "RS256", "kid": "k" }), &json!(1))),
            "unable to parse the claims of the token"
        );
        assert_eq!(Token::read(&format!("bEaReR  {}", with(&claims))).unwrap().key_id, "k");
    }

    #[test]
    fn claims_are_held_against_the_authorizer() {
        let configuration =
            JwtConfiguration { audience: vec!["a".to_owned(), "b".to_owned()], issuer: Some("i".to_owned()) };
        let now = Timestamp::from_second(1_000).unwrap();
        let checked =
            |claims: Value| Token::read(&with(&claims)).unwrap().check(&configuration, now).err().unwrap_or_default();
        assert_eq!(checked(json!({ "iss": "i", "aud": "b", "exp": 1001 })), "");
        assert_eq!(checked(json!({ "iss": "i", "aud": ["x", "a"], "exp": 1000.5, "nbf": 1000, "iat": 999 })), "");
        assert_eq!(checked(json!({ "iss": "i", "client_id": "a", "exp": 1001 })), "");
        let audience = "the token does not have a valid audience";
        assert_eq!(checked(json!({ "iss": "i", "aud": "x", "client_id": "a", "exp": 1001 })), audience);
        assert_eq!(checked(json!({ "iss": "i", "exp": 1001 })), audience);
        assert_eq!(checked(json!({ "iss": "i/", "aud": "a", "exp": 1001 })), "the token does not have a valid issuer");
        assert_eq!(checked(json!({ "iss": "i", "aud": "a", "exp": 1000 })), "the token has expired");
        assert_eq!(checked(json!({ "iss": "i", "aud": "a" })), "the token does not have an expiration");
        assert_eq!(checked(json!({ "iss": "i", "aud": "a", "exp": "1001" })), "the token's exp is no number");
        assert_eq!(checked(json!({ "iss": "i", "aud": "a", "exp": 1002, "nbf": 1001 })), "the token is not valid yet");
        assert_eq!(
            checked(json!({ "iss": "i", "aud": "a", "exp": 1002, "iat": 1001 })),
            "the token was issued in the future"
        );
    }

    #[test]
    fn scopes_and_claims_as_text() {
        let of = |claims: Value| Token::read(&with(&claims)).unwrap().scopes();
        assert_eq!(of(json!({ "scope": "a  b" })), ["a", "b"]);
        assert_eq!(of(json!({ "scp": ["a", "b c"] })), ["a", "b c"]);
        assert_eq!(of(json!({})), Vec::<String>::new());
        let claims = json!({ "n": 1, "t": true, "g": ["x", "y"], "o": { "b": 1, "a": null }, "s": "z" });
        let text = with(&claims);
        let expected = [("g", "[x y]"), ("n", "1"), ("o", "map[a:<nil> b:1]"), ("s", "z"), ("t", "true")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(Token::read(&text).unwrap().claims(), BTreeMap::from(expected));
    }

    #[test]
    fn only_rsa_keys_with_an_id_verify() {
        let jwks: Jwks = serde_json::from_value(json!({ "keys": [
            { "kty": "EC", "kid": "e", "x": "AA" }, { "kty": "RSA", "n": "AQAB", "e": "AQAB" }, 1,
            { "kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB", "alg": "RS256" }
        ] }))
        .unwrap();
        let keys = jwks.rsa_keys();
        assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["r"]);
        let text = with(&json!({}));
        assert_eq!(Token::read(&text).unwrap().verify(&keys[0]), Err("crypto/rsa: verification error".to_owned()));
    }
}

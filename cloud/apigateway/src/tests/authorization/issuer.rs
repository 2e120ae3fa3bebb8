//! An issuer of tokens on this machine.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use crate::tests::Fixture;
use crate::tests::server::{Server, ok};

/// An issuer on this machine, and its key.
pub(super) struct Issuer {
    pub(super) server: Server,
    pub(super) url: String,
    key: KeyPair,
}

impl Issuer {
    pub(super) async fn start() -> Self {
        let key = KeyPair::from_pkcs8(include_bytes!("issuer_key.der")).unwrap();
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(key.public());
        let encoded = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
        let jwks = json!({ "keys": [{ "kty": "RSA", "kid": "k1", "n": encoded(n), "e": encoded(e) }] }).to_string();
        let address = Arc::new(OnceLock::new());
        let known: Arc<OnceLock<String>> = Arc::clone(&address);
        let server = Server::start(move |first| match first.split(' ').nth(1)? {
            "/pool/.well-known/openid-configuration" => {
                let url = format!("http://{}", known.get()?);
                Some(ok(&json!({ "issuer": format!("{url}/pool"), "jwks_uri": format!("{url}/keys") }).to_string()))
            }
            "/keys" => Some(ok(&jwks)),
            _ => Some("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()),
        })
        .await;
        address.set(server.authority.clone()).unwrap();
        let url = format!("http://{}/pool", server.authority);
        Self { server, url, key }
    }

    /// A token with these claims beside those that make it valid for an hour.
    pub(super) fn token(&self, fixture: &Fixture, header: &Value, further: &Value) -> String {
        let now_s = fixture.control.now().as_second();
        let mut claims = json!({ "iss": self.url, "aud": "shop", "exp": now_s + 3_600, "sub": "ann" });
        claims.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The header of a token that it signs.
pub(super) fn header() -> Value {
    json!({ "alg": "RS256", "kid": "k1" })
}

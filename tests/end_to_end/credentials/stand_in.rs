//! A stand-in on loopback for everything that gives credentials: STS, the portal of IAM Identity Center, the console's
//! sign-in, a container's and a machine's metadata service. It notes who calls STS.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::support::aws_stub;

/// A call of STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The operation and its parameters.
    pub parameters: BTreeMap<String, String>,
    /// The access key that signed it; empty when nobody did.
    pub key: String,
    /// The region that it was signed for.
    pub region: String,
}

/// A running stand-in.
pub struct StandIn {
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl StandIn {
    pub fn start() -> Self {
        Self::with_apis("")
    }

    /// Serves, and lists these HTTP APIs, in JSON.
    pub fn with_apis(apis: &str) -> Self {
        let apis = format!(r#"{{"items":[{apis}]}}"#);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let url = format!("http://{}", listener.local_addr().expect("a socket"));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                let apis = apis.clone();
                std::thread::spawn(move || {
                    while let Some((head, body)) = aws_stub::read(&stream) {
                        let (status, kind, text) = answer(&head, &body, &seen, &apis);
                        if aws_stub::write(&stream, status, kind, &text).is_none() {
                            break;
                        }
                    }
                });
            }
        });
        Self { url, calls }
    }

    /// The calls of STS since the last time this was asked.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().expect("no writer panics"))
    }

    /// Who asked who they are: access key and region.
    pub fn caller(&self) -> Option<(String, String)> {
        let asks = |call: &Call| call.parameters["Action"] == "GetCallerIdentity";
        self.calls().into_iter().rfind(asks).map(|call| (call.key, call.region))
    }
}

/// The one code that STS does not take.
pub const WRONG_CODE: &str = "000000";

/// Credentials that last for an hour, as JSON of the metadata services.
pub fn metadata_credentials(key: &str) -> String {
    let until = until();
    format!(
        r#"{{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"{key}","SecretAccessKey":"s","Token":"t","Expiration":"{until}","LastUpdated":"{until}"}}"#
    )
}

/// In an hour, in UTC.
pub fn until() -> String {
    let then = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn answer(head: &str, body: &str, calls: &Mutex<Vec<Call>>, apis: &str) -> (&'static str, &'static str, String) {
    let json = "application/json";
    let line = head.lines().next().unwrap_or_default();
    let path = line.split(' ').nth(1).unwrap_or_default();
    match path {
        "/container" => ("200 OK", json, metadata_credentials("AKIACONTAINER")),
        "/latest/api/token" => {
            ("200 OK", "text/plain\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600", "token".to_owned())
        }
        "/latest/meta-data/iam/security-credentials/" => ("200 OK", "text/plain", "machine".to_owned()),
        "/latest/meta-data/iam/security-credentials/machine" => ("200 OK", json, metadata_credentials("AKIAMACHINE")),
        _ if path.starts_with("/latest/") => ("404 Not Found", "text/plain", String::new()),
        _ if path.starts_with("/federation/credentials") => {
            let expiration = jiff::Timestamp::now().as_millisecond() + 3_600_000;
            let keys = r#""accessKeyId":"AKIASSO","secretAccessKey":"s","sessionToken":"t""#;
            ("200 OK", json, format!(r#"{{"roleCredentials":{{{keys},"expiration":{expiration}}}}}"#))
        }
        "/v1/token" if body.contains("ended") => {
            let why = r#"{"error":"TOKEN_EXPIRED","message":"The refresh token has expired."}"#;
            ("403 Forbidden", "application/json\r\nx-amzn-errortype: AccessDeniedException", why.to_owned())
        }
        "/v1/token" => {
            let keys = r#"{"accessKeyId":"AKIARENEWED","secretAccessKey":"s","sessionToken":"t"}"#;
            let token = r#""tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"r2""#;
            ("200 OK", json, format!(r#"{{"accessToken":{keys},{token}}}"#))
        }
        _ if line.starts_with("GET /v2/apis") => ("200 OK", json, apis.to_owned()),
        _ if body.contains("Action=") => sts(head, body, calls),
        _ => {
            let (status, kind, text) = aws_stub::response(&head.to_ascii_lowercase(), body);
            (status, kind, text.to_owned())
        }
    }
}

fn sts(head: &str, body: &str, calls: &Mutex<Vec<Call>>) -> (&'static str, &'static str, String) {
    let decoded =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let parameters: BTreeMap<String, String> = body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect();
    let scope = head.split_once("Credential=").map(|(_, scope)| scope).unwrap_or_default();
    let mut scope = scope.split('/');
    let key = scope.next().unwrap_or_default().to_owned();
    let region = scope.nth(1).unwrap_or_default().to_owned();
    let operation = parameters["Action"].clone();
    let code = parameters.get("TokenCode").cloned();
    calls.lock().expect("no reader panics").push(Call { parameters, key: key.clone(), region });
    let xml = "text/xml";
    match operation.as_str() {
        "AssumeRole" if code.as_deref() == Some(WRONG_CODE) => {
            let why = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
            let error = format!("<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{why}</Message></Error>");
            ("403 Forbidden", xml, format!("<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"))
        }
        "AssumeRole" => ("200 OK", xml, session("AssumeRole", &format!("ASIAROLEOF{key}"))),
        "AssumeRoleWithWebIdentity" => ("200 OK", xml, session("AssumeRoleWithWebIdentity", "ASIAWEBIDENTITY")),
        _ => {
            let (status, kind, text) = aws_stub::response("", body);
            (status, kind, text.to_owned())
        }
    }
}

fn session(operation: &str, key: &str) -> String {
    let until = until();
    format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{operation}Result><Credentials>\
         <AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>{until}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>R:s</AssumedRoleId>\
         <Arn>arn:aws:sts::000000000000:assumed-role/r/s</Arn></AssumedRoleUser></{operation}Result>\
         <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>"
    )
}

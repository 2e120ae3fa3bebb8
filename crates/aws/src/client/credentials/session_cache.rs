//! Sessions of roles in the aws CLI's own cache, `~/.aws/cli/cache`, so that a session of either is the other's too.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::client::credentials::role::Role;
use crate::trace::TARGET;

/// A session that ends sooner is not used any more, as in the aws CLI.
const LEAST: SignedDuration = SignedDuration::from_mins(15);

/// The credentials of an assumed role.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    pub(crate) expires_at: Timestamp,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The file of one role's session.
#[derive(Debug, Clone)]
pub(crate) struct CacheFile(PathBuf);

impl CacheFile {
    /// The file that the aws CLI has for a role; none without a home.
    pub(crate) fn of(role: &Role) -> Option<Self> {
        let folder = std::env::home_dir()?.join(".aws/cli/cache");
        Some(Self(folder.join(format!("{}.json", key(role)))))
    }

    /// The session, if there is one that lasts. What can't be read is no session, as in the aws CLI.
    pub(crate) fn read(&self, now: Timestamp) -> Option<Session> {
        let text = std::fs::read_to_string(&self.0).ok()?;
        let session = parse(&text).or_else(|| {
            tracing::warn!(target: TARGET, file = %self.0.display(), "a cached session can't be read");
            None
        })?;
        (session.expires_at.duration_since(now) >= LEAST).then_some(session)
    }

    /// Keeps a session, readable for nobody else.
    ///
    /// # Errors
    /// The file can't be written.
    pub(crate) fn write(&self, session: &Session) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // Two commands may write at once; each replaces the file as a whole.
        let new = self.0.with_extension(format!("{}.tmp", std::process::id()));
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(written(session).to_string().as_bytes())?;
        std::fs::rename(&new, &self.0)
    }
}

fn parse(text: &str) -> Option<Session> {
    let file: Value = serde_json::from_str(text).ok()?;
    let text = |key: &str| file["Credentials"][key].as_str();
    // botocore writes its time zone's name where RFC 3339 has an offset.
    let expiration = text("Expiration")?.replace("UTC", "Z");
    Some(Session {
        access_key_id: text("AccessKeyId")?.to_owned(),
        secret_access_key: text("SecretAccessKey")?.to_owned(),
        session_token: text("SessionToken")?.to_owned(),
        expires_at: expiration.parse().ok()?,
    })
}

fn written(session: &Session) -> Value {
    json!({"Credentials": {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.session_token,
        "Expiration": session.expires_at.strftime("%Y-%m-%dT%H:%M:%SUTC").to_string(),
    }})
}

/// The name that botocore's `AssumeRoleCredentialFetcher` gives the file: the SHA-1 of the call's parameters, written as
/// Python's `json.dumps(..., sort_keys=True)` does.
fn key(role: &Role) -> String {
    let texts = [
        ("ExternalId", role.external_id.as_ref()),
        ("RoleArn", Some(&role.arn)),
        ("RoleSessionName", role.session_name.as_ref()),
        ("SerialNumber", role.mfa_serial.as_ref()),
    ];
    let texts = texts.into_iter().filter_map(|(key, value)| Some((key, python_string(value?))));
    let duration = role.duration_s.map(|duration_s| ("DurationSeconds", duration_s.to_string()));
    let all: BTreeMap<&str, String> = texts.chain(duration).collect();
    let all: Vec<String> = all.into_iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    let digest = Sha1::digest(format!("{{{}}}", all.join(", ")));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A string as Python's `json.dumps` writes it: ASCII alone.
fn python_string(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let mut ascii = String::with_capacity(quoted.len());
    for character in quoted.chars() {
        if matches!(character, ' '..='~') {
            ascii.push(character);
        } else {
            let mut units = [0; 2];
            ascii.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role() -> Role {
        Role {
            profile: "p".to_owned(),
            arn: "arn:aws:iam::123456789012:role/admin".to_owned(),
            session_name: None,
            external_id: None,
            mfa_serial: None,
            duration_s: None,
        }
    }

    /// The keys were made by botocore 1.43.
    #[test]
    fn keys_are_those_of_the_aws_cli() {
        assert_eq!(key(&role()), "85df843ebbf3964c64e26d66d796d302b1a7a5ff");
        let all = Role {
            session_name: Some("zoë".to_owned()),
            external_id: Some("a\"b\\c\u{7f}😀".to_owned()),
            mfa_serial: Some("arn:aws:iam::123456789012:mfa/anna".to_owned()),
            duration_s: Some(3600),
            ..role()
        };
        assert_eq!(key(&all), "d857872b47be9a9969fd968470a4fdedd912c947");
    }

    #[test]
    fn sessions_of_both_are_read() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for expiration in ["2026-01-01T01:00:00UTC", "2026-01-01T01:00:00+00:00", "2026-01-01T01:00:00Z"] {
            let text = json!({"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T",
                "Expiration": expiration, "AccountId": "1"}, "AssumedRoleUser": {}});
            let session = parse(&text.to_string()).unwrap();
            assert_eq!(session.expires_at.duration_since(now), SignedDuration::from_hours(1));
            assert!(parse(&written(&session).to_string()) == Some(session));
        }
        assert!(parse("{}").is_none() && parse("").is_none());
    }
}

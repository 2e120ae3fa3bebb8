//! Masks secrets in a recorded execution: the same secret by the same mask everywhere, so that the case still fits together.

use std::collections::BTreeMap;

use serde_json::Value;

use super::recorded::Recorded;

/// Members whose texts are secrets, by what their names contain, in lower case and without `-` and `_`.
const SECRET_NAMES: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "credential",
    "cookie",
    "signature",
    "connectionstring",
];

/// What secrets begin with wherever they stand: keys of AWS, GitHub, Slack and Stripe, JSON Web Tokens, and the like.
const SECRET_STARTS: [&str; 12] =
    ["AKIA", "ASIA", "ghp_", "gho_", "ghs_", "github_pat_", "xoxb-", "xoxp-", "sk_live_", "sk_test_", "eyJ", "Bearer "];

/// A secret is at least this long where it is recognised by how it begins.
const LEAST: usize = 16;

/// Which values are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masking {
    /// Members that are masked as well, by their names.
    pub names: Vec<String>,
}

impl Masking {
    /// Masks every secret, and says how many there were.
    pub(super) fn mask(&self, recorded: &mut Recorded) -> usize {
        let mut secrets: BTreeMap<String, String> = BTreeMap::new();
        let of_children = recorded.children.iter().flat_map(|child| &child.events);
        for event in recorded.events.iter().chain(of_children) {
            for value in event.input.iter().chain(&event.output) {
                self.find(value, None, &mut secrets);
            }
            for text in event.cause.iter().chain(&event.error) {
                self.find(&Value::from(text.as_str()), None, &mut secrets);
            }
        }
        let mut longest_first: Vec<(&String, &String)> = secrets.iter().collect();
        longest_first.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        let of_children = recorded.children.iter_mut().flat_map(|child| &mut child.events);
        for event in recorded.events.iter_mut().chain(of_children) {
            event.input.iter_mut().chain(&mut event.output).for_each(|value| replace(value, &longest_first));
            event.error.iter_mut().chain(&mut event.cause).for_each(|text| *text = replaced(text, &longest_first));
        }
        secrets.len()
    }

    fn find(&self, value: &Value, name: Option<&str>, secrets: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| self.find(value, Some(name), secrets)),
            Value::Array(items) => items.iter().for_each(|item| self.find(item, name, secrets)),
            Value::String(text) => {
                // JSON in a text has members of its own.
                if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                    return self.find(&inner, name, secrets);
                }
                let by_name = name.is_some_and(|name| self.is_secret(name)) && !text.is_empty();
                if by_name || looks_secret(text) {
                    let number = secrets.len() + 1;
                    secrets.entry(text.clone()).or_insert_with(|| format!("masked-{number}"));
                }
            }
            _ => {}
        }
    }

    fn is_secret(&self, name: &str) -> bool {
        let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        // Counts of a model's tokens and the like are no secrets.
        let is_count = plain.ends_with("tokens") || plain.ends_with("tokencount");
        let is_known = SECRET_NAMES.iter().any(|known| plain.contains(known)) && !is_count;
        is_known || self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

fn looks_secret(text: &str) -> bool {
    text.len() >= LEAST
        && (text.contains("-----BEGIN ")
            || SECRET_STARTS.iter().any(|start| text.starts_with(start) && !text[start.len()..].contains(' ')))
}

fn replace(value: &mut Value, secrets: &[(&String, &String)]) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|value| replace(value, secrets)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, secrets)),
        Value::String(text) => *text = replaced(text, secrets),
        _ => {}
    }
}

/// A short secret is replaced only where it is the whole text: as a part it may be any word.
fn replaced(text: &str, secrets: &[(&String, &String)]) -> String {
    let mut text = text.to_owned();
    for (secret, mask) in secrets {
        if text == **secret {
            return (*mask).clone();
        }
        let quoted = Value::from(secret.as_str()).to_string();
        if text.contains(&quoted) {
            text = text.replace(&quoted, &format!("\"{mask}\""));
        }
        if secret.len() >= LEAST {
            text = text.replace(secret.as_str(), mask);
        }
    }
    text
}

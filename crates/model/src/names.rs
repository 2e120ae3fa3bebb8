//! Names and ids as types of their own, so that a stage is never passed where a region is meant.

use std::collections::BTreeMap;
use std::fmt;

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

text_newtype! {
    /// The service's name: the first part of every resource's name.
    ServiceName
}
text_newtype! {
    /// A stage: one separate deployment of a service, `dev` unless said otherwise.
    StageName
}
text_newtype! {
    /// The name a thing has inside the service file, such as `sendEmail`.
    Key
}
text_newtype! {
    /// An AWS region, such as `us-east-1`.
    Region
}
text_newtype! {
    /// The twelve digits of an AWS account.
    AccountId
}
text_newtype! {
    /// An Amazon Resource Name.
    Arn
}

/// The region that is meant when none is named, as for the AWS tools.
pub const DEFAULT_REGION: &str = "us-east-1";

impl Default for Region {
    /// [`DEFAULT_REGION`].
    fn default() -> Self {
        Self(DEFAULT_REGION.to_owned())
    }
}

impl Default for StageName {
    /// The stage that is meant when none is named: `dev`.
    fn default() -> Self {
        Self("dev".to_owned())
    }
}

impl ServiceName {
    /// Stands, in names that are measured, for a name that is wrong. Nothing is deployed with it.
    pub(super) fn placeholder() -> Self {
        Self("service".to_owned())
    }
}

/// Why a text is not a name. The sentence says what a name may hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` can't be {what}: {rule}.")]
pub struct NameError {
    text: String,
    what: &'static str,
    rule: &'static str,
}

const NAME_RULE: &str = "use letters, digits and `-`, begin with a letter, and stay within 40 characters";
const KEY_RULE: &str = "use letters, digits, `-` and `_`, begin with a letter, and stay within 40 characters";
/// The longest key, in characters.
const KEY_LIMIT: usize = 40;
const REGION_RULE: &str = "a region looks like us-east-1";

fn well_formed(text: &str, longest: usize, allowed: impl Fn(char) -> bool) -> bool {
    text.len() <= longest && text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.chars().all(allowed)
}

fn name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-'
}

macro_rules! checked {
    ($name:ident, $what:literal, $rule:expr, $check:expr) => {
        impl $name {
            /// The name, when it is well formed.
            ///
            /// # Errors
            /// A sentence that says which characters and lengths are allowed.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError { text: text.to_owned(), what: $what, rule: $rule })
                }
            }
        }
    };
}

checked!(ServiceName, "a service's name", NAME_RULE, |text| { well_formed(text, 40, name_character) });
checked!(StageName, "a stage's name", NAME_RULE, |text| { well_formed(text, 40, name_character) });
checked!(Key, "a name in the service file", KEY_RULE, |text| {
    well_formed(text, KEY_LIMIT, |c| name_character(c) || c == '_')
});
checked!(Region, "a region", REGION_RULE, |text| {
    well_formed(text, 30, name_character)
        && text.matches('-').count() >= 2
        && text.ends_with(|last: char| last.is_ascii_digit())
});
checked!(AccountId, "an account", "an account is twelve digits", |text| text.len() == 12
    && text.bytes().all(|byte| byte.is_ascii_digit()));

impl Key {
    /// A key for a thing that only has a name: the name where it can be a key, else what of it a key can hold, with a hash
    /// of the whole.
    pub fn of_name(name: &str) -> Self {
        Self::parse(name).unwrap_or_else(|_| Self::hashed(name))
    }

    /// A key for a thing that only has a name, and whose name is the key of something else.
    pub fn hashed(name: &str) -> Self {
        use sha2::Digest;
        let hash: String = sha2::Sha256::digest(name).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let words = name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        let words = words.collect::<Vec<_>>().join("-");
        let letters = words.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        let start: String = letters.chars().take(KEY_LIMIT - 1 - hash.len()).collect();
        Self(format!("{}-{hash}", if start.is_empty() { "activity" } else { &start }))
    }
}

impl AccountId {
    /// The account of the embedded cloud, unless the credentials name another; it is no account of AWS.
    pub fn local() -> Self {
        Self("000000000000".to_owned())
    }

    /// Stands, for people to read, for an account that no call has asked for. It is in no request.
    pub fn placeholder() -> Self {
        Self("<account>".to_owned())
    }
}

impl Arn {
    /// An ARN as an API answered it, or as built from checked names.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What follows the last `:`, the name at the end of most ARNs.
    pub fn last_part(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or(&self.0)
    }
}

/// The longest names that CreateFunction, CreateStateMachine and CreateActivity take, in characters.
const FUNCTION_NAME_LIMIT: usize = 64;
const STATES_NAME_LIMIT: usize = 80;

/// What CreateStateMachine and CreateActivity refuse in a name, beside control characters and white space.
const REFUSED_IN_STATES_NAMES: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";

/// Why Lambda would refuse a function's deployed name; nothing when it takes it.
pub(super) fn refused_function_name(name: &str) -> Option<String> {
    let allowed = |c: char| name_character(c) || c == '_';
    let is_taken = !name.is_empty() && name.chars().all(allowed) && name.len() <= FUNCTION_NAME_LIMIT;
    (!is_taken).then(|| {
        format!(
            "`{}` can't be a function's name: Lambda takes 1 to {FUNCTION_NAME_LIMIT} letters, digits, `-` and `_`; it has {} \
             characters.",
            name.escape_debug(),
            name.chars().count()
        )
    })
}

/// Why Step Functions would refuse the deployed name of `what`, a state machine or an activity.
pub(super) fn refused_states_name(what: &str, name: &str) -> Option<String> {
    let refused = |c: char| c.is_control() || c.is_whitespace() || REFUSED_IN_STATES_NAMES.contains(c);
    let length = name.chars().count();
    (length == 0 || length > STATES_NAME_LIMIT || name.contains(refused)).then(|| {
        format!(
            "`{}` can't be {what}'s name: Step Functions takes 1 to {STATES_NAME_LIMIT} characters without spaces and \
             `{REFUSED_IN_STATES_NAMES}`; it has {length} characters.",
            name.escape_debug()
        )
    })
}

/// Why an activity can't have a deployed name: Step Functions refuses it, or the tag that remembers it does.
pub(super) fn refused_activity_name(name: &str) -> Option<String> {
    let untaggable = || {
        let character = name.chars().find(|&c| !(c.is_alphanumeric() || "_.+-=@".contains(c)))?;
        Some(format!(
            "`{name}` can't be an activity's name because of `{character}`: the tag that remembers it takes letters, digits \
             and `_.+-=@`."
        ))
    };
    refused_states_name("an activity", name).or_else(untaggable)
}

/// Two keys whose things would have one deployed name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SharedName {
    pub(super) first: Key,
    pub(super) second: Key,
    pub(super) name: String,
}

/// The deployed names that more than one of these things have.
pub(super) fn shared_names(names: impl IntoIterator<Item = (Key, String)>) -> Vec<SharedName> {
    let mut known: BTreeMap<String, Key> = BTreeMap::new();
    let mut shared = Vec::new();
    for (key, name) in names {
        match known.get(&name) {
            Some(first) => shared.push(SharedName { first: first.clone(), second: key, name }),
            None => {
                known.insert(name, key);
            }
        }
    }
    shared
}

/// The known word most like what was written, in whatever case, if any is near enough to be meant.
pub fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let written = written.to_lowercase();
    known
        .iter()
        .map(|word| (strsim::jaro_winkler(&written, &word.to_lowercase()), *word))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_and_the_sentence_says_the_rule() {
        assert!(StageName::parse("anna-2").is_ok());
        let refused = StageName::parse("anna b").unwrap_err();
        insta::assert_snapshot!(refused, @"`anna b` can't be a stage's name: use letters, digits and `-`, begin with a letter, and stay within 40 characters.");
        assert!(Key::parse("send_email").is_ok());
        assert_eq!(Key::of_name("approve").as_str(), "approve");
        for name in ["pay.us-east-1", "1", "a-name-of-an-activity-that-is-longer-than-any-key", "größe"] {
            assert!(Key::parse(Key::of_name(name).as_str()).is_ok(), "{name}: {}", Key::of_name(name));
        }
        assert!(Key::parse("1st").is_err());
        assert!(Region::parse("eu-central-1").is_ok());
        assert!(Region::parse("europe").is_err());
        assert!(AccountId::parse("000000000000").is_ok());
        assert!(AccountId::parse("12").is_err());
    }
}

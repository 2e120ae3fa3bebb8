//! What `[stack]` says of a deployment as a whole: the tags of every resource, and what an organisation wants of every role.

use std::collections::BTreeMap;

use super::pseudo::Template;
use super::role_path::RolePath;

/// What a service file says of a deployment as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StackSettings {
    /// Tags of every resource that takes any, beside those that say whose it is.
    pub tags: BTreeMap<String, String>,
    /// The ARN of the managed policy that bounds what the roles may do.
    pub permissions_boundary: Option<Template>,
    /// The path of the roles.
    pub role_path: RolePath,
}

/// The tags that AWS takes on one resource (API Gateway, IAM, Lambda, Logs and Step Functions agree), less the two that say
/// whose it is.
pub(super) const MOST_TAGS: usize = 48;

/// The longest key and value of a tag, in characters.
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// What AWS would refuse about the key of a tag; nothing when every service takes it.
pub(super) fn refused_key(key: &str) -> Option<String> {
    let lower = key.to_ascii_lowercase();
    if lower.starts_with("aws:") {
        return Some(format!("The tag `{key}` begins with `aws:`, which AWS keeps for itself."));
    }
    if lower.starts_with("workshop:") {
        return Some(format!("The tag `{key}` begins with `workshop:`, which says whose a resource is."));
    }
    if key.is_empty() || key.chars().count() > LONGEST_KEY {
        return Some(format!("`{key}` can't be the key of a tag: it has 1 to {LONGEST_KEY} characters."));
    }
    unfit(key).map(|character| refused_character("key", key, character))
}

/// What AWS would refuse about the value of a tag; nothing when every service takes it.
pub(super) fn refused_value(value: &str) -> Option<String> {
    if value.chars().count() > LONGEST_VALUE {
        return Some(format!("`{value}` can't be the value of a tag: it has up to {LONGEST_VALUE} characters."));
    }
    unfit(value).map(|character| refused_character("value", value, character))
}

fn refused_character(what: &str, text: &str, character: char) -> String {
    let character = character.escape_default();
    format!(
        "`{}` can't be the {what} of a tag because of `{character}`: AWS takes letters, digits, spaces and `_.:/=+-@`.",
        text.escape_debug()
    )
}

/// The first character that not every service takes: `[\p{L}\p{Z}\p{N}_.:/=+\-@]` is the strictest pattern (IAM and Logs).
fn unfit(text: &str) -> Option<char> {
    let is_space = |c: char| c.is_whitespace() && !c.is_control();
    text.chars().find(|&c| !(c.is_alphanumeric() || is_space(c) || "_.:/=+-@".contains(c)))
}

/// Whether a resolved text is the ARN of a managed policy: `arn:PARTITION:iam::ACCOUNT:policy/NAME`, where AWS's own have
/// `aws` for the account.
pub(super) fn is_policy_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, policy] = parts[..] else { return false };
    let whose = account == "aws" || (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    let name = policy.strip_prefix("policy/").unwrap_or_default();
    let named = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/".contains(c);
    (arn, service, region) == ("arn", "iam", "")
        && partition.starts_with("aws")
        && whose
        && !name.is_empty()
        && !name.ends_with('/')
        && name.chars().all(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_those_that_every_service_takes() {
        for good in ["team", "cost center", "Kostenstelle_1.a:b/c=d+e-f@g", "équipe", "團隊"] {
            assert_eq!((refused_key(good), refused_value(good)), (None, None), "{good}");
        }
        assert_eq!(refused_value(""), None);
        for bad in ["", "aws:x", "AWS:x", "workshop:stack", "a,b", "a\tb", "a#b", &"k".repeat(129)] {
            assert!(refused_key(bad).is_some(), "{bad}");
        }
        for bad in ["50%", "a\nb", "#{AWS::Region}", &"v".repeat(257)] {
            assert!(refused_value(bad).is_some(), "{bad}");
        }
        assert_eq!(refused_key(&"ü".repeat(128)), None, "characters are counted, not bytes");
    }

    #[test]
    fn policies_are_told_from_other_arns() {
        for good in ["arn:aws:iam::123456789012:policy/b", "arn:aws-cn:iam::aws:policy/team/PowerUserAccess"] {
            assert!(is_policy_arn(good), "{good}");
        }
        for bad in [
            "policy/b",
            "arn:aws:iam::123456789012:role/b",
            "arn:aws:iam::12:policy/b",
            "arn:aws:iam:us-east-1:123456789012:policy/b",
            "arn:aws:iam::123456789012:policy/",
            "arn:aws:iam::123456789012:policy/a b",
        ] {
            assert!(!is_policy_arn(bad), "{bad}");
        }
    }
}

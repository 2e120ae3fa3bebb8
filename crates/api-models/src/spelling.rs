//! How Step Functions spells what the models name.

/// The words that no method of the AWS SDK for Java can be called, so that `Value` is put behind a member of that name.
const RESERVED: &str = " abstract assert boolean break byte case catch char class const continue default do double else enum extends \
    false final finally float for goto if implements import instanceof int interface long native new null package private \
    protected public return short static strictfp super switch synchronized this throw throws transient true try void volatile \
    while build builder equals getClass hashCode notify notifyAll toBuilder toString wait ";

/// Whose names members have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Those of `aws-sdk:` integrations: of the AWS SDK for Java, with a capital at the beginning (`DbInstanceIdentifier`).
    Sdk,
    /// Those of optimised integrations: of the API, with a capital at the beginning (`MD5OfMessageBody`).
    Optimised,
}

impl Spelling {
    /// Whether a member of the model may be written so. A name in capitals alone (`NULL`) is taken either way.
    pub fn is_spelt(self, member: &str, written: &str) -> bool {
        let is_short = !member.contains(|character: char| character.is_ascii_lowercase());
        match self {
            Self::Sdk => written == sdk_name(member) || (is_short && written == member),
            Self::Optimised => written == upper_first(member) || written == sdk_name(member),
        }
    }

    /// How a member of the model is written.
    pub fn of(self, member: &str) -> String {
        match self {
            Self::Sdk => sdk_name(member),
            Self::Optimised => upper_first(member),
        }
    }
}

/// The action of an operation: `describeDBInstances` for `DescribeDBInstances`.
pub fn action_name(operation: &str) -> String {
    uncapitalised(operation)
}

/// The name of a member in `aws-sdk:` integrations.
pub fn member_name(member: &str) -> String {
    sdk_name(member)
}

fn sdk_name(member: &str) -> String {
    let name = uncapitalised(member);
    let suffix = if RESERVED.contains(&format!(" {name} ")) { "Value" } else { "" };
    upper_first(&name) + suffix
}

fn upper_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// With small letters at the beginning, up to the last capital that begins a word: as the AWS SDK for Java names methods.
fn uncapitalised(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let is_upper = |at: usize| letters.get(at).is_some_and(char::is_ascii_uppercase);
    let is_lower = |at: usize| letters.get(at).is_some_and(char::is_ascii_lowercase);
    let mut small = 1;
    while is_upper(small) && !is_lower(small + 1) {
        small += 1;
    }
    letters
        .iter()
        .enumerate()
        .map(|(at, letter)| if at < small { letter.to_ascii_lowercase() } else { *letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_sdk_for_java() {
        for (member, name) in [
            ("executionArn", "ExecutionArn"),
            ("DBInstanceIdentifier", "DbInstanceIdentifier"),
            ("SSEKMSKeyId", "SsekmsKeyId"),
            ("KMSKeyArn", "KmsKeyArn"),
            ("ETag", "ETag"),
            ("MD5OfMessageBody", "Md5OfMessageBody"),
            ("static", "StaticValue"),
            ("Equals", "EqualsValue"),
        ] {
            assert_eq!(Spelling::Sdk.of(member), name);
        }
        assert_eq!(action_name("DescribeDBInstances"), "describeDBInstances");
        assert_eq!(action_name("DBThings"), "dbThings");
        assert_eq!(Spelling::Optimised.of("MD5OfMessageBody"), "MD5OfMessageBody");
    }

    #[test]
    fn a_name_of_capitals_is_taken_either_way() {
        assert!(Spelling::Sdk.is_spelt("NULL", "NULL") && Spelling::Sdk.is_spelt("NULL", "NullValue"));
        assert!(!Spelling::Sdk.is_spelt("DBInstanceIdentifier", "DBInstanceIdentifier"));
        assert!(!Spelling::Sdk.is_spelt("bucket", "bucket"));
    }
}

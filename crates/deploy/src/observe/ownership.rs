//! Whose a resource is, by its own tags, and what could not be read.

use std::fmt;

use aws::{DeniedRead, TagRead, Tags};
use model::names::Key;
use model::stack::OWNER_TAG;

/// The tag that CloudFormation puts on what it owns; nobody else can write tags that begin with `aws:`.
const CLOUDFORMATION_TAG: &str = "aws:cloudformation:stack-name";

/// Whose a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// This stack's.
    Ours,
    /// Somebody else's, or nobody's.
    Foreign(Owner),
    /// Its tags may not be read, so nobody can tell.
    Unknown(DeniedRead),
}

/// Whose a resource is that is not this stack's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Nobody says that it is theirs.
    Nobody,
    /// Another stack of this program.
    Stack(String),
    /// A CloudFormation stack. It would go on changing and deleting the resource, whatever other tags that has.
    CloudFormation(String),
}

impl Ownership {
    /// As tags say.
    pub fn of(tags: &TagRead, stack: &str) -> Self {
        match tags {
            TagRead::Known(tags) => Self::of_tags(tags, stack),
            TagRead::Unreadable(denied) => Self::Unknown(denied.clone()),
        }
    }

    fn of_tags(tags: &Tags, stack: &str) -> Self {
        match (tags.get(CLOUDFORMATION_TAG), tags.get(OWNER_TAG)) {
            (Some(owner), _) => Self::Foreign(Owner::CloudFormation(owner.clone())),
            (None, Some(owner)) if owner == stack => Self::Ours,
            (None, Some(owner)) => Self::Foreign(Owner::Stack(owner.clone())),
            (None, None) => Self::Foreign(Owner::Nobody),
        }
    }

    /// Whether it is this stack's beyond doubt.
    pub fn is_ours(&self) -> bool {
        *self == Self::Ours
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("it has no tag `workshop:stack`"),
            Self::Stack(stack) => write!(f, "its tag `workshop:stack` is `{stack}`"),
            Self::CloudFormation(stack) => write!(f, "the CloudFormation stack `{stack}` owns it"),
        }
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What it would have shown, such as `the tags of the function shop-dev-send`.
    pub what: String,
    /// What is missing to read it.
    pub denied: DeniedRead,
    /// What stays in doubt without it.
    pub doubt: Doubt,
}

/// What stays in doubt when something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// How something is that is there, and whose it is: enough to delete it.
    Details,
    /// Whether something is there under a key, or whose it is.
    Key(Key),
    /// Whether an activity is there, or whose it is.
    Activity {
        /// Its key.
        key: Key,
        /// Its deployed name.
        name: String,
    },
    /// Which log groups there are.
    LogGroups,
    /// Whether there is an HTTP API, or whose it is.
    Api,
    /// What else there is.
    Others,
}

impl Doubt {
    /// The key that is in doubt.
    pub(super) fn key(&self) -> Option<&Key> {
        match self {
            Self::Key(key) => Some(key),
            Self::Details | Self::Activity { .. } | Self::LogGroups | Self::Api | Self::Others => None,
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.denied.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &[(&str, &str)]) -> Ownership {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Ownership::of(&TagRead::Known(tags), "shop-dev")
    }

    #[test]
    fn tags_say_whose_it_is() {
        assert_eq!(of(&[(OWNER_TAG, "shop-dev")]), Ownership::Ours);
        assert_eq!(of(&[(OWNER_TAG, "shop-prod")]), Ownership::Foreign(Owner::Stack("shop-prod".to_owned())));
        assert_eq!(of(&[("STAGE", "dev")]), Ownership::Foreign(Owner::Nobody));
        let both = [(OWNER_TAG, "shop-dev"), (CLOUDFORMATION_TAG, "shop")];
        assert_eq!(of(&both), Ownership::Foreign(Owner::CloudFormation("shop".to_owned())));
    }

    #[test]
    fn tags_that_may_not_be_read_say_nothing() {
        let denied = DeniedRead { action: "lambda:ListTags".to_owned(), reason: "No.".to_owned() };
        assert_eq!(Ownership::of(&TagRead::Unreadable(denied.clone()), "shop-dev"), Ownership::Unknown(denied));
    }
}

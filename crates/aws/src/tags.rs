//! Tags of resources: known, or not readable for this caller. The two never look alike.

use std::collections::BTreeMap;

use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;
use crate::permissions::{Denial, Operation};

/// A resource's tags.
pub type Tags = BTreeMap<String, String>;

/// What a read of a resource's tags came to. Tags that may not be read are not the same as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagRead {
    /// They are these.
    Known(Tags),
    /// AWS did not tell them.
    Unreadable(DeniedRead),
}

/// A read that AWS did not allow this caller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeniedRead {
    /// The IAM action that is missing, such as `lambda:ListTags`.
    pub action: String,
    /// AWS's own sentence.
    pub reason: String,
}

impl TagRead {
    /// The tags, if they are known.
    pub fn known(&self) -> Option<&Tags> {
        match self {
            Self::Known(tags) => Some(tags),
            Self::Unreadable(_) => None,
        }
    }

    /// The tags of an answer whose documentation promises them: an answer without them says nothing.
    pub(crate) fn promised(tags: Option<Tags>, action: &str) -> Self {
        match tags {
            Some(tags) => Self::Known(tags),
            None => {
                let reason = "The answer says nothing of tags.".to_owned();
                Self::Unreadable(DeniedRead { action: action.to_owned(), reason })
            }
        }
    }

    /// The outcome of a call for tags: a refusal for this caller is an answer, any other failure stays one.
    pub(crate) fn unless_denied<T>(
        answer: Result<Option<T>, AwsError>,
        read: impl FnOnce(T) -> Self,
    ) -> Result<Option<Self>, AwsError> {
        match answer {
            Ok(found) => Ok(found.map(read)),
            Err(error) => Ok(Some(Self::Unreadable(error.denied()?))),
        }
    }
}

impl DeniedRead {
    /// As the failure of a call, for one who can't go on without it.
    pub fn into_error(self, service: &'static str, operation: &'static str) -> AwsError {
        let Self { reason: message, .. } = self;
        AwsError { kind: AwsErrorKind::AccessDenied, service, operation, code: None, message, request_id: None }
    }
}

impl AwsError {
    /// The read that was refused to this caller; any other failure is given back.
    ///
    /// # Errors
    /// The call failed for another reason.
    pub fn denied(self) -> Result<DeniedRead, Self> {
        if self.kind != AwsErrorKind::AccessDenied {
            return Err(self);
        }
        Ok(DeniedRead { action: self.action(), reason: self.message })
    }

    /// The IAM action that the call needs: the one that AWS's sentence names, or else the operation's own.
    pub fn action(&self) -> String {
        let own = || Operation::find(self.service, self.operation)?.needs.first().map(|need| need.action.to_owned());
        let named = Denial::of(self).map(|denial| denial.action);
        named.or_else(own).unwrap_or_else(|| format!("{} of {}", self.operation, self.service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(service: &'static str, operation: &'static str, message: &str) -> AwsError {
        AwsError {
            kind: AwsErrorKind::AccessDenied,
            service,
            operation,
            code: None,
            message: message.to_owned(),
            request_id: None,
        }
    }

    #[test]
    fn a_refusal_names_the_action_that_is_missing() {
        let said =
            "User: arn:aws:iam::1:user/anna is not authorized to perform: lambda:ListTags on resource: x because";
        assert_eq!(denied("Lambda", "GetFunction", said).action(), "lambda:ListTags");
        assert_eq!(denied("IAM", "ListRoles", "").action(), "iam:ListRoles");
        assert_eq!(denied("Step Functions", "ListTagsForResource", "No.").action(), "states:ListTagsForResource");
        assert_eq!(denied("API Gateway", "GetApis", "").action(), "apigateway:GET");
    }

    #[test]
    fn a_failure_that_is_no_refusal_stays_a_failure() {
        let error = AwsError { kind: AwsErrorKind::Throttled, ..denied("Lambda", "ListTags", "Rate exceeded") };
        assert!(TagRead::unless_denied::<()>(Err(error), |()| TagRead::Known(Tags::new())).is_err());
    }

    #[test]
    fn an_answer_without_the_member_says_nothing() {
        assert_eq!(TagRead::promised(Some(Tags::new()), "a:B").known(), Some(&Tags::new()));
        assert_eq!(TagRead::promised(None, "a:B").known(), None);
    }
}

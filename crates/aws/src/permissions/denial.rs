//! Which permission a refusal is about: AWS's message names it, or else the operation has one of its own.

use super::Operation;
use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;

/// What the caller was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The IAM action.
    pub action: String,
    /// The resource as AWS names it; an ARN mostly.
    pub resource: Option<String>,
    /// Whether a policy denies it in so many words: then no further permission helps.
    pub is_explicit: bool,
}

/// A refusal that a text tells of, such as the cause of a task's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldDenial {
    /// The ARN of who asked.
    pub user: String,
    /// What was refused.
    pub denial: Denial,
    /// The kind of policy that decided, such as `identity-based policy`, where the text names it.
    pub policy: Option<String>,
}

impl ToldDenial {
    /// Reads the first refusal that a text tells of.
    pub fn of(text: &str) -> Option<Self> {
        let (before, said) = text.split_once(NOT_AUTHORIZED)?;
        let (_, user) = before.rsplit_once("User: ")?;
        let user = user.split_whitespace().next()?.to_owned();
        let said = said.trim_start_matches(':').trim_start();
        let action = said.split_whitespace().next().map(|word| word.trim_end_matches(['.', ',']))?;
        let named = said.split_once("on resource: ").map(|(_, rest)| resource(rest));
        let is_explicit = said.contains("explicit deny");
        let kinds = ["identity-based policy", "resource-based policy", "permissions boundary", "session policy"];
        let policy = kinds.into_iter().find(|kind| said.contains(kind)).map(str::to_owned);
        let denial = Denial { action: action.to_owned(), resource: named.filter(|name| !name.is_empty()), is_explicit };
        Some(Self { user, denial, policy })
    }

    /// The name of the role in whose session it was asked; none where a user asked.
    pub fn role_name(&self) -> Option<&str> {
        self.user.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next())
    }
}

/// What AWS's services say: `User: ARN is not authorized to perform: ACTION on resource: ARN because ...`.
const NOT_AUTHORIZED: &str = "not authorized to perform";

impl Denial {
    /// Reads it off a refusal; none when it is no refusal, or one that says nothing of the caller, such as that of a role
    /// which can't be assumed yet.
    pub fn of(error: &AwsError) -> Option<Self> {
        if error.kind != AwsErrorKind::AccessDenied {
            return None;
        }
        let (_, said) = error.message.split_once(NOT_AUTHORIZED)?;
        let said = said.trim_start_matches(':').trim_start();
        let named = said.split_whitespace().next().map(|word| word.trim_end_matches(['.', ',']));
        // Some sentences name the operation without its service.
        let action = match named.filter(|word| word.contains(':')) {
            Some(action) => action.to_owned(),
            None => Operation::find(error.service, error.operation)?.needs.first()?.action.to_owned(),
        };
        let resource = said.split_once("on resource: ").map(|(_, rest)| resource(rest));
        let is_explicit = said.contains("explicit deny");
        Some(Self { action, resource: resource.filter(|name| !name.is_empty()), is_explicit })
    }
}

/// A resource up to what follows it. IAM writes some as two words, `role NAME`.
fn resource(text: &str) -> String {
    let end = [" because ", " with an explicit deny", " (Service: "].iter().filter_map(|next| text.find(next)).min();
    text[..end.unwrap_or(text.len())].trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(operation: &'static str, message: &str) -> Option<Denial> {
        Denial::of(&AwsError {
            kind: AwsErrorKind::AccessDenied,
            service: "CloudWatch Logs",
            operation,
            code: Some("AccessDeniedException".to_owned()),
            message: message.to_owned(),
            request_id: None,
        })
    }

    fn shown(operation: &'static str, message: &str) -> String {
        denial(operation, message).map_or("none".to_owned(), |it| {
            format!("{} | {} | {}", it.action, it.resource.unwrap_or_default(), it.is_explicit)
        })
    }

    #[test]
    fn the_message_names_action_and_resource() {
        let user = "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: ";
        let told = |rest: &str| shown("CreateLogGroup", &format!("{user}{rest}"));
        assert_eq!(
            told(
                "lambda:GetFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:f because no identity-based policy allows the lambda:GetFunction action"
            ),
            "lambda:GetFunction | arn:aws:lambda:us-east-1:123456789012:function:f | false"
        );
        assert_eq!(
            told(
                "iam:GetRole on resource: role my-role because no identity-based policy allows the iam:GetRole action"
            ),
            "iam:GetRole | role my-role | false"
        );
        assert_eq!(
            told(
                "iam:CreateRole on resource: arn:aws:iam::123456789012:role/r with an explicit deny in a service control policy"
            ),
            "iam:CreateRole | arn:aws:iam::123456789012:role/r | true"
        );
        assert_eq!(told("states:ListStateMachines"), "states:ListStateMachines |  | false");
    }

    #[test]
    fn a_cause_tells_who_may_not_do_what() {
        let cause = "User: arn:aws:sts::1:assumed-role/shop-dev-order/s is not authorized to perform: lambda:InvokeFunction on \
                     resource: arn:aws:lambda:eu-west-1:1:function:f because no identity-based policy allows the \
                     lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403)";
        let told = ToldDenial::of(cause).unwrap();
        assert_eq!(told.role_name(), Some("shop-dev-order"));
        assert_eq!((told.denial.action.as_str(), told.denial.is_explicit), ("lambda:InvokeFunction", false));
        assert_eq!(told.denial.resource.as_deref(), Some("arn:aws:lambda:eu-west-1:1:function:f"));
        assert_eq!(told.policy.as_deref(), Some("identity-based policy"));
        assert_eq!(ToldDenial::of("no such thing"), None);
    }

    #[test]
    fn an_operation_that_is_named_alone_has_its_own_action() {
        let told = "User with accountId: 123456789012 is not authorized to perform CreateLogGroup with Tags";
        assert_eq!(shown("CreateLogGroup", told), "logs:CreateLogGroup |  | false");
    }

    #[test]
    fn a_refusal_that_is_not_about_the_caller_names_none() {
        let role = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.";
        assert_eq!(denial("CreateLogGroup", role), None);
    }
}

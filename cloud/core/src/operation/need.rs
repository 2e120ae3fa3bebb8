//! What the caller of an operation has to be allowed beside the operation's own action: to pass a role, to set tags.

use super::Resource;
use super::refused::given;
use crate::wire::{Protocol, Request};

/// A further action that is checked when the input gives a member.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    member: &'static str,
    action: &'static str,
    resource: Resource,
    passed_to: Option<&'static str>,
}

/// One thing that a request has to be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The IAM action.
    pub action: &'static str,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// The service that a role is passed to.
    pub passed_to: Option<&'static str>,
}

impl Asked {
    pub(super) fn new(action: &'static str, resource: String) -> Self {
        Self { action, resource, passed_to: None }
    }
}

impl Need {
    /// An action that is needed when the input gives a member that is not empty, null or false.
    #[must_use]
    pub const fn when(member: &'static str, action: &'static str, resource: Resource) -> Self {
        Self { member, action, resource, passed_to: None }
    }

    /// The same, of a role that is given to this service.
    #[must_use]
    pub const fn passed_to(self, service: &'static str) -> Self {
        Self { passed_to: Some(service), ..self }
    }

    /// The right to give a service the role that a member names ([PassRole]).
    ///
    /// [PassRole]: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    #[must_use]
    pub const fn pass_role(member: &'static str, service: &'static str) -> Self {
        Self { member, action: "iam:PassRole", resource: Resource::Arn(member), passed_to: Some(service) }
    }

    /// The role that a request passes by this, where it is about one.
    pub(super) fn passed_role(&self, request: &Request) -> Option<String> {
        self.passed_to?;
        request.member(self.member).filter(|arn| !arn.is_empty())
    }
}

/// What a request has to be allowed beside the operation's own action.
pub(super) fn further(needs: &'static [Need], protocol: Protocol, request: &Request) -> Vec<Asked> {
    if needs.is_empty() {
        return Vec::new();
    }
    let gives = given(protocol, request);
    let asked = needs.iter().filter(|need| gives(need.member));
    asked
        .map(|need| Asked { passed_to: need.passed_to, ..Asked::new(need.action, need.resource.of(request)) })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::location::Location;

    #[test]
    fn what_the_input_gives_decides() {
        const NEEDS: &[Need] = &[
            Need::when("tags", "states:TagResource", Resource::Template("arn:aws:states:{region}:{account}:x:{name}")),
            Need::when("publish", "states:Publish", Resource::Any),
            Need::pass_role("roleArn", "states.amazonaws.com"),
        ];
        let asked = |body: &str| {
            let request = Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "states");
            let request = request.with_target("AWSStepFunctions", "CreateStateMachine", body.to_owned());
            let asked = further(NEEDS, Protocol::Json10, &request);
            asked.into_iter().map(|asked| format!("{} {}", asked.action, asked.resource)).collect::<Vec<_>>()
        };
        assert_eq!(asked(r#"{"name":"n","tags":[],"publish":false}"#), Vec::<String>::new());
        assert_eq!(
            asked(r#"{"name":"n","tags":[{"key":"a"}],"publish":true,"roleArn":"arn:r"}"#),
            ["states:TagResource arn:aws:states:us-east-1:000000000000:x:n", "states:Publish *", "iam:PassRole arn:r"]
        );
    }
}

//! The resource that an operation is about.

use crate::wire::Request;

/// The resource that an operation is about, as IAM names it (service authorization reference).
#[derive(Debug, Clone, Copy)]
pub enum Resource {
    /// None in particular: `*`.
    Any,
    /// The ARN that the input has in this member.
    Arn(&'static str),
    /// An ARN with `{region}`, `{account}` and members of the input in braces.
    Template(&'static str),
    /// What a function of the service makes of the request; none when the request names nothing.
    Computed(fn(&Request) -> Option<String>),
}

impl Resource {
    /// The resource of a request; `*` when it names none.
    pub(super) fn of(self, request: &Request) -> String {
        let found = match self {
            Self::Any => None,
            Self::Arn(member) => request.member(member),
            Self::Template(template) => filled(template, request),
            Self::Computed(compute) => compute(request),
        };
        found.unwrap_or_else(|| "*".to_owned())
    }
}

/// A template with its braces filled in; none when the request lacks a member.
fn filled(template: &str, request: &Request) -> Option<String> {
    let location = request.location();
    let mut arn = String::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        let (name, left) = after.split_once('}')?;
        arn.push_str(text);
        match name {
            "region" => arn.push_str(location.region()),
            "account" => arn.push_str(location.account().as_str()),
            member => arn.push_str(&request.member(member)?),
        }
        rest = left;
    }
    arn.push_str(rest);
    Some(arn)
}

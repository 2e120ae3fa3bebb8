//! A call that the caller may not make: the sentence names the action, the hint what to ask for or to say in `[stack]`.

use aws::AwsError;
use aws::permissions::Denial;

use crate::cli::error::{CliError, ErrorKind};

/// The action need not be called as the operation is.
pub(super) fn access_denied(error: &AwsError) -> CliError {
    let AwsError { service, operation, .. } = error;
    let refused = |message: String| CliError::new(ErrorKind::Refused, message);
    let Some(Denial { action, resource, is_explicit }) = Denial::of(error) else {
        return refused(format!("{service} does not allow {operation}."))
            .try_this("Correct what the message names, or use another profile with `--profile`.");
    };
    let on = resource.map(|resource| format!(" on {resource}")).unwrap_or_default();
    let failure = refused(format!("You may not do {action}{on}, which {operation} of {service} needs."));
    let advice = if is_explicit {
        "A policy of the account or of its organisation denies it: ask who keeps that policy, or use another profile with \
         `--profile`."
            .to_owned()
    } else {
        format!(
            "Ask for {action}, or use another profile with `--profile`; `workshop print --policies --for deployer` prints \
             the policy that all commands need."
        )
    };
    match wanted_of_organisations(operation).filter(|_| is_about_what_is_made(&action)) {
        Some(wanted) => failure.try_this(format!("{advice} {wanted}")),
        None => failure.try_this(advice),
    }
}

/// Whether the action is about the thing that is made or its tags, and not about what is given to it.
fn is_about_what_is_made(action: &str) -> bool {
    action != "iam:PassRole"
}

/// Organisations deny what is made without their tags, boundary or path, and AWS's message does not say which of these it
/// missed.
fn wanted_of_organisations(operation: &str) -> Option<String> {
    let (wanted, keys) = match operation {
        "CreateRole" => {
            ("a permissions boundary, tags or a path on every role", "`permissions_boundary`, `tags`, `role_path`")
        }
        "PutRolePolicy" | "PutRolePermissionsBoundary" | "DeleteRolePermissionsBoundary" => {
            ("a permissions boundary on every role", "`permissions_boundary`")
        }
        "CreateFunction" | "CreateStateMachine" | "CreateLogGroup" | "CreateApi" | "CreateStage" | "TagRole"
        | "TagResource" => ("certain tags on everything", "`tags`"),
        _ => return None,
    };
    Some(format!(
        "Where your organisation wants {wanted}, say so in `[stack]` of the service file ({keys}), and deploy again."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::AwsErrorKind;

    fn told(operation: &'static str, action: &str, because: &str) -> String {
        let message = format!(
            "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: {action} on resource: \
             arn:aws:iam::123456789012:role/r {because}"
        );
        let kind = AwsErrorKind::AccessDenied;
        let failure =
            access_denied(&AwsError { kind, service: "IAM", operation, code: None, message, request_id: None });
        format!("{}\n{}", failure.message, failure.hint.unwrap_or_default())
    }

    #[test]
    fn the_action_is_named_with_what_to_ask_for() {
        let missing = "because no identity-based policy allows the action";
        insta::assert_snapshot!(told("GetRole", "iam:GetRole", missing), @r"
        You may not do iam:GetRole on arn:aws:iam::123456789012:role/r, which GetRole of IAM needs.
        Ask for iam:GetRole, or use another profile with `--profile`; `workshop print --policies --for deployer` prints the policy that all commands need.
        ");
        insta::assert_snapshot!(told("UpdateFunctionConfiguration", "iam:PassRole", "with an explicit deny in a service control policy"), @r"
        You may not do iam:PassRole on arn:aws:iam::123456789012:role/r, which UpdateFunctionConfiguration of IAM needs.
        A policy of the account or of its organisation denies it: ask who keeps that policy, or use another profile with `--profile`.
        ");
    }

    #[test]
    fn what_an_organisation_may_want_is_named_with_its_key() {
        let missing = "because no identity-based policy allows the action";
        insta::assert_snapshot!(told("CreateRole", "iam:CreateRole", missing), @r"
        You may not do iam:CreateRole on arn:aws:iam::123456789012:role/r, which CreateRole of IAM needs.
        Ask for iam:CreateRole, or use another profile with `--profile`; `workshop print --policies --for deployer` prints the policy that all commands need. Where your organisation wants a permissions boundary, tags or a path on every role, say so in `[stack]` of the service file (`permissions_boundary`, `tags`, `role_path`), and deploy again.
        ");
        insta::assert_snapshot!(told("CreateLogGroup", "logs:CreateLogGroup", "with an explicit deny in a service control policy"), @r"
        You may not do logs:CreateLogGroup on arn:aws:iam::123456789012:role/r, which CreateLogGroup of IAM needs.
        A policy of the account or of its organisation denies it: ask who keeps that policy, or use another profile with `--profile`. Where your organisation wants certain tags on everything, say so in `[stack]` of the service file (`tags`), and deploy again.
        ");
    }
}

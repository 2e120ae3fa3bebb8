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
            .try_this("Mend what the message names, or use another profile with `--profile`.");
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
    match wanted_of_organisations(operation) {
        Some(wanted) => failure.try_this(format!("{advice} {wanted}")),
        None => failure.try_this(advice),
    }
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
        "Where your organisation wants {wanted}, say so in `[stack]` of definitions/service.toml ({keys}), and deploy again."
    ))
}

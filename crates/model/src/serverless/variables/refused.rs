//! The kinds of variables that have no value here, and what to write instead.

use crate::names::nearest;

/// The kinds that have a value.
const KNOWN: [&str; 8] = ["aws", "env", "file", "opt", "param", "self", "sls", "strToBool"];

/// Why a kind of variable has no value, and what to try.
pub(super) struct RefusedKind {
    pub(super) reads: &'static str,
    pub(super) hint: String,
}

const AS_PARAMETER: &str =
    "Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.";

/// The kind of variable with this name: without what follows a `.` or stands in parentheses, as in `ssm.eu-west-1`.
pub(super) fn refused(kind: &str) -> RefusedKind {
    let reads = match kind.split('.').next().unwrap_or(kind) {
        "ssm" => "the Parameter Store or the Secrets Manager of an account",
        "s3" => "an object of an S3 bucket",
        "cf" => "an output of a CloudFormation stack",
        "output" => "an output of another service of Serverless Compose or of the dashboard",
        "vault" => "a secret of HashiCorp Vault",
        "terraform" => "an output of Terraform",
        "doppler" => "a secret of Doppler",
        "git" => "the Git repository",
        "state" => "an output of the dashboard",
        _ => {
            let near = nearest(kind, &KNOWN).map(|near| format!("Did you mean `${{{near}:...}}`? "));
            let known = format!("Known are {}.", KNOWN.join(", "));
            let literal = "For a literal `${...}`, write `\\${...}`.";
            return RefusedKind { reads: "", hint: format!("{}{known} {literal}", near.unwrap_or_default()) };
        }
    };
    RefusedKind { reads, hint: AS_PARAMETER.to_owned() }
}

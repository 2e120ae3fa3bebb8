//! The kinds of variables that have no value here, and what to write instead.

/// Why a kind of variable has no value, and what to try.
pub(super) struct RefusedKind {
    pub(super) reads: &'static str,
    pub(super) hint: &'static str,
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
            return RefusedKind {
                reads: "",
                hint: "Known are aws, env, file, opt, param, self, sls and strToBool. For a literal `${...}`, write `\\${...}`.",
            };
        }
    };
    RefusedKind { reads, hint: AS_PARAMETER }
}

//! Failures of a deployment, a rollback or a removal.

use std::collections::BTreeSet;

use deploy::{DeployError, MissingVersions, NoSuchDeployment, Owner, Unread};

use super::{CliError, ErrorKind};

impl From<DeployError> for CliError {
    fn from(error: DeployError) -> Self {
        let message = error.to_string();
        let (kind, hint) = match error {
            DeployError::Aws(error) => return error.into(),
            DeployError::Unreadable(unread) => {
                return Self::new(ErrorKind::Refused, message).unread(&unread, "run the command again");
            }
            DeployError::NotOwned { owner: Owner::CloudFormation(stack), .. } => {
                return Self::new(ErrorKind::Refused, message).try_this(format!(
                    "Two owners would undo each other's changes. Delete that stack first, with the tool that made it or with \
                     `aws cloudformation delete-stack --stack-name {stack}`; or deploy under other names: `--stage NAME`, or \
                     another `service` in the service file."
                ));
            }
            DeployError::NotOwned { owner: Owner::Nobody, .. } => (
                ErrorKind::Refused,
                "If it is yours, make it part of this stack with `deploy --adopt`. Else deploy under other names: `--stage \
                 NAME`, or another `service` in the service file.",
            ),
            DeployError::NotOwned { owner: Owner::Stack(_), .. } => (
                ErrorKind::Refused,
                "Deploy under other names: `--stage NAME`, or another `service` in the service file.",
            ),
            DeployError::KindChanged { .. } => (
                ErrorKind::Project,
                "Give the state machine another name in the service file, or remove the stack first: \
                 `workshop remove`.",
            ),
            DeployError::RolePathChanged { .. } => (
                ErrorKind::Project,
                "Set `role_path` of `[stack]` in the service file back, deploy under another `--stage`, or remove the \
                 stack first: `workshop remove`. Executions that wait need the role that they began with.",
            ),
            DeployError::Definition { .. } => (
                ErrorKind::Project,
                "Correct the file that `definition` names for it in the service file, and deploy again.",
            ),
            DeployError::Logging { .. } => (
                ErrorKind::Project,
                "The log group must be there before, and its ARN end in `:*`: make it (`aws logs create-log-group \
                 --log-group-name NAME`), or correct the state machine's `logging` (`loggingConfig` in a serverless.yml). Then \
                 deploy again; it goes on from where it is.",
            ),
            DeployError::OverLimits(_) => {
                (ErrorKind::Project, "Correct each of these; nothing of it was uploaded. Then deploy again.")
            }
            DeployError::NoArtefact(_) => (ErrorKind::Project, "Package the functions first: `workshop package`."),
            DeployError::NoDefinition { .. } => (ErrorKind::Project, "Then deploy again; nothing was changed."),
            DeployError::FunctionFailed { .. } => {
                (ErrorKind::Refused, "Correct what the reason names and deploy again; it goes on from where it is.")
            }
            DeployError::ConcurrentChange { .. } => (
                ErrorKind::Refused,
                "Wait until the other deploy or remove of this stack has ended, then run the command again.",
            ),
            DeployError::TimedOut { .. } | DeployError::NotDeleted(_) => {
                (ErrorKind::Failed, "Run the command again in a minute; it goes on from where it is.")
            }
            DeployError::Internal(_) => (
                ErrorKind::Failed,
                "Run the command again; it goes on from where it is. This is a fault of workshop's own.",
            ),
        };
        Self::new(kind, message).try_this(hint)
    }
}

impl CliError {
    /// A removal that may have left something: not everything could be read.
    pub(crate) fn not_all_looked_at(stack: &str, unread: &[Unread]) -> Self {
        let things: Vec<String> = unread.iter().map(ToString::to_string).collect();
        let message =
            format!("Something of stack {stack} may still be there: AWS does not let you read {}.", things.join(", "));
        Self::new(ErrorKind::Refused, message).unread(unread, "run the command again: it removes the rest")
    }

    /// The same failure with AWS's reason and the permissions that would mend it.
    fn unread(self, unread: &[Unread], then: &str) -> Self {
        let actions: BTreeSet<String> = unread.iter().map(|it| format!("`{}`", it.denied.action)).collect();
        let actions = actions.into_iter().collect::<Vec<_>>().join(", ");
        let permissions = if actions.contains(',') { "the permissions" } else { "the permission" };
        let failure = match unread.first() {
            Some(first) => self.because(&first.denied.reason),
            None => self,
        };
        failure
            .try_this(format!("Ask for {permissions} {actions}, or use another profile with `--profile`; then {then}."))
    }

    /// The deployment to return to is not known; `list` is the command that shows them.
    pub(crate) fn no_such_deployment(error: &NoSuchDeployment, list: &str) -> Self {
        let kind = match error {
            NoSuchDeployment::Unknown(_) => ErrorKind::NotFound,
            NoSuchDeployment::Several { .. } => ErrorKind::Usage,
        };
        Self::new(kind, error.to_string()).try_this(format!("`{list}` shows the ids."))
    }

    /// Versions of the deployment to return to were deleted; `list` is the command that shows which are whole.
    pub(crate) fn missing_versions(error: &MissingVersions, list: &str) -> Self {
        Self::new(ErrorKind::NotFound, error.to_string())
            .try_this(format!("`{list}` shows the deployments that are whole; or deploy the older sources again."))
    }
}

//! One refusal: which role may not do what, and the statement that would let it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cli::session::Session;
use crate::cli::ui::{Tone, toned, visible};
use aws::permissions::ToldDenial;
use deploy::policy::RolePlace;

/// One refusal, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refusal {
    /// The role that was refused; the ARN of a user.
    role: String,
    #[serde(skip)]
    is_role: bool,
    /// What it may not do.
    action: String,
    /// With what.
    resource: String,
    /// The state in which it was refused, where that is known.
    state: Option<String>,
    /// The kind of policy that decided.
    policy: Option<String>,
    /// Whether a policy denies it in so many words.
    is_explicit: bool,
    /// The service file to change; none where the role is not one of the service.
    file: Option<String>,
    /// The line after which the statement comes.
    line: Option<usize>,
    /// The table that it is.
    table: Option<String>,
    /// The statement to add; none where none would help.
    statement: Option<String>,
}

impl Refusal {
    /// The refusals that some texts tell of, each once.
    pub(crate) fn all<'a>(session: &Session, texts: impl IntoIterator<Item = (Option<&'a str>, &'a str)>) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let told = texts.into_iter().filter_map(|(state, text)| Some(Self::of(session, state, &ToldDenial::of(text)?)));
        told.filter(|refusal| seen.insert((refusal.role.clone(), refusal.action.clone(), refusal.resource.clone())))
            .collect()
    }

    fn of(session: &Session, state: Option<&str>, told: &ToldDenial) -> Self {
        let ToldDenial { user, denial, policy } = told;
        let role = told.role_name();
        let place = role.and_then(|role| RolePlace::of(&session.project.service, &session.stack, role));
        let resource = denial.resource.as_deref().map_or("*".to_owned(), |resource| whole(resource, user));
        // STS tells no policy: it is the trust policy, of which the caller's account has no say.
        let is_identity = match policy.as_deref() {
            Some(policy) => policy == "identity-based policy",
            None => !is_of_trust(&denial.action),
        };
        let helps = !denial.is_explicit && is_identity;
        let statement = helps.then(|| match &place {
            Some(place) => place.statement(&denial.action, &resource),
            None => format!(r#"{{"Effect":"Allow","Action":"{}","Resource":"{resource}"}}"#, denial.action),
        });
        Self {
            role: role.unwrap_or(user).to_owned(),
            is_role: role.is_some(),
            action: denial.action.clone(),
            resource,
            state: state.map(str::to_owned),
            policy: policy.clone(),
            is_explicit: denial.is_explicit,
            file: place.as_ref().map(|place| place.at.file.clone()),
            line: place.as_ref().map(|place| place.at.line),
            table: place.as_ref().map(RolePlace::table),
            statement,
        }
    }

    /// What to do, in one sentence: for the hint after a failure.
    pub(crate) fn hint(&self) -> String {
        let Self { role, action, resource, .. } = self;
        match (&self.statement, &self.file, self.line, &self.table) {
            (None, ..) => self.why(),
            (Some(_), Some(file), Some(line), Some(table)) => {
                format!("Allow {action} on {resource} in {table}, after {file}:{line}: `explain` prints the statement.")
            }
            _ => format!("Allow {action} on {resource} in a policy of the role {role}."),
        }
    }

    /// Which policy decided, where no statement of the role's own helps.
    fn why(&self) -> String {
        let kind = self.policy.as_deref().unwrap_or("policy");
        let whose = match kind {
            "resource-based policy" => "the resource's own policy".to_owned(),
            _ => format!("its {kind}"),
        };
        let who = if self.is_role { "the role" } else { "the user" };
        match self.is_explicit {
            true => format!("A statement of {whose} denies it: no further statement helps, that one has to go."),
            false if self.policy.is_none() && is_of_trust(&self.action) => {
                format!(
                    "The trust policy of {} has to let it in; one of another account has to be allowed by {who}'s own \
                     policies too.",
                    visible(&self.resource)
                )
            }
            false => {
                let whose = format!("{}{}", whose[..1].to_uppercase(), &whose[1..]);
                format!("{whose} has to allow it: no statement of {who}'s own helps.")
            }
        }
    }

    /// All of it, for people.
    pub(super) fn text(&self, deploy: &str) -> String {
        let state = self.state.as_deref().map(|state| format!(" (in {})", visible(state))).unwrap_or_default();
        let kind = if self.is_role { "role" } else { "user" };
        let mut lines = vec![format!(
            "The {kind} {} may not do {} on {}{state}.",
            toned(Tone::Strong, visible(&self.role)),
            toned(Tone::Strong, visible(&self.action)),
            visible(&self.resource)
        )];
        match (&self.statement, &self.file, self.line) {
            (None, ..) => lines.push(self.why()),
            (Some(statement), Some(file), Some(line)) => {
                lines.push(format!(
                    "Add this after line {line} of {file}, and run `{deploy}`:\n\n{}",
                    visible(statement)
                ));
            }
            (Some(statement), ..) => {
                lines.push(format!("Add this statement to a policy of the {kind}:\n\n{}", visible(statement)));
            }
        }
        lines.join("\n")
    }
}

/// Whether a role's trust policy decides over an action.
fn is_of_trust(action: &str) -> bool {
    action.starts_with("sts:")
}

/// A resource as a policy names it: IAM's texts have its roles, policies and profiles by name, of the account of who asks.
fn whole(resource: &str, user: &str) -> String {
    let account = user.split(':').nth(4).unwrap_or_default();
    let arn = |kind: &str, name: &str| format!("arn:aws:iam::{account}:{kind}/{name}");
    let named =
        [("role ", "role"), ("user ", "user"), ("instance profile ", "instance-profile"), ("policy ", "policy")];
    let found = named.iter().find_map(|(word, kind)| Some((resource.strip_prefix(word)?, *kind)));
    match found {
        Some((name, _)) if name.starts_with("arn:") => name.to_owned(),
        Some((name, "policy")) if name.starts_with("path ") => "*".to_owned(),
        Some((name, kind)) => arn(kind, name),
        None => resource.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_what_iam_names_by_words() {
        for (resource, expected) in [
            ("role r", "arn:aws:iam::000000000000:role/r"),
            ("policy p", "arn:aws:iam::000000000000:policy/p"),
            ("policy arn:aws:iam::aws:policy/P", "arn:aws:iam::aws:policy/P"),
            ("policy path /", "*"),
            ("instance profile p", "arn:aws:iam::000000000000:instance-profile/p"),
            ("user local", "arn:aws:iam::000000000000:user/local"),
            ("*", "*"),
            ("arn:aws:lambda:us-east-1:000000000000:function:f", "arn:aws:lambda:us-east-1:000000000000:function:f"),
        ] {
            assert_eq!(whole(resource, "arn:aws:sts::000000000000:assumed-role/x/s"), expected);
        }
    }
}

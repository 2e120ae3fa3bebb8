//! What a caller of AssumeRole asks for: read and checked as AWS does.

pub(crate) mod web_identity;

use cloud_core::{Account, Form, ServiceError};
use policy::{Context, Document};

use crate::policies::aws_policy::AwsPolicy;
use crate::policies::members::check_tag_keys;
use crate::service::{Iam, malformed};
use crate::sessions::{Session, SessionSettings};

/// The most policies by ARN that a session has (STS quotas).
const MOST_POLICY_ARNS: usize = 10;

/// How long a session may be that was made with another role's session, in seconds.
const MOST_CHAINED_S: u32 = 3600;

/// The longest session policy, in characters.
const MOST_POLICY: usize = 2048;

/// The input of AssumeRole.
pub(crate) struct AssumeRole<'a> {
    pub(crate) role_arn: &'a str,
    pub(crate) session_name: &'a str,
    pub(crate) settings: SessionSettings,
    external_id: Option<&'a str>,
    /// In seconds, where it is given.
    duration_s: Option<u32>,
}

impl<'a> AssumeRole<'a> {
    /// Reads and checks it.
    ///
    /// # Errors
    /// AWS's, member by member.
    pub(crate) fn read(form: &'a Form) -> Result<Self, ServiceError> {
        let role_arn = form.required("RoleArn")?;
        let session_name = form.required("RoleSessionName")?;
        let external_id = form.get("ExternalId");
        let source_identity = form.get("SourceIdentity").map(str::to_owned);
        let duration_s = form.get("DurationSeconds").and_then(|text| text.parse().ok());
        if !is_role_arn(role_arn) {
            return Err(validation(format!("{role_arn} is invalid")));
        }
        let tags = tags(form)?;
        let settings = SessionSettings {
            transitive_tags: transitive_tags(form, &tags)?,
            tags,
            source_identity,
            policy: session_policy(form)?,
            policy_arns: policy_arns(form)?,
        };
        Ok(Self { role_arn, session_name, settings, external_id, duration_s })
    }

    /// Whether there are the policies that the session is to have by ARN: AWS's, and those of the role's account.
    ///
    /// # Errors
    /// "The policies must exist in the same account as the role" (API reference); what AWS answers else is not documented: code
    /// and text are ours.
    pub(crate) fn check_policy_arns(&self, iam: &Iam, account: &Account) -> Result<(), ServiceError> {
        let is_there = |arn: &str| {
            let is_own = || iam.policies.get(arn).is_some_and(|policy| policy.account == *account);
            AwsPolicy::find(arn).is_some() || is_own()
        };
        match self.settings.policy_arns.iter().find(|arn| !is_there(arn)) {
            Some(arn) => {
                let text = format!("Policy {arn} does not exist or is not attachable.");
                Err(iam.policies.missing(arn, || validation(text)))
            }
            None => Ok(()),
        }
    }

    /// What the session of the caller hands on to the one that it makes, and what must not change on the way.
    ///
    /// # Errors
    /// Another source identity, or a transitive tag that is set again.
    pub(crate) fn inherit(&mut self, caller: &Session) -> Result<(), ServiceError> {
        let before = &caller.settings;
        let own = &mut self.settings;
        match (&before.source_identity, &own.source_identity) {
            (Some(before), Some(asked)) if before != asked => {
                let text = "SourceIdentity value must be the same as the one that the calling session has.";
                return Err(validation(text));
            }
            (Some(before), None) => own.source_identity = Some(before.clone()),
            _ => {}
        }
        let inherited = before.tags.iter().filter(|(key, _)| before.transitive_tags.contains(key));
        for (key, value) in inherited {
            if own.tags.iter().any(|(asked, _)| asked.eq_ignore_ascii_case(key)) {
                return Err(invalid(
                    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key \
                     from the calling session.",
                ));
            }
            own.tags.push((key.clone(), value.clone()));
            own.transitive_tags.push(key.clone());
        }
        Ok(())
    }

    /// The actions that the role's trust policy has to allow, beside the roles of the caller.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &'static str> {
        let tags = !self.settings.tags.is_empty();
        let source = self.settings.source_identity.is_some();
        let asked = [("sts:AssumeRole", true), ("sts:TagSession", tags), ("sts:SetSourceIdentity", source)];
        asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(action, _)| action)
    }

    /// The condition keys of the call, beside those that every request has.
    pub(crate) fn condition_keys(&self, of_request: Context) -> Context {
        let settings = &self.settings;
        let mut context = of_request.with("sts:RoleSessionName", self.session_name);
        if let Some(id) = self.external_id {
            context = context.with("sts:ExternalId", id);
        }
        if let Some(name) = &settings.source_identity {
            context = context.with("sts:SourceIdentity", name.as_str());
        }
        for (key, value) in &settings.tags {
            context = context.with(&format!("aws:RequestTag/{key}"), value.as_str());
        }
        let keys = settings.tags.iter().map(|(key, _)| key.as_str());
        context
            .with_all("aws:TagKeys", keys)
            .with_all("sts:TransitiveTagKeys", settings.transitive_tags.iter().cloned())
    }

    /// How long the session lives, in seconds.
    ///
    /// # Errors
    /// It is longer than the role allows, or than a session that was made with a session.
    pub(crate) fn lasts_s(&self, role_allows_s: u32, is_chained: bool) -> Result<i64, ServiceError> {
        let Some(seconds) = self.duration_s else {
            return Ok(i64::from(MOST_CHAINED_S.min(role_allows_s)));
        };
        if is_chained && seconds > MOST_CHAINED_S {
            let text =
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
            return Err(validation(text));
        }
        if seconds > role_allows_s {
            let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
            return Err(validation(text));
        }
        Ok(i64::from(seconds))
    }

    /// How much of the room for policies and tags they take, in percent; none where there are none. (AWS packs them in a form
    /// of its own: the figure here is that of the plain texts, and a guess.)
    pub(crate) fn packed_size_percent(&self) -> Option<usize> {
        let settings = &self.settings;
        let policies = settings.policy.as_ref().map_or(0, String::len);
        let arns: usize = settings.policy_arns.iter().map(String::len).sum();
        let tags: usize = settings.tags.iter().map(|(key, value)| key.len() + value.len()).sum();
        let all = policies + arns + tags;
        (all > 0).then(|| (all * 100).div_ceil(2 * MOST_POLICY).min(100))
    }
}

pub(crate) fn is_role_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    matches!(parts.as_slice(), ["arn", _, "iam", "", account, resource]
        if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) && resource.starts_with("role/"))
}

fn tags(form: &Form) -> Result<Vec<(String, String)>, ServiceError> {
    let tags = form.tags("Tags");
    check_tag_keys(&tags).map_err(invalid)?;
    Ok(tags)
}

fn transitive_tags(form: &Form, tags: &[(String, String)]) -> Result<Vec<String>, ServiceError> {
    let keys = form.texts("TransitiveTagKeys");
    match keys.iter().all(|key| tags.iter().any(|(known, _)| known == key)) {
        true => Ok(keys),
        false => Err(invalid("The specified transitive tag key must be included in the requested tags.")),
    }
}

fn session_policy(form: &Form) -> Result<Option<String>, ServiceError> {
    let Some(document) = form.get("Policy") else { return Ok(None) };
    Document::read_identity(document).map_err(|reason| malformed(&reason))?;
    if document.chars().count() > MOST_POLICY {
        let text = format!(
            "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less \
             than or equal to {MOST_POLICY}"
        );
        return Err(validation(text));
    }
    Ok(Some(document.to_owned()))
}

fn policy_arns(form: &Form) -> Result<Vec<String>, ServiceError> {
    let at = |index: usize| form.get(&format!("PolicyArns.member.{index}.arn"));
    let arns: Vec<String> = (1..).map_while(at).map(str::to_owned).collect();
    if arns.len() > MOST_POLICY_ARNS {
        let text = format!("Cannot exceed quota for PolicyArns: {MOST_POLICY_ARNS}");
        return Err(invalid(text));
    }
    match arns.iter().find(|arn| !arn.starts_with("arn:") || !arn.contains(":policy/")) {
        Some(arn) => Err(validation(format!("ARN {arn} is not valid."))),
        None => Ok(arns),
    }
}

pub(crate) fn validation(text: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("ValidationError", text)
}

fn invalid(text: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("InvalidParameterValue", text)
}

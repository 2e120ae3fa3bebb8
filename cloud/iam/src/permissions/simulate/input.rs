//! What a simulation is asked: actions, resources, condition keys, and policies beside those that are stored.

use cloud_core::{Account, Context, Form, ServiceError};
use policy::Document;

/// A policy with the name that results have for it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) document: Document,
}

impl Source {
    /// Nothing when the text is no policy: what is stored and can't be read says nothing.
    pub(super) fn read(name: String, text: String) -> Option<Self> {
        let document = Document::read(&text).ok()?;
        Some(Self { name, text, document })
    }
}

/// The input that both simulations have.
pub(super) struct Input {
    pub(super) actions: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) context: Context,
    pub(super) resource_policy: Option<Source>,
    pub(super) resource_owner: Option<Account>,
}

impl Input {
    pub(super) fn read(form: &Form) -> Result<Self, ServiceError> {
        let actions = form.texts("ActionNames");
        if let Some(wrong) = actions.iter().find(|action| !action.contains(':')) {
            return Err(invalid(format!("Invalid action: {wrong}")));
        }
        let mut resources = form.texts("ResourceArns");
        if resources.is_empty() {
            resources.push("*".to_owned());
        }
        let resource_policy =
            form.get("ResourcePolicy").map(|text| read("ResourcePolicy".to_owned(), text)).transpose()?;
        // A role's or a whole account's ARN, or the account's id.
        let resource_owner =
            form.get("ResourceOwner").and_then(|owner| Account::of_arn(owner).or_else(|| Account::parse(owner)));
        Ok(Self { actions, resources, context: context(form), resource_policy, resource_owner })
    }

    /// Refuses patterns of actions.
    ///
    /// # Errors
    /// "This operation does not support using wildcards (*) in an action name" (API reference of SimulateCustomPolicy; that of
    /// SimulatePrincipalPolicy does not say so). The text is ours.
    pub(super) fn check_no_wildcards(&self) -> Result<(), ServiceError> {
        match self.actions.iter().find(|action| action.contains('*')) {
            Some(wrong) => Err(invalid(format!("Invalid action: {wrong}"))),
            None => Ok(()),
        }
    }

    /// Checks the simulated caller, whom a resource's policy needs.
    ///
    /// # Errors
    /// It is no user, or there is none for that policy (API reference). The texts are ours.
    pub(super) fn check_caller(&self, arn: Option<&str>) -> Result<(), ServiceError> {
        match arn {
            Some(arn) if !is_user(arn) => {
                Err(invalid(format!("Invalid CallerArn: {arn} is not the ARN of an IAM user.")))
            }
            None if self.resource_policy.is_some() => {
                Err(invalid("CallerArn is required with a ResourcePolicy.".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// The policies that a list of the input has.
    pub(super) fn given(&self, form: &Form, list: &str) -> Result<Vec<Source>, ServiceError> {
        let texts = form.texts(list).into_iter().enumerate();
        texts.map(|(at, text)| read(format!("{list}.{}", at + 1), &text)).collect()
    }

    /// The boundary that the input has; AWS takes one at most.
    pub(super) fn boundary(&self, form: &Form) -> Result<Option<Source>, ServiceError> {
        Ok(self.given(form, "PermissionsBoundaryPolicyInputList")?.into_iter().next())
    }
}

/// Whether an ARN is that of an IAM user.
pub(super) fn is_user(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "iam", "", account, resource]
        if Account::parse(account).is_some() && resource.strip_prefix("user/").is_some_and(|name| !name.is_empty()))
}

fn read(name: String, text: &str) -> Result<Source, ServiceError> {
    let document = Document::read(text).map_err(|reason| invalid(reason.to_string()))?;
    Ok(Source { name, text: text.to_owned(), document })
}

fn context(form: &Form) -> Context {
    let mut context = Context::default();
    for index in 1.. {
        let entry = format!("ContextEntries.member.{index}");
        let Some(key) = form.get(&format!("{entry}.ContextKeyName")) else { break };
        context = context.with_all(key, form.texts(&format!("{entry}.ContextKeyValues")));
    }
    context
}

fn invalid(text: String) -> ServiceError {
    ServiceError::bad_request("InvalidInput", text)
}

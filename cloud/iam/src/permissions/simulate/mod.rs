//! SimulatePrincipalPolicy and SimulateCustomPolicy: what policies would say, without a request.

mod input;
mod place;

use cloud_core::{Account, Form, ServiceError, Xml};
use policy::{Caller, Denial, Document, Effect, Identity, Policies, Request, StatementRef, evaluate, matching};

use crate::listing::{close, page};
use crate::role::Role;
use crate::service::Iam;
use crate::sts::user_arn;
use input::{Input, Source, is_user};

/// SimulateCustomPolicy: of policies that the input has alone.
pub(crate) fn custom(_iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let input = Input::read(form)?;
    input.check_no_wildcards()?;
    input.check_caller(form.get("CallerArn"))?;
    let identity = input.given(form, "PolicyInputList")?;
    let caller = form.get("CallerArn").map_or_else(|| user_arn(form.account()), str::to_owned);
    simulate(form, &input, &Simulated { identity: Some(identity), boundary: input.boundary(form)?, caller })
}

/// SimulatePrincipalPolicy: of a role's policies, and of those that the input adds.
pub(crate) fn principal(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let input = Input::read(form)?;
    let arn = form.required("PolicySourceArn")?;
    input.check_caller(form.get("CallerArn").or(Some(arn).filter(|arn| is_user(arn))))?;
    let given = input.given(form, "PolicyInputList")?;
    let caller = form.get("CallerArn").unwrap_or(arn).to_owned();
    if arn == user_arn(form.account()) {
        // The account's user may do everything.
        return simulate(form, &input, &Simulated { identity: None, boundary: input.boundary(form)?, caller });
    }
    let role = iam.role(arn).filter(|role| role.account == *form.account()).ok_or_else(|| missing(arn))?;
    let identity = Some(policies_of(iam, &role).into_iter().chain(given).collect());
    let boundary = match input.boundary(form)? {
        Some(boundary) => Some(boundary),
        None => role.permissions_boundary.as_deref().and_then(|arn| managed(iam, arn)),
    };
    simulate(form, &input, &Simulated { identity, boundary, caller })
}

fn missing(arn: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("The resource {arn} cannot be found."))
}

/// The policies of a role, with the names that results have for them.
fn policies_of(iam: &Iam, role: &Role) -> Vec<Source> {
    let inline =
        role.inline.iter().filter_map(|(name, text)| Source::read(format!("role_{}_{name}", role.name), text.clone()));
    inline.chain(role.attached.iter().filter_map(|arn| managed(iam, arn))).collect()
}

fn managed(iam: &Iam, arn: &str) -> Option<Source> {
    let document = iam.managed_document(arn)?;
    let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let text = iam.managed_text(arn).unwrap_or_else(|| document.to_string());
    Some(Source { name, text, document: Document::clone(&document) })
}

/// Whose policies are simulated.
struct Simulated {
    /// Its policies; none for who may do everything.
    identity: Option<Vec<Source>>,
    boundary: Option<Source>,
    caller: String,
}

fn simulate(form: &Form, input: &Input, simulated: &Simulated) -> Result<Xml, ServiceError> {
    let mut results = Vec::new();
    for action in &input.actions {
        for resource in &input.resources {
            results.push((format!("{:08}", results.len()), result(input, simulated, action, resource)));
        }
    }
    let page = page(results, form, |(key, _)| key);
    let xml = Xml::new().list("EvaluationResults", page.items.iter().map(|(_, result)| result.clone()));
    Ok(close(xml, &page, |(key, _)| key))
}

/// What the policies say of one action with one resource.
fn result(input: &Input, simulated: &Simulated, action: &str, resource: &str) -> Xml {
    let caller = caller(&simulated.caller);
    let request = Request::new(caller, action, resource).with_context(input.context.clone());
    let identity: Vec<&Document> = simulated.identity.iter().flatten().map(|source| &source.document).collect();
    let mut policies = match simulated.identity {
        Some(_) => Policies::new(Identity::Documents(identity.clone())),
        None => Policies::new(Identity::Everything),
    };
    policies.boundary = simulated.boundary.as_ref().map(|source| &source.document);
    policies.resource = input.resource_policy.as_ref().map(|source| &source.document);
    let owner = input.resource_owner.clone().or_else(|| Account::of_arn(resource));
    policies.is_same_account = owner.is_none_or(|owner| Account::of_arn(&simulated.caller) == Some(owner));
    let decision = match evaluate(&policies, &request) {
        Ok(()) => "allowed",
        Err(Denial { by: Some(_), .. }) => "explicitDeny",
        Err(Denial { by: None, .. }) => "implicitDeny",
    };
    // "The deny statement is the only entry included in the result" (API reference, EvaluationResult).
    let decided =
        |statement: &StatementRef<'_>| decision != "explicitDeny" || statement.statement.effect == Effect::Deny;
    let of_identity = matching(identity, &request).into_iter().filter(decided).filter_map(|statement| {
        simulated.identity.iter().flatten().nth(statement.document).map(|source| matched(source, &statement))
    });
    let of_resource = input.resource_policy.iter().flat_map(|source| {
        let found = matching([&source.document], &request).into_iter().filter(decided);
        found.map(move |statement| matched(source, &statement))
    });
    let xml = Xml::new()
        .text("EvalActionName", action)
        .text("EvalResourceName", resource)
        .text("EvalDecision", decision)
        .list("MatchedStatements", of_identity.chain(of_resource))
        .texts("MissingContextValues", missing_keys(input, simulated).iter().map(String::as_str));
    match &simulated.boundary {
        Some(boundary) => {
            let allowed = policy::decide([&boundary.document], &request) == policy::Decision::Allowed;
            let detail = Xml::new().text("AllowedByPermissionsBoundary", if allowed { "true" } else { "false" });
            xml.nest("PermissionsBoundaryDecisionDetail", detail)
        }
        None => xml,
    }
}

/// Who asks, by an ARN that the input has.
fn caller(arn: &str) -> Caller<'_> {
    if arn.contains(":role/") { Caller::Session { session: arn, role: arn } } else { Caller::Aws(arn) }
}

/// The condition keys that the policies ask for and the input does not have, each once.
fn missing_keys(input: &Input, simulated: &Simulated) -> Vec<String> {
    let sources = simulated.identity.iter().flatten().chain(&simulated.boundary).chain(&input.resource_policy);
    let mut missing: Vec<String> = Vec::new();
    for key in sources.flat_map(|source| source.document.condition_keys()) {
        if !input.context.has(key) && !missing.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            missing.push(key.to_owned());
        }
    }
    missing
}

/// A statement that decided, with its place in the text of its policy.
fn matched(source: &Source, statement: &StatementRef<'_>) -> Xml {
    let xml = Xml::new().text("SourcePolicyId", &source.name).text("SourcePolicyType", "IAM Policy");
    match place::of_statement(&source.text, statement.index) {
        Some((start, end)) => xml.nest("StartPosition", start.to_xml()).nest("EndPosition", end.to_xml()),
        None => xml,
    }
}

//! Security Token Service: who am I, and credentials for a role.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Cloud;
use super::arn::Account;
use super::error::ServiceError;
use super::form::Form;
use super::http::{Request, Response};
use super::iam::{Principal, Session, date, unique_id};
use super::protocol::query_answer;
use super::xml::Xml;

/// Namespace of the answers' XML.
pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The id of the one user, whose credentials every other access key is taken for.
const USER_ID: &str = "AIDALOCALUSER00000000";

/// Answers one STS operation.
pub(crate) fn handle(cloud: &Arc<Cloud>, form: &Form, request: &Request) -> Result<Response, ServiceError> {
    let action = form.get("Action").unwrap_or_default();
    let result = match action {
        "GetCallerIdentity" => caller_identity(cloud, request),
        "AssumeRole" => assume_role(cloud, form, request)?,
        "GetSessionToken" => session_token(form, request)?,
        other => return Err(ServiceError::not_implemented(&format!("sts:{other}"))),
    };
    Ok(query_answer(action, NAMESPACE, Some(result), &request.id))
}

fn user_arn(account: &Account) -> String {
    account.global_arn("iam", "user/local")
}

fn session(cloud: &Cloud, request: &Request) -> Option<Session> {
    let scope = request.scope.as_ref()?;
    cloud.iam.sessions.get(&scope.access_key)
}

fn caller_identity(cloud: &Cloud, request: &Request) -> Xml {
    let region = request.region();
    let (arn, id) = match session(cloud, request) {
        Some(session) => (session.arn, session.id),
        None => (user_arn(region.account()), USER_ID.to_owned()),
    };
    Xml::new().text("Arn", &arn).text("UserId", &id).text("Account", region.account().as_str())
}

fn assume_role(cloud: &Cloud, form: &Form, request: &Request) -> Result<Xml, ServiceError> {
    let (role_arn, name) = (form.required("RoleArn")?, form.required("RoleSessionName")?);
    check_session_name(name)?;
    let caller = session(cloud, request).map_or_else(|| user_arn(form.account()), |session| session.arn);
    let denied = || {
        let text = format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}");
        ServiceError::new(403, "AccessDenied", text)
    };
    let role = cloud.iam.role(role_arn).ok_or_else(denied)?;
    if !cloud.iam.may_assume(role_arn, &Principal::Aws(&caller)) {
        return Err(denied());
    }
    let duration_s = duration_s(form, 3600, role.max_session_duration_s)?;
    let expires_at = request.received_at + SignedDuration::from_secs(duration_s);
    let access_key = unique_id("ASIA");
    let arn = role.account.global_arn("sts", &format!("assumed-role/{}/{name}", role.name));
    let id = format!("{}:{name}", role.id);
    let user = Xml::new().text("AssumedRoleId", &id).text("Arn", &arn);
    cloud.iam.sessions.open(access_key.clone(), Session { arn, id, expires_at }, request.received_at);
    Ok(Xml::new().nest("AssumedRoleUser", user).nest("Credentials", credentials(&access_key, expires_at)))
}

fn session_token(form: &Form, request: &Request) -> Result<Xml, ServiceError> {
    let expires_at = request.received_at + SignedDuration::from_secs(duration_s(form, 43_200, 129_600)?);
    Ok(Xml::new().nest("Credentials", credentials(&unique_id("ASIA"), expires_at)))
}

fn credentials(access_key: &str, expires_at: Timestamp) -> Xml {
    let token = format!("{}{}", unique_id("IQoJ"), unique_id(""));
    Xml::new()
        .text("AccessKeyId", access_key)
        .text("SecretAccessKey", &format!("{}{}", unique_id(""), unique_id("")))
        .text("SessionToken", &token)
        .text("Expiration", &date(expires_at))
}

fn check_session_name(name: &str) -> Result<(), ServiceError> {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter));
    if plain && (2..=64).contains(&name.len()) {
        return Ok(());
    }
    let text = format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    Err(ServiceError::bad_request("ValidationError", text))
}

fn duration_s(form: &Form, default: u32, limit: u32) -> Result<i64, ServiceError> {
    let Some(text) = form.get("DurationSeconds") else {
        return Ok(i64::from(default.min(limit)));
    };
    match text.parse::<u32>() {
        Ok(seconds) if (900..=limit).contains(&seconds) => Ok(i64::from(seconds)),
        _ => Err(ServiceError::bad_request(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )),
    }
}

//! Security Token Service: who am I, and credentials for a role.

use std::sync::Arc;

use cloud_core::{
    Access, Account, Binding, Form, Operation, Protocol, Quota, Random, Request, Resource, ServiceError, ServiceInfo,
    Xml, query_answer,
};
use jiff::{SignedDuration, Timestamp};
use policy::{Caller, Context};

use crate::role::date;
use crate::service::Iam;
use crate::sessions::Session;
use crate::trust::Assumption;
use crate::unique_id::unique_id;

/// Namespace of the answers' XML.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The id of the one user, whose credentials every other access key is taken for.
const USER_ID: &str = "AIDALOCALUSER00000000";

/// The service. Its errors when it is asked too often or has failed are AWS's common ones: its model has none.
pub static INFO: ServiceInfo = ServiceInfo::new("STS", "sts", Protocol::Query(NAMESPACE));

/// One line of the table: an operation and the function that answers it.
macro_rules! operation {
    ($name:literal, $access:ident, $resource:expr, $handler:path) => {
        Operation::new($name, Binding::Action, Access::$access, concat!("sts:", $name), $resource, |iam, request| {
            Box::pin(async move {
                let answer = $handler(iam, request)?;
                Ok(query_answer($name, NAMESPACE, Some(answer), &request.id))
            })
        })
        .within(ALL)
    };
}

/// How many calls STS takes: "600 requests per second, per account, per Region" of
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-sts-requests>.
const ALL: Quota = Quota::shared("all operations", 600, 600);

/// The operations of STS.
pub static OPERATIONS: &[Operation<Iam>] = &[
    operation!("AssumeRole", Writes, Resource::Arn("RoleArn"), assume_role),
    operation!("GetCallerIdentity", ReadsPresent, Resource::Any, caller_identity),
    operation!("GetSessionToken", ReadsPresent, Resource::Any, session_token),
];

fn user_arn(account: &Account) -> String {
    account.global_arn("iam", "user/local")
}

fn session(iam: &Iam, request: &Request) -> Option<Session> {
    let scope = request.scope.as_ref()?;
    iam.sessions.get(&scope.access_key)
}

fn caller_identity(iam: &Iam, request: &Request) -> Result<Xml, ServiceError> {
    let location = request.location();
    let (arn, id) = match session(iam, request) {
        Some(session) => (session.arn, session.id),
        None => (user_arn(location.account()), USER_ID.to_owned()),
    };
    Ok(Xml::new().text("Arn", &arn).text("UserId", &id).text("Account", location.account().as_str()))
}

fn assume_role(iam: &Arc<Iam>, request: &Request) -> Result<Xml, ServiceError> {
    let form = Form::of(request);
    let role_arn = form.required("RoleArn")?;
    let name = form.required("RoleSessionName")?;
    check_session_name(name)?;
    let session = session(iam, request);
    let user = user_arn(form.account());
    let caller = match &session {
        Some(Session { arn, role_arn: Some(role), .. }) => Caller::Session { session: arn, role },
        _ => Caller::Aws(&user),
    };
    let denied = || {
        let arn = session.as_ref().map_or(&user, |session| &session.arn);
        let text = format!("User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}");
        ServiceError::new(403, "AccessDenied", text)
    };
    let role = iam.role(role_arn).ok_or_else(denied)?;
    if !Assumption::of_client(role_arn, caller, condition_keys(&form, name)).is_allowed(&role.assume_role_policy) {
        return Err(denied());
    }
    let now = iam.now();
    let expires_at = now + SignedDuration::from_secs(duration_s(&form, 3600, role.max_session_duration_s)?);
    let access_key = unique_id(&iam.random, "ASIA");
    let arn = role.account.global_arn("sts", &format!("assumed-role/{}/{name}", role.name));
    let id = format!("{}:{name}", role.id);
    let user = Xml::new().text("AssumedRoleId", &id).text("Arn", &arn);
    let session = new_session(&iam.random, arn, Some(role.arn()), id, expires_at);
    let credentials = credentials(&access_key, &session);
    iam.sessions.open(access_key, session, now);
    Ok(Xml::new().nest("AssumedRoleUser", user).nest("Credentials", credentials))
}

/// The condition keys of a call of AssumeRole.
fn condition_keys(form: &Form, session_name: &str) -> Context {
    let context = Context::default().with("sts:RoleSessionName", session_name);
    match form.get("ExternalId") {
        Some(id) => context.with("sts:ExternalId", id),
        None => context,
    }
}

fn session_token(iam: &Arc<Iam>, request: &Request) -> Result<Xml, ServiceError> {
    let seconds = duration_s(&Form::of(request), 43_200, 129_600)?;
    let now = iam.now();
    let access_key = unique_id(&iam.random, "ASIA");
    let arn = user_arn(request.location().account());
    let session = new_session(&iam.random, arn, None, USER_ID.to_owned(), now + SignedDuration::from_secs(seconds));
    let credentials = credentials(&access_key, &session);
    iam.sessions.open(access_key, session, now);
    Ok(Xml::new().nest("Credentials", credentials))
}

fn new_session(random: &Random, arn: String, role_arn: Option<String>, id: String, expires_at: Timestamp) -> Session {
    let secret = format!("{}{}", unique_id(random, ""), unique_id(random, ""));
    let token = format!("{}{}", unique_id(random, "IQoJ"), unique_id(random, ""));
    Session { arn, role_arn, id, expires_at, secret, token }
}

fn credentials(access_key: &str, session: &Session) -> Xml {
    Xml::new()
        .text("AccessKeyId", access_key)
        .text("SecretAccessKey", &session.secret)
        .text("SessionToken", &session.token)
        .text("Expiration", &date(session.expires_at))
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

/// The length of a session that the form asks for, in seconds.
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

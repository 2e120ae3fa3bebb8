//! Security Token Service: who am I, and credentials for a role.

use std::sync::Arc;

use cloud_core::{
    Access, Account, Actor, Binding, ConditionKeys, Form, Operation, Permit, Protocol, Quota, Request, RequestModel,
    Resource, RoleCredentials, ServiceError, ServiceInfo, Xml, query_answer,
};
use jiff::{SignedDuration, Timestamp};
use policy::Caller;

use crate::assume_role::{AssumeRole, web_identity};
use crate::permissions::kept_roles::ReadRole;
use crate::permissions::trust::lets_client_in;
use crate::role::{Role, date};
use crate::service::Iam;
use crate::sessions::{Session, SessionSettings};
use crate::unique_id::unique_id;

/// Namespace of the answers' XML.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The id of the one user, whose credentials every other access key is taken for.
pub(crate) const USER_ID: &str = "AIDALOCALUSER00000000";

/// Its name.
pub(crate) const USER_NAME: &str = "local";

/// The service. Its errors when it is asked too often or has failed are AWS's common ones: its model has none.
pub static INFO: ServiceInfo = ServiceInfo::new("STS", "sts", Protocol::Query(NAMESPACE)).with_requests(REQUESTS);

/// Unlike IAM it repeats what was given.
const REQUESTS: RequestModel = RequestModel::new("sts", "ValidationError").with_wrong_type("MalformedInput");

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

/// Codes of devices, of which nobody has one here, contexts of identity centers, providers of OAuth 2.0, and what is for tests of
/// AWS's own.
const OF_A_ROLE: &[&str] = &["SerialNumber", "TokenCode", "ProvidedContexts", "MinimumSessionTokenSize"];
const OF_A_TOKEN: &[&str] = &["ProviderId", "MinimumSessionTokenSize"];
const OF_A_USER: &[&str] = &["SerialNumber", "TokenCode", "MinimumSessionTokenSize"];

/// The operations of STS.
pub static OPERATIONS: &[Operation<Iam>] = &[
    // It decides itself: the role's trust policy has a say too.
    operation!("AssumeRole", Writes, Resource::Arn("RoleArn"), assume_role).refusing(OF_A_ROLE).without_permission(),
    // Its caller has no credentials yet.
    operation!("AssumeRoleWithWebIdentity", Writes, Resource::Arn("RoleArn"), web_identity::assume_role)
        .refusing(OF_A_TOKEN)
        .without_permission()
        .unsigned(),
    // "No permissions are required to perform this operation" (API reference), nor for one's own session.
    operation!("GetCallerIdentity", ReadsPresent, Resource::Any, caller_identity).without_permission(),
    operation!("GetSessionToken", ReadsPresent, Resource::Any, session_token).refusing(OF_A_USER).without_permission(),
];

pub(crate) fn user_arn(account: &Account) -> String {
    account.global_arn("iam", &format!("user/{USER_NAME}"))
}

pub(crate) fn session(iam: &Iam, request: &Request) -> Option<Session> {
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
    let mut asked = AssumeRole::read(&form)?;
    let role_arn = asked.role_arn;
    let session = session(iam, request);
    if let Some(session) = &session {
        asked.inherit(session)?;
    }
    let access_key = request.scope.as_ref().map(|scope| scope.access_key.as_str()).unwrap_or_default();
    let role = trusting_role(iam, request, &asked, (access_key, session.as_ref()))?;
    asked.check_policy_arns(iam, &role.account)?;
    let now = iam.now();
    let is_chained = session.is_some_and(|session| session.role_arn.is_some());
    let expires_at = now + SignedDuration::from_secs(asked.lasts_s(role.max_session_duration_s, is_chained)?);
    let access_key = unique_id(&iam.random, "ASIA");
    let name = asked.session_name;
    let arn = role.account.global_arn("sts", &format!("assumed-role/{}/{name}", role.name));
    let id = format!("{}:{name}", role.id);
    let user = Xml::new().text("AssumedRoleId", &id).text("Arn", &arn);
    let mut session = new_session(iam, arn, Some(role_arn.to_owned()), id, expires_at);
    let packed = asked.packed_size_percent().map(|percent| percent.to_string());
    session.settings = asked.settings;
    let answer = Xml::new()
        .nest("AssumedRoleUser", user)
        .nest("Credentials", credentials(&access_key, &session))
        .optional("PackedPolicySize", packed.as_deref())
        .optional("SourceIdentity", session.settings.source_identity.as_deref());
    iam.sessions.open(access_key, session, iam.machine_now());
    Ok(answer)
}

/// The role, when its trust policy lets the caller have such a session.
fn trusting_role(
    iam: &Iam,
    request: &Request,
    asked: &AssumeRole<'_>,
    (access_key, session): (&str, Option<&Session>),
) -> Result<Role, ServiceError> {
    let role_arn = asked.role_arn;
    let location = request.location();
    let user = user_arn(location.account());
    let caller = || match session {
        Some(Session { arn, role_arn: Some(role), .. }) => Caller::Session { session: arn, role },
        _ => Caller::Aws(&user),
    };
    let denied = |action: &str| {
        let arn = session.map_or(&user, |session| &session.arn);
        let text = format!("User: {arn} is not authorized to perform: {action} on resource: {role_arn}");
        ServiceError::new(403, "AccessDenied", text)
    };
    let role = iam.role(role_arn).ok_or_else(|| iam.no_role(role_arn, || denied("sts:AssumeRole")))?;
    let trust = iam.document(&iam.trust_policy(&role));
    let actor = Actor::Key { id: access_key, account: location.account() };
    let keys = || {
        let of_role = role.tags.iter().map(|(key, value)| (format!("aws:ResourceTag/{key}"), value.as_str()));
        of_role.fold(asked.condition_keys(request.condition_keys()), |context, (key, value)| context.with(&key, value))
    };
    for action in asked.actions() {
        let is_let_in = lets_client_in(&trust, role_arn, action, caller(), iam.keys_of(actor, keys()));
        let permit = Permit {
            resource_policy: Some(&trust),
            keys: ConditionKeys::made_by(&keys),
            ..Permit::new(actor, action, role_arn)
        };
        if !is_let_in || iam.decide(&permit).is_err() {
            return Err(denied(action));
        }
    }
    Ok(role)
}

fn session_token(iam: &Arc<Iam>, request: &Request) -> Result<Xml, ServiceError> {
    if session(iam, request).is_some() {
        return Err(ServiceError::new(403, "AccessDenied", "Cannot call GetSessionToken with session credentials"));
    }
    let seconds = duration_s(&Form::of(request), 43_200, 129_600)?;
    let now = iam.now();
    let access_key = unique_id(&iam.random, "ASIA");
    let arn = user_arn(request.location().account());
    let session = new_session(iam, arn, None, USER_ID.to_owned(), now + SignedDuration::from_secs(seconds));
    let credentials = credentials(&access_key, &session);
    iam.sessions.open(access_key, session, iam.machine_now());
    Ok(Xml::new().nest("Credentials", credentials))
}

fn new_session(iam: &Iam, arn: String, role_arn: Option<String>, id: String, expires_at: Timestamp) -> Session {
    let random = &iam.random;
    let secret = format!("{}{}", unique_id(random, ""), unique_id(random, ""));
    let token = format!("{}{}", unique_id(random, "IQoJ"), unique_id(random, ""));
    let issued_at = iam.now();
    Session { arn, role_arn, id, issued_at, expires_at, secret, token, settings: SessionSettings::default() }
}

impl Iam {
    /// A session of a role for a service: the one that it has, unless that one ends within half the time that such a session
    /// lasts.
    pub(crate) fn service_session(
        &self,
        role_arn: &str,
        role: &ReadRole,
        name: &str,
        lasts: SignedDuration,
    ) -> RoleCredentials {
        let now = self.machine_now();
        let id = format!("{}:{name}", role.id);
        if let Some((access_key, session)) = self.sessions.of_service(&id, now + lasts / 2) {
            return role_credentials(access_key, &session);
        }
        let arn = format!("{}/{name}", role.session_arn);
        let access_key = unique_id(&self.random, "ASIA");
        let session = new_session(self, arn, Some(role_arn.to_owned()), id, now + lasts);
        let credentials = role_credentials(access_key.clone(), &session);
        self.sessions.open_for_service(access_key, session, now);
        credentials
    }
}

fn role_credentials(access_key_id: String, session: &Session) -> RoleCredentials {
    RoleCredentials {
        access_key_id,
        secret_access_key: session.secret.clone(),
        session_token: session.token.clone(),
        expires_at: session.expires_at,
    }
}

fn credentials(access_key: &str, session: &Session) -> Xml {
    Xml::new()
        .text("AccessKeyId", access_key)
        .text("SecretAccessKey", &session.secret)
        .text("SessionToken", &session.token)
        .text("Expiration", &date(session.expires_at))
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

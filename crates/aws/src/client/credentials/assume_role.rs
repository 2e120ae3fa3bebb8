//! A role of a profile: assumed with the credentials of its source, and with the code of an MFA device where it asks for one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use jiff::{SignedDuration, Timestamp};

use crate::client::call_trace::CallTrace;
use crate::client::credentials::mfa::MfaCode;
use crate::client::credentials::role::{Role, session_name};
use crate::client::credentials::session_cache::{CacheFile, Session};
use crate::clock;
use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;
use crate::trace::TARGET;

/// A session that ends sooner is not used for another call.
const ENDING: SignedDuration = SignedDuration::from_secs(10);

/// Gives the credentials of a role's session: the aws CLI's or its own from the cache, or a new one.
#[derive(Debug, Clone)]
pub(crate) struct AssumedRole(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    role: Role,
    /// The role whose credentials assume this one, if it is one.
    source: Option<AssumedRole>,
    sts: aws_sdk_sts::Client,
    cache: Option<CacheFile>,
    mfa_code: MfaCode,
    /// The session of this command, which may be too short for the cache.
    held: Mutex<Option<Session>>,
    /// Somebody gave a code once: nobody is asked again in the middle of a command.
    has_asked: AtomicBool,
}

impl AssumedRole {
    /// A role that is assumed with the credentials of a source, which may be a role too.
    pub(crate) fn new(
        role: Role,
        credentials: SharedCredentialsProvider,
        source: Option<AssumedRole>,
        clients: &SdkConfig,
        mfa_code: MfaCode,
    ) -> Self {
        let clients = clients.to_builder().credentials_provider(credentials).build();
        let sts = aws_sdk_sts::config::Builder::from(&clients).interceptor(CallTrace).build();
        let cache = CacheFile::of(&role);
        let sts = aws_sdk_sts::Client::from_conf(sts);
        let has_asked = AtomicBool::new(false);
        Self(Arc::new(Inner { role, source, sts, cache, mfa_code, held: Mutex::default(), has_asked }))
    }

    /// Whether somebody may have to give a code.
    pub(crate) fn asks_for_code(&self) -> bool {
        self.0.role.mfa_serial.is_some() || self.0.source.as_ref().is_some_and(Self::asks_for_code)
    }

    /// Sees to a session that the next call finds: before that call, whose time limit is too short for somebody who looks
    /// for a device.
    ///
    /// # Errors
    /// There is nobody to ask, or STS refuses.
    pub(crate) async fn begin(&self) -> Result<(), AwsError> {
        self.0.session().await.map(drop)
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let session = self.0.session().await.map_err(CredentialsError::provider_error)?;
            Ok(Credentials::new(
                session.access_key_id,
                session.secret_access_key,
                Some(session.session_token),
                Some(session.expires_at.into()),
                "AssumeRole",
            ))
        })
    }
}

impl Inner {
    async fn session(&self) -> Result<Session, AwsError> {
        let now = clock::now();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = held.filter(|session| session.expires_at.duration_since(now) >= ENDING);
        if let Some(session) = known.or_else(|| self.cache.as_ref()?.read(now)) {
            return Ok(session);
        }
        let session = self.assume().await?;
        if let Some(cache) = &self.cache
            && let Err(error) = cache.write(&session)
        {
            tracing::warn!(target: TARGET, %error, "the session of the role can't be kept in ~/.aws/cli/cache");
        }
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.clone());
        Ok(session)
    }

    async fn assume(&self) -> Result<Session, AwsError> {
        let role = &self.role;
        if let Some(source) = &self.source {
            // A code for it is asked for here, outside of the call's time limit.
            Box::pin(source.begin()).await?;
        }
        let code = match &role.mfa_serial {
            Some(serial) => Some(self.code(serial).await?),
            None => None,
        };
        let has_code = code.is_some();
        let answer = self
            .sts
            .assume_role()
            .role_arn(&role.arn)
            .role_session_name(role.session_name.clone().unwrap_or_else(session_name))
            .set_external_id(role.external_id.clone())
            .set_duration_seconds(role.duration_s)
            .set_serial_number(role.mfa_serial.clone())
            .set_token_code(code)
            .send()
            .await;
        let answer = answer.map_err(AwsError::from_sdk("STS", "AssumeRole")).map_err(|error| match error.kind {
            AwsErrorKind::AccessDenied if has_code && error.message.contains("MultiFactorAuthentication") => {
                AwsError { kind: AwsErrorKind::MfaCodeRefused, ..error }
            }
            _ => error,
        })?;
        let given = answer.credentials().ok_or_else(|| no_session("no credentials"))?;
        let expires_at =
            Timestamp::new(given.expiration().secs(), 0).map_err(|error| no_session(&error.to_string()))?;
        Ok(Session {
            access_key_id: given.access_key_id().to_owned(),
            secret_access_key: given.secret_access_key().to_owned(),
            session_token: given.session_token().to_owned(),
            expires_at,
        })
    }

    async fn code(&self, serial: &str) -> Result<String, AwsError> {
        let profile = &self.role.profile;
        if self.has_asked.swap(true, Ordering::Relaxed) {
            let message = format!("the session of the profile `{profile}` has ended, and a new one needs a code");
            return Err(AwsError::on_this_side(AwsErrorKind::ExpiredCredentials, "MFA", message));
        }
        let needed = |why: &str| {
            let message = format!("The profile `{profile}` needs a code of the MFA device {serial}, and {why}.");
            AwsError::on_this_side(AwsErrorKind::MfaCodeNeeded, "MFA", message)
        };
        let Some(prompt) = &self.mfa_code else { return Err(needed("there is no terminal to ask for it")) };
        match prompt.ask(serial).await {
            Ok(Some(code)) if !code.trim().is_empty() => Ok(code.trim().to_owned()),
            Ok(Some(_)) => Err(needed("none was given")),
            Ok(None) => Err(needed("there is no terminal to ask for it")),
            Err(error) => Err(needed(&format!("the terminal can't be read: {error}"))),
        }
    }
}

fn no_session(why: &str) -> AwsError {
    AwsError {
        kind: AwsErrorKind::UnexpectedResponse,
        service: "STS",
        operation: "AssumeRole",
        code: None,
        message: format!("the answer has no session: {why}"),
        request_id: None,
    }
}

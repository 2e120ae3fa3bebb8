//! From what the user asked for (profile, region, endpoint) to one client per service.

use std::sync::Arc;

use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region as SdkRegion, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use jiff::Timestamp;

use crate::client::call_trace::CallTrace;
use crate::client::credentials::Finder;
use crate::client::credentials::mfa::MfaCode;
use crate::client::network::Network;
use crate::client::profiles::Profiles;
use crate::client::region;
use crate::client::timeouts::{CallTimeout, UploadTimeout, retries};
use crate::clock::{self, CloudClock};
use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;
use crate::random::Random;
use crate::retry::{Patience, Retries, Wait, Waits, partition};
use model::names::{AccountId, DEFAULT_REGION, Region};

/// Which cloud to speak to, and as whom.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Target {
    /// AWS, or whatever `AWS_ENDPOINT_URL` names, with the user's own credentials.
    Aws {
        /// The profile of the shared configuration files, when one was named.
        profile: Option<String>,
        /// The region, when one was named; else the environment's or profile's, else us-east-1.
        region: Option<Region>,
        /// Who is asked for the code of an MFA device, where a profile needs one.
        mfa_code: MfaCode,
    },
    /// The embedded cloud at a URL on loopback.
    Local {
        /// Its base URL.
        endpoint: String,
        /// The region to act in.
        region: Region,
        /// Its own access key, where it is known; its user may use any other.
        keys: Option<LocalKeys>,
    },
}

/// An access key of the embedded cloud.
#[derive(Clone)]
pub struct LocalKeys {
    /// Its id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
}

impl std::fmt::Debug for LocalKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LocalKeys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// The settings of a client whose calls are traced and made again by the one policy.
macro_rules! settings {
    ($sdk:ident, $config:expr, $retries:expr) => {
        $sdk::config::Builder::from($config)
            .interceptor(CallTrace)
            .interceptor($retries.clone())
            .retry_classifier($retries.clone())
            .retry_partition(partition())
    };
}

/// A client of one service.
macro_rules! client {
    ($sdk:ident, $config:expr, $retries:expr) => {
        $sdk::Client::from_conf(settings!($sdk, $config, $retries).build())
    };
}

/// One client per service, all for one account and region.
#[derive(Debug, Clone)]
pub struct Aws {
    /// The region that every call goes to.
    pub region: Region,
    /// The profile that the command line or the environment names.
    pub profile: Option<String>,
    /// The endpoint that replaces AWS's own, if any.
    pub endpoint: Option<String>,
    /// Step Functions.
    pub sfn: aws_sdk_sfn::Client,
    /// Lambda.
    pub lambda: aws_sdk_lambda::Client,
    /// Identity and Access Management.
    pub iam: aws_sdk_iam::Client,
    /// HTTP APIs.
    pub apis: aws_sdk_apigatewayv2::Client,
    /// CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// Security Token Service.
    pub sts: aws_sdk_sts::Client,
    /// How long a call may take.
    pub timeout: CallTimeout,
    /// What spreads calls over time.
    pub random: Random,
    /// The cloud's own clock, where it is not the machine's.
    clock: Option<Arc<dyn CloudClock>>,
    waits: Waits,
}

impl Aws {
    /// Creates the clients. Calls nothing, and credentials are looked for at the first call; only a session that needs the
    /// code of an MFA device is begun here.
    ///
    /// # Errors
    /// A profile that does not exist, configuration files that can't be read, a region that is none, a proxy that is none, a
    /// time limit that is no time, or no session for a profile that needs a code.
    pub async fn connect(target: Target) -> Result<Self, AwsError> {
        Self::connect_within(target, CallTimeout::from_env()?).await
    }

    pub(crate) async fn connect_within(target: Target, timeout: CallTimeout) -> Result<Self, AwsError> {
        let (config, profile) = match &target {
            Target::Aws { profile, region, mfa_code } => {
                user_config(profile.as_deref(), region.as_ref(), mfa_code, timeout).await?
            }
            Target::Local { endpoint, region, keys } => (local_config(endpoint, region, keys.as_ref()), None),
        };
        let config = config.into_builder().timeout_config(timeout.call_timeouts()).retry_config(retries()).build();
        let random = Random::from_system();
        let waits = Waits::new(random.clone());
        let retries = Retries::new(&waits);
        let region = region::parsed(config.region().map_or(DEFAULT_REGION, |region| region.as_ref()))?;
        Ok(Self {
            region,
            profile,
            endpoint: config.endpoint_url().map(str::to_owned),
            sfn: client!(aws_sdk_sfn, &config, retries),
            lambda: lambda(&config, timeout, &retries),
            iam: client!(aws_sdk_iam, &config, retries),
            apis: client!(aws_sdk_apigatewayv2, &config, retries),
            logs: client!(aws_sdk_cloudwatchlogs, &config, retries),
            sts: client!(aws_sdk_sts, &config, retries),
            timeout,
            random,
            clock: None,
            waits,
        })
    }

    /// Tells somebody of each wait for a call that is made again, once. The first listener stays.
    pub fn on_wait(&self, listener: impl Fn(Wait) + Send + Sync + 'static) {
        self.waits.listen(listener);
    }

    /// The same clients, for a cloud with a clock of its own.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn CloudClock>) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// The cloud's time: that by which its executions wait and its stamps are made.
    pub async fn now(&self) -> Timestamp {
        match &self.clock {
            Some(clock) => clock.now().await,
            None => clock::now(),
        }
    }

    /// The same clients with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        macro_rules! patient {
            ($sdk:ident, $client:ident) => {
                $sdk::Client::from_conf(self.$client.config().to_builder().interceptor(patience).build())
            };
        }
        Self {
            sfn: patient!(aws_sdk_sfn, sfn),
            lambda: patient!(aws_sdk_lambda, lambda),
            iam: patient!(aws_sdk_iam, iam),
            apis: patient!(aws_sdk_apigatewayv2, apis),
            logs: patient!(aws_sdk_cloudwatchlogs, logs),
            sts: patient!(aws_sdk_sts, sts),
            ..self.clone()
        }
    }

    /// The account that the credentials belong to.
    ///
    /// # Errors
    /// No or expired credentials, or an endpoint that can't be reached.
    pub async fn account(&self) -> Result<AccountId, AwsError> {
        let answer = self.sts.get_caller_identity().send().await;
        let identity = answer.map_err(AwsError::from_sdk("STS", "GetCallerIdentity"))?;
        let account = identity.account().unwrap_or_default();
        AccountId::parse(account).map_err(|error| AwsError {
            kind: AwsErrorKind::Other,
            service: "STS",
            operation: "GetCallerIdentity",
            code: None,
            message: error.to_string(),
            request_id: None,
        })
    }
}

/// Only Lambda is sent so much that the line's speed matters.
fn lambda(config: &SdkConfig, timeout: CallTimeout, retries: &Retries) -> aws_sdk_lambda::Client {
    let mut builder = settings!(aws_sdk_lambda, config, retries);
    if timeout == CallTimeout::PerOperation {
        builder = builder.interceptor(UploadTimeout);
    }
    aws_sdk_lambda::Client::from_conf(builder.build())
}

/// The settings of every client, and the profile that is named.
async fn user_config(
    profile: Option<&str>,
    region: Option<&Region>,
    mfa_code: &MfaCode,
    timeout: CallTimeout,
) -> Result<(SdkConfig, Option<String>), AwsError> {
    let profiles = Profiles::load(profile).await?;
    let http_client = SharedHttpClient::new(Network::from_settings(profiles.setting("ca_bundle"))?.client());
    // The loader reads AWS_MAX_ATTEMPTS and the like unless it is given retries, and panics where they make no sense.
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client.clone())
        .profile_name(profiles.name())
        .retry_config(retries())
        .timeout_config(timeout.call_timeouts())
        .no_credentials();
    if let Some(region) = region {
        loader = loader.region(SdkRegion::new(region.to_string()));
    }
    let config = loader.load().await;
    let region = config.region().cloned().unwrap_or(SdkRegion::from_static(DEFAULT_REGION));
    let config = config.into_builder().region(region.clone()).build();
    let providers = ProviderConfig::without_region()
        .with_region(Some(region))
        .with_http_client(http_client)
        .with_retry_config(retries())
        .with_timeout_config(timeout.call_timeouts())
        .with_use_fips(config.use_fips())
        .with_use_dual_stack(config.use_dual_stack());
    let finder = Finder { profiles: &profiles, clients: &config, providers: &providers, mfa_code };
    let found = finder.find()?;
    if let Some(role) = found.asks_for_code {
        role.begin().await?;
    }
    let config = config.into_builder().credentials_provider(found.provider).build();
    Ok((config, profiles.named().map(str::to_owned)))
}

/// The embedded cloud has keys of its own, and takes any from its user; these never come from the user's own.
fn local_config(endpoint: &str, region: &Region, keys: Option<&LocalKeys>) -> SdkConfig {
    let credentials = match keys {
        Some(keys) => Credentials::from_keys(keys.access_key_id.as_str(), keys.secret_access_key.as_str(), None),
        None => Credentials::from_keys("test", "test", None),
    };
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(SdkRegion::new(region.to_string()))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
        .http_client(SharedHttpClient::new(Network::loopback().client()))
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(aws_smithy_async::rt::sleep::TokioSleep::new()))
        .build()
}

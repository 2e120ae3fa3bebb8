//! Where credentials come from, in the aws CLI's order. Almost all of it is the SDK's; what the SDK does not do is here.
//!
//! The order: keys in the environment (unless the command line names a profile), a role of the profile, a web identity,
//! what else the profile has, a container's credentials, the machine's own role.

mod assume_role;
pub(crate) mod mfa;
mod role;
mod session_cache;

use aws_config::SdkConfig;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::credentials::EnvironmentVariableCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::{Profile, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use self::assume_role::AssumedRole;
use self::mfa::MfaCode;
use self::role::{Role, is_role, session_name};
use crate::client::profiles::Profiles;
use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;

/// What credentials are found with.
pub(crate) struct Finder<'a> {
    /// The profiles of the files.
    pub(crate) profiles: &'a Profiles,
    /// The settings of every client, without credentials.
    pub(crate) clients: &'a SdkConfig,
    /// The same for the SDK's own providers.
    pub(crate) providers: &'a ProviderConfig,
    /// Who is asked for the code of an MFA device.
    pub(crate) mfa_code: &'a MfaCode,
}

/// Credentials in the order of the aws CLI.
pub(crate) struct Found {
    /// Loads them.
    pub(crate) provider: SharedCredentialsProvider,
    /// The role among them that asks for a code, which is best done before anything is called.
    pub(crate) asks_for_code: Option<AssumedRole>,
}

impl Finder<'_> {
    /// Puts the chain together. Calls nothing.
    ///
    /// # Errors
    /// The profile's role has no source, or its sources form a circle.
    pub(crate) fn find(&self) -> Result<Found, AwsError> {
        let name = self.profiles.name();
        let alone = |provider| Ok(Found { provider, asks_for_code: None });
        if !self.profiles.is_explicit() && has_environment_keys()? {
            return alone(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()));
        }
        if let Some(profile) = self.profiles.get(name).filter(|profile| is_role(profile)) {
            let role = self.role(profile, &mut vec![name.to_owned()])?;
            let asks_for_code = Some(role.clone()).filter(AssumedRole::asks_for_code);
            return Ok(Found { provider: SharedCredentialsProvider::new(role), asks_for_code });
        }
        if let Some(token) = self.web_identity() {
            return alone(token);
        }
        let container = EcsCredentialsProvider::builder().configure(self.providers).build();
        let machine = ImdsCredentialsProvider::builder().configure(self.providers).build();
        let profile = self.profile(name);
        let chain = if self.profiles.is_explicit() {
            CredentialsProviderChain::first_try("Profile", profile)
        } else {
            // It has none; whoever has none anywhere is told that it was looked there.
            CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
                .or_else("Profile", profile)
        };
        let chain = chain.or_else("EcsContainer", container).or_else("Ec2InstanceMetadata", machine);
        alone(SharedCredentialsProvider::new(chain))
    }

    /// What a profile has beside a role. Keys in the credentials file come before a sign-in and a process, those in the
    /// configuration file after them, which is where the SDK has both.
    fn profile(&self, name: &str) -> SharedCredentialsProvider {
        let comes_first = |profile: &Profile| {
            ["sso_session", "sso_start_url", "sso_account_id", "web_identity_token_file"]
                .iter()
                .any(|key| profile.get(key).is_some())
        };
        let keys = self.profiles.in_credentials_file(name).and_then(keys);
        match keys {
            Some(keys) if !self.profiles.get(name).is_some_and(comes_first) => SharedCredentialsProvider::new(keys),
            _ => {
                let provider = ProfileFileCredentialsProvider::builder().profile_name(name).configure(self.providers);
                SharedCredentialsProvider::new(provider.build())
            }
        }
    }

    /// A token file that the environment names; the role may come from the profile.
    fn web_identity(&self) -> Option<SharedCredentialsProvider> {
        if self.profiles.is_explicit() {
            return None;
        }
        let setting = |name, key| variable(name).or_else(|| self.profiles.setting(key).map(str::to_owned));
        let settings = StaticConfiguration {
            web_identity_token_file: variable("AWS_WEB_IDENTITY_TOKEN_FILE")?.into(),
            // Without a role STS says what is missing.
            role_arn: setting("AWS_ROLE_ARN", "role_arn").unwrap_or_default(),
            session_name: setting("AWS_ROLE_SESSION_NAME", "role_session_name").unwrap_or_else(session_name),
        };
        let builder = WebIdentityTokenCredentialsProvider::builder().static_configuration(settings);
        Some(SharedCredentialsProvider::new(builder.configure(self.providers).build()))
    }

    fn role(&self, profile: &Profile, visited: &mut Vec<String>) -> Result<AssumedRole, AwsError> {
        let role = Role::of(profile)?;
        let (source, source_role) = match (profile.get("source_profile"), profile.get("credential_source")) {
            (Some(source), None) => self.source_profile(profile, source, visited)?,
            (None, Some(source)) => (self.credential_source(profile, source)?, None),
            (Some(_), Some(_)) => return Err(wrong(profile, "has both source_profile and credential_source")),
            (None, None) => {
                return Err(wrong(profile, "has a role_arn and neither source_profile nor credential_source"));
            }
        };
        Ok(AssumedRole::new(role, source, source_role, self.clients, self.mfa_code.clone()))
    }

    fn source_profile(
        &self,
        of: &Profile,
        name: &str,
        visited: &mut Vec<String>,
    ) -> Result<(SharedCredentialsProvider, Option<AssumedRole>), AwsError> {
        let unknown = || wrong(of, &format!("names the source_profile `{name}`, which does not exist"));
        let source = self.profiles.get(name).ok_or_else(unknown)?;
        if let Some(keys) = keys(source) {
            return Ok((SharedCredentialsProvider::new(keys), None));
        }
        if !is_role(source) {
            return Ok((self.profile(name), None));
        }
        if visited.iter().any(|visited| visited == name) {
            return Err(wrong(of, &format!("names the source_profile `{name}`, which leads back to it")));
        }
        visited.push(name.to_owned());
        let role = self.role(source, visited)?;
        Ok((SharedCredentialsProvider::new(role.clone()), Some(role)))
    }

    fn credential_source(&self, of: &Profile, name: &str) -> Result<SharedCredentialsProvider, AwsError> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "environment" => SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()),
            "ec2instancemetadata" => {
                SharedCredentialsProvider::new(ImdsCredentialsProvider::builder().configure(self.providers).build())
            }
            "ecscontainer" => {
                SharedCredentialsProvider::new(EcsCredentialsProvider::builder().configure(self.providers).build())
            }
            _ => {
                let why = format!(
                    "has the credential_source `{name}`; there are Environment, Ec2InstanceMetadata and EcsContainer"
                );
                return Err(wrong(of, &why));
            }
        })
    }
}

/// A variable of the environment that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the environment has keys.
///
/// # Errors
/// It has half of them.
fn has_environment_keys() -> Result<bool, AwsError> {
    let [key, secret] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(variable);
    if key.is_some() && secret.is_none() {
        let message = "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not.".to_owned();
        return Err(AwsError::on_this_side(AwsErrorKind::InvalidSetting, "keys", message));
    }
    Ok(key.is_some())
}

/// The keys that stand in a profile.
fn keys(profile: &Profile) -> Option<Credentials> {
    let mut keys = Credentials::builder()
        .access_key_id(profile.get("aws_access_key_id")?)
        .secret_access_key(profile.get("aws_secret_access_key")?)
        .provider_name("Profile");
    keys.set_session_token(profile.get("aws_session_token").map(str::to_owned));
    Some(keys.build())
}

fn wrong(profile: &Profile, why: &str) -> AwsError {
    let message = format!("The profile `{}` {why}.", profile.name());
    AwsError::on_this_side(AwsErrorKind::InvalidSetting, "role", message)
}

//! What a profile says of a role.

use aws_config::profile::Profile;

use crate::clock;
use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;

/// What a profile says of its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    /// The profile that says it.
    pub(crate) profile: String,
    /// The role.
    pub(crate) arn: String,
    /// The session's name, if it is to have a certain one.
    pub(crate) session_name: Option<String>,
    /// What the role's trust policy may ask for.
    pub(crate) external_id: Option<String>,
    /// The MFA device, by its ARN or number.
    pub(crate) mfa_serial: Option<String>,
    /// How long the session lasts; without it, an hour.
    pub(crate) duration_s: Option<i32>,
}

impl Role {
    /// Reads a profile that has a `role_arn`.
    ///
    /// # Errors
    /// It has none.
    pub(crate) fn of(profile: &Profile) -> Result<Self, AwsError> {
        let setting = |key: &str| profile.get(key).map(str::to_owned);
        let missing = || {
            let message = format!("The profile `{}` has no role_arn.", profile.name());
            AwsError::on_this_side(AwsErrorKind::InvalidSetting, "role", message)
        };
        Ok(Self {
            profile: profile.name().to_owned(),
            arn: setting("role_arn").ok_or_else(missing)?,
            session_name: setting("role_session_name"),
            external_id: setting("external_id"),
            mfa_serial: setting("mfa_serial"),
            // The aws CLI overlooks what is no number.
            duration_s: profile.get("duration_seconds").and_then(|text| text.trim().parse().ok()),
        })
    }
}

/// Whether a profile is a role that other credentials assume. With a token file it stands for itself.
pub(crate) fn is_role(profile: &Profile) -> bool {
    profile.get("role_arn").is_some() && profile.get("web_identity_token_file").is_none()
}

/// The name of a session that nobody named; the trail of the account shows it.
pub(crate) fn session_name() -> String {
    format!("workshop-{}", clock::now().as_second())
}

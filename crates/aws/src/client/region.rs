//! The region that the user's settings name, for what calls nothing.

use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;

use crate::client::profiles::Profiles;
use crate::error::AwsError;
use crate::error::kind::AwsErrorKind;
use model::names::{DEFAULT_REGION, Region};

/// The region of the environment or of a profile, else us-east-1. Unlike a client it never asks the machine's metadata
/// service.
///
/// # Errors
/// What is named there is no region, there is no such profile, or the configuration files can't be read.
pub async fn configured(profile: Option<&str>) -> Result<Region, AwsError> {
    let profiles = Profiles::load(profile).await?;
    let file = ProfileFileRegionProvider::builder().profile_name(profiles.name());
    let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(file.build());
    let found = chain.region().await;
    parsed(found.as_ref().map_or(DEFAULT_REGION, |region| region.as_ref()))
}

/// The region that a setting names.
///
/// # Errors
/// It is none.
pub(crate) fn parsed(named: &str) -> Result<Region, AwsError> {
    Region::parse(named).map_err(|error| AwsError {
        kind: AwsErrorKind::InvalidSetting,
        service: "the configuration",
        operation: "region",
        code: None,
        message: error.to_string(),
        request_id: None,
    })
}

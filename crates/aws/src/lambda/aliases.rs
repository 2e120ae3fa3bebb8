//! Lambda: which versions the aliases of a function point to.

use std::collections::BTreeMap;

use aws_sdk_lambda::Client;

use crate::error::{AwsError, or_absent};

/// The versions that aliases of a function point to, also with only a part of the invocations, each with one alias that
/// does; none when the function does not exist.
///
/// # Errors
/// The call failed.
pub async fn targets(client: &Client, function: &str) -> Result<BTreeMap<u64, String>, AwsError> {
    let mut pages = client.list_aliases().function_name(function).into_paginator().items().send();
    let mut targets = BTreeMap::new();
    while let Some(alias) = pages.next().await {
        let Some(alias) = or_absent(alias.map_err(AwsError::from_sdk("Lambda", "ListAliases")))? else {
            return Ok(BTreeMap::new());
        };
        let name = alias.name().unwrap_or_default().to_owned();
        let weighted = alias.routing_config().and_then(|routing| routing.additional_version_weights());
        let weighted = weighted.into_iter().flat_map(|weights| weights.keys());
        let versions = alias.function_version().into_iter().chain(weighted.map(String::as_str));
        targets.extend(versions.filter_map(|version| Some((version.parse().ok()?, name.clone()))));
    }
    Ok(targets)
}

//! The network that a function is said to be in: `VpcConfig` of the API. It is kept and shown; a function here has this machine's
//! network in any case.

use cloud_core::Location;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The subnets and security groups; all empty once they were taken away again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VpcConfig {
    /// Ids of subnets.
    pub subnet_ids: Vec<String>,
    /// Ids of security groups.
    pub security_group_ids: Vec<String>,
    /// Whether IPv6 goes out of subnets that have it.
    #[serde(default)]
    pub allows_ipv6: bool,
}

impl VpcConfig {
    /// Whether the function is in none.
    pub(crate) fn is_empty(&self) -> bool {
        self.subnet_ids.is_empty()
    }

    /// The API's `VpcConfigResponse`.
    pub(crate) fn to_json(&self, location: &Location) -> Value {
        let vpc_id = if self.is_empty() { String::new() } else { vpc_id(location) };
        json!({
            "SubnetIds": self.subnet_ids,
            "SecurityGroupIds": self.security_group_ids,
            "VpcId": vpc_id,
            "Ipv6AllowedForDualStack": self.allows_ipv6,
        })
    }
}

/// There is no EC2 that knows whose a subnet is: all of an account and region count as those of one VPC.
fn vpc_id(location: &Location) -> String {
    let hash: String = Sha256::digest(location.key_prefix()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("vpc-{}", hash.get(..17).unwrap_or(&hash))
}

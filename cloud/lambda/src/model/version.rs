//! One version of a function: its configuration and its code.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{Location, Random};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{LoggingConfig, VpcConfig};

/// One version of a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionVersion {
    /// Its name, without version.
    pub name: String,
    /// Where it is.
    #[serde(rename = "region", with = "key_prefix")]
    pub location: Location,
    /// `$LATEST` or a number.
    pub version: String,
    /// The role it runs as.
    pub role: String,
    /// The handler, which `provided` runtimes only hand on; `module.function` in Python.
    pub handler: String,
    /// Such as `provided.al2023` or `python3.12`.
    pub runtime: String,
    /// Free text.
    pub description: String,
    /// How long one invocation may take.
    pub timeout_s: u32,
    /// Memory, in MB; the embedded cloud reports it but does not enforce it.
    pub memory_size_mb: u32,
    /// Size of `/tmp`, in MB; reported, not enforced.
    pub ephemeral_storage_mb: u32,
    /// Its own variables; `None` when none were ever given.
    pub environment: Option<BTreeMap<String, String>>,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// `PassThrough` or `Active`.
    pub tracing_mode: String,
    /// The key that its variables are said to be encrypted with; nothing is encrypted here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    /// Whether published versions start from a snapshot on AWS; here they start as the others do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub snap_start: bool,
    /// The network that it is said to be in; none when none was ever given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<VpcConfig>,
    /// The queue or topic for events that are given up, by ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_arn: Option<String>,
    /// What it logs, how and where.
    #[serde(default, skip_serializing_if = "LoggingConfig::is_default")]
    pub logging: LoggingConfig,
    /// The zip.
    pub code: Code,
    /// When it last changed.
    pub last_modified: Timestamp,
    /// Changes with every change of the version or of its permissions.
    pub revision_id: String,
    /// Changes with what its processes must know; a process runs one generation of a version.
    #[serde(default)]
    pub generation: String,
    /// The description that the latest version had when this one was published from it.
    #[serde(default)]
    pub source_description: Option<String>,
}

/// Which zip a version runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// SHA-256 of the zip, as 64 hex digits: the name of its file.
    pub sha256: String,
    /// Size of the zip.
    pub size_bytes: u64,
}

impl FunctionVersion {
    /// The function's ARN, without version.
    pub(crate) fn arn(&self) -> String {
        self.location.arn("lambda", &format!("function:{}", self.name))
    }

    /// The ARN with the version.
    pub(crate) fn qualified_arn(&self) -> String {
        format!("{}:{}", self.arn(), self.version)
    }

    /// The log group it writes to: its own, unless another one is set.
    pub(crate) fn log_group(&self) -> String {
        self.logging.group.clone().unwrap_or_else(|| format!("/aws/lambda/{}", self.name))
    }

    /// Makes it a new revision and a new generation, after a change made now.
    pub(crate) fn mark_changed(&mut self, now: Timestamp, random: &Random) {
        self.last_modified = now;
        self.generation = random.uuid().to_string();
        self.revision_id = random.uuid().to_string();
    }

    /// The API's `FunctionConfiguration`. `qualified` puts the version into the ARN, as AWS does where a version was
    /// asked for or listed.
    pub(crate) fn to_json(&self, qualified: bool) -> Value {
        let arn = if qualified { self.qualified_arn() } else { self.arn() };
        let mut value = json!({
            "FunctionName": self.name,
            "FunctionArn": arn,
            "Runtime": self.runtime,
            "Role": self.role,
            "Handler": self.handler,
            "CodeSize": self.code.size_bytes,
            "Description": self.description,
            "Timeout": self.timeout_s,
            "MemorySize": self.memory_size_mb,
            "LastModified": self.last_modified.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string(),
            "CodeSha256": self.code.base64(),
            "Version": self.version,
            "TracingConfig": {"Mode": self.tracing_mode},
            "RevisionId": self.revision_id,
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "PackageType": "Zip",
            "Architectures": [self.architecture],
            "EphemeralStorage": {"Size": self.ephemeral_storage_mb},
            "SnapStart": self.snap_start_json(),
            "RuntimeVersionConfig": {"RuntimeVersionArn": self.runtime_version_arn()},
            "LoggingConfig": self.logging.to_json(&self.log_group()),
        });
        if let (Some(variables), Some(members)) = (&self.environment, value.as_object_mut()) {
            members.insert("Environment".to_owned(), json!({"Variables": variables}));
        }
        if let (Some(key), Some(members)) = (&self.kms_key_arn, value.as_object_mut()) {
            members.insert("KMSKeyArn".to_owned(), json!(key));
        }
        if let (Some(vpc), Some(members)) = (&self.vpc, value.as_object_mut()) {
            members.insert("VpcConfig".to_owned(), vpc.to_json(&self.location));
        }
        if let (Some(arn), Some(members)) = (&self.dead_letter_arn, value.as_object_mut()) {
            members.insert("DeadLetterConfig".to_owned(), json!({"TargetArn": arn}));
        }
        value
    }

    fn snap_start_json(&self) -> Value {
        let apply_on = if self.snap_start { "PublishedVersions" } else { "None" };
        let is_optimized = self.snap_start && self.version != cloud_core::LATEST;
        json!({"ApplyOn": apply_on, "OptimizationStatus": if is_optimized { "On" } else { "Off" }})
    }

    /// The runtime's own version: on AWS it changes with each of the runtime's updates, here it is one for each runtime.
    fn runtime_version_arn(&self) -> String {
        let hash: String = Sha256::digest(&self.runtime).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("arn:aws:lambda:{}::runtime:{hash}", self.location.region())
    }
}

impl Code {
    /// The hash as the API shows it.
    pub(crate) fn base64(&self) -> String {
        let pairs = self.sha256.as_bytes().chunks(2);
        let bytes: Vec<u8> =
            pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        BASE64_STANDARD.encode(bytes)
    }
}

/// A location as a row has it: the prefix of its keys.
mod key_prefix {
    use cloud_core::Location;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(location: &Location, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&location.key_prefix())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Location, D::Error> {
        let prefix = String::deserialize(deserializer)?;
        Ok(Location::from_key_prefix(&prefix))
    }
}

#[cfg(test)]
pub(crate) fn example() -> FunctionVersion {
    FunctionVersion {
        name: "stack-sendEmail".to_owned(),
        location: Location::default(),
        version: cloud_core::LATEST.to_owned(),
        role: "arn:aws:iam::000000000000:role/r".to_owned(),
        handler: "bootstrap".to_owned(),
        runtime: "provided.al2023".to_owned(),
        description: String::new(),
        timeout_s: 3,
        memory_size_mb: 128,
        ephemeral_storage_mb: 512,
        environment: Some(BTreeMap::from([("A".to_owned(), "b".to_owned())])),
        architecture: "x86_64".to_owned(),
        tracing_mode: "PassThrough".to_owned(),
        kms_key_arn: None,
        snap_start: false,
        vpc: None,
        dead_letter_arn: None,
        logging: LoggingConfig::default(),
        code: Code {
            sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
            size_bytes: 9,
        },
        last_modified: "2026-01-02T03:04:05.678Z".parse().unwrap(),
        revision_id: "r1".to_owned(),
        generation: "g1".to_owned(),
        source_description: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_as_the_api_shows_it() {
        insta::assert_snapshot!(example().to_json(false), @r#"{"FunctionName":"stack-sendEmail","FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:stack-sendEmail","Runtime":"provided.al2023","Role":"arn:aws:iam::000000000000:role/r","Handler":"bootstrap","CodeSize":9,"Description":"","Timeout":3,"MemorySize":128,"LastModified":"2026-01-02T03:04:05.678+0000","CodeSha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","Version":"$LATEST","TracingConfig":{"Mode":"PassThrough"},"RevisionId":"r1","State":"Active","LastUpdateStatus":"Successful","PackageType":"Zip","Architectures":["x86_64"],"EphemeralStorage":{"Size":512},"SnapStart":{"ApplyOn":"None","OptimizationStatus":"Off"},"RuntimeVersionConfig":{"RuntimeVersionArn":"arn:aws:lambda:us-east-1::runtime:0c7a6b68ae8de5940afe217dbb81f77b9fcad26466e440a79ad48af42a49669c"},"LoggingConfig":{"LogFormat":"Text","LogGroup":"/aws/lambda/stack-sendEmail"},"Environment":{"Variables":{"A":"b"}}}"#);
    }
}

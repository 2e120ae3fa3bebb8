//! A function as the cloud keeps it: its configuration, its published versions, its permissions and tags.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::policy::Policy;
use crate::local::arn::Region;

/// The version that can still change.
pub(crate) const LATEST: &str = "$LATEST";

/// One function with all its versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Function {
    /// The version that updates change.
    pub(crate) latest: Configuration,
    /// What was published, oldest first.
    pub(crate) published: Vec<Configuration>,
    /// The number that the next published version gets; numbers are never used twice.
    pub(crate) next_version: u64,
    /// Who may invoke it.
    pub(crate) policy: Policy,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// One version of a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Configuration {
    /// Its name, without version.
    pub(crate) name: String,
    /// Its region.
    pub(crate) region: String,
    /// `$LATEST` or a number.
    pub(crate) version: String,
    /// The role it runs as.
    pub(crate) role: String,
    /// The handler, which `provided` runtimes only hand on; `module.function` in Python.
    pub(crate) handler: String,
    /// Such as `provided.al2023` or `python3.12`.
    pub(crate) runtime: String,
    /// Free text.
    pub(crate) description: String,
    /// How long one invocation may take.
    pub(crate) timeout_s: u32,
    /// Memory, in MB; the embedded cloud reports it but does not enforce it.
    pub(crate) memory_size_mb: u32,
    /// Size of `/tmp`, in MB; reported, not enforced.
    pub(crate) ephemeral_storage_mb: u32,
    /// Its own variables; `None` when none were ever given.
    pub(crate) environment: Option<BTreeMap<String, String>>,
    /// `x86_64` or `arm64`.
    pub(crate) architecture: String,
    /// `PassThrough` or `Active`.
    pub(crate) tracing_mode: String,
    /// The zip.
    pub(crate) code: Code,
    /// When it last changed.
    pub(crate) last_modified: Timestamp,
    /// Changes with every change.
    pub(crate) revision_id: String,
}

/// Which zip a version runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    /// SHA-256 of the zip, as 64 hex digits: the name of its file.
    pub(crate) sha256: String,
    /// Size of the zip.
    pub(crate) size_bytes: u64,
}

impl Function {
    /// The version with this qualifier; without one, the latest.
    pub(crate) fn version(&self, qualifier: Option<&str>) -> Option<&Configuration> {
        match qualifier {
            None | Some(LATEST) => Some(&self.latest),
            Some(number) => self.published.iter().find(|version| version.version == number),
        }
    }

    /// Every version, the latest first.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &Configuration> {
        std::iter::once(&self.latest).chain(&self.published)
    }
}

impl Configuration {
    /// The function's ARN, without version.
    pub(crate) fn arn(&self) -> String {
        Region::new(&self.region).arn("lambda", &format!("function:{}", self.name))
    }

    /// The ARN with the version.
    pub(crate) fn qualified_arn(&self) -> String {
        format!("{}:{}", self.arn(), self.version)
    }

    /// The function's log group.
    pub(crate) fn log_group(&self) -> String {
        format!("/aws/lambda/{}", self.name)
    }

    /// This version as a new one, after a change made now.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.last_modified = now;
        self.revision_id = uuid::Uuid::new_v4().to_string();
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
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": self.log_group()},
        });
        if let (Some(variables), Some(members)) = (&self.environment, value.as_object_mut()) {
            members.insert("Environment".to_owned(), json!({"Variables": variables}));
        }
        value
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

#[cfg(test)]
pub(crate) fn example() -> Configuration {
    Configuration {
        name: "stack-sendEmail".to_owned(),
        region: "us-east-1".to_owned(),
        version: LATEST.to_owned(),
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
        code: Code {
            sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
            size_bytes: 9,
        },
        last_modified: "2026-01-02T03:04:05.678Z".parse().unwrap(),
        revision_id: "r1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_as_the_api_shows_it() {
        insta::assert_snapshot!(example().to_json(false), @r#"{"FunctionName":"stack-sendEmail","FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:stack-sendEmail","Runtime":"provided.al2023","Role":"arn:aws:iam::000000000000:role/r","Handler":"bootstrap","CodeSize":9,"Description":"","Timeout":3,"MemorySize":128,"LastModified":"2026-01-02T03:04:05.678+0000","CodeSha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","Version":"$LATEST","TracingConfig":{"Mode":"PassThrough"},"RevisionId":"r1","State":"Active","LastUpdateStatus":"Successful","PackageType":"Zip","Architectures":["x86_64"],"EphemeralStorage":{"Size":512},"SnapStart":{"ApplyOn":"None","OptimizationStatus":"Off"},"LoggingConfig":{"LogFormat":"Text","LogGroup":"/aws/lambda/stack-sendEmail"},"Environment":{"Variables":{"A":"b"}}}"#);
    }

    #[test]
    fn finds_versions_by_qualifier() {
        let published = Configuration { version: "1".to_owned(), ..example() };
        let function = Function {
            latest: example(),
            published: vec![published],
            next_version: 2,
            policy: Policy::default(),
            tags: BTreeMap::new(),
        };
        let found = |qualifier| function.version(qualifier).map(|version| version.version.as_str());
        assert_eq!(found(None), Some("$LATEST"));
        assert_eq!(found(Some("$LATEST")), Some("$LATEST"));
        assert_eq!(found(Some("1")), Some("1"));
        assert_eq!(found(Some("2")), None);
    }
}

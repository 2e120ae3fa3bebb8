//! A function as the cloud keeps it: its configuration, its published versions, its permissions and tags.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::alias::Alias;
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
    /// Who may invoke it, its versions and its aliases.
    pub(crate) policy: Policy,
    /// Its aliases by name.
    #[serde(default)]
    pub(crate) aliases: BTreeMap<String, Alias>,
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
    /// Changes with every change of the version or of its permissions.
    pub(crate) revision_id: String,
    /// Changes with what its processes must know; a process runs one generation of a version.
    #[serde(default)]
    pub(crate) generation: String,
    /// The description that the latest version had when this one was published from it.
    #[serde(default)]
    pub(crate) source_description: Option<String>,
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
    /// The version that a qualifier names; without one, the latest. Of an alias, the version it leads to first of all.
    pub(crate) fn version(&self, qualifier: Option<&str>) -> Option<&Configuration> {
        // A draw that no weight reaches.
        self.route(qualifier, f64::INFINITY)
    }

    /// The version that an invocation with this qualifier runs; see [`Alias::route`].
    pub(crate) fn route(&self, qualifier: Option<&str>, draw: f64) -> Option<&Configuration> {
        let named = match qualifier {
            None => LATEST,
            Some(qualifier) => self.aliases.get(qualifier).map_or(qualifier, |alias| alias.route(draw)),
        };
        self.versions().find(|version| version.version == named)
    }

    /// The revision of what a qualifier names: a version, or an alias itself.
    pub(crate) fn revision(&mut self, qualifier: Option<&str>) -> Option<&mut String> {
        match qualifier {
            None | Some(LATEST) => Some(&mut self.latest.revision_id),
            Some(qualifier) => match self.aliases.get_mut(qualifier) {
                Some(alias) => Some(&mut alias.revision_id),
                None => {
                    let version = self.published.iter_mut().find(|version| version.version == qualifier)?;
                    Some(&mut version.revision_id)
                }
            },
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
        self.generation = new_id();
        self.revision_id = new_id();
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

/// A revision's or a generation's id.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
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
        generation: "g1".to_owned(),
        source_description: None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A function with this many published versions, and an alias `live` of version 1.
    pub(crate) fn function(versions: u64) -> Function {
        let published = |number: u64| Configuration { version: number.to_string(), ..example() };
        let live = Alias {
            name: "live".to_owned(),
            version: "1".to_owned(),
            description: String::new(),
            weights: BTreeMap::new(),
            revision_id: "a1".to_owned(),
        };
        Function {
            latest: example(),
            published: (1..=versions).map(published).collect(),
            next_version: versions + 1,
            policy: Policy::default(),
            aliases: BTreeMap::from([(live.name.clone(), live)]),
            tags: BTreeMap::new(),
        }
    }

    #[test]
    fn looks_as_the_api_shows_it() {
        insta::assert_snapshot!(example().to_json(false), @r#"{"FunctionName":"stack-sendEmail","FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:stack-sendEmail","Runtime":"provided.al2023","Role":"arn:aws:iam::000000000000:role/r","Handler":"bootstrap","CodeSize":9,"Description":"","Timeout":3,"MemorySize":128,"LastModified":"2026-01-02T03:04:05.678+0000","CodeSha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","Version":"$LATEST","TracingConfig":{"Mode":"PassThrough"},"RevisionId":"r1","State":"Active","LastUpdateStatus":"Successful","PackageType":"Zip","Architectures":["x86_64"],"EphemeralStorage":{"Size":512},"SnapStart":{"ApplyOn":"None","OptimizationStatus":"Off"},"LoggingConfig":{"LogFormat":"Text","LogGroup":"/aws/lambda/stack-sendEmail"},"Environment":{"Variables":{"A":"b"}}}"#);
    }

    #[test]
    fn finds_versions_by_qualifier() {
        let mut function = function(2);
        let found = |function: &Function, qualifier| function.version(qualifier).map(|found| found.version.clone());
        assert_eq!(found(&function, None).as_deref(), Some("$LATEST"));
        assert_eq!(found(&function, Some("$LATEST")).as_deref(), Some("$LATEST"));
        assert_eq!(found(&function, Some("2")).as_deref(), Some("2"));
        assert_eq!(found(&function, Some("3")), None);
        assert_eq!(found(&function, Some("live")).as_deref(), Some("1"));
        assert_eq!(found(&function, Some("other")), None);
        function.aliases.get_mut("live").unwrap().weights.insert("2".to_owned(), 0.5);
        assert_eq!(found(&function, Some("live")).as_deref(), Some("1"));
        let routed = |draw| function.route(Some("live"), draw).map(|found| found.version.as_str());
        assert_eq!([routed(0.4), routed(0.6)], [Some("2"), Some("1")]);
    }

    /// A record as builds without aliases wrote it.
    const BEFORE_ALIASES: &str = r#"{"latest":{"name":"f","region":"us-east-1","version":"$LATEST","role":"arn:aws:iam::000000000000:role/r","handler":"bootstrap","runtime":"provided.al2023","description":"","timeout_s":3,"memory_size_mb":128,"ephemeral_storage_mb":512,"environment":{"A":"b"},"architecture":"x86_64","tracing_mode":"PassThrough","code":{"sha256":"00","size_bytes":9},"last_modified":"2026-01-02T03:04:05.678Z","revision_id":"r1"},"published":[{"name":"f","region":"us-east-1","version":"1","role":"arn:aws:iam::000000000000:role/r","handler":"bootstrap","runtime":"provided.al2023","description":"first","timeout_s":3,"memory_size_mb":128,"ephemeral_storage_mb":512,"environment":{"A":"b"},"architecture":"x86_64","tracing_mode":"PassThrough","code":{"sha256":"00","size_bytes":9},"last_modified":"2026-01-02T03:04:05.678Z","revision_id":"r2"}],"next_version":2,"policy":{"statements":[{"id":"api","principal":"apigateway.amazonaws.com","action":"lambda:InvokeFunction","resource":"arn:aws:lambda:us-east-1:000000000000:function:f","source_arn":null,"source_account":null}],"revision_id":"p1"},"tags":{"a":"b"}}"#;

    #[test]
    fn a_record_without_aliases_is_read_and_goes_on() {
        let mut read: Function = serde_json::from_str(BEFORE_ALIASES).unwrap();
        assert!(read.aliases.is_empty());
        assert!(read.policy.allows(&read.latest.arn(), "apigateway.amazonaws.com", "arn:any"));
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(read.publish(None, now).version, "1", "nothing has changed since version 1");
        read.latest.timeout_s = 9;
        read.latest.touch(now);
        assert_eq!(read.publish(None, now).version, "2");
        let again: Function = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again.published, read.published);
    }
}

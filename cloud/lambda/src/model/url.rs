//! A function URL: an HTTP endpoint of a function, or of an alias of it.

use cloud_core::{FunctionReference, Random};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How many letters and digits a URL's id has.
const ID_LENGTH: usize = 32;

/// What they are of.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// One function URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FunctionUrl {
    /// The first label of its host name.
    pub(crate) id: String,
    pub(crate) auth_type: UrlAuthType,
    pub(crate) invoke_mode: InvokeMode,
    /// Which pages may call it; none where that is the function's affair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cors: Option<UrlCors>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_modified: Timestamp,
}

/// Who may call a function URL, before any policy is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum UrlAuthType {
    /// Everybody.
    #[serde(rename = "NONE")]
    None,
    /// Who signs the request.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
}

/// How a function's result comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InvokeMode {
    /// Whole.
    #[default]
    #[serde(rename = "BUFFERED")]
    Buffered,
    /// As the function streams it; here when it is complete.
    #[serde(rename = "RESPONSE_STREAM")]
    ResponseStream,
}

/// Which pages may call a function URL, in the API's form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UrlCors {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) allow_credentials: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) allow_headers: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) allow_methods: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) allow_origins: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expose_headers: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<u32>,
}

impl UrlAuthType {
    /// As the API writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::AwsIam => "AWS_IAM",
        }
    }
}

impl FunctionUrl {
    /// An id that no other URL has.
    pub(crate) fn new_id(random: &Random) -> String {
        random.text(LETTERS, ID_LENGTH)
    }

    /// Its address, where the cloud listens on this port.
    pub(crate) fn address(&self, region: &str, port: u16) -> String {
        format!("http://{}.lambda-url.{region}.localhost:{port}/", self.id)
    }

    /// The API's `FunctionUrlConfig`.
    pub(crate) fn to_json(&self, reference: &FunctionReference, port: u16) -> Value {
        let mut members = Map::new();
        members.insert("FunctionUrl".to_owned(), json!(self.address(reference.location.region(), port)));
        members.insert("FunctionArn".to_owned(), json!(reference.arn()));
        members.insert("AuthType".to_owned(), json!(self.auth_type));
        if let Some(cors) = &self.cors {
            members.insert("Cors".to_owned(), json!(cors));
        }
        members.insert("CreationTime".to_owned(), json!(moment(self.created_at)));
        members.insert("LastModifiedTime".to_owned(), json!(moment(self.last_modified)));
        members.insert("InvokeMode".to_owned(), json!(self.invoke_mode));
        Value::Object(members)
    }
}

fn moment(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string()
}

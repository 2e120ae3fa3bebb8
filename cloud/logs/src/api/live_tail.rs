//! StartLiveTail: the answer is an event stream.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cloud_core::{Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::{Map, json};
use tokio::sync::Notify;

use super::groups::{is_elsewhere, name_of};
use crate::append::tail::session::{self, Opened};
use crate::append::tail::{CONTENT_TYPE, Tail};
use crate::errors::{invalid, no_group};
use crate::pattern::Pattern;
use crate::service::Logs;

/// How many sessions an account has in a region ("15 concurrent Live Tail sessions", CloudWatch Logs quotas).
const MOST_SESSIONS: usize = 15;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    log_group_identifiers: Vec<String>,
    #[serde(default)]
    log_stream_names: Vec<String>,
    #[serde(default)]
    log_stream_name_prefixes: Vec<String>,
    #[serde(default)]
    log_event_filter_pattern: String,
}

/// Shows events of groups as they come.
pub(crate) fn start(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: Input = request.json()?;
    let groups = watched_groups(logs, request, &input)?;
    let pattern = Pattern::parse(&input.log_event_filter_pattern).map_err(|error| invalid(error.to_string()))?;
    let mut start = Map::new();
    start.insert("requestId".to_owned(), json!(request.id));
    start.insert("sessionId".to_owned(), json!(request.id));
    start.insert("logGroupIdentifiers".to_owned(), json!(input.log_group_identifiers));
    for (name, list) in
        [("logStreamNames", &input.log_stream_names), ("logStreamNamePrefixes", &input.log_stream_name_prefixes)]
    {
        if !list.is_empty() {
            start.insert(name.to_owned(), json!(list));
        }
    }
    start.insert("logEventFilterPattern".to_owned(), json!(input.log_event_filter_pattern));
    let tail = Arc::new(Tail {
        place: request.location().key_prefix(),
        groups,
        streams: input.log_stream_names,
        stream_prefixes: input.log_stream_name_prefixes,
        pattern,
        buffer: Mutex::default(),
        filled: Notify::new(),
    });
    if !logs.inner.tails.open(Arc::clone(&tail), MOST_SESSIONS) {
        let text = "The maximum number of concurrent Live Tail sessions has been reached.";
        return Err(ServiceError::bad_request("LimitExceededException", text));
    }
    let stream = session::start(logs, Opened { tail, start: start.into() });
    Ok(Response::new(200, CONTENT_TYPE, "").with_stream(stream))
}

/// The groups by their numbers, each with what events call it.
fn watched_groups(logs: &Logs, request: &Request, input: &Input) -> Result<BTreeMap<u64, String>, ServiceError> {
    let Input { log_group_identifiers: identifiers, log_stream_names, log_stream_name_prefixes, .. } = input;
    // The texts are ours; AWS documents both rules (API model, `StartLiveTailRequest`).
    if !log_stream_names.is_empty() && !log_stream_name_prefixes.is_empty() {
        return Err(invalid("logStreamNames and logStreamNamePrefixes are mutually exclusive."));
    }
    if identifiers.len() > 1 && !(log_stream_names.is_empty() && log_stream_name_prefixes.is_empty()) {
        return Err(invalid("Log streams can be chosen of a single log group only."));
    }
    let here = request.location();
    let mut groups = BTreeMap::new();
    for identifier in identifiers {
        if !identifier.starts_with("arn:") {
            return Err(invalid("logGroupIdentifiers have to be the ARNs of log groups."));
        }
        if is_elsewhere(identifier, &here) {
            return Err(no_group());
        }
        let name = name_of(identifier);
        let group = logs.known_group(&here.key(name))?;
        group.lock().facts.check_readable("StartLiveTail")?;
        groups.insert(group.id, format!("{}:{name}", here.account().as_str()));
    }
    Ok(groups)
}

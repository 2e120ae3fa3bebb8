//! What every history must hold, and what two histories of one workflow have in common.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use serde_json::Value;

/// Moments are shown in seconds; a millisecond is their grain.
const GRAIN_S: f64 = 0.001_5;

/// Checks one history: ids without gap, time that does not go back, no Wait that ends early or, but for a restart, late.
pub(crate) fn check(definition: &Value, events: &[Value], opened: &[Timestamp]) -> Result<(), String> {
    let mut last = f64::MIN;
    for (event, expected) in events.iter().zip(1..) {
        if event["id"].as_u64() != Some(expected) {
            return Err(format!("the event in place {expected} has the id {}", event["id"]));
        }
        let previous = event["previousEventId"].as_u64().unwrap_or(u64::MAX);
        if previous >= expected {
            return Err(format!("the event {expected} follows {previous}"));
        }
        let time = seconds(event);
        if time < last {
            return Err(format!("the time goes back at the event {expected}"));
        }
        last = time;
        if event["type"] == "WaitStateExited" {
            let entered = &events[usize::try_from(previous).unwrap() - 1];
            check_wait(definition, entered, event, opened).map_err(|why| format!("the event {expected}: {why}"))?;
        }
    }
    Ok(())
}

fn check_wait(definition: &Value, entered: &Value, exited: &Value, opened: &[Timestamp]) -> Result<(), String> {
    let details = &entered["stateEnteredEventDetails"];
    let Some(name) = details["name"].as_str().filter(|name| exited["stateExitedEventDetails"]["name"] == **name) else {
        return Err("a Wait's end does not follow its begin".to_owned());
    };
    let state = find_state(definition, name).ok_or("a state that the definition does not have")?;
    let input: Value =
        serde_json::from_str(details["input"].as_str().unwrap_or("null")).map_err(|error| error.to_string())?;
    let begun = seconds(entered);
    let due = match (state["Seconds"].as_f64(), state["Timestamp"].as_str(), state["SecondsPath"].as_str()) {
        (Some(seconds), _, _) => begun + seconds,
        (_, Some(moment), _) => seconds_of(moment.parse().map_err(|_| "a moment")?).max(begun),
        (_, _, Some("$.wait")) => begun + input["wait"].as_f64().unwrap_or_default(),
        _ => begun + input["n"].as_f64().unwrap_or_default(),
    };
    let ended = seconds(exited);
    if ended < due - GRAIN_S {
        return Err(format!("a Wait ended {} s early", due - ended));
    }
    let at_a_restart = opened.iter().any(|opened| (seconds_of(*opened) - ended).abs() < GRAIN_S);
    if ended > due + GRAIN_S && !at_a_restart {
        return Err(format!("a Wait ended {} s late, and there was no restart", ended - due));
    }
    Ok(())
}

/// A state by its name, wherever in the definition it is.
fn find_state<'a>(flow: &'a Value, name: &str) -> Option<&'a Value> {
    let states = flow["States"].as_object()?;
    if let Some(state) = states.get(name) {
        return Some(state);
    }
    states.values().find_map(|state| {
        let branches = state["Branches"].as_array().into_iter().flatten();
        branches.chain(state.get("ItemProcessor")).find_map(|flow| find_state(flow, name))
    })
}

/// What a history tells, each event by what it says and by all that led to it.
pub(crate) type Content = BTreeMap<u64, Told>;

/// An event of a history.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) times: u64,
    pub(crate) first_id: u64,
    pub(crate) said: String,
}

/// How often each event is there, told by what it says and by all that led to it. Ids, times, the order of branches, and tries
/// of activity tasks that a worker never got are left out.
pub(crate) fn content(events: &[Value]) -> Content {
    let mut paths: BTreeMap<u64, u64> = BTreeMap::new();
    let mut content = Content::new();
    let lost = lost_tries(events);
    for event in events {
        let id = event["id"].as_u64().unwrap_or_default();
        let previous = event["previousEventId"].as_u64().unwrap_or_default();
        let before = paths.get(&previous).copied().unwrap_or_default();
        if lost.contains_key(&id) || may_be_overtaken(event) {
            paths.insert(id, before);
            continue;
        }
        let said = said(event);
        let mut hasher = DefaultHasher::new();
        said.hash(&mut hasher);
        if !joins(event) {
            before.hash(&mut hasher);
        }
        let path = hasher.finish();
        paths.insert(id, path);
        content.entry(path).or_insert(Told { times: 0, first_id: id, said }).times += 1;
    }
    content
}

/// Whether it tells that a token was handed over: the token's answer may come before the function's, when a crash came between
/// the two and the function is called again.
fn may_be_overtaken(event: &Value) -> bool {
    let resource = event["taskSubmittedEventDetails"]["resource"].as_str();
    resource.is_some_and(|resource| resource.ends_with(".waitForTaskToken"))
}

/// The events of tries of activity tasks that have timed out: nobody answers them late in a simulation.
fn lost_tries(events: &[Value]) -> BTreeMap<u64, ()> {
    let mut lost = BTreeMap::new();
    for event in events.iter().filter(|event| event["type"] == "ActivityTimedOut") {
        let mut id = event["id"].as_u64().unwrap_or_default();
        while let Some(found) = usize::try_from(id).ok().and_then(|id| events.get(id.checked_sub(1)?)) {
            if !found["type"].as_str().is_some_and(|kind| kind.starts_with("Activity")) || lost.contains_key(&id) {
                break;
            }
            lost.insert(id, ());
            id = found["previousEventId"].as_u64().unwrap_or_default();
        }
    }
    lost
}

pub(crate) fn count_lost_tries(events: &[Value]) -> usize {
    events.iter().filter(|event| event["type"] == "ActivityTimedOut").count()
}

/// Whether which event this one follows is a question of time: that of the branch or item that ended last.
fn joins(event: &Value) -> bool {
    let kind = event["type"].as_str().unwrap_or_default();
    kind.starts_with("ParallelState") || kind.starts_with("Map")
}

/// What an event says, without what is another one each time: tokens, ids of requests, dates, and how often an activity's task
/// was lost before.
fn said(event: &Value) -> String {
    let kind = event["type"].as_str().unwrap_or_default();
    if kind.starts_with("Task") && !kind.starts_with("TaskState") || kind.starts_with("MapRun") {
        return kind.to_owned();
    }
    let members = event.as_object().into_iter().flatten();
    let details: Vec<String> = members
        .filter(|(name, _)| !["id", "previousEventId", "timestamp", "type"].contains(&name.as_str()))
        .map(|(_, value)| if kind == "ActivityScheduled" { without_attempt(value) } else { without_request_ids(value) })
        .collect();
    format!("{kind} {}", details.join(" "))
}

/// What a worker is given, but for the number of its try.
fn without_attempt(details: &Value) -> String {
    let mut input: Value = serde_json::from_str(details["input"].as_str().unwrap_or("null")).unwrap_or_default();
    if let Some(attempt) = input.get_mut("attempt") {
        *attempt = Value::Null;
    }
    format!("{} {input}", details["resource"])
}

/// A value's text, with a blank in the place of each request's id.
pub(crate) fn without_request_ids(value: &Value) -> String {
    const LABEL: &str = "Request ID: ";
    let text = value.to_string();
    let mut parts = text.split(LABEL);
    let mut blanked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let id = part.bytes().take_while(|byte| byte.is_ascii_hexdigit() || *byte == b'-').count();
        blanked.push_str(LABEL);
        blanked.push_str(&part[id..]);
    }
    blanked
}

pub(crate) fn seconds(event: &Value) -> f64 {
    event["timestamp"].as_f64().unwrap_or_default()
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of this century")]
fn seconds_of(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1_000.0
}

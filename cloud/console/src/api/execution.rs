//! An execution: how it stands, its picture, its events in short, and those with their data that are asked for.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use cloud_core::{ExecutionWait, Request, Response, ServiceError, WaitReason};
use graph::{Graph, Status, SvgStyle, Visit, Visits};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::parameters::{asked, location_of, log_group};
use crate::cloud::Cloud;
use crate::history::{EndedView, Histories, ShortEvent, visits};
use crate::long_text::{LONGEST_TEXT, cut};

/// How many waits are shown.
const WAITS: usize = 200;
/// The events of a whole history, a page.
const PAGE: u64 = 1_000;
/// How many events are asked for with their data at most.
const DETAILS: usize = 400;

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    described: Map<String, Value>,
    #[serde(flatten)]
    new: NewEvents<'a>,
    visits: Vec<ShownVisit<'a>>,
    waits: Vec<Value>,
}

/// What most visits have is left out: there are thousands of a long execution.
#[derive(Serialize)]
struct ShownVisit<'a> {
    number: usize,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    outer: Option<usize>,
    /// None where it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries: Option<u64>,
}

/// Those after the one that is known. There are up to 25,000 of a few types, with numbers that go on by one: what follows from the
/// one before is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct NewEvents<'a> {
    /// The number of the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_id: Option<i64>,
    /// When that was, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_at: Option<i64>,
    types: Vec<&'a str>,
    events: Vec<NewEvent<'a>>,
}

#[derive(Serialize)]
struct NewEvent<'a> {
    /// By its place in the list of types.
    #[serde(rename = "type")]
    kind: usize,
    /// Milliseconds after the one before; none where it is the same moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<i64>,
    /// Unless it is that of its visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(flatten)]
    event: &'a ShortEvent,
    #[serde(skip_serializing_if = "Option::is_none")]
    visit: Option<usize>,
}

impl<'a> NewEvents<'a> {
    fn after(known: i64, events: &'a [ShortEvent], found: &'a Visits) -> Self {
        let mut new = Self::default();
        let mut places = BTreeMap::new();
        let mut before = None;
        for (event, visit) in events.iter().zip(&found.of_event).filter(|(event, _)| event.id > known) {
            new.first_id.get_or_insert(event.id);
            let first_at = *new.first_at.get_or_insert(event.at);
            let kind = *places.entry(&*event.kind).or_insert_with(|| {
                new.types.push(&event.kind);
                new.types.len() - 1
            });
            let of_visit = visit.and_then(|visit| found.visits.get(visit)).map(|visit| visit.state.as_str());
            new.events.push(NewEvent {
                kind,
                after: Some(event.at - before.unwrap_or(first_at)).filter(|after| *after != 0),
                state: event.state.as_deref().filter(|state| Some(*state) != of_visit),
                event,
                visit: *visit,
            });
            before = Some(event.at);
        }
        new
    }
}

/// An execution as it stands now. `after` is the event up to which the page knows it, `view` what the picture was that it has.
pub(super) async fn execution(cloud: &Cloud, request: &Request) -> Result<Response, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = location_of(&arn)?;
    let after = request.query_value("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut described = cloud.states(&location, "DescribeExecution", &json!({ "executionArn": arn })).await?;
    for member in ["input", "output", "cause"] {
        cut(&mut described[member], LONGEST_TEXT);
    }
    described["now"] = json!(cloud.handles.clock.now());
    let is_running = described["status"] == "RUNNING";
    let shown = request.query_value("view").unwrap_or_default();
    let redrives = described["redriveCount"].as_i64().unwrap_or(0);
    let known = EndedView { name: shown.clone(), redrives, last_event_id: after };
    if !is_running && lock(cloud).is_shown(&arn, &known) {
        described["view"] = json!(shown);
        let nothing = Visits::default();
        return Ok(Response::json(200, &Answer::of(described, NewEvents::default(), &nothing, Vec::new())));
    }
    let events = cloud.history(&arn)?;
    let found = visits(&events, after);
    let definition =
        cloud.states(&location, "DescribeStateMachineForExecution", &json!({ "executionArn": arn })).await?;
    described["roleArn"] = definition["roleArn"].clone();
    described["logGroup"] = json!(log_group(&definition));
    let name = draw(&mut described, definition["definition"].as_str().unwrap_or_default(), &found, &shown);
    if !is_running {
        let last_event_id = events.last().map_or(0, |last| last.id);
        lock(cloud).keep_ended(&arn, EndedView { name, redrives, last_event_id });
    }
    let waits = if is_running { cloud.handles.waits.waits(&arn).await.unwrap_or_default() } else { Vec::new() };
    let waits = waits.iter().take(WAITS).map(|wait| shown_wait(wait, &events, &found)).collect();
    let new = NewEvents::after(after, &events, &found);
    Ok(Response::json(200, &Answer::of(described, new, &found, waits)))
}

fn lock(cloud: &Cloud) -> MutexGuard<'_, Histories> {
    cloud.histories.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the picture, its states and the definition to what is described, unless what is shown is the same; gives what the
/// picture is called.
fn draw(described: &mut Value, definition: &str, found: &Visits, shown: &str) -> String {
    // A definition that is no JSON can't be deployed.
    let graph = Graph::read(&serde_json::from_str(definition).unwrap_or_default());
    let states = graph.to_json(Some(&found.statuses))["states"].take();
    let view: String = Sha256::digest(states.to_string()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    if shown != view {
        described["picture"] = json!(graph.layout().svg(&graph, Some(&found.statuses), SvgStyle::Page));
        described["states"] = states;
        described["definition"] = json!(definition);
    }
    described["view"] = json!(view);
    view
}

impl<'a> Answer<'a> {
    fn of(mut described: Value, new: NewEvents<'a>, found: &'a Visits, waits: Vec<Value>) -> Self {
        let described = described.as_object_mut().map(std::mem::take).unwrap_or_default();
        Self { described, new, visits: changed(found), waits }
    }
}

/// The visits that are new or stand otherwise than before.
fn changed(found: &Visits) -> Vec<ShownVisit<'_>> {
    let visits = found.visits.iter().enumerate().filter(|(_, visit)| !visit.is_known);
    let shown = visits.map(|(number, Visit { state, outer, status, tries, .. })| ShownVisit {
        number,
        state,
        outer: *outer,
        status: (*status != Status::Succeeded).then(|| status.words()),
        tries: (*tries > 0).then_some(*tries),
    });
    shown.collect()
}

fn shown_wait(wait: &ExecutionWait, events: &[ShortEvent], found: &Visits) -> Value {
    let at = events.iter().position(|event| u64::try_from(event.id) == Ok(wait.last_event_id));
    let mut value = wait_json(wait);
    value["visit"] = json!(at.and_then(|at| found.of_event.get(at).copied().flatten()));
    value
}

/// What an execution waits for: `kind`, and what there is of `until`, `attempt` and `token`.
pub(super) fn wait_json(wait: &ExecutionWait) -> Value {
    let mut value = match &wait.reason {
        WaitReason::Moment(until) => json!({ "kind": "wait", "until": until }),
        WaitReason::Backoff { until, attempt } => json!({ "kind": "backoff", "until": until, "attempt": attempt }),
        WaitReason::Task { token, times_out_at, attempt } => {
            json!({ "kind": "task", "until": times_out_at, "attempt": attempt, "token": token })
        }
    };
    value["state"] = json!(wait.state);
    value
}

/// The events that are named by their numbers, with their data; of one alone nothing is cut where `whole` asks for that.
pub(super) async fn details(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = location_of(&arn)?;
    let ids = asked(request, "ids")?;
    let ids: Vec<i64> = ids.split(',').filter_map(|id| id.parse().ok()).take(DETAILS).collect();
    let is_whole = ids.len() == 1 && request.query_value("whole").is_some();
    let events = match is_whole {
        true => cloud.whole_details(&location, &arn, &ids).await?,
        false => cloud.details(&location, &arn, &ids).await?,
    };
    Ok(json!({ "events": events }))
}

/// What DescribeExecution answers, nothing of it cut.
pub(super) async fn whole(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    cloud.states(&location_of(&arn)?, "DescribeExecution", &json!({ "executionArn": arn })).await
}

/// A page of the history as GetExecutionHistory answers it, nothing of it cut.
pub(super) async fn history(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let mut input = json!({ "executionArn": arn, "maxResults": PAGE });
    if let Some(next) = request.query_value("next").filter(|next| !next.is_empty()) {
        input["nextToken"] = json!(next);
    }
    cloud.states(&location_of(&arn)?, "GetExecutionHistory", &input).await
}

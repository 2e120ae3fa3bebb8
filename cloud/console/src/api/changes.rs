//! The stream of changes, as server-sent events. Each answer has one event and ends; the browser asks again at once with
//! the id of the last one, so that nothing is lost in between, and a cloud that was started again is noticed by its id.

use std::time::Duration;

use cloud_core::{Course, Request, Response, Topic};
use serde_json::json;

use super::home::home;
use super::parameters::asked_location;
use crate::cloud::Cloud;

/// How long an answer is held back where nothing happens: shorter than whatever is in between gives up.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// How far apart answers are at least: changes are gathered so long, so that a busy cloud is not asked after each.
const APART: Duration = Duration::from_millis(80);
/// The same where more than so many changes come between two answers: nobody can read that, and the cloud has other things to do.
const APART_IN_FLOOD: Duration = Duration::from_millis(200);
const FLOOD: u64 = 100;
/// How long changes are gathered where nothing has happened for longer: one step of an execution is often followed by another.
const GATHERING: Duration = Duration::from_millis(10);
/// How soon a browser asks again, in milliseconds.
const RETRY_MS: u64 = 10;
/// How many topics a page may name.
const TOPICS: usize = 32;

/// Waits for a change after the one that the request names, and tells of it: of the topics that it names by `of`, else of anything. With
/// `show=home` it has what there is in the account and region that are named: a page would only ask for that once more.
pub(super) async fn stream(cloud: &Cloud, request: &Request) -> Response {
    let changes = &cloud.handles.changes;
    let topics = topics(request);
    // A stream that is begun anew with other topics names what it knows in its address.
    let known = request.header("last-event-id").map(str::to_owned).or_else(|| request.query_value("known"));
    let known = known.as_deref().and_then(|id| id.split_once('-'));
    let known = known.filter(|(run, _)| *run == cloud.run).and_then(|(_, count)| count.parse::<u64>().ok());
    if let Some(known) = known {
        let machine = cloud.handles.clock.machine();
        let asked_at = machine.now();
        let changed = async {
            if topics.is_empty() {
                changes.other_than(known).await;
            } else {
                changes.changed_after(&topics, known).await;
            }
            machine.sleep(APART.saturating_sub(machine.since(asked_at)).max(GATHERING)).await;
            if changes.count().wrapping_sub(known) > FLOOD {
                machine.sleep(APART_IN_FLOOD.saturating_sub(machine.since(asked_at))).await;
            }
        };
        tokio::select! {
            biased;
            () = cloud.handles.stop.given() => {}
            () = request.gone() => {}
            // A wait that is over without a change is told too: the page sees that the cloud is there.
            _ = machine.timeout(LONGEST_WAIT, changed) => {}
        }
    }
    // Read before the topics are looked at: what changes in between is told once more, not lost.
    let count = changes.count();
    let course = cloud.handles.clock.control().map(|control| control.course());
    let stands = matches!(course, Some(Course::Standing { .. }));
    let mut data = json!({ "now": cloud.handles.clock.now(), "stands": stands });
    if !topics.is_empty() {
        let changed = changes.changed(&topics, known.unwrap_or(0));
        let all = known.is_none();
        let told = if all { &topics } else { &changed };
        data["changed"] = told.iter().map(Topic::name).collect();
    }
    if request.query_value("show").as_deref() == Some("home") {
        match home(cloud, &asked_location(request)).await {
            Ok(home) => data["home"] = home,
            // The page asks for it by itself then, and is told why.
            Err(error) => tracing::debug!(error = error.message, "what there is was not told with a change"),
        }
    }
    let event = format!("retry: {RETRY_MS}\nid: {}-{count}\ndata: {data}\n\n", cloud.run);
    Response::new(200, "text/event-stream", event)
}

/// What the page shows; nothing where that may be anything.
fn topics(request: &Request) -> Vec<Topic> {
    let named = request.query_value("of").unwrap_or_default();
    let named: Vec<Topic> = named.split(' ').filter(|name| !name.is_empty()).map(Topic::named).collect();
    // A page that shows so much is told of all.
    if named.len() > TOPICS { Vec::new() } else { named }
}

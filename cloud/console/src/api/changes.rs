//! The stream of changes, as server-sent events. Each answer has one event and ends; the browser asks again at once with
//! the id of the last one, so that nothing is lost in between, and a cloud that was started again is noticed by its id.

use std::time::Duration;

use cloud_core::{Course, Request, Response};
use serde_json::json;

use crate::cloud::Cloud;

/// How long an answer is held back where nothing happens: shorter than whatever is in between gives up.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// How long changes are gathered, so that a busy cloud is not asked after each.
const GATHERING: Duration = Duration::from_millis(50);
/// How soon a browser asks again, in milliseconds.
const RETRY_MS: u64 = 10;

/// Waits for a change after the one that the request names, and tells of it.
pub(super) async fn stream(cloud: &Cloud, request: &Request) -> Response {
    let known = request.header("last-event-id").and_then(|id| id.split_once('-'));
    let known = known.filter(|(run, _)| *run == cloud.run).and_then(|(_, count)| count.parse::<u64>().ok());
    if let Some(known) = known {
        let machine = cloud.handles.clock.machine();
        let changed = async {
            cloud.handles.changes.other_than(known).await;
            machine.sleep(GATHERING).await;
        };
        tokio::select! {
            biased;
            () = cloud.handles.stop.given() => {}
            () = request.gone() => {}
            // A wait that is over without a change is told too: the page sees that the cloud is there.
            _ = machine.timeout(LONGEST_WAIT, changed) => {}
        }
    }
    let count = cloud.handles.changes.count();
    let course = cloud.handles.clock.control().map(|control| control.course());
    let stands = matches!(course, Some(Course::Standing { .. }));
    let data = json!({ "now": cloud.handles.clock.now(), "stands": stands });
    let event = format!("retry: {RETRY_MS}\nid: {}-{count}\ndata: {data}\n\n", cloud.run);
    Response::new(200, "text/event-stream", event)
}

//! The stream of changes, as server-sent events. One that breaks off is begun again by the browser with the id of the last event, so
//! that nothing is lost in between, and a cloud that was started again is noticed by its id.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{BodyStream, Clock, Course, Location, Request, Response, Topic};
use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;

use super::home::home;
use super::parameters::asked_location;
use crate::cloud::Cloud;

/// After how long an event is sent where nothing happens: shorter than whatever is in between gives up.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// How far apart events are at least: changes are gathered so long, so that a busy cloud is not asked after each.
const APART: Duration = Duration::from_millis(80);
/// The same where more than so many changes come between two events: nobody can read that, and the cloud has other things to do.
const APART_IN_FLOOD: Duration = Duration::from_millis(200);
const FLOOD: u64 = 100;
/// How long changes are gathered where nothing has happened for longer: one step of an execution is often followed by another.
const GATHERING: Duration = Duration::from_millis(10);
/// How soon a browser asks again, in milliseconds.
const RETRY_MS: u64 = 10;
/// How many topics a page may name.
const TOPICS: usize = 32;
/// How many events may wait for a browser that takes them slowly: what changes meanwhile is in the next one.
const EVENTS_WAITING: usize = 1;

/// Tells of each change after the one that the request names: of the topics that it names by `of`, else of anything. With
/// `show=home` it has what there is in the account and region that are named: a page would only ask for that once more.
pub(super) fn stream(cloud: &Arc<Cloud>, request: &Request) -> Response {
    let (sender, receiver) = mpsc::channel(EVENTS_WAITING);
    let teller = Teller {
        cloud: Arc::clone(cloud),
        machine: cloud.handles.clock.machine(),
        topics: topics(request),
        home: (request.query_value("show").as_deref() == Some("home")).then(|| asked_location(request)),
    };
    let known = known(cloud, request);
    tokio::spawn(async move { teller.tell(known, &sender).await });
    Response::new(200, "text/event-stream", "").with_stream(BodyStream::new(receiver))
}

/// What of changes one page is told.
struct Teller {
    cloud: Arc<Cloud>,
    machine: Clock,
    /// What the page shows; nothing where that may be anything.
    topics: Vec<Topic>,
    /// Of which place it is told what there is.
    home: Option<Location>,
}

impl Teller {
    /// Sends events until the page or the cloud goes away. `known` is the count that the page knows; without one it is told at once.
    async fn tell(&self, mut known: Option<u64>, sender: &mpsc::Sender<Bytes>) {
        loop {
            let told_at = self.machine.now();
            if let Some(known) = known {
                tokio::select! {
                    biased;
                    () = sender.closed() => return,
                    () = self.cloud.handles.stop.given() => return,
                    // A wait that is over without a change is told too: the page sees that the cloud is there.
                    _ = self.machine.timeout(LONGEST_WAIT, self.changed(known, told_at)) => {}
                }
            }
            // Read before the topics are looked at: what changes in between is told once more, not lost.
            let count = self.cloud.handles.changes.count();
            let event = self.event(known, count).await;
            if sender.send(event.into()).await.is_err() {
                return;
            }
            known = Some(count);
        }
    }

    /// Waits for a change, and for those that follow it soon.
    async fn changed(&self, known: u64, told_at: Timestamp) {
        let changes = &self.cloud.handles.changes;
        if self.topics.is_empty() {
            changes.other_than(known).await;
        } else {
            changes.changed_after(&self.topics, known).await;
        }
        self.machine.sleep(APART.saturating_sub(self.machine.since(told_at)).max(GATHERING)).await;
        if changes.count().wrapping_sub(known) > FLOOD {
            self.machine.sleep(APART_IN_FLOOD.saturating_sub(self.machine.since(told_at))).await;
        }
    }

    /// What is told at a count.
    async fn event(&self, known: Option<u64>, count: u64) -> String {
        let Cloud { handles, run, .. } = &*self.cloud;
        let course = handles.clock.control().map(|control| control.course());
        let stands = matches!(course, Some(Course::Standing { .. }));
        let mut data = json!({ "now": handles.clock.now(), "stands": stands });
        if !self.topics.is_empty() {
            let changed = handles.changes.changed(&self.topics, known.unwrap_or(0));
            let told = if known.is_none() { &self.topics } else { &changed };
            data["changed"] = told.iter().map(Topic::name).collect();
        }
        if let Some(location) = &self.home {
            match home(&self.cloud, location).await {
                Ok(home) => data["home"] = home,
                // The page asks for it by itself then, and is told why.
                Err(error) => tracing::debug!(error = error.message, "what there is was not told with a change"),
            }
        }
        format!("retry: {RETRY_MS}\nid: {run}-{count}\ndata: {data}\n\n")
    }
}

/// The count that a page knows, of this run of the cloud. A stream that is begun anew with other topics names it in its address.
fn known(cloud: &Cloud, request: &Request) -> Option<u64> {
    let told = request.header("last-event-id").filter(|id| !id.is_empty()).map(str::to_owned);
    let id = told.or_else(|| request.query_value("known"))?;
    let (run, count) = id.split_once('-')?;
    (run == cloud.run).then(|| count.parse().ok()).flatten()
}

fn topics(request: &Request) -> Vec<Topic> {
    let named = request.query_value("of").unwrap_or_default();
    let named: Vec<Topic> = named.split(' ').filter(|name| !name.is_empty()).map(Topic::named).collect();
    // A page that shows so much is told of all.
    if named.len() > TOPICS { Vec::new() } else { named }
}

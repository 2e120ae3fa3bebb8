//! The clients of a run: what they ask, and what they were told.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::outside::Outside;
use crate::workflow::Workflow;
use crate::world::World;

/// The longest that a client waits between two looks, in seconds.
const LONGEST_PATIENCE_S: i64 = 1_800;

/// Who starts one workflow's execution, looks at it, and stops it.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) workflow: Workflow,
    pub(crate) machine: String,
    /// Whether its start was asked for, answered or not.
    is_asked: bool,
    /// The execution's ARN, once its start was answered.
    pub(crate) execution: Option<String>,
    pub(crate) is_stopped: bool,
    next_look: Timestamp,
    /// How long it waits until its next look, in seconds: longer each time.
    patience_s: i64,
    /// The longest history that was answered.
    pub(crate) seen: Vec<Value>,
    /// What it came to, once that was answered.
    pub(crate) ended: Option<Value>,
    /// Whether a request of it is under way.
    is_busy: bool,
}

/// A client that several tasks share, one at a time.
pub(crate) type Shared = Arc<Mutex<Client>>;

impl Client {
    pub(crate) fn new(workflow: Workflow, machine: String, begun: Timestamp, patience_s: i64) -> Self {
        Self {
            next_look: begun + SignedDuration::from_millis(i64::try_from(workflow.start_ms).unwrap()),
            workflow,
            machine,
            is_asked: false,
            execution: None,
            is_stopped: false,
            patience_s,
            seen: Vec::new(),
            ended: None,
            is_busy: false,
        }
    }

    /// The requests that were under way are not any more.
    pub(crate) fn begin_life(&mut self) {
        self.is_busy = false;
    }

    pub(crate) fn is_done(&self) -> bool {
        self.ended.is_some()
    }

    /// When it wants to ask next.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        (!self.is_busy && self.ended.is_none()).then_some(self.next_look)
    }
}

/// Asks what a client wants to know next, in a task of its own.
pub(crate) fn ask(world: &World, outside: &Outside, client: &Shared, begun: Timestamp, now: Timestamp) {
    client.lock().unwrap().is_busy = true;
    let world = world.clone();
    let outside = outside.clone();
    let client = Arc::clone(client);
    tokio::spawn(async move {
        let known = client.lock().unwrap().clone();
        let stop_at = known.workflow.stop_ms.map(|ms| begun + SignedDuration::from_millis(i64::try_from(ms).unwrap()));
        match &known.execution {
            None if known.workflow.is_express => start_express(&world, &outside, &client, &known).await,
            None => start(&world, &outside, &client, &known).await,
            Some(arn) if !known.is_stopped && stop_at.is_some_and(|at| at <= now) => {
                let (status, answer) =
                    world.states("StopExecution", &json!({"executionArn": arn, "error": "Stopped"})).await;
                match status {
                    200 => client.lock().unwrap().is_stopped = true,
                    500.. => {}
                    _ => outside.lock().broke(|| format!("{arn} could not be stopped: {answer}")),
                }
            }
            Some(arn) => look(&world, &outside, &client, &known, arn).await,
        }
        let mut client = client.lock().unwrap();
        client.is_busy = false;
        client.next_look = now + SignedDuration::from_secs(client.patience_s);
        if client.execution.is_some() {
            client.patience_s = (client.patience_s * 3).min(LONGEST_PATIENCE_S);
        }
    });
}

async fn start(world: &World, outside: &Outside, client: &Shared, known: &Client) {
    client.lock().unwrap().is_asked = true;
    let name = &known.workflow.name;
    let input = json!({"stateMachineArn": known.machine, "name": name, "input": known.workflow.input.to_string()});
    let (status, answer) = world.states("StartExecution", &input).await;
    let mut client = client.lock().unwrap();
    match (status, answer["__type"].as_str()) {
        (200, _) => client.execution = answer["executionArn"].as_str().map(str::to_owned),
        // It was started before, and that was not answered.
        (400, Some(kind)) if kind.ends_with("ExecutionAlreadyExists") && known.is_asked => {
            client.execution = Some(known.machine.replace(":stateMachine:", ":execution:") + ":" + name);
        }
        (500.., _) => {}
        _ => outside.lock().broke(|| format!("{name} could not be started: {answer}")),
    }
}

/// Express executions of every other workflow are waited for.
async fn start_express(world: &World, outside: &Outside, client: &Shared, known: &Client) {
    let name = &known.workflow.name;
    let input = json!({"stateMachineArn": known.machine, "input": known.workflow.input.to_string()});
    let is_awaited = name.ends_with(['0', '2', '4', '6', '8']);
    let operation = if is_awaited { "StartSyncExecution" } else { "StartExecution" };
    let (status, answer) = world.states(operation, &input).await;
    let mut client = client.lock().unwrap();
    match status {
        200 if is_awaited => client.ended = Some(answer),
        200 => client.ended = Some(Value::Null),
        500.. => {}
        _ => outside.lock().broke(|| format!("{name} could not be started: {answer}")),
    }
}

/// Reads the history, which begins with what was read before, and whether it has ended.
async fn look(world: &World, outside: &Outside, client: &Shared, known: &Client, arn: &str) {
    let (status, described) = world.states("DescribeExecution", &json!({"executionArn": arn})).await;
    if status != 200 {
        if status < 500 {
            outside.lock().broke(|| format!("{arn}, whose start was answered, is not there: {described}"));
        }
        return;
    }
    let asked = json!({"executionArn": arn, "maxResults": 1000});
    let Ok(events) = world.all("GetExecutionHistory", &asked, "events").await else { return };
    if !events.starts_with(&known.seen) {
        outside.lock().broke(|| format!("the history of {arn} does not begin with what was answered before"));
    }
    let mut client = client.lock().unwrap();
    client.seen = events;
    if described["status"] != "RUNNING" {
        client.ended = Some(described);
    }
}

/// Takes tasks of the activity, one after the other, as long as the cloud lives.
pub(crate) fn work(world: &World, outside: &Outside, activity: &str, clock: &cloud_core::Clock) {
    let world = world.clone();
    let outside = outside.clone();
    let input = json!({"activityArn": activity, "workerName": "w"});
    let clock = clock.clone();
    tokio::spawn(async move {
        loop {
            let (status, task) = world.states("GetActivityTask", &input).await;
            if status != 200 {
                return;
            }
            if let Some(token) = task["taskToken"].as_str() {
                let question = serde_json::from_str(task["input"].as_str().unwrap()).unwrap();
                outside.take_activity(token, &question, clock.now());
            }
        }
    });
}

/// Answers the tokens that are due, each in a task of its own. One that was accepted is sent once more, with another output:
/// it must not count.
pub(crate) fn answer_tokens(world: &World, outside: &Outside, now: Timestamp) {
    let due: Vec<_> = {
        let mut happened = outside.lock();
        let due = happened.tokens.iter_mut().filter(|(_, token)| !token.is_over && token.next() <= now);
        due.map(|(name, token)| {
            let is_beat = token.beat.take().is_some();
            token.due = if is_beat { token.due } else { Timestamp::MAX };
            (name.clone(), token.clone(), is_beat)
        })
        .collect()
    };
    for (name, token, is_beat) in due {
        let world = world.clone();
        let outside = outside.clone();
        tokio::spawn(async move {
            let (operation, mut input) = match (&token.output, is_beat) {
                (_, true) => ("SendTaskHeartbeat", json!({})),
                (Some(output), _) => ("SendTaskSuccess", json!({"output": output.to_string()})),
                (None, _) => ("SendTaskFailure", json!({"error": "Oops", "cause": "told so"})),
            };
            if token.is_accepted {
                input = json!({"output": "{\"path\":\"a second answer\",\"n\":0}"});
            }
            input["taskToken"] = json!(name);
            let operation = if token.is_accepted { "SendTaskSuccess" } else { operation };
            let (status, answer) = world.states(operation, &input).await;
            let mut happened = outside.lock();
            if status == 200 && token.is_accepted {
                happened.broke(|| format!("a second answer to {name} was accepted"));
            }
            let Some(known) = happened.tokens.get_mut(&name) else { return };
            match status {
                200 if is_beat => {}
                200 => {
                    known.is_accepted = true;
                    known.due = now + SignedDuration::from_secs(1);
                }
                500.. => known.due = now,
                _ => known.is_over = true,
            }
            drop(happened);
            drop(answer);
        });
    }
}

//! What a run came to, and whether a run with crashes came to the same as one without.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::history::{self, Content};
use crate::life::Run;
use crate::world::World;

/// What one workflow came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Status, output, error and cause.
    pub(crate) end: Value,
    pub(crate) events: Vec<Value>,
    pub(crate) is_cut_short: bool,
    /// What its Map Runs came to.
    pub(crate) map_runs: Vec<Value>,
}

/// What all of a run came to.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    pub(crate) workflows: BTreeMap<String, Outcome>,
    /// The ends of the executions that workflows have started, by where they were started.
    pub(crate) children: BTreeMap<String, Vec<String>>,
    pub(crate) invoked: BTreeMap<String, Vec<u64>>,
    pub(crate) events: usize,
}

/// Reads everything from a cloud that was opened once more, and checks what holds for each run alone.
pub(crate) async fn read(world: &World, run: &Run) -> Result<Outcomes, String> {
    let mut outcomes = Outcomes { invoked: run.outside.lock().invoked.clone(), ..Outcomes::default() };
    for client in &run.clients {
        let client = client.lock().unwrap().clone();
        let mut outcome = Outcome { is_cut_short: client.workflow.is_cut_short, ..Outcome::default() };
        match &client.execution {
            None => {
                let ended = client.ended.unwrap_or_default();
                outcome.end = json!([ended["status"], ended["output"], ended["error"], ended["cause"]]);
            }
            Some(arn) => {
                let (status, ended) = world.states("DescribeExecution", &json!({"executionArn": arn})).await;
                if status != 200 {
                    return Err(format!("{arn}, whose start was answered, is gone: {ended}"));
                }
                outcome.end = json!([ended["status"], ended["output"], ended["error"], ended["cause"]]);
                outcome.events = history(world, run, arn, &client.workflow.definition).await?;
                outcome.is_cut_short |= client.workflow.is_stopped_early(&outcome.events);
                if !outcome.events.starts_with(&client.seen) {
                    return Err(format!("the history of {arn} does not begin with what was answered"));
                }
                outcome.map_runs = map_runs(world, run, arn, &client.workflow.definition, &mut outcomes.events).await?;
                let listed =
                    world.all("ListExecutions", &json!({"stateMachineArn": client.machine}), "executions").await?;
                if listed.len() != 1 {
                    return Err(format!("{} has {} executions; one was started", client.machine, listed.len()));
                }
            }
        }
        outcomes.events += outcome.events.len();
        outcomes.workflows.insert(client.workflow.name.clone(), outcome);
    }
    read_children(world, run, &mut outcomes).await?;
    check_extras(world, run).await?;
    Ok(outcomes)
}

/// A history in pages of an odd size, which must be the same the other way round.
async fn history(world: &World, run: &Run, arn: &str, definition: &Value) -> Result<Vec<Value>, String> {
    let asked = json!({"executionArn": arn, "maxResults": 37});
    let events = world.all("GetExecutionHistory", &asked, "events").await?;
    let asked = json!({"executionArn": arn, "maxResults": 41, "reverseOrder": true});
    let mut reverse = world.all("GetExecutionHistory", &asked, "events").await?;
    reverse.reverse();
    if reverse != events {
        return Err(format!("the history of {arn} is another one the other way round"));
    }
    history::check(definition, &events, &run.opened).map_err(|why| format!("{arn}: {why}\n{events:#?}"))?;
    Ok(events)
}

async fn map_runs(
    world: &World,
    run: &Run,
    arn: &str,
    definition: &Value,
    count: &mut usize,
) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    for listed in world.all("ListMapRuns", &json!({"executionArn": arn}), "mapRuns").await? {
        let input = json!({"mapRunArn": listed["mapRunArn"]});
        let (_, described) = world.states("DescribeMapRun", &input).await;
        found.push(json!([described["status"], described["itemCounts"]]));
        for child in world.all("ListExecutions", &input, "executions").await? {
            if let Some(child) = child["executionArn"].as_str().filter(|arn| arn.contains(":execution:")) {
                *count += history(world, run, child, definition).await?.len();
            }
        }
    }
    found.sort_by_key(Value::to_string);
    Ok(found)
}

async fn read_children(world: &World, run: &Run, outcomes: &mut Outcomes) -> Result<(), String> {
    let child = &run.callees.as_ref().unwrap().child;
    for listed in world.all("ListExecutions", &json!({"stateMachineArn": child}), "executions").await? {
        let arn = listed["executionArn"].as_str().unwrap_or_default();
        let (_, described) = world.states("DescribeExecution", &json!({"executionArn": arn})).await;
        let input: Value = serde_json::from_str(described["input"].as_str().unwrap_or("null")).unwrap_or_default();
        let path = input["path"].as_str().unwrap_or_default().to_owned();
        let end = json!([described["status"], described["output"]]).to_string();
        outcomes.children.entry(path).or_default().push(end);
        let wait = json!({"States": {"W": {"SecondsPath": "$.wait"}}});
        outcomes.events += history(world, run, arn, &wait).await?.len();
    }
    Ok(())
}

/// Every line that was accepted is there, as often as it can have been sent; every accepted event has run.
async fn check_extras(world: &World, run: &Run) -> Result<(), String> {
    let (status, answer) = world.logs("FilterLogEvents", &json!({"logGroupName": "clients"})).await;
    if status != 200 {
        return Err(format!("FilterLogEvents: {answer}"));
    }
    let extras = run.extras.lock().unwrap().clone();
    let happened = run.outside.lock();
    for extra in extras.iter().filter(|extra| extra.is_accepted) {
        let lines = answer["events"].as_array().into_iter().flatten();
        let found = match extra.is_line {
            true => lines.filter(|line| line["message"] == *extra.text).count(),
            false => {
                let sent = |number| happened.invoked.get(&format!("{}|Event|0|{number}|0", extra.text));
                (1..=extra.sent).filter_map(sent).map(Vec::len).sum()
            }
        };
        let most = if extra.is_line { usize::try_from(extra.sent).unwrap() } else { usize::MAX };
        if found == 0 || found > most {
            return Err(format!("{}, sent {} times and accepted, is there {found} times", extra.text, extra.sent));
        }
    }
    Ok(())
}

/// Compares a run with crashes with one without.
pub(crate) fn compare(calm: &Outcomes, crashed: &Outcomes, crashes: usize) -> Result<(), (String, String)> {
    for (name, expected) in &calm.workflows {
        let failed = |why: String| (name.clone(), why);
        let found = crashed.workflows.get(name).ok_or_else(|| failed("it is gone".to_owned()))?;
        if history::without_request_ids(&found.end) != history::without_request_ids(&expected.end) {
            return Err(failed(format!("it came to\n  {}\nwithout crashes to\n  {}", found.end, expected.end)));
        }
        let lost = history::count_lost_tries(&found.events);
        if lost > 2 * crashes {
            return Err(failed(format!("{lost} activity tasks were lost; two workers ask, in {crashes} crashes")));
        }
        if expected.is_cut_short || found.is_cut_short {
            continue;
        }
        if found.map_runs != expected.map_runs {
            return Err(failed(format!("its Map Runs: {:?}, without crashes {:?}", found.map_runs, expected.map_runs)));
        }
        let differing = difference(&history::content(&expected.events), &history::content(&found.events));
        if !differing.is_empty() {
            return Err(failed(format!(
                "its history has other events (less or more often):\n  {}",
                differing.join("\n  ")
            )));
        }
    }
    let is_whole = |workflow: &str| {
        let is_in = |run: &Outcomes| run.workflows.get(workflow).is_some_and(|outcome| !outcome.is_cut_short);
        is_in(calm) && is_in(crashed)
    };
    let of_whole = |path: &&String| is_whole(path.split('/').next().unwrap_or_default());
    for path in calm.children.keys().chain(crashed.children.keys()).filter(of_whole) {
        if calm.children.get(path) != crashed.children.get(path) {
            let name = path.split('/').next().unwrap_or_default().to_owned();
            let found = crashed.children.get(path);
            return Err((name, format!("{path} started {found:?}, without crashes {:?}", calm.children.get(path))));
        }
    }
    for key in calm.invoked.keys().chain(crashed.invoked.keys()) {
        let name = key.split(['/', '|']).next().unwrap_or_default();
        if is_whole(name) && calm.invoked.contains_key(key) != crashed.invoked.contains_key(key) {
            return Err((name.to_owned(), format!("the function ran for {key} in one of the runs only")));
        }
    }
    Ok(())
}

/// The first events that one history has and the other has not, or less often.
fn difference(one: &Content, other: &Content) -> Vec<String> {
    let times = |content: &Content, path: &u64| content.get(path).map_or(0, |told| told.times);
    let mut differing: Vec<_> =
        one.iter().chain(other).filter(|(path, _)| times(one, path) != times(other, path)).collect();
    differing.sort_by_key(|(_, told)| told.first_id);
    let shown = differing.into_iter().map(|(path, told)| {
        let said: String = told.said.chars().take(300).collect();
        format!("{} -> {}: event {}: {said}", times(one, path), times(other, path), told.first_id)
    });
    shown.take(6).collect()
}

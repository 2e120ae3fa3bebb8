//! Workflows to run: flows of states, some with flows inside them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A state, without its name and where it leads.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Simple(Value),
    Choice,
    Parallel(Vec<Vec<Plan>>),
    Map { fields: Value, processor: Vec<Plan> },
}

/// A flow; `fails` lets states in that retry and catch, and Map states with a limit of concurrency that tolerate failures.
pub(crate) fn flow(fails: bool) -> impl Strategy<Value = Vec<Plan>> {
    flow_with(fails, fails)
}

/// A flow without states that retry or catch, and with Map states with a limit of concurrency if `limits` lets them in.
pub(crate) fn flow_that_gives_up(limits: bool) -> impl Strategy<Value = Vec<Plan>> {
    flow_with(false, limits)
}

fn flow_with(fails: bool, limits: bool) -> impl Strategy<Value = Vec<Plan>> {
    let leaf = prop_oneof![
        2 => Just(Plan::Simple(json!({"Type": "Pass", "Parameters": {"from.$": "$$.State.Name", "n": 1}}))),
        1 => Just(Plan::Simple(json!({"Type": "Pass", "Result": "x", "ResultPath": "$.r"}))),
        1 => Just(Plan::Choice),
        2 => (1..4_u8).prop_map(|seconds| Plan::Simple(json!({"Type": "Wait", "Seconds": seconds}))),
        3 => Just(Plan::Simple(json!({"Type": "Task", "Resource": "arn:aws:lambda:x:000000000000:function:f"}))),
        1 => Just(Plan::Simple(task_with_recovery(fails))),
    ];
    let state = leaf.prop_recursive(3, 24, 4, move |inner| {
        let flow = proptest::collection::vec(inner, 1..4);
        let limit = if limits { 0..3_u8 } else { 0..1 };
        let mode = any::<bool>();
        prop_oneof![
            proptest::collection::vec(flow.clone(), 1..4).prop_map(Plan::Parallel),
            (flow, limit, mode).prop_map(move |(processor, limit, distributed)| {
                let mode = if distributed { "DISTRIBUTED" } else { "INLINE" };
                let tolerates = if fails { limit } else { 0 };
                let fields = json!({"MaxConcurrency": limit, "Mode": mode, "Tolerates": tolerates});
                Plan::Map { fields, processor }
            }),
        ]
    });
    proptest::collection::vec(state, 1..5)
}

fn task_with_recovery(fails: bool) -> Value {
    let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": "$.t",
        "Parameters": {"FunctionName": "f", "Payload": {"n.$": "$$.State.RetryCount"}}});
    if fails {
        task["TimeoutSeconds"] = 5.into();
        task["Retry"] = json!([{"ErrorEquals": ["Oops"], "MaxAttempts": 2, "JitterStrategy": "FULL"}]);
    }
    task
}

/// The whole definition.
pub(crate) fn definition(plan: &[Plan]) -> String {
    let mut machine = written(plan, &mut 0);
    machine["TimeoutSeconds"] = 600.into();
    machine.to_string()
}

/// Names are unique over all flows: `count` is how many there are so far.
fn written(plan: &[Plan], count: &mut usize) -> Value {
    let names: Vec<String> = plan
        .iter()
        .map(|_| {
            *count += 1;
            format!("S{count}")
        })
        .collect();
    let mut states = Map::new();
    for (i, state) in plan.iter().enumerate() {
        let next = names.get(i + 1);
        let mut body = match state {
            Plan::Simple(body) => body.clone(),
            Plan::Choice => {
                *count += 1;
                let end = format!("S{count}");
                states.insert(end.clone(), json!({"Type": "Succeed"}));
                let rule = json!({"Variable": "$.n", "IsPresent": true, "Next": next.unwrap_or(&end)});
                json!({"Type": "Choice", "Choices": [rule], "Default": end})
            }
            Plan::Parallel(flows) => {
                let branches: Vec<Value> = flows.iter().map(|flow| written(flow, count)).collect();
                json!({"Type": "Parallel", "Branches": branches, "ResultSelector": {"n": 1, "all.$": "$"}})
            }
            Plan::Map { fields, processor } => map(fields, written(processor, count)),
        };
        if body["Type"] != "Choice" {
            match next {
                Some(next) => body["Next"] = next.as_str().into(),
                None => body["End"] = true.into(),
            }
        }
        states.insert(names[i].clone(), body);
    }
    json!({"StartAt": names[0], "States": states})
}

fn map(fields: &Value, mut processor: Value) -> Value {
    let mut map = json!({
        "Type": "Map",
        "ItemsPath": "$$.Execution.Input.items",
        "ItemSelector": {"n": 1, "items": [1, 2], "v.$": "$$.Map.Item.Value"},
        "MaxConcurrency": fields["MaxConcurrency"],
        "ResultPath": "$.m",
    });
    processor["ProcessorConfig"] = json!({"Mode": fields["Mode"]});
    if fields["Mode"] == "DISTRIBUTED" {
        processor["ProcessorConfig"]["ExecutionType"] = "STANDARD".into();
        map["ToleratedFailureCount"] = fields["Tolerates"].clone();
    }
    map["ItemProcessor"] = processor;
    map
}

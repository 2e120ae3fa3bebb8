//! Workflows to run: every sort of state, nested, with tasks that functions, workers and other executions end.

use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";
pub(crate) const ECHO: &str = "arn:aws:lambda:us-east-1:000000000000:function:echo";
const SLOW: &str = "arn:aws:lambda:us-east-1:000000000000:function:slow";
pub(crate) const START: &str = "arn:aws:states:::states:startExecution";
pub(crate) const CHILD: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:child";

/// A state without its name and where it leads.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Simple(Value),
    Parallel(Vec<Vec<Plan>>),
    Map(&'static str, Vec<Plan>),
}

/// A flow of states, some with flows inside them.
pub(crate) fn flow() -> impl Strategy<Value = Vec<Plan>> {
    let start = |pattern: &str| {
        json!({"Type": "Task", "Resource": format!("{START}{pattern}"), "ResultPath": null,
            "Parameters": {"StateMachineArn": CHILD, "Input": {"n": 1}}})
    };
    let leaf = proptest::sample::select(vec![
        json!({"Type": "Pass"}),
        json!({"Type": "Wait", "Seconds": 2}),
        json!({"Type": "Task", "Resource": ECHO, "ResultPath": null}),
        json!({"Type": "Task", "Resource": SLOW, "ResultPath": null}),
        json!({"Type": "Task", "Resource": ACTIVITY, "ResultPath": null}),
        start(""),
        start(".sync:2"),
    ]);
    let state = leaf.prop_map(Plan::Simple).prop_recursive(2, 10, 3, |inner| {
        let flow = proptest::collection::vec(inner, 1..3);
        let mode = proptest::sample::select(vec!["INLINE", "STANDARD", "EXPRESS"]);
        prop_oneof![
            proptest::collection::vec(flow.clone(), 1..3).prop_map(Plan::Parallel),
            (mode, flow).prop_map(|(mode, processor)| Plan::Map(mode, processor)),
        ]
    });
    proptest::collection::vec(state, 1..4)
}

/// The definition of a flow; `count` is how many states there are so far.
pub(crate) fn written(plan: &[Plan], is_express: bool, count: &mut usize) -> Value {
    let first = *count;
    *count += plan.len();
    let mut states = serde_json::Map::new();
    for (index, state) in plan.iter().enumerate() {
        let mut body = match state {
            // An express execution has no activities, and waits for no other.
            Plan::Simple(body) if is_express && body["Type"] == "Task" => {
                json!({"Type": "Task", "Resource": ECHO, "ResultPath": null})
            }
            Plan::Simple(body) => body.clone(),
            Plan::Parallel(flows) => {
                let branches: Vec<Value> = flows.iter().map(|flow| written(flow, is_express, count)).collect();
                json!({"Type": "Parallel", "Branches": branches, "ResultPath": null})
            }
            Plan::Map(mode, processor) => {
                let is_inline = *mode == "INLINE" || is_express;
                let mut processor = written(processor, is_express || *mode == "EXPRESS", count);
                processor["ProcessorConfig"] = match is_inline {
                    true => json!({"Mode": "INLINE"}),
                    false => json!({"Mode": "DISTRIBUTED", "ExecutionType": mode}),
                };
                json!({"Type": "Map", "ItemsPath": "$.items", "ResultPath": null,
                    "ItemSelector": {"items": [1]}, "ItemProcessor": processor})
            }
        };
        match index + 1 < plan.len() {
            true => body["Next"] = json!(format!("S{}", first + index + 1)),
            false => body["End"] = json!(true),
        }
        states.insert(format!("S{}", first + index), body);
    }
    json!({"StartAt": format!("S{first}"), "States": states})
}

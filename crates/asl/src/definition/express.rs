//! What an express state machine cannot have, and neither can the express children of a distributed Map state.

use super::{ChildType, FlowIndex, MapMode, State, StateKind, StateMachine};
use crate::finding::{DefinitionError, Findings};
use crate::resource::{Pattern, TaskResource};

impl StateMachine {
    /// Checks what an express state machine cannot have: activities, job runs, callbacks and distributed Map states.
    ///
    /// # Errors
    /// All of them that there are, at any depth.
    pub fn check_express(&self) -> Result<(), DefinitionError> {
        let mut findings = Findings::default();
        check_flows(self, &vec![true; self.flows.len()], &mut findings);
        if findings.has_errors() { Err(findings.into_error()) } else { Ok(()) }
    }
}

/// Checks the flows that run as express executions although the machine does not.
pub(super) fn check_children(machine: &StateMachine, findings: &mut Findings) {
    let mut express = vec![false; machine.flows.len()];
    let mut around: Vec<Option<FlowIndex>> = vec![None; machine.flows.len()];
    for state in &machine.states {
        for (flow, children) in inner_flows(state) {
            if let Some(slot) = position(flow).and_then(|at| around.get_mut(at)) {
                *slot = Some(state.flow);
            }
            if let Some(slot) = position(flow).and_then(|at| express.get_mut(at)) {
                *slot = children == Some(ChildType::Express);
            }
        }
    }
    // A flow comes after the one around it.
    for at in 0..express.len() {
        let outer = around.get(at).copied().flatten().and_then(position);
        if outer.and_then(|outer| express.get(outer).copied()) == Some(true)
            && let Some(slot) = express.get_mut(at)
        {
            *slot = true;
        }
    }
    check_flows(machine, &express, findings);
}

/// The place of a flow among those of the machine.
pub(super) fn position(flow: FlowIndex) -> Option<usize> {
    usize::try_from(flow.0).ok()
}

/// The flows inside a state, with what their executions are when they are executions of their own.
pub(super) fn inner_flows(state: &State) -> Vec<(FlowIndex, Option<ChildType>)> {
    match &state.kind {
        StateKind::Parallel(parallel) => parallel.branches.iter().map(|branch| (*branch, None)).collect(),
        StateKind::Map(map) => match &map.mode {
            MapMode::Inline | MapMode::InlineWithDistributedFields => vec![(map.processor, None)],
            MapMode::Distributed(distributed) => vec![(map.processor, Some(distributed.children))],
        },
        _ => Vec::new(),
    }
}

fn check_flows(machine: &StateMachine, express: &[bool], findings: &mut Findings) {
    for state in &machine.states {
        if position(state.flow).and_then(|at| express.get(at)) != Some(&true) {
            continue;
        }
        match &state.kind {
            StateKind::Task(task) => check_resource(machine, state, &task.resource, findings),
            StateKind::Map(map) if matches!(map.mode, MapMode::Distributed(_)) => {
                let flow = machine.flow(map.processor).map_or("", |flow| &flow.location);
                let message =
                    "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines";
                findings.schema(&format!("{flow}/ProcessorConfig/Mode"), message);
            }
            _ => {}
        }
    }
}

fn check_resource(machine: &StateMachine, state: &State, resource: &TaskResource, findings: &mut Findings) {
    let problem = match resource {
        TaskResource::Activity { .. } => "Express state machine does not support Activity ARN".to_owned(),
        TaskResource::Service { resource, pattern, .. } if *pattern != Pattern::RequestResponse => {
            let suffix = resource.split_once('.').map_or("", |(_, suffix)| suffix);
            format!("Express state machine does not support '.{suffix}' service integration")
        }
        _ => return,
    };
    findings.schema(&format!("{}/Resource", machine.location(state)), problem);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(states: &str) -> Result<StateMachine, DefinitionError> {
        StateMachine::parse(&format!(r#"{{"StartAt":"A","States":{{{states}}}}}"#))
    }

    #[test]
    fn activities_callbacks_and_distributed_maps_are_refused_at_any_depth() {
        let activity = r#""Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:x","End":true"#;
        let alone = machine(&format!(r#""A":{{{activity}}}"#)).unwrap();
        insta::assert_snapshot!(alone.check_express().unwrap_err(), @"SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN at /States/A/Resource");
        let inside = machine(&format!(
            r#""A":{{"Type":"Parallel","Branches":[{{"StartAt":"B","States":{{"B":{{{activity}}}}}}}],"End":true}}"#
        ))
        .unwrap();
        insta::assert_snapshot!(inside.check_express().unwrap_err(), @"SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN at /States/A/Branches[0]/States/B/Resource");
        let map = |children: &str, inner: &str| {
            machine(&format!(
                r#""A":{{"Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"{children}"}},"StartAt":"B","States":{{"B":{{{inner}}}}}}},"End":true}}"#
            ))
        };
        insta::assert_snapshot!(map("STANDARD", activity).unwrap().check_express().unwrap_err(), @"SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN at /States/A/ItemProcessor/States/B/Resource, SCHEMA_VALIDATION_FAILED: The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines at /States/A/ItemProcessor/ProcessorConfig/Mode");
        let callback = r#""Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Parameters":{"QueueUrl":"q","MessageBody":"m"},"End":true"#;
        assert!(map("STANDARD", callback).is_ok());
        insta::assert_snapshot!(map("EXPRESS", callback).unwrap_err(), @"SCHEMA_VALIDATION_FAILED: Express state machine does not support '.waitForTaskToken' service integration at /States/A/ItemProcessor/States/B/Resource");
    }
}

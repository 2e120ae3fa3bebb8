//! The variables that each state of a definition reads, as `DescribeStateMachine` lists them.

use serde_json::Value;

use super::view::{MachineView, StateView};
use super::{reads, scan};

/// The variables that each state reads, by the state's name, without their `$`, in the order of the definition. States that
/// read none are left out, and `states` is no variable (API model, `DescribeStateMachineOutput.variableReferences`).
///
/// What a state assigns is no reference; what a state inside a Parallel or Map state reads is that state's own.
pub fn variable_references(definition: &Value) -> Vec<(&str, Vec<String>)> {
    let machine = MachineView::read(definition);
    let states = machine.flows.into_iter().flat_map(|flow| flow.states);
    let read = states.map(|state| (state.name, of_state(&state)));
    read.filter(|(_, variables)| !variables.is_empty()).collect()
}

fn of_state(state: &StateView<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    reads::each(state, |read| {
        let names = if state.is_jsonata { scan::all_jsonata_variables(read.text) } else { scan::variables(read.text) };
        for name in names {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(states: &Value) -> String {
        let definition = json!({"StartAt": "A", "States": states});
        let lines = variable_references(&definition).into_iter();
        lines.map(|(state, names)| format!("{state}: {}", names.join(" "))).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_field_of_a_state_counts() {
        let jsonpath = json!({
            "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "InputPath": "$in", "Parameters":
                {"FunctionName.$": "$name.arn", "Payload": {"x.$": "States.Format('{} $no', $b[0], States.Array($c))"}},
                "ResultSelector": {"r.$": "$r"}, "OutputPath": "$out", "TimeoutSecondsPath": "$timeout",
                "Assign": {"made.$": "$b", "text": "$text"}, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C", "Assign":
                {"e.$": "$caught"}}], "Next": "C"},
            "C": {"Type": "Choice", "Choices": [{"And": [{"Variable": "$left", "NumericEqualsPath": "$right"}], "Next": "F"}], "Default": "M"},
            "M": {"Type": "Map", "ItemsPath": "$items", "MaxConcurrencyPath": "$most", "ItemSelector": {"i.$": "$$.Map.Item.Value"},
                "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Parameters": {"a.$": "$inner", "b.$": "$.input"}, "End": true}}},
                "Next": "W"},
            "W": {"Type": "Wait", "SecondsPath": "$wait", "Next": "N"},
            "N": {"Type": "Pass", "Result": "$static", "Next": "F"},
            "F": {"Type": "Fail", "ErrorPath": "$error", "CausePath": "States.Format('{}', $cause)"},
        });
        insta::assert_snapshot!(shown(&jsonpath), @r"
        A: in name b c r out timeout caught
        C: left right
        M: items most
        W: wait
        F: error cause
        I: inner
        ");
    }

    #[test]
    fn expressions_count_with_what_they_ask_about() {
        let jsonata = json!({
            "A": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"a": "{% $states.input.x + $b.c %}", "t": "$text"},
                "Assign": {"n": "{% $exists($n) ? $n + $sum($list) : ($local := 1; $local) %}"}, "Next": "B"},
            "B": {"Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{"Condition": "{% $b %}", "Next": "D"}], "Default": "D"},
            "D": {"Type": "Succeed", "QueryLanguage": "JSONata", "Output": "{% $states.input %}"},
        });
        insta::assert_snapshot!(shown(&jsonata), @r"
        A: b list n
        B: b
        ");
    }
}

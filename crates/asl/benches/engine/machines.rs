//! The state machines that are measured, and their inputs.

use serde_json::json;

/// A loop that leaves its payload as it is.
pub(crate) const PASS_AND_CHOICE: &str = r#"{ "StartAt": "Pass", "States": {
    "Pass": { "Type": "Pass", "Next": "Choice" },
    "Choice": { "Type": "Choice", "Choices": [{ "Variable": "$.enough", "BooleanEquals": true, "Next": "Done" }], "Default": "Pass" },
    "Done": { "Type": "Succeed" } } }"#;

/// A loop that writes into its payload, so that its text has to be made anew.
pub(crate) const COUNTING: &str = r#"{ "StartAt": "Pass", "States": {
    "Pass": { "Type": "Pass", "Result": { "at": 7 }, "ResultPath": "$.last", "Next": "Choice" },
    "Choice": { "Type": "Choice", "Choices": [{ "Variable": "$.enough", "BooleanEquals": true, "Next": "Done" }], "Default": "Pass" },
    "Done": { "Type": "Succeed" } } }"#;

/// A loop through a payload template.
pub(crate) const TEMPLATE: &str = r#"{ "StartAt": "Pass", "States": {
    "Pass": { "Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.n, 1)", "items.$": "$.items", "enough": false }, "Next": "Choice" },
    "Choice": { "Type": "Choice", "Choices": [{ "Variable": "$.enough", "BooleanEquals": true, "Next": "Done" }], "Default": "Pass" },
    "Done": { "Type": "Succeed" } } }"#;

/// A loop in JSONata.
pub(crate) const JSONATA: &str = r#"{ "StartAt": "Pass", "QueryLanguage": "JSONata", "States": {
    "Pass": { "Type": "Pass", "Output": { "n": "{% $states.input.n + 1 %}", "items": "{% $states.input.items %}", "enough": false }, "Next": "Choice" },
    "Choice": { "Type": "Choice", "Choices": [{ "Condition": "{% $states.input.enough %}", "Next": "Done" }], "Default": "Pass" },
    "Done": { "Type": "Succeed" } } }"#;

/// Something small done with every item.
pub(crate) const MAP: &str = r#"{ "StartAt": "Map", "States": { "Map": { "Type": "Map", "End": true, "ItemProcessor": {
    "StartAt": "Each", "States": { "Each": { "Type": "Pass", "End": true } } } } } }"#;

/// A loop that waits in every round.
pub(crate) const WAITING: &str = r#"{ "StartAt": "Wait", "States": {
    "Wait": { "Type": "Wait", "Seconds": 60, "Next": "Choice" },
    "Choice": { "Type": "Choice", "Choices": [{ "Variable": "$.enough", "IsPresent": true, "Next": "Done" }], "Default": "Wait" },
    "Done": { "Type": "Succeed" } } }"#;

/// An object of about so many bytes, as work items look.
pub(crate) fn payload(size_bytes: usize) -> String {
    let mut items = Vec::new();
    let mut length = 40;
    while length < size_bytes {
        let item = json!({ "id": items.len(), "name": "an item of the list", "tags": ["one", "two"], "price": 12.5 });
        length += item.to_string().len() + 1;
        items.push(item);
    }
    json!({ "n": 0, "enough": false, "items": items }).to_string()
}

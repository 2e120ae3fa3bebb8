//! What is wrong with a definition: what AWS refuses, in its words, and what it takes and its author will regret.

use std::error::Error;

use asl::{LintRule, MachineType, StateMachine, lint};

const REFUSED: &str = r#"{ "StartAt": "Look", "States": {
    "Look": { "Type": "Choice", "Choices": [{ "Variable": "$.n", "NumericEquals": 1, "Next": "One" }] },
    "Done": { "Type": "Succeed" } } }"#;

const RISKY: &str = r#"{ "StartAt": "Look", "States": {
    "Look": { "Type": "Choice", "Choices": [{ "Variable": "$.n", "NumericEquals": 1, "Next": "Done" }] },
    "Done": { "Type": "Succeed" } } }"#;

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn Error>> {
    let error = StateMachine::parse(REFUSED).err().ok_or("the state One is missing")?;
    for finding in error.findings() {
        println!("{} at {}: {}", finding.kind.code(), finding.location.as_deref().unwrap_or("/"), finding.message);
    }
    println!("as CreateStateMachine says it: Invalid State Machine Definition: '{}'", error.aws_text());

    let machine = StateMachine::parse(RISKY)?;
    println!("accepted, with {} warnings of AWS's own", machine.warnings().len());
    let now = "2026-03-01T09:00:00Z".parse()?;
    let lints = lint(&serde_json::from_str(RISKY)?, MachineType::Standard, now);
    for lint in &lints {
        println!("{} at {}: {} {}", lint.rule.code(), lint.location, lint.message, lint.fix);
    }
    assert!(lints.iter().any(|lint| lint.rule == LintRule::ChoiceWithoutDefault));
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_definition_is_checked() {
        super::main().unwrap();
    }
}

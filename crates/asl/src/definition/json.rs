//! Parses the JSON of a definition.

use serde_json::Value;

use crate::finding::{FindingKind, Findings};
use crate::quotas::MAX_DEFINITION_CHARS;

/// Reads an object; `None` and a finding when the text is none.
pub(super) fn read(definition: &str, findings: &mut Findings) -> Option<Value> {
    if definition.chars().nth(MAX_DEFINITION_CHARS).is_some() {
        let message = format!("The definition is longer than {MAX_DEFINITION_CHARS} characters");
        findings.add(FindingKind::SchemaValidationFailed, None, message);
        return None;
    }
    match serde_json::from_str(definition) {
        Ok(value @ Value::Object(_)) => return Some(value),
        Ok(_) => findings.add(FindingKind::SchemaValidationFailed, None, "Definition must be a valid JSON object"),
        Err(_) if definition.trim().is_empty() => {
            findings.add(FindingKind::SchemaValidationFailed, None, "Definition must be a valid JSON object");
        }
        Err(problem) => {
            let place = format!("line: {}, column: {}", problem.line(), problem.column());
            let is_deep = problem.to_string().starts_with("recursion limit exceeded");
            if is_deep {
                findings.add(FindingKind::TooDeeplyNested, Some(place), "The states are too deeply nested");
            } else {
                findings.add(FindingKind::InvalidJson, Some(place), problem.to_string());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::definition::StateMachine;

    fn problem(definition: &str) -> String {
        StateMachine::parse(definition).unwrap_err().to_string()
    }

    #[test]
    fn no_depth_and_no_size_is_too_much() {
        insta::assert_snapshot!(problem("not a definition"), @"INVALID_JSON_DESCRIPTION: expected ident at line 1 column 2 at line: 1, column: 2");
        let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
        insta::assert_snapshot!(problem(&deep), @"TOO_DEEPLY_NESTED: The states are too deeply nested at line: 1, column: 128");
        let deep = format!("{}1{}", r#"{"A":"#.repeat(50_000), "}".repeat(50_000));
        assert!(problem(&deep).starts_with("TOO_DEEPLY_NESTED: "));
        insta::assert_snapshot!(problem(&" ".repeat(1_048_577)), @"SCHEMA_VALIDATION_FAILED: The definition is longer than 1048576 characters at null");
    }
}

//! What to do about each of AWS's findings, by the words of its message.

use asl::{Finding, FindingKind};

use model::nearest;

/// Every field of the language, to name the one that was meant.
const FIELDS: &str = "Arguments Assign BackoffRate BatchInput Branches Catch Cause CausePath Choices Comment Condition \
    Credentials Default End Error ErrorEquals ErrorPath ExecutionType HeartbeatSeconds HeartbeatSecondsPath InputPath \
    InputType IntervalSeconds ItemBatcher ItemProcessor ItemReader ItemSelector Items ItemsPath Iterator JitterStrategy \
    Label MaxAttempts MaxConcurrency MaxConcurrencyPath MaxDelaySeconds Mode Next Output OutputPath Parameters \
    ProcessorConfig And BooleanEquals BooleanEqualsPath IsBoolean IsNull IsNumeric IsPresent IsString IsTimestamp Not \
    NumericEquals NumericEqualsPath NumericGreaterThan NumericGreaterThanEquals NumericGreaterThanEqualsPath \
    NumericGreaterThanPath NumericLessThan NumericLessThanEquals NumericLessThanEqualsPath NumericLessThanPath Or \
    StringEquals StringEqualsPath StringGreaterThan StringGreaterThanEquals StringGreaterThanEqualsPath \
    StringGreaterThanPath StringLessThan StringLessThanEquals StringLessThanEqualsPath StringLessThanPath StringMatches \
    TimestampEquals TimestampEqualsPath TimestampGreaterThan TimestampGreaterThanEquals \
    TimestampGreaterThanEqualsPath TimestampGreaterThanPath TimestampLessThan TimestampLessThanEquals \
    TimestampLessThanEqualsPath TimestampLessThanPath QueryLanguage ReaderConfig Resource Result ResultPath ResultSelector ResultWriter Retry Seconds \
    SecondsPath StartAt States TimeoutSeconds TimeoutSecondsPath Timestamp TimestampPath ToleratedFailureCount \
    ToleratedFailurePercentage Type Variable Version WriterConfig";

/// How a message is known by, and what to do about it. The first that fits counts.
const FIXES: [(&str, &str); 30] = [
    ("Definition must be a valid JSON object", "Begin with `{` and an object that has StartAt and States."),
    ("The definition is longer", "Move a part of it into a state machine of its own and start that with a Task."),
    ("nests too deeply", "Nest less deeply."),
    ("String does not match RFC3339 timestamp", "Write it like 2026-12-24T18:00:00Z, with capital T and Z."),
    ("is required", "Add the field."),
    ("of the following fields: [Next, End]", "Set one of the two: \"Next\" to a state's name, or \"End\" to true."),
    ("This object should have only one of", "Set one of the fields that are named between the brackets."),
    ("one of the following fields", "Keep one of the fields that are named and delete the others."),
    (
        "Express state machine does not support",
        "Make it a standard state machine, or call without waiting for the end.",
    ),
    ("inside 'EXPRESS'", "Make it a standard state machine, or use the mode INLINE."),
    (
        "is not recognized",
        "Name an integration that Step Functions has, such as arn:aws:states:::lambda:invoke or \
         arn:aws:states:::aws-sdk:s3:getObject; `.sync` and `.waitForTaskToken` only where the service has them.",
    ),
    (
        "is not supported by Step Functions",
        "Write the field as the API calls it, with a capital at the beginning, or delete it.",
    ),
    ("resource ARN", "Name a function, an activity or an integration, such as arn:aws:states:::lambda:invoke."),
    (
        "any of the allowed values",
        "Take a resource that is allowed here, such as arn:aws:states:::s3:getObject for a reader.",
    ),
    ("intrinsic function call", "Write a path such as $.a.b, or a call such as States.Format('{}', $.a)."),
    ("eference path", "Write `$` and names only, such as $.a.b: a Reference Path names one place."),
    ("Reference Path", "Write `$` and names only, such as $.a.b: a Reference Path names one place."),
    ("JSONata string must", "Begin the text with `{%` and end it with `%}`."),
    (
        "QueryLanguage",
        "Use the fields of one query language: Arguments and Output are JSONata's, the paths JSONPath's.",
    ),
    ("JSONPath", "Write a path such as $.a.b, $.a[0] or $$.Execution.Id."),
    ("must appear alone", "Give States.ALL an entry of its own, after all others."),
    ("cannot be empty", "Give it at least one entry."),
    ("imum value is", "Write a number within the bounds."),
    ("Duplicate", "Give one of them another name: names are unique over the whole definition."),
    ("exceeds the", "Take a shorter name."),
    ("invalid character", "Take a name of letters, digits and underscores that begins with a letter."),
    ("in a parent scope", "Take another name: the flow around this one has a variable of that name."),
    ("reserved variable", "Take another name: $states is what JSONata reads the input and result from."),
    ("Expected value", "Write a value of the type that is named."),
    ("not supported", "Delete the field."),
];

/// What to do about a finding. `written` is the text that it points at, and `states` gives the names of the states in the
/// same flow.
pub(super) fn of<'s>(finding: &Finding, written: Option<&str>, states: impl FnOnce() -> Vec<&'s str>) -> String {
    let message = finding.message.as_str();
    match finding.kind {
        FindingKind::MissingTransitionTarget => return transition(message, &states()),
        FindingKind::MissingEndState => {
            return "Give one of the states \"End\": true, or add a Succeed or Fail state.".to_owned();
        }
        FindingKind::NoDollar => return "Write the name with `.$` at its end.".to_owned(),
        FindingKind::NoPath => return "Use the field of the same name with `Path` at its end.".to_owned(),
        FindingKind::PassResultIsStatic => return "Use Parameters, with a name that ends in `.$`.".to_owned(),
        FindingKind::InvalidJsonataExpression | FindingKind::UnsupportedJsonataExpression => {
            return "Correct the expression between `{%` and `%}`; https://try.jsonata.org runs one by itself."
                .to_owned();
        }
        _ => {}
    }
    if let Some(fix) = meant(message, written) {
        return fix;
    }
    let known = FIXES.iter().find(|(words, _)| message.contains(words)).map(|(_, fix)| *fix);
    known.unwrap_or("Compare it with the language's specification: https://states-language.net/spec.html.").to_owned()
}

/// Whether a list of the fields that an object must have one of only follows from a misspelt one beside it.
pub(super) fn is_consequence(finding: &Finding, all: &[Finding]) -> bool {
    let list = "This object should have only one of the following fields: [";
    let Some(names) = finding.message.strip_prefix(list).and_then(|rest| rest.split(']').next()) else { return false };
    let names: Vec<&str> = names.split(", ").collect();
    all.iter().any(|other| {
        let misspelt = field(&other.message).filter(|_| other.message.contains("is not supported"));
        other.location == finding.location && misspelt.is_some_and(|name| nearest(name, &names).is_some())
    })
}

/// The field that a message names.
pub(super) fn field(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("ield ")?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    rest.strip_prefix(quote)?.split_once(quote).map(|(name, _)| name)
}

/// What to do about a way that leads nowhere, or a state that none leads to.
pub(super) fn transition(message: &str, states: &[&str]) -> String {
    let Some((_, missing)) = message.split_once("target: ") else {
        return "Lead the Next, Default, Choices or Catch of another state to it, or delete it.".to_owned();
    };
    match nearest(missing, states) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => format!("Add a state \"{missing}\" beside this one; a way can't lead into or out of a branch."),
    }
}

/// The integration that was meant, where one is near to what was written.
fn integration(written: &str) -> Option<String> {
    let resource = asl::TaskResource::parse(written)?;
    let alternatives = resource.alternatives();
    let names: Vec<&str> = alternatives.iter().map(String::as_str).collect();
    let asl::TaskResource::Service { resource_type, resource, .. } = &resource else {
        return None;
    };
    let name = format!("{resource_type}:{resource}");
    let near = if let [only] = names[..] { only } else { nearest(&name, &names)? };
    Some(format!("Did you mean {}{near}?", written.strip_suffix(name.as_str())?))
}

/// The field or value that was meant, where one is near to what was written.
fn meant(message: &str, written: Option<&str>) -> Option<String> {
    if message.contains("is not recognized") {
        return integration(written?);
    }
    let fields: Vec<&str> = FIELDS.split_whitespace().collect();
    if let Some(rest) = message.strip_prefix("Field '") {
        let (name, rest) = rest.split_once('\'')?;
        let is_unknown = rest.starts_with(" is not supported") && !fields.contains(&name);
        return nearest(name, &fields)
            .filter(|_| is_unknown)
            .map(|near| format!("Did you mean {near}? Else delete it."));
    }
    if let Some(names) = message.strip_prefix("These fields are required: [") {
        return Some(format!("Add {}.", names.trim_end_matches(']').replace(", ", " and ")));
    }
    let starts = ["should have one of these values: [", "should be one of the following: ["];
    let (_, values) = starts.iter().find_map(|start| message.split_once(start))?;
    let values = values.trim_end_matches(']');
    let known: Vec<&str> = values.split(", ").collect();
    Some(match written.and_then(|written| nearest(written, &known)) {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("Write one of {values}."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(message: &str) -> String {
        let kind = FindingKind::SchemaValidationFailed;
        of(&Finding { kind, location: None, message: message.to_owned(), offset: None }, None, Vec::new)
    }

    #[test]
    fn what_was_meant_is_named() {
        assert_eq!(fix("Field 'TimeoutSecond' is not supported"), "Did you mean TimeoutSeconds? Else delete it.");
        assert_eq!(fix("Field 'Catch' is not supported"), "Delete the field.");
        assert_eq!(fix("The field 'Version' should have one of these values: [1.0]"), "Write one of 1.0.");
        let kind = FindingKind::MissingTransitionTarget;
        let finding =
            Finding { kind, location: None, message: "Missing 'Next' target: SendMail".to_owned(), offset: None };
        assert_eq!(of(&finding, None, || vec!["Wait", "SendEmail"]), "Did you mean \"SendEmail\"?");
        assert!(of(&finding, None, || vec!["Wait"]).starts_with("Add a state \"SendMail\""));
    }

    #[test]
    fn every_fix_is_a_sentence() {
        for (words, fix) in FIXES {
            assert!(fix.ends_with('.') && !words.is_empty(), "{fix}");
        }
        assert!(fix("something new").contains("specification"));
    }
}

//! The answer of TestState.

use asl::{Inspection, StateOutcome, StateStatus};
use serde_json::{Map, Value, json};

/// What came of a state, with what each step gave where that is asked for.
pub(super) fn of(outcome: &StateOutcome, with_inspection: bool) -> Value {
    let mut answer = Map::new();
    answer.insert("status".into(), json!(status(outcome.status)));
    let failure = outcome.failure.as_ref();
    let texts = [
        ("output", outcome.output.as_deref()),
        ("error", failure.and_then(|failure| failure.error.as_deref())),
        ("cause", failure.and_then(|failure| failure.cause.as_deref())),
        ("nextState", outcome.next_state.as_deref()),
    ];
    put_texts(&mut answer, texts);
    if with_inspection {
        answer.insert("inspectionData".into(), inspection(&outcome.inspection));
    }
    Value::Object(answer)
}

fn status(status: StateStatus) -> &'static str {
    match status {
        StateStatus::Succeeded => "SUCCEEDED",
        StateStatus::Failed => "FAILED",
        StateStatus::Retriable => "RETRIABLE",
        StateStatus::CaughtError => "CAUGHT_ERROR",
    }
}

fn put_texts<'a>(into: &mut Map<String, Value>, texts: impl IntoIterator<Item = (&'static str, Option<&'a str>)>) {
    for (member, text) in texts {
        if let Some(text) = text {
            into.insert(member.into(), json!(text));
        }
    }
}

fn inspection(found: &Inspection) -> Value {
    let mut data = Map::new();
    let texts = [
        ("input", &found.input),
        ("afterArguments", &found.after_arguments),
        ("afterInputPath", &found.after_input_path),
        ("afterParameters", &found.after_parameters),
        ("result", &found.result),
        ("afterResultSelector", &found.after_result_selector),
        ("afterResultPath", &found.after_result_path),
        ("variables", &found.variables),
        ("afterItemsPath", &found.after_items_path),
        ("afterItemsPointer", &found.after_items_pointer),
        ("afterItemSelector", &found.after_item_selector),
        ("afterItemBatcher", &found.after_item_batcher),
    ];
    put_texts(&mut data, texts.map(|(member, text)| (member, text.as_deref())));
    for (member, count) in
        [("maxConcurrency", found.max_concurrency), ("toleratedFailureCount", found.tolerated_failure_count)]
    {
        if let Some(count) = count {
            data.insert(member.into(), json!(count));
        }
    }
    if let Some(percentage) = found.tolerated_failure_percentage {
        data.insert("toleratedFailurePercentage".into(), json!(percentage));
    }
    let details = &found.error_details;
    let mut shown = Map::new();
    for (member, number) in [
        ("catchIndex", details.catch_index.and_then(|index| u64::try_from(index).ok())),
        ("retryIndex", details.retry_index.and_then(|index| u64::try_from(index).ok())),
        ("retryBackoffIntervalSeconds", details.retry_backoff_interval_s),
    ] {
        if let Some(number) = number {
            shown.insert(member.into(), json!(number));
        }
    }
    if !shown.is_empty() {
        data.insert("errorDetails".into(), Value::Object(shown));
    }
    Value::Object(data)
}

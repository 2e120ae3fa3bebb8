//! The results of a Map Run: an array for the state, or files in a bucket for its `ResultWriter`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::definition::{OutputType, ResultWriter, Transformation};
use crate::document::Document;
use crate::execution::effect::Outcome;
use crate::execution::map::map_run::{EndedChild, MapRun};
use crate::history::{Failure, Status};

/// The progress of writing the results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct WriteProgress {
    bucket: String,
    manifest_key: String,
    /// Parameters of the calls, in order.
    calls: VecDeque<Value>,
}

impl WriteProgress {
    /// The files of a Map Run that has ended: one per status, and a manifest that names them.
    pub(crate) fn new(run: &MapRun, writer: &ResultWriter, parameters: &Value) -> Self {
        let bucket = parameters["Bucket"].as_str().unwrap_or_default().to_owned();
        let prefix = parameters["Prefix"].as_str().unwrap_or_default().trim_end_matches('/');
        let folder = if prefix.is_empty() { run.uuid().to_owned() } else { format!("{prefix}/{}", run.uuid()) };
        let extension = if writer.output == OutputType::JsonLines { "jsonl" } else { "json" };
        let put = |key: &str, body: &str| json!({ "Bucket": bucket, "Key": key, "Body": body });
        let mut calls = VecDeque::new();
        let mut listed = Map::new();
        for (name, succeeded) in [("FAILED", false), ("PENDING", false), ("SUCCEEDED", true)] {
            let of_status = |ended: &EndedChild| (ended.outcome.status() == Status::Succeeded) == succeeded;
            let mut results = Vec::new();
            for (_, ended) in run.results().filter(|(_, ended)| name != "PENDING" && of_status(ended)) {
                results.extend(shown(run, ended, writer.transformation));
            }
            let mut files = Vec::new();
            if !results.is_empty() {
                let key = format!("{folder}/{name}_0.{extension}");
                let body = body(&results, writer.output);
                calls.push_back(put(&key, &body));
                files.push(json!({ "Key": key, "Size": body.len() }));
            }
            listed.insert(name.to_owned(), files.into());
        }
        let manifest_key = format!("{folder}/manifest.json");
        let manifest = json!({ "DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": listed });
        calls.push_back(put(&manifest_key, &manifest.to_string()));
        Self { bucket, manifest_key, calls }
    }

    pub(crate) fn next_call(&mut self) -> Option<Value> {
        self.calls.pop_front()
    }

    /// The state's result: the place of the files.
    pub(crate) fn result(&self, run: &MapRun) -> Document {
        Document::of(json!({
            "MapRunArn": run.arn,
            "ResultWriterDetails": { "Bucket": self.bucket, "Key": self.manifest_key },
        }))
    }
}

/// The state's result when nothing is written: the results of all children, in the order of the items.
pub(crate) fn results(run: &MapRun, transformation: Transformation) -> Document {
    let mut results = Vec::new();
    for (_, ended) in run.results() {
        results.extend(shown(run, ended, transformation));
    }
    Document::array(&results)
}

/// The results of a child: its output, the items of its output, or its details.
fn shown(run: &MapRun, ended: &EndedChild, transformation: Transformation) -> Vec<Document> {
    let Outcome::Succeeded { output } = &ended.outcome else {
        return vec![whole(run, ended)];
    };
    let output = || Document::parse(output.as_ref()).unwrap_or_default();
    match transformation {
        Transformation::None => vec![whole(run, ended)],
        Transformation::Compact => vec![output()],
        Transformation::Flatten => match output().into_value() {
            Value::Array(items) => items.into_iter().map(Document::of).collect(),
            other => vec![Document::of(other)],
        },
    }
}

/// A child as `DescribeExecution` would show it, with the members in the order of AWS's files.
fn whole(run: &MapRun, ended: &EndedChild) -> Document {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    let failure = match &ended.outcome {
        Outcome::Failed(failure) | Outcome::Aborted(failure) => failure.clone(),
        Outcome::TimedOut | Outcome::Succeeded { .. } => Failure::default(),
    };
    if let Some(cause) = failure.cause {
        add("Cause", cause.into());
    }
    if let Some(error) = failure.error {
        add("Error", error.into());
    }
    if let Some(child) = &ended.child {
        add("ExecutionArn", run.execution_arn(&child.name).into());
        add("Input", (**child.batch.input.text()).into());
        add("InputDetails", json!({ "Included": true }));
        add("Name", (*child.name).into());
    }
    if let Outcome::Succeeded { output } = &ended.outcome {
        add("Output", (**output).into());
    }
    add("OutputDetails", json!({ "Included": true }));
    let status = ended.outcome.status();
    add("RedriveCount", ended.child.as_ref().map_or(0, |child| child.redrives).into());
    if status == Status::Succeeded {
        add("RedriveStatus", "NOT_REDRIVABLE".into());
        add("RedriveStatusReason", "Execution is SUCCEEDED and cannot be redriven".into());
    } else {
        add("RedriveStatus", "REDRIVABLE".into());
    }
    if let Some(child) = &ended.child {
        add("StartDate", MapRun::date(child.started_at).into());
    }
    add("StateMachineArn", run.arn_of("stateMachine").into());
    add("Status", status.api_name().into());
    add("StopDate", MapRun::date(ended.stopped_at).into());
    Document::of(Value::Object(members))
}

fn body(results: &[Document], output: OutputType) -> String {
    match output {
        OutputType::Json => Document::array(results).text().to_string(),
        OutputType::JsonLines => results.iter().map(|result| format!("{}\n", result.text())).collect(),
    }
}

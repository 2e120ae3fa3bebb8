//! What answers the tasks that mocks leave to others: the code of functions, which runs in the embedded cloud, and that cloud
//! itself.

mod functions;

use std::collections::BTreeMap;

use asl::lambda::{InvocationResponse, task_result};
use asl::{Input, TaskRequest, TaskResource};
use aws::AwsErrorKind;
use aws::invoke::{self, InvocationMode};
use aws::tests_of::{self, StateEnd, StateRun};
use serde_json::{Value, json};
use simulate::{Answer, Case, Passed};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::make::test::machines::ACCOUNT;
use crate::cli::session::Session;
use crate::cli::session::artefacts::Zip;
use crate::cli::ui::Ui;
use model::names::Key;

/// The embedded cloud as the tests use it.
pub(in crate::cli::make) struct Outside {
    runtime: Handle,
    session: Session,
    ui: Ui,
    /// What was made for the tests so far.
    made: Mutex<Made>,
}

/// What was made in the embedded cloud.
#[derive(Default)]
struct Made {
    /// The functions, by what mocks call them.
    functions: BTreeMap<String, String>,
    /// The zips of the service's functions, once they are built.
    zips: Option<BTreeMap<Key, Zip>>,
    role: Option<String>,
}

impl Outside {
    /// The embedded cloud, started if it does not run; none where no case leaves anything to others.
    ///
    /// # Errors
    /// It can't be started.
    pub(in crate::cli::make) async fn of<'c>(
        cases: impl IntoIterator<Item = &'c Case>,
        global: &Global,
        ui: &Ui,
    ) -> Result<Option<Self>, CliError> {
        let is_left = |case: &Case| {
            let mut answers = case.mocks.values().flat_map(|mocks| &mocks.answers);
            answers.any(|mock| matches!(mock.answer, Answer::Function(_) | Answer::Cloud))
        };
        if !cases.into_iter().any(is_left) {
            return Ok(None);
        }
        let here = Global { local: true, profile: None, ..global.clone() };
        let session = Session::open(&here, ui).await?;
        Ok(Some(Self { runtime: Handle::current(), session, ui: ui.clone(), made: Mutex::default() }))
    }

    /// Runs a function, and gives the task its answer.
    async fn run_function(&self, name: &str, request: &TaskRequest) -> Result<Input, String> {
        let function = self.function(name).await.map_err(|error| in_one_line(&error))?;
        let event = event(request)?;
        let aws = &self.session.aws;
        let mode = InvocationMode::RequestResponse;
        let invoked = invoke::invoke(aws, &function, "$LATEST", event.into_bytes(), mode, false).await;
        let invoked = invoked.map_err(|error| error.to_string())?;
        Ok(task_result(
            request,
            &InvocationResponse {
                payload: &String::from_utf8_lossy(&invoked.payload),
                is_error: invoked.function_error.is_some(),
                executed_version: "$LATEST",
                request_id: "00000000-0000-4000-8000-000000000000",
                trace_id: "Root=1-00000000-000000000000000000000000;Sampled=0",
                http_date: "Thu, 01 Jan 2026 00:00:00 GMT",
                log_result: None,
            },
        ))
    }

    /// A text with ARNs of the tests' account as those of the embedded cloud's: what a task names is there.
    fn in_cloud(&self, text: &str) -> String {
        text.replace(&format!(":{ACCOUNT}:"), &format!(":{}:", self.session.stack.account))
    }

    /// Has the embedded cloud do what a task does: as a state of its own, whose input is what the task is called with.
    async fn let_through(&self, passed: &Passed<'_>) -> Result<Input, String> {
        let request = passed.request;
        let definition = json!({"Type": "Task", "Resource": resource(&request.resource), "End": true});
        let mut keys = self.session.project.service.state_machines.keys();
        let own = keys.find(|key| self.session.stack.state_machine_arn(key).last_part() == passed.subject.name);
        let run = StateRun {
            definition: self.in_cloud(&definition.to_string()),
            input: self.in_cloud(&request.input),
            variables: "{}".to_owned(),
            role_arn: own.map(|key| self.session.stack.role_arn(key).to_string()),
            ..StateRun::default()
        };
        let ran = tests_of::test_state(&self.session.aws, &run).await.map_err(|error| match error.kind {
            AwsErrorKind::AccessDenied => {
                format!("{error} (`workshop deploy --local` makes the role that it calls with)")
            }
            _ => error.to_string(),
        })?;
        let task = request.task;
        Ok(match ran.end {
            StateEnd::Succeeded => Input::TaskSucceeded { task, output: ran.output.unwrap_or_default() },
            _ => Input::TaskFailed { task, error: ran.error, cause: ran.cause },
        })
    }
}

impl simulate::Outside for Outside {
    fn answer(&self, passed: &Passed<'_>) -> Result<Input, String> {
        self.runtime.block_on(async {
            match passed.answer {
                Answer::Function(name) => self.run_function(name, passed.request).await,
                _ => self.let_through(passed).await,
            }
        })
    }
}

/// The event that a task gives its function.
fn event(request: &TaskRequest) -> Result<String, String> {
    match &request.resource {
        TaskResource::Lambda { .. } => Ok(request.input.to_string()),
        TaskResource::Service { resource_type, resource, .. } if resource_type == "lambda" && resource == "invoke" => {
            let parameters: Value = serde_json::from_str(&request.input).unwrap_or_default();
            Ok(match parameters.get("Payload") {
                None | Some(Value::Null) => "{}".to_owned(),
                Some(payload) => payload.to_string(),
            })
        }
        _ => Err("the task calls no function".to_owned()),
    }
}

/// What a task calls, as a definition writes it.
fn resource(resource: &TaskResource) -> String {
    match resource {
        TaskResource::Lambda { arn } | TaskResource::Activity { arn } => arn.clone(),
        TaskResource::Service { resource_type, resource, .. } => format!("arn:aws:states:::{resource_type}:{resource}"),
    }
}

fn in_one_line(error: &CliError) -> String {
    let cause = error.cause.as_ref().map(|cause| format!(" {cause}")).unwrap_or_default();
    format!("{}{cause}", error.message).trim_end_matches('.').to_owned()
}

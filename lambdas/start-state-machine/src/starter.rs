//! One request from its body to its answer: the only module that calls Step Functions, reads the clock and logs.

use crate::client::Settings;
use crate::existing::{self, Existing};
use crate::failure;
use crate::key::{self, Access, Shown};
use crate::params::StartParams;
use crate::refusal::Refusal;
use crate::request::{self, StartRequest};
use crate::start_at;
use aws_sdk_sfn::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use aws_sdk_sfn::primitives::DateTime;
use jiff::Timestamp;
use serde_json::Value;

/// What goes back over HTTP.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The JSON body.
    pub(crate) body: Value,
}

/// The function once it has started: how to reach Step Functions and what to start there.
pub(crate) struct Starter {
    access: Access,
    ready: Result<Ready, &'static str>,
}

struct Ready {
    client: aws_sdk_sfn::Client,
    state_machine_arn: String,
}

impl Starter {
    /// Reads the environment. What is missing there is answered per request, with a sentence, rather than as a crash.
    pub(crate) fn from_environment() -> Self {
        Self::new(|key| std::env::var(key).ok())
    }

    fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let state_machine_arn = variable("STATE_MACHINE_ARN").filter(|arn| !arn.is_empty());
        let access = Access::of_variable(variable(key::VARIABLE));
        let ready = Settings::read(variable).and_then(|settings| {
            Ok(Ready { client: settings.client(), state_machine_arn: state_machine_arn.ok_or("STATE_MACHINE_ARN")? })
        });
        Self { access, ready }
    }

    /// Answers one request, with its `Authorization` header and its body.
    pub(crate) async fn answer(&self, authorization: Option<&[u8]>, body: &[u8]) -> Answer {
        match self.start(authorization, body).await {
            Ok(body) => Answer { status: 200, body },
            Err(refusal) => {
                log(&format!("refused: {} {}", refusal.code, refusal.message));
                Answer { status: refusal.status, body: refusal.body() }
            }
        }
    }

    async fn start(&self, authorization: Option<&[u8]>, body: &[u8]) -> Result<Value, Refusal> {
        let shown = self.access.check(authorization)?;
        let request = request::parse(body)?;
        start_at::check_ahead(request.start_at, now())?;
        let ready = self.ready.as_ref().map_err(|key| not_configured(key))?;
        ready.start(&request, shown).await
    }
}

impl Ready {
    async fn start(&self, request: &StartRequest, shown: Shown) -> Result<Value, Refusal> {
        let params = StartParams::new(request, &self.state_machine_arn);
        let call = self
            .client
            .start_execution()
            .name(&params.name)
            .state_machine_arn(&params.state_machine_arn)
            .input(&params.input);
        match call.send().await {
            Ok(output) => {
                log(&format!("started {}", output.execution_arn()));
                let start_date = timestamp(output.start_date()).unwrap_or_else(now);
                Ok(params.started(output.execution_arn(), start_date, shown))
            }
            Err(error) => Err(self.explain(&params.name, error).await),
        }
    }

    async fn explain(&self, name: &str, error: SdkError<StartExecutionError>) -> Refusal {
        if error.code() == Some("ExecutionAlreadyExists") {
            let existing = self.describe(name).await;
            return existing::name_taken(name, existing.as_ref(), now());
        }
        log_cause("StartExecution", &error);
        let http_status = error.raw_response().map(|answer| answer.status().as_u16());
        failure::refusal(error.code(), http_status)
    }

    /// The execution that has the name. That it cannot be described must not hide that the name is taken.
    async fn describe(&self, name: &str) -> Option<Existing> {
        let arn = existing::execution_arn(&self.state_machine_arn, name)?;
        match self.client.describe_execution().execution_arn(arn).send().await {
            Ok(output) => Some(Existing {
                status: String::from(output.status().as_str()),
                input: output.input().map(String::from),
                stop_date: output.stop_date().and_then(timestamp),
            }),
            Err(error) => {
                log_cause("DescribeExecution", &error);
                None
            }
        }
    }
}

fn not_configured(key: &str) -> Refusal {
    log(&format!("the environment variable {key} is not set"));
    Refusal::new(
        500,
        "not_configured",
        "This service is not fully configured; the function's log names the setting that is missing",
    )
}

fn timestamp(moment: &DateTime) -> Option<Timestamp> {
    Timestamp::from_millisecond(moment.to_millis().ok()?).ok()
}

/// The cause in full goes to the log group, which only the owner reads; the caller gets a sentence.
fn log_cause(operation: &str, error: &(dyn std::error::Error + 'static)) {
    log(&format!("{operation} failed: {}", DisplayErrorContext(error)));
}

#[expect(clippy::print_stdout, reason = "Lambda collects a function's standard output as its log")]
fn log(line: &str) {
    println!("{line}");
}

#[expect(clippy::disallowed_methods, reason = "whether another execution still waits depends on the present moment")]
fn now() -> Timestamp {
    Timestamp::now()
}

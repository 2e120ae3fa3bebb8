//! What tests of state machines ask for: one state run by TestState, and a state machine for the length of a test.

use aws_sdk_sfn::types::{
    InspectionLevel, MockErrorOutput, MockInput, StateMachineType, TestExecutionStatus, TestStateConfiguration,
};

use crate::client::connect::Aws;
use crate::error::AwsError;
use model::names::Arn;

const SERVICE: &str = "Step Functions";

/// A state to run alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateRun {
    /// The definition as JSON text: a whole one, or that of the state.
    pub definition: String,
    /// The state, in a whole definition.
    pub state: Option<String>,
    /// Its input, as JSON text.
    pub input: String,
    /// The variables, as JSON text.
    pub variables: String,
    /// What takes the place of what it calls.
    pub stand: Option<Stand>,
    /// How often it was tried before.
    pub retries: i32,
    /// The role that it calls with, where nothing stands in for its call.
    pub role_arn: Option<String>,
}

/// What takes the place of what a state calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// A result, as JSON text.
    Result(String),
    /// An error.
    Error {
        /// Its name.
        error: Option<String>,
        /// Its cause.
        cause: Option<String>,
    },
}

/// How a state ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateEnd {
    /// As its definition says.
    Succeeded,
    /// Its error ends the execution.
    Failed,
    /// It is to be tried again.
    Retriable,
    /// A catcher has taken its error.
    Caught,
}

/// What came of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRan {
    /// How it ended.
    pub end: StateEnd,
    /// Its output, as JSON text.
    pub output: Option<String>,
    /// An error's name.
    pub error: Option<String>,
    /// Its cause.
    pub cause: Option<String>,
    /// The state that follows.
    pub next: Option<String>,
    /// The variables afterwards, as JSON text.
    pub variables: Option<String>,
    /// What its call was made with, as JSON text.
    pub arguments: Option<String>,
}

/// Runs one state (`TestState`). What it calls must have something in its place.
///
/// # Errors
/// The call failed: the definition, the state or what stands in for its call is refused.
pub async fn test_state(aws: &Aws, run: &StateRun) -> Result<StateRan, AwsError> {
    let call = aws.sfn.test_state().definition(&run.definition).input(&run.input).variables(&run.variables);
    let call = call
        .set_role_arn(run.role_arn.clone())
        .set_state_name(run.state.clone())
        .inspection_level(InspectionLevel::Debug);
    let call = call.set_mock(run.stand.as_ref().map(mock));
    let configuration = TestStateConfiguration::builder().retrier_retry_count(run.retries).build();
    let call = call.set_state_configuration((run.retries > 0).then_some(configuration));
    let answer = call.send().await.map_err(AwsError::from_sdk(SERVICE, "TestState"))?;
    let end = match answer.status() {
        Some(TestExecutionStatus::Succeeded) => StateEnd::Succeeded,
        Some(TestExecutionStatus::Retriable) => StateEnd::Retriable,
        Some(TestExecutionStatus::CaughtError) => StateEnd::Caught,
        _ => StateEnd::Failed,
    };
    let data = answer.inspection_data();
    let arguments = data.and_then(|data| data.after_arguments().or_else(|| data.after_parameters()));
    Ok(StateRan {
        end,
        output: answer.output().map(str::to_owned),
        error: answer.error().map(str::to_owned),
        cause: answer.cause().map(str::to_owned),
        next: answer.next_state().map(str::to_owned),
        variables: data.and_then(|data| data.variables()).map(str::to_owned),
        arguments: arguments.map(str::to_owned),
    })
}

fn mock(stand: &Stand) -> MockInput {
    match stand {
        Stand::Result(result) => MockInput::builder().result(result).build(),
        Stand::Error { error, cause } => {
            let output = MockErrorOutput::builder().set_error(error.clone()).set_cause(cause.clone());
            MockInput::builder().error_output(output.build()).build()
        }
    }
}

/// Makes a role for a test, and gives its ARN.
///
/// # Errors
/// The call failed.
pub async fn create_role(aws: &Aws, name: &str, trust: &str) -> Result<String, AwsError> {
    let role = aws.iam.create_role().role_name(name).assume_role_policy_document(trust).send().await;
    let role = role.map_err(AwsError::from_sdk("IAM", "CreateRole"))?;
    Ok(role.role().map(|role| role.arn().to_owned()).unwrap_or_default())
}

/// Makes a state machine for a test, with a role of its own that may do everything.
///
/// # Errors
/// A call failed, or the definition is refused.
pub async fn create_for_test(aws: &Aws, name: &str, definition: &str, is_express: bool) -> Result<Arn, AwsError> {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    const ROLE: &str = "workshop-test";
    let role_arn = create_role(aws, ROLE, trust).await?;
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let put = aws.iam.put_role_policy().role_name(ROLE).policy_name("all").policy_document(policy).send().await;
    put.map_err(AwsError::from_sdk("IAM", "PutRolePolicy"))?;
    let kind = if is_express { StateMachineType::Express } else { StateMachineType::Standard };
    let call = aws.sfn.create_state_machine().name(name).definition(definition).role_arn(role_arn).r#type(kind);
    let created = call.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateStateMachine"))?;
    Ok(Arn::new(created.state_machine_arn()))
}

//! An embedded cloud of its own runs the case: the state machine is deployed there, and mocks answer its tasks.

use aws::{executions, tests_of};
use cloud_server::lifecycle;
use cloud_server::{Aim, MockedStart};
use model::names::{Arn, Region};

use super::judged::{Judged, Seen};
use super::private_cloud::PrivateCloud;
use super::watched::observed;
use crate::cli::error::CliError;

/// What the execution is called, as the engine calls its own.
const EXECUTION: &str = "test";

/// Runs the case.
///
/// # Errors
/// The cloud can't be started, or a call failed for another reason than the case's own.
pub(in crate::cli::make) async fn see(judged: &Judged<'_>) -> Result<Seen, CliError> {
    if judged.machine.subject.is_express {
        return Ok(Err("an express execution has no history".to_owned()));
    }
    let region = judged.machine.subject.arn.split(':').nth(3).and_then(|region| Region::parse(region).ok());
    let cloud = PrivateCloud::start(region.unwrap_or_default(), judged.case.start).await?;
    let seen = run(judged, &cloud).await;
    cloud.end().await?;
    seen
}

async fn run(judged: &Judged<'_>, cloud: &PrivateCloud) -> Result<Seen, CliError> {
    let subject = &judged.machine.subject;
    let machine = tests_of::create_for_test(&cloud.aws, &subject.name, &judged.machine.json, false).await?;
    let asked = MockedStart {
        state_machine_arn: machine.to_string(),
        name: EXECUTION.to_owned(),
        input: judged.case.input.to_string(),
        mocks: judged.case.mocked_responses(),
    };
    let started = match lifecycle::start_mocked(&cloud.data_dir, &cloud.ready, &asked).await {
        Ok(started) => started,
        Err(lifecycle::LifecycleError::Refused { message }) => {
            return Ok(Err(message.trim_end_matches('.').to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    lifecycle::move_time(&cloud.data_dir, &cloud.ready, Aim::UntilEnded).await?;
    let arn = Arn::new(started["executionArn"].as_str().unwrap_or_default());
    match executions::describe(&cloud.aws, &arn).await? {
        Some(detail) => Ok(Ok(observed(&cloud.aws, &detail).await?.run())),
        None => Ok(Err("the execution is gone".to_owned())),
    }
}

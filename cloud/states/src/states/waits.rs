//! What executions wait for, and forks, as the page asks for them.

use asl::{StateWait, StateWaitReason};
use cloud_core::{
    ExecutionFork, ExecutionWait, ExecutionWaits, ForkedExecution, Location, PortFuture, ServiceError, WaitReason,
};

use super::States;
use crate::driver::Message;
use crate::executions::fork::ForkRequest;
use crate::rows::execution::ExecutionKey;
use crate::wire::names::ExecutionReference;

impl States {
    async fn waits_of(&self, key: &ExecutionKey) -> Result<Vec<ExecutionWait>, ServiceError> {
        let waits = self.driver.ask(key, |reply| Message::Waits { reply }).await?;
        let arn = key.arn();
        Ok(waits.into_iter().map(|wait| shown(&arn, wait)).collect())
    }
}

impl ExecutionWaits for States {
    fn waits<'a>(&'a self, execution_arn: &'a str) -> PortFuture<'a, Result<Vec<ExecutionWait>, ServiceError>> {
        Box::pin(async move {
            let reference = ExecutionReference::parse(execution_arn)?;
            self.waits_of(&ExecutionKey::new(&reference.machine, &reference.name)).await
        })
    }

    fn waits_for_tokens<'a>(&'a self, location: &'a Location, most: usize) -> PortFuture<'a, Vec<ExecutionWait>> {
        Box::pin(async move {
            let mut found = Vec::new();
            let here = self.driver.tokens.executions().into_iter().filter(|key| key.location() == *location);
            for key in here {
                // One that has ended meanwhile waits for nothing.
                let waits = self.waits_of(&key).await.unwrap_or_default();
                found.extend(waits.into_iter().filter(has_token));
                if found.len() >= most {
                    found.truncate(most);
                    break;
                }
            }
            found
        })
    }

    fn skip<'a>(&'a self, execution_arn: &'a str) -> PortFuture<'a, Result<Vec<String>, ServiceError>> {
        Box::pin(self.skip(execution_arn))
    }

    fn fork(&self, fork: ExecutionFork) -> PortFuture<'_, Result<ForkedExecution, ServiceError>> {
        let ExecutionFork { execution_arn, at_event, input, name } = fork;
        let request = ForkRequest {
            execution_arn: Some(execution_arn),
            state_machine_arn: None,
            history: None,
            history_definition: None,
            at_event,
            input,
            definition: None,
            name,
        };
        Box::pin(async move {
            let forked = self.fork(request).await?;
            let begins = forked.taken_over.begins.into_iter().map(|state| state.state);
            Ok(ForkedExecution { execution_arn: forked.execution_arn, begins: begins.collect() })
        })
    }
}

fn has_token(wait: &ExecutionWait) -> bool {
    matches!(wait.reason, WaitReason::Task { token: Some(_), .. })
}

fn shown(arn: &str, StateWait { state, last_event_id, reason }: StateWait) -> ExecutionWait {
    let reason = match reason {
        StateWaitReason::Backoff { until, retries } => WaitReason::Backoff { until, attempt: retries + 1 },
        StateWaitReason::Task { token, times_out_at, retries } => {
            WaitReason::Task { token, times_out_at, attempt: retries + 1 }
        }
        StateWaitReason::Moment(until) => WaitReason::Moment(until),
        // There is no other; the language may get one.
        _ => WaitReason::Task { token: None, times_out_at: None, attempt: 1 },
    };
    ExecutionWait { execution_arn: arn.to_owned(), state: state.to_string(), last_event_id, reason }
}

//! The versions of a stack's functions and state machines.

use crate::cli::session::Session;
use deploy::{DeployError, Events, RecentChanges, Versions, observe, read_versions};

/// The versions of what belongs to the stack.
pub(super) async fn observed_versions(session: &Session, events: &Events) -> Result<Versions, DeployError> {
    let aws = &session.aws;
    let stack = &session.stack;
    let observed = observe(aws, stack, &session.project.service, &RecentChanges::default(), events).await?;
    let observed = observed.readable(stack)?.ours(stack);
    read_versions(aws, stack, &observed, events).await
}

/// Numbers in ascending order as people write them: `1, 3-5`.
pub(super) fn ranges(numbers: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *number => *end = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let run = |(begin, end): (u64, u64)| match end - begin {
        0 => begin.to_string(),
        1 => format!("{begin}, {end}"),
        _ => format!("{begin}-{end}"),
    };
    runs.into_iter().map(run).collect::<Vec<_>>().join(", ")
}

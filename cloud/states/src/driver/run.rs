//! Carries out what the driver has to do: mailboxes, timers, and what was interrupted.

use std::sync::{Arc, Weak};

use jiff::Timestamp;

use super::mailboxes::{MailboxWork, Runner};
use super::timers::{Next, wake};
use super::{children, commit, map_children, task};
use crate::express;
use crate::recovery::Recovery;
use crate::rows::execution::ExecutionKey;
use crate::rows::express::ExpressRun;
use crate::states::States;

/// Spawns the tasks that do the work; it does not keep the service alive.
struct Spawner {
    states: Weak<States>,
}

impl Runner for Spawner {
    fn run_mailbox(&self, key: ExecutionKey) {
        if let Some(states) = self.states.upgrade() {
            let clock = states.clock.clone();
            tokio::spawn(clock.work(commit::run(states, key)));
        }
    }

    fn mailbox_work(&self, key: ExecutionKey) -> Option<MailboxWork> {
        let states = self.states.upgrade()?;
        let clock = states.clock.clone();
        Some(MailboxWork::new(clock.work(commit::run(states, key))))
    }

    fn run_express(&self, run: ExpressRun, started_at: Timestamp) {
        if let Some(states) = self.states.upgrade() {
            let clock = states.clock.clone();
            tokio::spawn(clock.work(express::run_stored(states, run, started_at)));
        }
    }
}

/// Starts the timers, and continues what was interrupted.
pub(crate) fn resume(states: &Arc<States>, recovery: Recovery) {
    let spawner = Spawner { states: Arc::downgrade(states) };
    let timer_loop = states.clock.work(wake_when_due(Arc::clone(states)));
    states.driver.begin(Box::new(spawner), || tokio::spawn(timer_loop));
    children::recover(states, &recovery.executions, recovery.links);
    map_children::turns::recover(states, &recovery.executions);
    for execution in recovery.executions {
        task::recover(states, execution);
    }
}

/// Wakes every execution whose time has come.
async fn wake_when_due(states: Arc<States>) {
    let driver = &states.driver;
    loop {
        driver.timers.wait().await;
        match driver.timers.next(states.clock.now(), wake::MOST_READ_AHEAD) {
            Next::Due(due) => wake::wake(&states, due),
            Next::Soon(soon) => wake::read_ahead(&states, soon),
            Next::Nothing => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::fixture::Fixture;

    #[tokio::test(start_paused = true)]
    async fn the_future_of_a_step_stays_small() {
        let fixture = Fixture::new().await;
        let step = commit::run(Arc::clone(&fixture.states), ExecutionKey::new("us-east-1/m", "e"));
        let bytes = size_of_val(&step);
        assert!(bytes <= 3072, "{bytes} bytes");
    }
}

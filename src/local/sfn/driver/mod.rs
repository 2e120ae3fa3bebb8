//! Drives executions: one mailbox for each that has something to do, one queue of timers for all that wait.
//!
//! Everything about one execution happens in its mailbox, one step after another: take what has arrived, feed it to the
//! language engine, commit the new state and the new history in one batch, and only then act on the outside. What was
//! answered or done is therefore always durable; what was not durable is done again after a restart, so a function may
//! run more than once.

mod start;
mod step;
mod task;
mod timers;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::execution::ExecutionKey;
use crate::clock;
use crate::local::Cloud;
use crate::local::error::ServiceError;

pub(super) use start::StartRequest;
pub(super) use task::is_served;
use timers::Timers;

/// How long the end of the cloud waits for steps under way.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// Drives every execution.
#[derive(Debug, Default)]
pub(super) struct Driver {
    mailboxes: Mutex<Mailboxes>,
    timers: Timers,
    timer_loop: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Mailboxes {
    /// Executions with something to do. The one who takes from a mailbox removes it when it is empty.
    waiting: BTreeMap<ExecutionKey, VecDeque<Message>>,
    stopped: bool,
}

/// What an execution's mailbox takes.
#[derive(Debug)]
pub(super) enum Message {
    /// Start it, if there is none of this name.
    Start(Box<StartRequest>, Reply),
    /// Stop it.
    Stop { error: Option<String>, cause: Option<String>, reply: Reply },
    /// A timer or a task has news.
    Input(asl::Input),
}

/// Told the moment at which the execution started or stopped, once that is durable.
pub(super) type Reply = oneshot::Sender<Result<Timestamp, ServiceError>>;

/// An execution that was running when the cloud ended.
#[derive(Debug)]
pub(super) struct Interrupted {
    pub(super) key: ExecutionKey,
    pub(super) next_wake: Option<Timestamp>,
    /// Tasks that were under way: they are begun again.
    pub(super) tasks: Vec<asl::TaskRequest>,
}

impl Driver {
    /// Starts the timers, and continues what was interrupted.
    pub(super) fn resume(&self, cloud: &Arc<Cloud>, interrupted: Vec<Interrupted>) {
        for execution in interrupted {
            self.timers.set(&execution.key, execution.next_wake);
            for request in execution.tasks {
                task::begin(cloud, &execution.key, request);
            }
        }
        let timer_loop = tokio::spawn(wake_when_due(Arc::clone(cloud)));
        *self.timer_loop.lock().unwrap_or_else(PoisonError::into_inner) = Some(timer_loop);
    }

    /// Takes nothing more in, and waits for the steps under way.
    pub(super) async fn stop(&self) {
        if let Some(timer_loop) = self.timer_loop.lock().unwrap_or_else(PoisonError::into_inner).take() {
            timer_loop.abort();
        }
        self.lock().stopped = true;
        let idle = async {
            while !self.lock().waiting.is_empty() {
                clock::sleep(Duration::from_millis(2)).await;
            }
        };
        // A step that takes longer is done again after the next start.
        let _ = tokio::time::timeout(STOP_LIMIT, idle).await;
    }

    /// Puts a message into an execution's mailbox. When the cloud is ending it is dropped, and a caller who waits for
    /// the reply learns that.
    pub(super) fn post(&self, cloud: &Arc<Cloud>, key: &ExecutionKey, message: Message) {
        let mut mailboxes = self.lock();
        if mailboxes.stopped {
            return;
        }
        if let Some(mailbox) = mailboxes.waiting.get_mut(key) {
            mailbox.push_back(message);
            return;
        }
        mailboxes.waiting.insert(key.clone(), VecDeque::from([message]));
        tokio::spawn(step::run(Arc::clone(cloud), key.clone()));
    }

    /// Posts a message that is answered, and waits for the answer.
    pub(super) async fn ask(
        &self,
        cloud: &Arc<Cloud>,
        key: &ExecutionKey,
        message: impl FnOnce(Reply) -> Message,
    ) -> Result<Timestamp, ServiceError> {
        let (sender, receiver) = oneshot::channel();
        self.post(cloud, key, message(sender));
        receiver
            .await
            .unwrap_or_else(|_| Err(ServiceError::new(503, "ServiceUnavailable", "The embedded cloud is ending.")))
    }

    /// Everything in a mailbox; an empty answer has closed it.
    fn take(&self, key: &ExecutionKey) -> VecDeque<Message> {
        let mut mailboxes = self.lock();
        let messages = mailboxes.waiting.get_mut(key).map(std::mem::take).unwrap_or_default();
        if messages.is_empty() {
            mailboxes.waiting.remove(key);
        }
        messages
    }

    /// Puts messages back to the front of a mailbox that is being worked on.
    fn put_back(&self, key: &ExecutionKey, messages: VecDeque<Message>) {
        let mut mailboxes = self.lock();
        let mailbox = mailboxes.waiting.entry(key.clone()).or_default();
        for message in messages.into_iter().rev() {
            mailbox.push_front(message);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Mailboxes> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes every execution whose time has come.
async fn wake_when_due(cloud: Arc<Cloud>) {
    let driver = &cloud.step_functions.driver;
    loop {
        driver.timers.wait().await;
        for key in driver.timers.take_due(clock::now()) {
            driver.post(&cloud, &key, Message::Input(asl::Input::Wake));
        }
    }
}

#[cfg(test)]
mod tests;

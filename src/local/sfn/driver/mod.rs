//! Drives executions: one mailbox for each that has something to do, one queue of timers for all that wait.
//!
//! Everything about one execution happens in its mailbox, one step after another: take what has arrived, feed it to the
//! language engine, commit the new state and the new history in one batch, and only then act on the outside. What was
//! answered or done is therefore always durable; what was not durable is done again after a restart, so a function may
//! run more than once.

mod calls;
mod children;
mod finish;
mod items;
mod pollers;
mod start;
mod step;
mod task;
mod timers;
mod tokens;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use asl::TaskId;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::execution::{ExecutionKey, ExecutionRow};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use aws::clock;

use calls::{Calls, Work};
pub(super) use children::{Children, Link};
pub(super) use items::{ItemStart, not_started};
pub(super) use pollers::Pollers;
pub(super) use start::StartRequest;
pub(super) use task::Interrupted;
use timers::Timers;
pub(super) use tokens::Tokens;

/// How long the end of the cloud waits for steps under way.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// Drives every execution.
#[derive(Debug, Default)]
pub(super) struct Driver {
    mailboxes: Mutex<Mailboxes>,
    timers: Timers,
    timer_loop: Mutex<Option<JoinHandle<()>>>,
    calls: Calls,
    /// The task tokens that are out.
    pub(super) tokens: Tokens,
    /// Activity tasks that wait for a worker.
    pub(super) pollers: Pollers,
    /// The executions that a task of another execution waits for.
    pub(super) children: Children,
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
    /// Start it, if there is none of this name. Told the moment at which it started.
    Start(Box<StartRequest>, Reply<Timestamp>),
    /// Start it as a child of a Map Run, if it is not there.
    StartItem(Box<ItemStart>),
    /// Stop it. Told the moment at which it stopped.
    Stop { error: Option<String>, cause: Option<String>, reply: Option<Reply<Timestamp>> },
    /// A timer or a task has news.
    Input(asl::Input),
    /// A worker takes an activity's task. Told the task, if it still waits.
    Take { task: TaskId, worker_name: Option<String>, reply: Reply<Option<asl::TaskRequest>> },
    /// Whoever holds a task's token tells of it. Told whether the task was still there.
    Tell(asl::Input, Reply<bool>),
    /// An execution that a task waits for has ended.
    ChildEnded { task: TaskId, child: ExecutionKey, row: Box<ExecutionRow> },
}

/// Told once what it is about is durable.
pub(super) type Reply<T> = oneshot::Sender<Result<T, ServiceError>>;

impl Driver {
    /// Starts the timers, and continues what was interrupted.
    pub(super) fn resume(&self, cloud: &Arc<Cloud>, interrupted: Vec<Interrupted>, links: Vec<Link>) {
        for execution in &interrupted {
            self.timers.set(&execution.key, execution.next_wake);
        }
        children::pick_up(cloud, &interrupted, links);
        for execution in interrupted {
            task::pick_up(cloud, execution);
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
        tokio::spawn(finish::run(Arc::clone(cloud), key.clone()));
    }

    /// Posts a message that is answered, and waits for the answer.
    pub(super) async fn ask<T>(
        &self,
        cloud: &Arc<Cloud>,
        key: &ExecutionKey,
        message: impl FnOnce(Reply<T>) -> Message,
    ) -> Result<T, ServiceError> {
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

    /// Nobody waits for a task any more: its call is given up, its token is void, no worker gets it, and an execution that
    /// it waited for stops.
    fn release(&self, cloud: &Arc<Cloud>, key: &ExecutionKey, task: TaskId) {
        self.calls.give_up(key, Work::Task(task));
        self.tokens.withdraw(key, task);
        self.pollers.withdraw(key, task);
        self.stop_child(cloud, key, Work::Task(task));
    }

    /// Stops the execution that was waited for, if there is one.
    fn stop_child(&self, cloud: &Arc<Cloud>, key: &ExecutionKey, work: Work) {
        if let Some(child) = self.children.unlink(key, work) {
            self.post(cloud, &child, Message::Stop { error: None, cause: None, reply: None });
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
mod task_tests;
#[cfg(test)]
pub(super) mod tests;

//! The mailboxes of executions, and everything that the driver keeps of them in memory.

mod express_runs;
mod other_wakes;
mod rooms;
mod waiting;
mod work;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use asl::TaskId;
use cloud_core::{Clock, ServiceError, Stop};
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

pub(crate) use express_runs::Progress;

use super::activity_queue::ActivityQueues;
use super::child_links::ChildLinks;
use super::in_flight_calls::InFlightCalls;
use super::loaded::Cache;
use super::map_children::open_map_runs::OpenMapRuns;
use super::message::{Message, Reply};
use super::timers::Timers;
use super::tokens::Tokens;
use crate::recovery::Work;
use crate::rows::execution::ExecutionKey;
use crate::rows::express::ExpressRun;
use express_runs::ExpressRuns;
use other_wakes::OtherWakes;
use rooms::{Room, Rooms};

pub(super) use work::MailboxWork;

/// How long the end of the cloud waits for steps under way.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// Works on what has something to do: what the driver knows of those who carry its work out.
pub(crate) trait Runner: Send + Sync {
    /// Works on a mailbox, in a task of its own, until it is empty.
    fn run_mailbox(&self, key: ExecutionKey);

    /// The same work for whoever polls it; dropped before its end it goes on in a task of its own.
    fn mailbox_work(&self, key: ExecutionKey) -> Option<MailboxWork>;

    /// Runs a stored express execution to its end, in a task of its own.
    fn run_express(&self, run: ExpressRun, started_at: Timestamp);
}

/// What drives every execution: mailboxes, timers, tokens, and who waits for whom.
pub(crate) struct Driver {
    runner: OnceLock<Box<dyn Runner>>,
    clock: Clock,
    mailboxes: Mutex<Mailboxes>,
    /// Told when no mailbox has anything to do any more.
    idle: Notify,
    /// Given when nothing more is taken in.
    ending: Stop,
    rooms: Rooms,
    cache: Mutex<Cache>,
    pub(super) timers: Timers,
    other_wakes: OtherWakes,
    pub(crate) express: ExpressRuns,
    timer_loop: Mutex<Option<JoinHandle<()>>>,
    pub(super) in_flight: InFlightCalls,
    /// The task tokens that are out.
    pub(crate) tokens: Tokens,
    /// Activity tasks that wait for a worker.
    pub(crate) activities: ActivityQueues,
    /// The executions that a task of another execution waits for.
    pub(super) children: ChildLinks,
    pub(super) map_runs: OpenMapRuns,
}

#[derive(Debug, Default)]
pub(super) struct Mailboxes {
    /// Executions with something to do. The one who takes from a mailbox removes it when it is empty.
    waiting: BTreeMap<ExecutionKey, VecDeque<Message>>,
    stopped: bool,
}

impl Mailboxes {
    /// Everything in a mailbox; an empty answer has closed it.
    pub(super) fn take(&mut self, key: &ExecutionKey) -> VecDeque<Message> {
        let messages = self.waiting.get_mut(key).map(std::mem::take).unwrap_or_default();
        if messages.is_empty() {
            self.waiting.remove(key);
        }
        messages
    }
}

impl Driver {
    /// Drives nothing yet.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            runner: OnceLock::new(),
            timers: Timers::new(clock.clone()),
            clock,
            mailboxes: Mutex::default(),
            idle: Notify::new(),
            ending: Stop::new(),
            rooms: Rooms::new(),
            cache: Mutex::default(),
            other_wakes: OtherWakes::default(),
            express: ExpressRuns::default(),
            timer_loop: Mutex::default(),
            in_flight: InFlightCalls::default(),
            tokens: Tokens::default(),
            activities: ActivityQueues::default(),
            children: ChildLinks::default(),
            map_runs: OpenMapRuns::default(),
        }
    }

    /// Sets the timers of the executions that were running when the cloud ended.
    pub(crate) fn recover_timers(&self, timers: Vec<(ExecutionKey, Timestamp)>) {
        self.timers.load(timers);
    }

    /// Begins to work on mailboxes, and then to wake who is due: a timer that went off before would fill a mailbox that nobody
    /// works on, and its execution would stand still until the next start.
    pub(crate) fn begin(&self, runner: Box<dyn Runner>, start_timer_loop: impl FnOnce() -> JoinHandle<()>) {
        if self.runner.set(runner).is_err() {
            tracing::error!("the driver was begun twice");
        }
        *self.timer_loop.lock().unwrap_or_else(PoisonError::into_inner) = Some(start_timer_loop());
    }

    /// The moment at which the next execution is woken.
    pub(crate) fn next_timer(&self) -> Option<Timestamp> {
        self.timers.first_of(|_| true)
    }

    /// Sets or clears the moment at which an execution is woken; `wait` is when it goes on by itself, if it does.
    pub(super) fn set_timer(&self, key: &ExecutionKey, wake: Option<Timestamp>, wait: Option<Timestamp>) {
        self.other_wakes.set(key, wake, wait);
        self.timers.set(key, wake);
    }

    /// The earliest moment at which an execution goes on by itself: a Wait ends, or the backoff before a retry.
    pub(crate) fn next_wait(&self) -> Option<Timestamp> {
        let waiting = self.timers.first_of(|key| !self.other_wakes.has(key));
        [waiting, self.other_wakes.first_wait(), self.express.first_wait()].into_iter().flatten().min()
    }

    /// Whether something is under way that needs no moment to come: steps, calls of tasks, express executions.
    pub(crate) fn is_busy(&self) -> bool {
        let is_due = self.timers.first_of(|_| true).is_some_and(|first| first <= self.clock.now());
        is_due
            || !self.mailboxes().waiting.is_empty()
            || self.in_flight.is_any_running()
            || self.express.is_any_running()
    }

    /// Runs a stored express execution.
    pub(crate) fn run_express(&self, run: ExpressRun, started_at: Timestamp) {
        match self.runner.get() {
            Some(runner) => runner.run_express(run, started_at),
            None => tracing::error!(execution = run.arn, "nobody runs express executions yet"),
        }
    }

    /// Waits until nothing more is taken in.
    pub(super) async fn is_ending(&self) {
        self.ending.given().await;
    }

    /// Takes nothing more in, and waits for the steps under way.
    pub(crate) async fn stop(&self) {
        if let Some(timer_loop) = self.timer_loop.lock().unwrap_or_else(PoisonError::into_inner).take() {
            timer_loop.abort();
        }
        self.mailboxes().stopped = true;
        self.ending.give();
        let idle = async {
            loop {
                let told = self.idle.notified();
                if self.mailboxes().waiting.is_empty() {
                    return;
                }
                told.await;
            }
        };
        if self.clock.machine().timeout(STOP_LIMIT, idle).await.is_err() {
            tracing::warn!("steps were still under way when the cloud ended; they are done again after its next start");
        }
    }

    /// Puts a message into an execution's mailbox. When the cloud is ending it is dropped, and a caller who waits for
    /// the reply learns that.
    pub(crate) fn post(&self, key: &ExecutionKey, message: Message) {
        if !self.put(key, message) {
            return;
        }
        match self.runner.get() {
            Some(runner) => runner.run_mailbox(key.clone()),
            None => tracing::error!(execution = key.arn(), "nobody works on mailboxes yet"),
        }
    }

    /// Puts a message into a mailbox; tells whether nobody works on it yet.
    fn put(&self, key: &ExecutionKey, message: Message) -> bool {
        let mut mailboxes = self.mailboxes();
        if mailboxes.stopped {
            return false;
        }
        if let Some(mailbox) = mailboxes.waiting.get_mut(key) {
            mailbox.push_back(message);
            return false;
        }
        mailboxes.waiting.insert(key.clone(), VecDeque::from([message]));
        true
    }

    /// Takes over the mailbox of an execution that is due. When somebody works on it already, that one is told.
    pub(super) fn claim_due(&self, key: &ExecutionKey) -> bool {
        let mut mailboxes = self.mailboxes();
        if mailboxes.stopped {
            return false;
        }
        if let Some(mailbox) = mailboxes.waiting.get_mut(key) {
            mailbox.push_back(Message::Input(asl::Input::Wake));
            return false;
        }
        mailboxes.waiting.insert(key.clone(), VecDeque::new());
        true
    }

    /// Takes over the mailbox of an execution if nobody works on it.
    pub(super) fn claim_idle(&self, key: &ExecutionKey) -> bool {
        let mut mailboxes = self.mailboxes();
        if mailboxes.stopped || mailboxes.waiting.contains_key(key) {
            return false;
        }
        mailboxes.waiting.insert(key.clone(), VecDeque::new());
        true
    }

    /// Whether an execution's mailbox has something in it.
    pub(super) fn has_messages(&self, key: &ExecutionKey) -> bool {
        self.mailboxes().waiting.get(key).is_some_and(|mailbox| !mailbox.is_empty())
    }

    /// How many executions were read ahead.
    #[cfg(test)]
    pub(crate) fn due_soon(&self) -> usize {
        self.cache().due_soon()
    }

    /// Whether nobody has anything to do.
    #[cfg(test)]
    pub(crate) fn mailboxes_are_empty(&self) -> bool {
        self.mailboxes().waiting.is_empty()
    }

    /// Waits for room for a message that is answered, whoever it will be for.
    pub(crate) async fn room(&self) -> Room {
        self.rooms.acquire(None).await
    }

    /// All room that there is now.
    #[cfg(test)]
    pub(crate) fn all_room(&self) -> Vec<Room> {
        self.rooms.take_all()
    }

    /// Posts a message that is answered once there is room for it, and waits for the answer.
    pub(crate) async fn ask<T>(
        &self,
        key: &ExecutionKey,
        message: impl FnOnce(Reply<T>) -> Message,
    ) -> Result<T, ServiceError> {
        let room = self.rooms.acquire(Some(key)).await;
        self.ask_in(key, room, message).await
    }

    /// Posts a message that is answered, in room that was waited for, and waits for the answer.
    pub(crate) async fn ask_in<T>(
        &self,
        key: &ExecutionKey,
        _room: Room,
        message: impl FnOnce(Reply<T>) -> Message,
    ) -> Result<T, ServiceError> {
        let (sender, mut receiver) = oneshot::channel();
        // Whoever asks does the work itself where it can: that saves two hand-overs between tasks.
        let work = match self.put(key, message(sender)) {
            true => self.runner.get().and_then(|runner| runner.mailbox_work(key.clone())),
            false => None,
        };
        let answer = match work {
            Some(work) => tokio::select! {
                biased;
                answer = &mut receiver => answer,
                () = work => receiver.await,
            },
            None => receiver.await,
        };
        answer.unwrap_or_else(|_| Err(ServiceError::new(503, "ServiceUnavailable", "The embedded cloud is ending.")))
    }

    /// Tells who waits for the end once no mailbox has anything to do.
    pub(super) fn notify_if_idle(&self) {
        let mailboxes = self.mailboxes();
        if mailboxes.stopped && mailboxes.waiting.is_empty() {
            self.idle.notify_waiters();
        }
    }

    /// Puts messages back to the front of a mailbox that is being worked on.
    pub(super) fn put_back(&self, key: &ExecutionKey, messages: VecDeque<Message>) {
        let mut mailboxes = self.mailboxes();
        let mailbox = mailboxes.waiting.entry(key.clone()).or_default();
        for message in messages.into_iter().rev() {
            mailbox.push_front(message);
        }
    }

    /// Nobody waits for a task any more: its call is abandoned, its token is void, no worker gets it, and an execution that
    /// it waited for stops, or goes on where it may not be stopped.
    pub(super) fn release(&self, key: &ExecutionKey, task: TaskId, may_stop: impl FnOnce(&ExecutionKey) -> bool) {
        self.withdraw(key, task);
        let Some(child) = self.children.unlink(key, Work::Task(task)) else { return };
        if !may_stop(&child) {
            return self.post(&child, Message::GoOnAlone);
        }
        // It says so (measured on AWS by others).
        let cause = format!(
            "The Task state in AWS Step Functions execution [{}] which was managing this resource was aborted",
            key.arn()
        );
        self.post(&child, Message::Stop { error: None, cause: Some(cause), reply: None });
    }

    /// A task was ended by its token: an execution that it waited for goes on.
    pub(super) fn let_go(&self, key: &ExecutionKey, task: TaskId) {
        self.withdraw(key, task);
        if let Some(child) = self.children.unlink(key, Work::Task(task)) {
            self.post(&child, Message::GoOnAlone);
        }
    }

    fn withdraw(&self, key: &ExecutionKey, task: TaskId) {
        self.in_flight.abandon(key, Work::Task(task));
        self.tokens.withdraw(key, task);
        self.activities.withdraw(key, task);
    }

    /// Stops the child that a Map Run waited for, if there is one.
    pub(super) fn stop_child(&self, key: &ExecutionKey, work: Work) {
        if let Some(child) = self.children.unlink(key, work) {
            self.post(&child, Message::Stop { error: None, cause: None, reply: None });
        }
    }

    pub(super) fn mailboxes(&self) -> MutexGuard<'_, Mailboxes> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Counting(Arc<AtomicUsize>);

    impl Runner for Counting {
        fn run_mailbox(&self, _: ExecutionKey) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn mailbox_work(&self, _: ExecutionKey) -> Option<MailboxWork> {
            None
        }

        fn run_express(&self, _: ExpressRun, _: Timestamp) {}
    }

    #[tokio::test]
    async fn a_timer_that_is_due_at_the_start_finds_somebody_who_works_on_its_mailbox() {
        let driver = Driver::new(Clock::system());
        let worked_on = Arc::new(AtomicUsize::new(0));
        driver.begin(Box::new(Counting(Arc::clone(&worked_on))), || {
            driver.post(&ExecutionKey::new("us-east-1/m", "e"), Message::Input(asl::Input::Wake));
            tokio::spawn(async {})
        });
        assert_eq!(worked_on.load(Ordering::Relaxed), 1);
    }
}

//! What an execution's mailbox takes.

use asl::TaskId;
use cloud_core::ServiceError;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::activity_queue::OfferedTask;
use crate::executions::NewExecution;
use crate::recovery::MapChildStart;
use crate::rows::execution::{ExecutionKey, ExecutionRow};

/// Something for an execution to take in.
#[derive(Debug)]
pub(crate) enum Message {
    /// Start it, if there is none of this name. Told the moment at which it started.
    Start(Box<NewExecution>, Reply<Timestamp>),
    /// Start it as a child of a Map Run, if it is not there.
    StartMapChild(Box<MapChildStart>),
    /// Stop it. Told the moment at which it stopped.
    Stop { error: Option<String>, cause: Option<String>, reply: Option<Reply<Timestamp>> },
    /// Have it go on after its end, once for each of a client's tokens. Told the moment of the redrive.
    Redrive { token: Option<String>, reply: Reply<Timestamp> },
    /// End its Waits and backoffs now.
    Skip { reply: Reply<Skipped> },
    /// Tell what it waits for.
    Waits { reply: Reply<Vec<asl::StateWait>> },
    /// A timer is due, or a task tells of itself.
    Input(asl::Input),
    /// A worker takes an activity's task. Told the task, if it still waits.
    Take { offered: OfferedTask, worker_name: Option<String>, reply: Reply<Option<asl::TaskRequest>> },
    /// Whoever holds a task's token tells of it. Told whether the task was still there.
    Tell(asl::Input, Reply<bool>),
    /// The task that waits for it was ended by its token: nobody waits for it any more, and it goes on.
    GoOnAlone,
    /// An execution that a task waits for has ended.
    ChildEnded { task: TaskId, child: ExecutionKey, row: Box<ExecutionRow> },
}

impl Message {
    /// Whether the execution can't be there yet.
    pub(super) fn is_of_nothing_known(&self) -> bool {
        matches!(self, Self::Start(new, _) if new.has_drawn_name)
    }

    /// Whether somebody asks this of an execution now. What tells of a task or a timer has happened before, at a moment
    /// that is not known.
    pub(super) fn is_asked_now(&self) -> bool {
        match self {
            Self::Stop { .. } | Self::Skip { .. } | Self::Waits { .. } | Self::Take { .. } | Self::Tell(..) => true,
            Self::Start(..)
            | Self::StartMapChild(_)
            | Self::Redrive { .. }
            | Self::Input(_)
            | Self::GoOnAlone
            | Self::ChildEnded { .. } => false,
        }
    }
}

/// The task that an input ends.
pub(super) fn ended_task(input: &asl::Input) -> Option<TaskId> {
    match input {
        asl::Input::TaskSucceeded { task, .. }
        | asl::Input::TaskFailed { task, .. }
        | asl::Input::TaskStartFailed { task, .. } => Some(*task),
        _ => None,
    }
}

/// What was skipped.
#[derive(Debug, Default)]
pub(crate) struct Skipped {
    /// The names of the states that waited.
    pub(crate) states: Vec<String>,
    /// The running children of its Map Runs that are executions of their own, by ARN.
    pub(crate) children: Vec<String>,
}

/// Told once what it is about is durable.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, ServiceError>>;

//! What answers the tasks that mocks leave to others: functions whose code runs, and the embedded cloud.

use asl::{Input, TaskRequest};

use super::subject::Subject;
use crate::case::Answer;

/// A task that its mock leaves to others.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    /// The machine that it is a task of.
    pub subject: &'a Subject,
    /// The task.
    pub request: &'a TaskRequest,
    /// Who is to answer: [`Answer::Function`] or [`Answer::Cloud`].
    pub answer: &'a Answer,
}

/// Answers such tasks. It takes real time, while the virtual clock stands still.
pub trait Outside: Sync {
    /// The end of a task.
    ///
    /// # Errors
    /// Why nobody could answer; the case fails with it.
    fn answer(&self, passed: &Passed<'_>) -> Result<Input, String>;
}

/// Where nothing outside is in reach.
pub(super) struct Nobody;

impl Outside for Nobody {
    fn answer(&self, _: &Passed<'_>) -> Result<Input, String> {
        Err("nothing but mocks answers here".to_owned())
    }
}

//! Records: the history of an execution becomes a case whose mocks answer as its tasks were answered.

mod draft;
mod recorded;
mod secrets;
mod tasks;

use crate::case::TestFile;
use crate::judge::{Failure, judge};
use crate::run::{Subject, run};
use draft::Draft;
use model::source::Source;
pub use recorded::{Recorded, RecordedChild, RecordedEvent};
pub use secrets::Masking;

/// The case that became of an execution.
#[derive(Clone, Debug)]
pub struct RecordedCase {
    /// A test file with it.
    pub text: String,
    /// What is not as it was recorded, and so not expected: the keys of `expect`, and why.
    pub left_out: Vec<Failure>,
    /// Why the case can't pass at all.
    pub failures: Vec<Failure>,
    /// How many values were masked.
    pub masked: usize,
}

/// Makes a case of an execution. What it expects and a run of it does not give is left out, and told.
///
/// # Errors
/// The history has no start, or none of what a case needs; the sentence says what.
pub fn record(subject: &Subject, recorded: &Recorded, masking: &Masking) -> Result<RecordedCase, String> {
    let mut recorded = recorded.clone();
    recorded.events.sort_by_key(|event| event.id);
    let masked = masking.mask(&mut recorded);
    let mut draft = Draft::of(subject, &recorded)?;
    let mut left_out: Vec<Failure> = Vec::new();
    loop {
        let text = draft.text(&left_out);
        let failures = tried(subject, &text)?;
        let droppable: Vec<Failure> = failures.iter().filter(|it| draft.expects(&it.about)).cloned().collect();
        if droppable.is_empty() {
            return Ok(RecordedCase { text, left_out, failures, masked });
        }
        for failure in droppable {
            draft.leave_out(&failure.about);
            left_out.push(failure);
        }
    }
}

/// What fails in the one case of a file.
fn tried(subject: &Subject, text: &str) -> Result<Vec<Failure>, String> {
    let file = TestFile::parse(Source::new("recorded.test.toml", text), &|_| Err("nothing is read".to_owned()))
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    let case = file.cases.first().ok_or("the file has no case")?;
    Ok(judge(subject, case, &run(subject, case, 0)))
}

#[cfg(test)]
pub(crate) mod tests;

//! A Map Run: the children of a distributed Map state, which are executions of their own, and their progress.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::definition::ChildType;
use crate::execution::effect::Outcome;
use crate::execution::map::batch::Batch;
use crate::execution::map::children::{ChildId, ChildRequest, MapRunCounts, MapRunId, MapRunSummary, is_zero};
use crate::execution::map::item_reader::ReadProgress;
use crate::execution::map::limits::Limits;
use crate::execution::map::result_writer::WriteProgress;
use crate::execution::task::RunningTask;
use crate::history::Status;
use crate::quotas::MAX_MAP_RUN_CONCURRENCY;
use crate::timestamp;

/// A child that is running.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunningChild {
    pub(crate) name: Arc<str>,
    pub(crate) batch: Batch,
    pub(crate) started_at: Timestamp,
    /// How often it was begun again by a redrive.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) redrives: u64,
}

/// A child that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EndedChild {
    /// Its details for a `ResultWriter`; `None` when only the output is needed.
    pub(crate) child: Option<Box<RunningChild>>,
    pub(crate) stopped_at: Timestamp,
    pub(crate) outcome: Outcome,
}

/// A Map Run that is running, in the branch that is in the Map state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MapRun {
    pub(crate) id: MapRunId,
    pub(crate) arn: Arc<str>,
    pub(crate) state: Arc<str>,
    pub(crate) child_type: ChildType,
    pub(crate) started_at: Timestamp,
    pub(crate) limits: Limits,
    /// Whether the results need the details of each child, or only its output.
    pub(crate) keeps_all: bool,
    /// Whether it waits for its turn: nothing is read and no child begins before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_queued: bool,
    pub(crate) items: MapRunCounts,
    pub(crate) executions: MapRunCounts,
    waiting: VecDeque<Batch>,
    /// Those that a redrive begins again, by index; they are begun before any that waits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    again: BTreeMap<u64, RunningChild>,
    running: BTreeMap<u64, RunningChild>,
    ended: BTreeMap<u64, EndedChild>,
    /// The driver's pending call to read items or write results.
    pub(crate) task: Option<Box<RunningTask>>,
    pub(crate) reading: Option<Box<ReadProgress>>,
    pub(crate) writing: Option<Box<WriteProgress>>,
    /// The event before that of its start, which is always the one before it; known once it is unfinished.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) started_after: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) redrive_count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redriven_at: Option<Timestamp>,
}

impl MapRun {
    pub(crate) fn new(id: MapRunId, arn: Arc<str>, state: Arc<str>, child_type: ChildType, limits: Limits) -> Self {
        Self {
            id,
            arn,
            state,
            child_type,
            started_at: Timestamp::UNIX_EPOCH,
            limits,
            keeps_all: false,
            is_queued: false,
            items: MapRunCounts::default(),
            executions: MapRunCounts::default(),
            waiting: VecDeque::new(),
            again: BTreeMap::new(),
            running: BTreeMap::new(),
            ended: BTreeMap::new(),
            task: None,
            reading: None,
            writing: None,
            started_after: 0,
            redrive_count: 0,
            redriven_at: None,
        }
    }

    pub(crate) fn add(&mut self, batches: Vec<Batch>) {
        let items: u64 = batches.iter().map(|batch| batch.items).sum();
        let children = u64::try_from(batches.len()).unwrap_or(u64::MAX);
        for (counts, added) in [(&mut self.items, items), (&mut self.executions, children)] {
            counts.total += added;
            counts.pending += added;
        }
        self.waiting.extend(batches);
    }

    /// Whether a child waits and the limits allow it to start.
    pub(crate) fn can_begin_next(&self) -> bool {
        let most = if self.limits.max_concurrency == 0 {
            MAX_MAP_RUN_CONCURRENCY
        } else {
            self.limits.max_concurrency.min(MAX_MAP_RUN_CONCURRENCY)
        };
        let one_waits = !self.waiting.is_empty() || !self.again.is_empty();
        one_waits && !self.is_queued && u64::try_from(self.running.len()).unwrap_or(u64::MAX) < most
    }

    /// Starts the next child, if the limits allow one, and returns its index.
    pub(crate) fn begin_next(&mut self, name: impl FnOnce(u64) -> Arc<str>, now: Timestamp) -> Option<u64> {
        if !self.can_begin_next() {
            return None;
        }
        if let Some((index, mut child)) = self.again.pop_first() {
            for (counts, moved) in [(&mut self.items, child.batch.items), (&mut self.executions, 1)] {
                counts.pending_redrive -= moved;
                counts.running += moved;
            }
            child.redrives += 1;
            self.running.insert(index, child);
            return Some(index);
        }
        let batch = self.waiting.pop_front()?;
        let index = u64::try_from(self.running.len() + self.ended.len()).unwrap_or(u64::MAX);
        for (counts, moved) in [(&mut self.items, batch.items), (&mut self.executions, 1)] {
            counts.pending -= moved;
            counts.running += moved;
        }
        self.running.insert(index, RunningChild { name: name(index), batch, started_at: now, redrives: 0 });
        Some(index)
    }

    pub(crate) fn has_running(&self, child: ChildId) -> bool {
        child.redrive == self.redrive_count && self.running.contains_key(&child.index)
    }

    /// A child whose attempt before this one can't be redriven: its outcome stays.
    pub(crate) fn end_for_good(&mut self, index: u64, outcome: Outcome, now: Timestamp) {
        if let Some(child) = self.running.get_mut(&index) {
            self.items.failures_not_redrivable += child.batch.items;
            self.executions.failures_not_redrivable += 1;
            child.redrives = child.redrives.saturating_sub(1);
        }
        self.end(index, outcome, now);
    }

    pub(crate) fn end(&mut self, index: u64, outcome: Outcome, now: Timestamp) {
        let Some(child) = self.running.remove(&index) else {
            return;
        };
        let status = outcome.status();
        for (counts, moved) in [(&mut self.items, child.batch.items), (&mut self.executions, 1)] {
            counts.running -= moved;
            *counts.of(status) += moved;
        }
        // AWS gives the details of a child that failed, even where only outputs are asked for.
        let child = (self.keeps_all || status != Status::Succeeded).then(|| Box::new(child));
        self.ended.insert(index, EndedChild { child, stopped_at: now, outcome });
    }

    /// Whether more items have failed than the limits tolerate.
    pub(crate) fn has_failed(&self) -> bool {
        let failed = self.items.failed + self.items.timed_out + self.items.aborted;
        self.limits.are_exceeded(failed, self.items.total)
    }

    pub(crate) fn is_done(&self) -> bool {
        let no_child_is_left = self.waiting.is_empty() && self.again.is_empty() && self.running.is_empty();
        no_child_is_left && !self.is_queued && self.task.is_none() && self.reading.is_none()
    }

    /// The children that have ended, by index.
    pub(crate) fn results(&self) -> impl Iterator<Item = (u64, &EndedChild)> {
        self.ended.iter().map(|(index, ended)| (*index, ended))
    }

    /// Aborts everything that has not ended, and returns the children that were running.
    pub(crate) fn abort(&mut self) -> Vec<ChildId> {
        self.items.abort_unfinished();
        self.executions.abort_unfinished();
        self.waiting.clear();
        self.again.clear();
        std::mem::take(&mut self.running).into_keys().map(|index| self.child_id(index)).collect()
    }

    fn child_id(&self, index: u64) -> ChildId {
        ChildId { map_run: self.id, index, redrive: self.redrive_count }
    }

    /// What a redrive goes on with: the children that have not succeeded, those that wait, and the results of the others.
    /// `begun_by` is the event of its start, or of its last redrive.
    pub(crate) fn unfinished(mut self, begun_by: u64) -> Self {
        if self.redrive_count == 0 {
            self.started_after = begun_by.saturating_sub(1);
        }
        self.task = None;
        self.reading = None;
        self.writing = None;
        let has_failed = |ended: &EndedChild| ended.outcome.status() != Status::Succeeded && ended.child.is_some();
        let ended = std::mem::take(&mut self.ended).into_iter();
        let (failed, succeeded): (BTreeMap<_, _>, BTreeMap<_, _>) = ended.partition(|(_, ended)| has_failed(ended));
        self.ended = succeeded;
        for (index, EndedChild { child, outcome, .. }) in failed {
            let Some(child) = child else { continue };
            for (counts, moved) in [(&mut self.items, child.batch.items), (&mut self.executions, 1)] {
                *counts.of(outcome.status()) -= moved;
                counts.pending_redrive += moved;
            }
            self.again.insert(index, *child);
        }
        for (index, child) in std::mem::take(&mut self.running) {
            for (counts, moved) in [(&mut self.items, child.batch.items), (&mut self.executions, 1)] {
                counts.running -= moved;
                counts.pending_redrive += moved;
            }
            self.again.insert(index, child);
        }
        for counts in [&mut self.items, &mut self.executions] {
            counts.failures_not_redrivable = 0;
            counts.results_written = 0;
        }
        self
    }

    pub(crate) fn summary(&self, status: Status, stopped_at: Option<Timestamp>) -> MapRunSummary {
        MapRunSummary {
            id: self.id,
            arn: Arc::clone(&self.arn),
            state: Arc::clone(&self.state),
            status,
            started_at: self.started_at,
            stopped_at,
            max_concurrency: self.limits.max_concurrency,
            tolerated_failure_count: self.limits.tolerated_failure_count.unwrap_or_default(),
            tolerated_failure_percentage: self.limits.tolerated_failure_percentage.unwrap_or_default(),
            items: self.items,
            executions: self.executions,
            redrive_count: self.redrive_count,
            redriven_at: self.redriven_at,
        }
    }

    /// The request that starts a running child.
    pub(crate) fn request(&self, index: u64) -> Option<ChildRequest> {
        let child = self.running.get(&index)?;
        Some(ChildRequest {
            child: self.child_id(index),
            state: Arc::clone(&self.state),
            child_type: self.child_type,
            map_run_arn: Arc::clone(&self.arn),
            name: Arc::clone(&child.name),
            execution_arn: self.execution_arn(&child.name).into(),
            state_machine_arn: self.arn_of("stateMachine").into(),
            input: Arc::clone(child.batch.input.text()),
            items: child.batch.items,
        })
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = ChildRequest> {
        self.running.keys().filter_map(|index| self.request(*index))
    }

    /// The names of those that wait to be redriven.
    pub(crate) fn names_to_redrive(&self) -> impl Iterator<Item = &str> {
        self.again.values().map(|child| &*child.name)
    }

    /// The Map Run's ARN with another resource type, without its own id: `arn:aws:states:R:A:stateMachine:MACHINE/LABEL`.
    pub(crate) fn arn_of(&self, resource_type: &str) -> String {
        let start = self.arn.rsplit_once(':').map_or(&*self.arn, |(start, _)| start);
        start.replacen(":mapRun:", &format!(":{resource_type}:"), 1)
    }

    /// The last part of the ARN.
    pub(crate) fn uuid(&self) -> &str {
        self.arn.rsplit(':').next().unwrap_or_default()
    }

    pub(crate) fn execution_arn(&self, name: &str) -> String {
        match self.child_type {
            ChildType::Standard => format!("{}:{name}", self.arn_of("execution")),
            // An Express execution's ARN ends with an id of its own; a child's name is as unique.
            ChildType::Express => format!("{}:{name}:{name}", self.arn_of("express")),
        }
    }

    /// A child's dates as `DescribeExecution` shows them.
    pub(crate) fn date(instant: Timestamp) -> String {
        timestamp::with_milliseconds(instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::history::Failure;

    fn run(limits: Limits, items: &[u64]) -> MapRun {
        let arn = "arn:aws:states:r:1:mapRun:m/L:u";
        let mut run = MapRun::new(MapRunId(1), arn.into(), "M".into(), ChildType::Standard, limits);
        let batch = |items: &u64| Batch { input: Document::array([]), items: *items };
        run.add(items.iter().map(batch).collect());
        run
    }

    fn begin(run: &mut MapRun) -> Option<u64> {
        run.begin_next(|index| format!("c{index}").into(), Timestamp::UNIX_EPOCH)
    }

    fn end(run: &mut MapRun, index: u64, fails: bool) {
        let outcome = match fails {
            true => Outcome::Failed(Failure::default()),
            false => Outcome::Succeeded { output: "1".into() },
        };
        run.end(index, outcome, Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn begins_as_many_as_it_may() {
        let mut run = run(Limits { max_concurrency: 2, ..Limits::default() }, &[1, 3, 1]);
        assert_eq!([begin(&mut run), begin(&mut run), begin(&mut run)], [Some(0), Some(1), None]);
        end(&mut run, 1, false);
        assert_eq!((begin(&mut run), begin(&mut run)), (Some(2), None));
        assert_eq!(run.items, MapRunCounts { running: 2, succeeded: 3, total: 5, ..MapRunCounts::default() });
        assert_eq!(run.executions, MapRunCounts { running: 2, succeeded: 1, total: 3, ..MapRunCounts::default() });
        let child = |index, redrive| ChildId { map_run: run.id, index, redrive };
        assert!(!run.is_done() && run.has_running(child(0, 0)) && !run.has_running(child(1, 0)));
        assert!(!run.has_running(child(0, 1)), "of another attempt");
        assert_eq!(run.abort().len(), 2);
        assert_eq!(run.executions.aborted, 2);
    }

    #[test]
    fn names_are_shaped_like_those_of_aws() {
        let mut run = run(Limits::default(), &[1]);
        begin(&mut run);
        let request = run.request(0).unwrap();
        assert_eq!(&*request.execution_arn, "arn:aws:states:r:1:execution:m/L:c0");
        assert_eq!(&*request.state_machine_arn, "arn:aws:states:r:1:stateMachine:m/L");
        run.child_type = ChildType::Express;
        assert_eq!(run.execution_arn("n"), "arn:aws:states:r:1:express:m/L:n:n");
    }

    #[test]
    fn tolerates_what_the_definition_says() {
        let fails = |count, percentage, failures: u64| {
            let limits =
                Limits { max_concurrency: 0, tolerated_failure_count: count, tolerated_failure_percentage: percentage };
            let mut run = run(limits, &[1, 1, 1, 1]);
            for _ in 0..failures {
                let index = begin(&mut run).unwrap();
                end(&mut run, index, true);
            }
            run.has_failed()
        };
        assert!(!fails(None, None, 0) && fails(None, None, 1));
        assert!(!fails(Some(1), None, 1) && fails(Some(1), None, 2));
        assert!(!fails(None, Some(50.0), 2) && fails(None, Some(50.0), 3));
        assert!(fails(Some(1), Some(100.0), 2) && fails(Some(4), Some(25.0), 2));
    }
}

//! Map states in distributed mode: reading the items, running the children, and completing or failing.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::definition::{
    Distributed, ItemBatcher, ItemReader, Items, LanguageTemplate, Map, MapMode, ResultWriter, State, StateKind,
    Transformation,
};
use crate::document::Document;
use crate::execution::branch::{Branch, BranchStatus};
use crate::execution::effect::{Effect, Outcome};
use crate::execution::fault::{self, Fault, RUNTIME};
use crate::execution::input::Input;
use crate::execution::jitter;
use crate::execution::map::ItemPlace;
use crate::execution::map::batch::{Batch, batched};
use crate::execution::map::children::MapRunId;
use crate::execution::map::item_reader::{Call, ReadProgress};
use crate::execution::map::items::ItemList;
use crate::execution::map::limits::Limits;
use crate::execution::map::map_run::MapRun;
use crate::execution::map::result_writer::{self, WriteProgress};
use crate::execution::step::{Step, Transition};
use crate::execution::task::{RunningTask, TaskId, TaskPhase, TaskPurpose, TaskRequest};
use crate::history::{EventDetails, Failure, Status};

pub(crate) const ITEM_READER_FAILED: &str = "States.ItemReaderFailed";
const RESULT_WRITER_FAILED: &str = "States.ResultWriterFailed";
pub(crate) const THRESHOLD_EXCEEDED: &str = "States.ExceedToleratedFailureThreshold";
pub(crate) const THRESHOLD_EXCEEDED_CAUSE: &str = "The specified tolerated failure threshold was exceeded";

/// A distributed Map state.
type DistributedMap<'m> = (&'m Map, &'m Distributed);

impl Step<'_> {
    /// Starts a Map Run, on the given items or with an item reader.
    pub(crate) fn distributed(
        &mut self,
        branch: &mut Branch,
        state: &State,
        (map, distributed): DistributedMap<'_>,
        limits: Limits,
        input: &Document,
        items: ItemList,
    ) -> Result<Transition, Fault> {
        let mut run = self.new_map_run(branch, distributed, limits);
        self.emit(branch, EventDetails::MapRunStarted { map_run_arn: Arc::clone(&run.arn) })?;
        self.effects.push(Effect::StartMapRun(run.summary(Status::Running, None)));
        let begun = match &map.items {
            Items::Reader(_) if run.is_queued => Ok(()),
            Items::Reader(reader) => self.begin_to_read(branch, &mut run, reader, input),
            Items::Path(_) | Items::Template(_) => {
                self.add_children(branch, (map, distributed), &mut run, items, input)
            }
        };
        self.continue_map_run(branch, state, run, begun)
    }

    /// Requests the first call of an item reader.
    pub(super) fn begin_to_read(
        &mut self,
        branch: &Branch,
        run: &mut MapRun,
        reader: &ItemReader,
        input: &Document,
    ) -> Result<(), Fault> {
        let max_items = reader.max_items.as_ref().map(|dynamic| self.scope_of(branch).count(dynamic, input));
        let max_items = max_items.transpose()?;
        let parameters = self.parameters(branch, reader.arguments.as_ref(), "ItemReader", input)?;
        let reading = ReadProgress::new(reader, parameters, max_items);
        let call = reading.first_call(reader);
        run.reading = Some(Box::new(reading));
        self.call(branch, run, call, TaskPurpose::ReadItems);
        Ok(())
    }

    fn new_map_run(&mut self, branch: &Branch, distributed: &Distributed, limits: Limits) -> Box<MapRun> {
        self.execution.last_task_id += 1;
        let id = self.execution.last_task_id;
        let machine_arn = &self.execution.context.state_machine_arn;
        let label = distributed.label.clone().unwrap_or_else(|| jitter::label(machine_arn, &branch.state));
        let (head, name) = machine_arn.rsplit_once(":stateMachine:").unwrap_or(("arn:aws:states::", machine_arn));
        // A child's state machine is named MACHINE/LABEL; a Map Run of its own still belongs to MACHINE.
        let name = name.split('/').next().unwrap_or_default();
        let arn = format!("{head}:mapRun:{name}/{label}:{}", jitter::uuid(self.execution.seed, id, 0));
        let state = Arc::clone(&branch.state);
        let mut run = MapRun::new(MapRunId(id), arn.into(), state, distributed.children, limits);
        run.started_at = self.now;
        run.is_queued = self.machine.queues_map_runs;
        run.keeps_all = distributed.writer.as_ref().is_some_and(|writer| writer.transformation == Transformation::None);
        Box::new(run)
    }

    /// Adds the children: one for each item or batch of items.
    fn add_children(
        &mut self,
        branch: &Branch,
        (map, distributed): DistributedMap<'_>,
        run: &mut MapRun,
        items: ItemList,
        input: &Document,
    ) -> Result<(), Fault> {
        let mut inputs = Vec::with_capacity(items.items.len());
        let is_member = items.are_members;
        for (index, (item, source)) in (0..).zip(items.into_sourced()) {
            let place = ItemPlace { index, is_member, source: Some(&source) };
            let selected = self.selected(branch, map, item, place)?;
            fault::check_size(selected.size_bytes(), &branch.state)?;
            inputs.push(selected);
        }
        let batches = match &distributed.batcher {
            None => inputs.into_iter().map(|input| Batch { input, items: 1 }).collect(),
            Some(batcher) => self.batches(branch, batcher, &inputs, input)?,
        };
        run.add(batches);
        Ok(())
    }

    /// `ItemBatcher`: the inputs of the children, each with some of the items.
    pub(crate) fn batches(
        &self,
        branch: &Branch,
        batcher: &ItemBatcher,
        items: &[Document],
        input: &Document,
    ) -> Result<Vec<Batch>, Fault> {
        let scope = self.scope_of(branch);
        let max_items = batcher.max_items.as_ref().map(|dynamic| scope.count(dynamic, input)).transpose()?;
        let max_bytes = batcher.max_size_bytes.as_ref().map(|dynamic| scope.count(dynamic, input)).transpose()?;
        let constant = batcher.input.as_ref();
        let constant =
            constant.map(|template| scope.fill_language(template, "ItemBatcher/BatchInput", input)).transpose()?;
        Ok(batched(items, constant.as_ref(), max_items, max_bytes))
    }

    /// Goes on to start the children of a Map Run for whom a step before had no room. Tells whether there was one.
    pub(crate) fn continue_cut_map_run(&mut self) -> bool {
        let mut runs = self.execution.branches.values().filter_map(|branch| branch.map_run());
        let Some(id) = runs.find(|run| run.can_begin_next()).map(|run| run.id) else {
            return false;
        };
        self.apply_to_map_run(id, |step, branch, run| {
            let state = step.state_of(branch)?;
            step.continue_map_run(branch, state, run, Ok(()))
        });
        true
    }

    /// Continues a Map Run: starts children as far as the limits and this step allow, fails it, or completes it.
    pub(super) fn continue_map_run(
        &mut self,
        branch: &mut Branch,
        state: &State,
        mut run: Box<MapRun>,
        so_far: Result<(), Fault>,
    ) -> Result<Transition, Fault> {
        if let Err(fault) = so_far {
            return self.fail_map_run(branch, run, fault);
        }
        if run.has_failed() {
            let fault = Fault::error(THRESHOLD_EXCEEDED, THRESHOLD_EXCEEDED_CAUSE);
            return self.fail_map_run(branch, run, fault);
        }
        let seed = self.execution.seed;
        let id = run.id.0;
        while !self.budget.is_used_up()
            && let Some(index) = run.begin_next(|index| jitter::uuid(seed, id, index + 1).into(), self.now)
        {
            if let Some(request) = run.request(index) {
                self.budget.spend(request.input.len());
                self.effects.push(Effect::StartChild(request));
            }
        }
        if run.is_done() {
            return self.write_results(branch, state, run);
        }
        branch.status = BranchStatus::MapRun(run);
        Ok(Transition::Wait)
    }

    /// Writes the results of all children, file by file, or makes them the state's result.
    fn write_results(&mut self, branch: &mut Branch, state: &State, mut run: Box<MapRun>) -> Result<Transition, Fault> {
        let writer = writer_of(state);
        let Some((writer, resource)) = writer.and_then(|writer| Some((writer, writer.resource.as_ref()?))) else {
            let result =
                result_writer::results(&run, writer.map_or(Transformation::Compact, |writer| writer.transformation));
            return self.end_map_run(branch, state, &run, result);
        };
        let mut writing = match run.writing.take() {
            Some(writing) => writing,
            None => {
                let input = self.scope_of(branch).effective_input(state)?;
                match self.parameters(branch, writer.arguments.as_ref(), "ResultWriter", &input) {
                    Ok(parameters) => Box::new(WriteProgress::new(&run, writer, &parameters)),
                    Err(fault) => return self.fail_map_run(branch, run, fault),
                }
            }
        };
        let Some(parameters) = writing.next_call() else {
            run.items.results_written = run.items.total;
            run.executions.results_written = run.executions.total;
            let result = writing.result(&run);
            return self.end_map_run(branch, state, &run, result);
        };
        run.writing = Some(writing);
        self.call(branch, &mut run, Call { resource: resource.clone(), parameters }, TaskPurpose::WriteResults);
        branch.status = BranchStatus::MapRun(run);
        Ok(Transition::Wait)
    }

    fn end_map_run(
        &mut self,
        branch: &mut Branch,
        state: &State,
        run: &MapRun,
        result: Document,
    ) -> Result<Transition, Fault> {
        self.effects.push(Effect::EndMapRun(run.summary(Status::Succeeded, Some(self.now))));
        // On AWS StateExited follows from the start of the run, not from its success.
        let succeeded = self.emit_beside(branch.previous_event_id, EventDetails::MapRunSucceeded)?;
        self.emit_beside(succeeded, EventDetails::MapStateSucceeded)?;
        self.complete(branch, state, Some(result))
    }

    fn fail_map_run(&mut self, branch: &mut Branch, mut run: Box<MapRun>, fault: Fault) -> Result<Transition, Fault> {
        // A redrive starts a new Map Run after these two (developer guide, "Redriving Map Runs").
        let starts_anew = fault.is_of_size() || matches!(fault, Fault::Fatal(_));
        if !starts_anew {
            let map_run = Some(Box::new(run.as_ref().clone().unfinished(branch.previous_event_id)));
            self.unfinished.keep_inside(branch.id, BranchStatus::Redriven { order: 0, map_run });
        }
        let task = run.task.take();
        self.effects.extend(task.map(|task| Effect::CancelTask(task.request.task)));
        self.effects.extend(run.abort().into_iter().map(Effect::StopChild));
        self.effects.push(Effect::EndMapRun(run.summary(Status::Failed, Some(self.now))));
        let fault = self.emit_evaluation_failed(branch, fault)?;
        if !matches!(fault, Fault::Fatal(_)) {
            let failure = fault.clone().failure();
            self.emit(branch, EventDetails::MapRunFailed(failure))?;
        }
        Err(fault)
    }

    /// Aborts a Map Run because the state or the execution around it ends.
    pub(crate) fn abort_map_run(&mut self, run: &MapRun) {
        let mut run = run.clone();
        self.effects.extend(run.abort().into_iter().map(Effect::StopChild));
        self.effects.push(Effect::EndMapRun(run.summary(Status::Aborted, Some(self.now))));
    }

    /// A child has ended.
    pub(crate) fn child_ended(
        &mut self,
        branch: &mut Branch,
        mut run: Box<MapRun>,
        index: u64,
        outcome: Outcome,
    ) -> Result<Transition, Fault> {
        run.end(index, outcome, self.now);
        let state = self.state_of(branch)?;
        self.continue_map_run(branch, state, run, Ok(()))
    }

    /// `UpdateMapRun`.
    pub(crate) fn update_map_run(
        &mut self,
        branch: &mut Branch,
        mut run: Box<MapRun>,
        limits: Limits,
    ) -> Result<Transition, Fault> {
        run.limits = limits;
        let state = self.state_of(branch)?;
        if run.task.is_some() {
            branch.status = BranchStatus::MapRun(run);
            return Ok(Transition::Wait);
        }
        self.continue_map_run(branch, state, run, Ok(()))
    }

    /// Handles an input for a call that reads items or writes results. The history has no event for it.
    pub(crate) fn map_run_task(
        &mut self,
        branch: &mut Branch,
        mut run: Box<MapRun>,
        input: Input,
    ) -> Result<Transition, Fault> {
        let state = self.state_of(branch)?;
        let cause = match input {
            Input::TaskSucceeded { output, .. } => {
                run.task = None;
                return self.handle_reader_result(branch, state, run, &output);
            }
            // Whoever drives the execution can't make the call: nothing may take that for a reader that failed.
            Input::TaskFailed { error: Some(error), cause, .. } if error == RUNTIME => {
                run.task = None;
                return self.fail_map_run(branch, run, Fault::Fatal(Failure { error: Some(error), cause }));
            }
            Input::TaskFailed { cause, .. } => cause.unwrap_or_default(),
            Input::TaskStartFailed { cause, .. } => cause,
            _ => {
                if let (Some(task), Input::TaskStarted { .. }) = (&mut run.task, &input) {
                    task.phase = TaskPhase::Started;
                }
                branch.status = BranchStatus::MapRun(run);
                return Ok(Transition::Wait);
            }
        };
        run.task = None;
        let error = if run.writing.is_some() { RESULT_WRITER_FAILED } else { ITEM_READER_FAILED };
        self.fail_map_run(branch, run, Fault::error(error, cause))
    }

    fn handle_reader_result(
        &mut self,
        branch: &mut Branch,
        state: &State,
        mut run: Box<MapRun>,
        answer: &str,
    ) -> Result<Transition, Fault> {
        let Some(mut reading) = run.reading.take() else {
            return self.write_results(branch, state, run);
        };
        let StateKind::Map(map) = &state.kind else {
            return Err(Fault::runtime(branch, "The state is not a Map state."));
        };
        let (Items::Reader(reader), MapMode::Distributed(distributed)) = (&map.items, &map.mode) else {
            return Err(Fault::runtime(branch, "The state reads no items."));
        };
        match reading.take(reader, answer) {
            Err(unreadable) => self.fail_map_run(branch, run, Fault::error(ITEM_READER_FAILED, unreadable.0)),
            Ok(Some(call)) => {
                run.reading = Some(reading);
                self.call(branch, &mut run, call, TaskPurpose::ReadItems);
                branch.status = BranchStatus::MapRun(run);
                Ok(Transition::Wait)
            }
            Ok(None) => {
                let input = self.scope_of(branch).effective_input(state)?;
                let items = reading.into_items();
                let added = self.add_children(branch, (map, distributed), &mut run, items, &input);
                self.continue_map_run(branch, state, run, added)
            }
        }
    }

    /// The parameters of a reader or writer.
    pub(crate) fn parameters(
        &self,
        branch: &Branch,
        template: Option<&LanguageTemplate>,
        field: &str,
        input: &Document,
    ) -> Result<Value, Fault> {
        let Some(template) = template else {
            return Ok(json!({}));
        };
        let name = match template {
            LanguageTemplate::JsonPath(_) => "Parameters",
            LanguageTemplate::Jsonata(_) => "Arguments",
        };
        let filled = self.scope_of(branch).fill_language(template, &format!("{field}/{name}"), input)?;
        Ok(filled.into_value())
    }

    /// Requests a call of the driver for a Map Run.
    fn call(&mut self, branch: &Branch, run: &mut MapRun, call: Call, purpose: TaskPurpose) {
        self.execution.last_task_id += 1;
        let request = TaskRequest {
            task: TaskId(self.execution.last_task_id),
            purpose,
            state: Arc::clone(&branch.state),
            resource: call.resource,
            input: call.parameters.to_string().into(),
            credentials: None,
            timeout_s: None,
            heartbeat_s: None,
            attempt: branch.retry_count(),
            token: None,
        };
        self.effects.push(Effect::StartTask(request.clone()));
        let task = RunningTask { request, phase: TaskPhase::Scheduled, times_out_at: None, heartbeat_due_at: None };
        run.task = Some(Box::new(task));
    }
}

fn writer_of(state: &State) -> Option<&ResultWriter> {
    match &state.kind {
        StateKind::Map(map) => match &map.mode {
            MapMode::Distributed(distributed) => distributed.writer.as_ref(),
            MapMode::Inline | MapMode::InlineWithDistributedFields => None,
        },
        _ => None,
    }
}

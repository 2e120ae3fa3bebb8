//! Map Runs that go on after a redrive: the children that have not succeeded run again, the results of the others stay.

use crate::definition::{Items, State, StateKind};
use crate::execution::branch::Branch;
use crate::execution::effect::{Effect, Outcome};
use crate::execution::fault::Fault;
use crate::execution::map::map_run::MapRun;
use crate::execution::step::{Step, Transition};
use crate::history::{EventDetails, Status};
use crate::quotas::MAX_MAP_RUN_REDRIVES;

impl Step<'_> {
    /// Goes on with a Map Run. One that had read no items reads them again; one that had none from its state's input, either,
    /// is started anew.
    pub(crate) fn redrive_map_run(
        &mut self,
        branch: &mut Branch,
        state: &State,
        mut run: Box<MapRun>,
    ) -> Result<Transition, Fault> {
        let StateKind::Map(map) = &state.kind else {
            return Err(Fault::runtime(branch, "The state is not a Map state."));
        };
        let reader = match &map.items {
            Items::Reader(reader) if run.executions.total == 0 => Some(reader),
            _ if run.executions.total == 0 => return self.execute(branch, state),
            _ => None,
        };
        if run.redrive_count >= MAX_MAP_RUN_REDRIVES {
            let problem = format!("The Map Run has reached the maximum number of redrives ({MAX_MAP_RUN_REDRIVES}).");
            return Err(Fault::runtime(branch, problem));
        }
        run.is_queued = self.machine.queues_map_runs;
        run.redrive_count += 1;
        run.redriven_at = Some(self.now);
        // On AWS it follows from the start of the state, as the start of the Map Run did (measured by others).
        let redriven = EventDetails::MapRunRedriven { map_run_arn: run.arn.clone(), redrive_count: run.redrive_count };
        branch.previous_event_id = run.started_after;
        self.emit(branch, redriven)?;
        let mut begun = Ok(());
        if let Some(reader) = reader.filter(|_| !run.is_queued) {
            let input = self.scope_of(branch).effective_input(state)?;
            begun = self.begin_to_read(branch, &mut run, reader, &input);
        }
        self.effects.push(Effect::StartMapRun(run.summary(Status::Running, None)));
        self.continue_map_run(branch, state, run, begun)
    }

    /// A child has not been begun again.
    pub(crate) fn child_not_redrivable(
        &mut self,
        branch: &mut Branch,
        mut run: Box<MapRun>,
        index: u64,
        outcome: Outcome,
    ) -> Result<Transition, Fault> {
        run.end_for_good(index, outcome, self.now);
        let state = self.state_of(branch)?;
        self.continue_map_run(branch, state, run, Ok(()))
    }
}

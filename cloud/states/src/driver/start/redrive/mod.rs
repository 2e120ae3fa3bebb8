//! Redriving an execution: what is asked for is checked, and the execution goes on where it had not finished.

use std::sync::Arc;

use asl::{HistoryEvent, Outcome};
use cloud_core::ServiceError;
use jiff::{SignedDuration, Timestamp};

use crate::driver::loaded::Loaded;
use crate::driver::loaded::MovedHistory;
use crate::driver::map_children;
use crate::driver::message::{Message, Reply};
use crate::driver::step::Step;
use crate::executions::{KeptHistory, not_redrivable};
use crate::recovery::MapChildStart;
use crate::rows::execution::{ExecutionKey, ExecutionState, RedriveToken, Redriven};
use crate::states::States;
use crate::wire::errors;

/// How many client tokens are kept (API reference, `RedriveExecution`).
const KEPT_TOKENS: usize = 10;

/// How long a client token is valid after its first use (the same).
const TOKEN_VALID: SignedDuration = SignedDuration::from_mins(15);

/// What became of a request to redrive.
enum Answer {
    /// It goes on, with these effects; the events are those that its own row has held.
    GoesOn(Vec<asl::Effect>, Vec<HistoryEvent>),
    /// The same request has redriven it then.
    Already(Timestamp),
}

impl Step {
    /// Redrives an execution for a client, and tells the moment of the redrive.
    pub(in crate::driver) fn redrive(
        &mut self,
        states: &Arc<States>,
        key: &ExecutionKey,
        loaded: &mut Loaded,
        token: Option<String>,
        reply: Reply<Timestamp>,
    ) {
        let now = states.clock.now();
        let answer = match redriven_by(loaded, token.as_deref(), now) {
            Some(at) => Ok(Answer::Already(at)),
            None => go_on(states, key, loaded, now),
        };
        match answer {
            Ok(Answer::Already(at)) => self.reply_with(Some(reply), Ok(at)),
            Ok(Answer::GoesOn(effects, moved)) => {
                remember(loaded, token, now);
                self.reply_with(Some(reply), Ok(now));
                self.begin_again(states, key, loaded, effects, moved, now);
            }
            Err(error) => self.reply_with(Some(reply), Err(error)),
        }
    }

    fn begin_again(
        &mut self,
        states: &Arc<States>,
        key: &ExecutionKey,
        loaded: &mut Loaded,
        effects: Vec<asl::Effect>,
        moved: Vec<HistoryEvent>,
        now: Timestamp,
    ) {
        // An end in this very step was not written, and is not now.
        let has_just_ended = std::mem::replace(&mut self.ended, false);
        if has_just_ended {
            states.index().end(key.parts().0);
        }
        if !self.started && self.redriven.is_none() {
            self.redriven = Some(Box::new(MovedHistory { events: moved, is_announced: !has_just_ended }));
        }
        self.collect(states, loaded, effects, now);
    }

    /// A Map Run that goes on wants a child that it had begun before: the child is redriven. What it has come to already, and
    /// that it can't be redriven, the Map Run is told.
    pub(in crate::driver) fn redrive_map_child(
        &mut self,
        states: &Arc<States>,
        key: &ExecutionKey,
        mut loaded: Loaded,
        start: Box<MapChildStart>,
    ) -> Loaded {
        if let Some(map_child) = &mut loaded.row.map_child {
            map_child.child = start.child();
        }
        self.inputs.push_back(Message::StartMapChild(start.clone()));
        match loaded.row.outcome().cloned() {
            // It was not stopped in time: it goes on, and its end is this attempt's.
            None => self.dirty = true,
            Some(Outcome::Succeeded { .. }) => self.notify_parent = true,
            Some(outcome) => {
                let now = states.clock.now();
                match go_on(states, key, &mut loaded, now) {
                    Ok(Answer::GoesOn(effects, moved)) => {
                        self.begin_again(states, key, &mut loaded, effects, moved, now)
                    }
                    Ok(Answer::Already(_)) => {}
                    Err(error) => {
                        tracing::info!(error = %error.message, child = key.arn(), "a Map Run's child was not redriven");
                        map_children::notify_not_redrivable(states, start.parent(), start.child(), outcome);
                    }
                }
            }
        }
        loaded
    }
}

/// When a client's token has redriven an execution, if it has and is still valid.
fn redriven_by(loaded: &Loaded, token: Option<&str>, now: Timestamp) -> Option<Timestamp> {
    let token = token?;
    let known = loaded.row.redrive_tokens.as_ref()?.0.iter().find(|known| &*known.token == token)?;
    (now.duration_since(known.at) < TOKEN_VALID).then_some(known.at)
}

fn remember(loaded: &mut Loaded, token: Option<String>, now: Timestamp) {
    let Some(token) = token else { return };
    let tokens = &mut loaded.row.redrive_tokens.get_or_insert_default().0;
    tokens.retain(|known| now.duration_since(known.at) < TOKEN_VALID);
    tokens.push(RedriveToken { token: token.into(), at: now });
    let too_many = tokens.len().saturating_sub(KEPT_TOKENS);
    tokens.drain(..too_many);
}

/// Has an execution go on, if it can be redriven.
fn go_on(
    states: &Arc<States>,
    key: &ExecutionKey,
    loaded: &mut Loaded,
    now: Timestamp,
) -> Result<Answer, ServiceError> {
    let (machine, _) = key.parts();
    // Announced before it is asked whether the machine is being deleted: a deletion that came between has seen it or is seen.
    states.index().begin_redrive(machine);
    let answer = go_on_announced(states, key, loaded, now);
    if answer.is_err() {
        states.index().end(machine);
    }
    answer
}

fn go_on_announced(
    states: &Arc<States>,
    key: &ExecutionKey,
    loaded: &mut Loaded,
    now: Timestamp,
) -> Result<Answer, ServiceError> {
    if let Some(reason) = not_redrivable(states, key, &loaded.row, now) {
        return Err(errors::not_redrivable(reason));
    }
    let moved = match states.kept_history(key)? {
        Some(KeptHistory::Events(events)) => events,
        // One that began in this very step is not in the store yet.
        Some(KeptHistory::Rows) | None => Vec::new(),
    };
    let unfinished = match &loaded.row.state {
        ExecutionState::Ended(ended) => ended.unfinished.clone(),
        ExecutionState::Running(_) => None,
    };
    let Some(mut execution) = unfinished else {
        return Err(errors::not_redrivable(asl::NotRedrivable::NothingLeft.to_string()));
    };
    let definition = states.definition(&loaded.compiled);
    let redriven = execution.redrive(&definition, now);
    drop(definition);
    let effects = redriven.map_err(|reason| errors::not_redrivable(reason.to_string()))?;
    let head = &mut loaded.row.head;
    head.status = asl::Status::Running;
    head.stopped_at = None;
    let count = execution.context().redrive_count.unwrap_or_default();
    head.redriven = Some(Box::new(Redriven { count, at: now }));
    loaded.row.state = ExecutionState::Running(execution);
    Ok(Answer::GoesOn(effects, moved))
}

#[cfg(test)]
mod tests;

//! Holds the names in a case against the machine that it runs.

use asl::{StateMachine, StateType};
use model::nearest;
use model::source::{ModelError, Source};

use super::file::TestFile;
use super::parts::Case;

impl TestFile {
    /// What cases name and their machines do not have, each at its place. A mock that the file has for all its cases must
    /// be of use to one of their machines.
    pub fn check<'m>(&self, machine: impl Fn(&Case) -> Option<&'m StateMachine>) -> Vec<ModelError> {
        let known: Vec<(&Case, Names<'m>)> =
            self.cases.iter().filter_map(|case| Some((case, Names::of(machine(case)?)))).collect();
        let mut errors = Vec::new();
        for (case, names) in &known {
            for (name, mocks) in &case.mocks {
                let is_of_another = mocks.is_shared && known.iter().any(|(_, names)| names.unmocked(name).is_none());
                let refused = names.unmocked(name).filter(|_| !is_of_another);
                errors.extend(refused.map(|(message, hint)| error(&self.source, mocks.offset, message, hint)));
            }
            errors.extend(case.unknown_states(names, &self.source));
        }
        let mut told: Vec<ModelError> = Vec::new();
        errors.into_iter().for_each(|error| {
            if !told.contains(&error) {
                told.push(error);
            }
        });
        told.sort_by_key(|error| error.position.map(|position| (position.line, position.column)));
        told
    }
}

impl Case {
    fn unknown_states(&self, names: &Names<'_>, source: &Source) -> Vec<ModelError> {
        let mut errors = Vec::new();
        let expect = &self.expect;
        let states = expect.path.iter().flatten().chain(&expect.visits).chain(&expect.avoids);
        let mut named: Vec<(&str, usize)> = states.map(|state| (state.value.as_str(), state.offset)).collect();
        named.extend(expect.calls.iter().map(|(name, calls)| (name.as_str(), calls.offset)));
        named.extend(expect.retries.iter().map(|(name, retries)| (name.as_str(), retries.offset)));
        for (name, offset) in named {
            errors.extend(names.unknown(name).map(|(message, hint)| error(source, offset, message, hint)));
        }
        errors
    }
}

fn error(source: &Source, offset: usize, message: String, hint: String) -> ModelError {
    source.error_at(offset, message).with_hint(hint)
}

/// The names that a case can use.
struct Names<'m> {
    states: Vec<(&'m str, StateType)>,
    /// With what reads and writes for Map states.
    callers: Vec<String>,
}

impl<'m> Names<'m> {
    fn of(machine: &'m StateMachine) -> Self {
        let states: Vec<(&str, StateType)> = machine.states().collect();
        let mut callers = Vec::new();
        for (name, state_type) in &states {
            match state_type {
                StateType::Task => callers.push((*name).to_owned()),
                StateType::Map => {
                    callers.push(format!("{name}/ItemReader"));
                    callers.push(format!("{name}/ResultWriter"));
                }
                _ => {}
            }
        }
        Self { states, callers }
    }

    /// Why a name can't be mocked, with advice.
    fn unmocked(&self, name: &str) -> Option<(String, String)> {
        if self.callers.iter().any(|caller| caller == name) {
            return None;
        }
        if let Some((_, state_type)) = self.states.iter().find(|(state, _)| *state == name) {
            let message = format!("`{name}` is a {} state, which calls nothing.", state_type.name());
            return Some((message, "Mocks are for Task states.".to_owned()));
        }
        let callers: Vec<&str> = self.callers.iter().map(String::as_str).filter(|it| !it.contains('/')).collect();
        Some((format!("The machine has no state `{name}`."), did_you_mean(name, &callers)))
    }

    /// Why a name is none of a state, with advice.
    fn unknown(&self, name: &str) -> Option<(String, String)> {
        if self.states.iter().any(|(state, _)| *state == name) || self.callers.iter().any(|caller| caller == name) {
            return None;
        }
        let states: Vec<&str> = self.states.iter().map(|(state, _)| *state).collect();
        Some((format!("The machine has no state `{name}`."), did_you_mean(name, &states)))
    }
}

fn did_you_mean(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if known.is_empty() => "It calls nothing.".to_owned(),
        None => format!("It has {}.", known.join(", ")),
    }
}

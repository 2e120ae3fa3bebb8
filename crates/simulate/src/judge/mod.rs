//! Holds what a run did against what its case expects.

mod rule;
mod text;

use asl::{Outcome, Status};
use jiff::SignedDuration;
use jsonata::Variables;
use serde_json::{Map, Value};

use crate::case::{Calls, Case, Expectation, Test};
use crate::difference::{Difference, Extent, differences};
use crate::duration::shown_duration;
use crate::run::{Run, Subject};

/// Something that is not as the case expects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The key of `expect` that it is about; `run` for a run that could not go on.
    pub about: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where values differ.
    pub differences: Vec<Difference>,
    /// What to do about it, where that is known.
    pub advice: Option<String>,
}

impl Failure {
    /// That a run could not be had; the message is a sentence.
    pub fn of_run(message: impl Into<String>) -> Self {
        Self::new("run", message)
    }

    pub(crate) fn new(about: &str, message: impl Into<String>) -> Self {
        Self { about: about.to_owned(), message: message.into(), differences: Vec::new(), advice: None }
    }
}

/// Everything in a run that is not as its case expects; nothing when the case passes.
pub fn judge(subject: &Subject, case: &Case, run: &Run) -> Vec<Failure> {
    if let Some(problem) = &run.problem {
        return vec![text::of_problem(problem)];
    }
    let mut judge = Judge { subject, case, run, failures: Vec::new() };
    judge.status();
    judge.output();
    judge.failure();
    judge.states();
    judge.calls();
    judge.time();
    judge.variables();
    judge.events();
    judge.failures
}

struct Judge<'a> {
    subject: &'a Subject,
    case: &'a Case,
    run: &'a Run,
    failures: Vec<Failure>,
}

impl Judge<'_> {
    fn expect(&self) -> &Expectation {
        &self.case.expect
    }

    fn refuse(&mut self, about: &str, message: impl Into<String>) {
        self.failures.push(Failure::new(about, message));
    }

    fn status(&mut self) {
        let expect = self.expect();
        let fails = expect.error.is_some() || expect.cause.is_some() || expect.cause_contains.is_some();
        let expected = expect.status.unwrap_or(if fails { Status::Failed } else { Status::Succeeded });
        let Some(outcome) = &self.run.outcome else { return };
        // An expected error may also be that of a timeout.
        let fits = expect.is_any_end
            || outcome.status() == expected
            || (expect.status.is_none() && fails && !matches!(outcome, Outcome::Succeeded { .. }));
        if !fits {
            let why = match outcome {
                Outcome::Succeeded { output } => format!(" with {}", text::short(output)),
                Outcome::Failed(failure) | Outcome::Aborted(failure) => text::of_failure(failure),
                Outcome::TimedOut => String::new(),
            };
            let message =
                format!("It should end {}, and ends {}{why}.", expected.api_name(), outcome.status().api_name());
            self.refuse("status", message);
        }
    }

    fn output(&mut self) {
        let expect = self.expect();
        let Some(output) = self.run.output() else { return };
        let whole = expect.output.as_ref().map(|it| differences(&it.value, &output, Extent::Whole));
        let part = expect.output_contains.as_ref().map(|it| differences(it, &output, Extent::Part));
        for (about, found) in [("output", whole), ("output_contains", part)] {
            let found = found.unwrap_or_default();
            if !found.is_empty() {
                let message = "The output is not as expected.".to_owned();
                self.failures.push(Failure { differences: found, ..Failure::new(about, message) });
            }
        }
        self.predicates(&output);
    }

    fn predicates(&mut self, output: &Value) {
        let case = self.case;
        let variables = Value::Object(self.run.variables(self.subject));
        for predicate in &case.expect.output_matches {
            let bindings = Variables::new(self.run.ended_at, 0)
                .with("output", output.clone())
                .with("input", self.run.input.clone())
                .with("variables", variables.clone());
            let expression = match &predicate.test {
                Test::Expression(expression) => expression,
                Test::Rule(machine) => {
                    if let Err(message) = rule::check(machine, output) {
                        self.refuse("output_matches", format!("`{}` {message}.", predicate.text));
                    }
                    continue;
                }
            };
            match expression.evaluate_over(output, &bindings) {
                Ok(Some(Value::Bool(true))) => {}
                Ok(value) => {
                    let value = value.map_or_else(|| "nothing".to_owned(), |value| text::short(&value.to_string()));
                    let message = format!("`{}` should be true, and is {value}.", predicate.text);
                    self.refuse("output_matches", message);
                }
                Err(error) => self.refuse("output_matches", format!("`{}` fails: {error}", predicate.text)),
            }
        }
    }

    fn failure(&mut self) {
        let (error, cause) = match &self.run.outcome {
            Some(Outcome::Failed(failure) | Outcome::Aborted(failure)) => {
                (failure.error.clone(), failure.cause.clone())
            }
            Some(Outcome::TimedOut) => (Some("States.Timeout".to_owned()), None),
            _ => return,
        };
        let expect = self.expect().clone();
        let pairs = [("error", &expect.error, &error), ("cause", &expect.cause, &cause)];
        for (about, expected, actual) in pairs {
            if let Some(expected) = expected
                && actual.as_ref() != Some(expected)
            {
                let actual = actual.as_ref().map_or_else(|| "none".to_owned(), |it| format!("`{it}`"));
                self.refuse(about, format!("The {about} should be `{expected}`, and is {actual}."));
            }
        }
        if let Some(part) = expect.cause_contains
            && !cause.as_ref().is_some_and(|cause| cause.contains(&part))
        {
            let cause = cause.map_or_else(|| "none".to_owned(), |it| format!("`{it}`"));
            self.refuse("cause_contains", format!("The cause should contain `{part}`, and is {cause}."));
        }
    }

    fn states(&mut self) {
        let case = self.case;
        let path = self.run.path();
        if let Some(expected) = &case.expect.path {
            let expected: Vec<&str> = expected.iter().map(|state| state.value.as_str()).collect();
            if expected != path {
                self.refuse("path", text::of_paths(&expected, &path));
            }
        }
        for state in case.expect.visits.iter().filter(|state| !path.contains(&state.value.as_str())) {
            self.refuse("visits", format!("`{}` should be entered, and is not.", state.value));
        }
        for state in case.expect.avoids.iter().filter(|state| path.contains(&state.value.as_str())) {
            self.refuse("avoids", format!("`{}` should not be entered, and is.", state.value));
        }
        for (state, expected) in &case.expect.retries {
            let retries = self.run.retries(state);
            if retries != expected.value {
                let message = format!(
                    "`{state}` should be tried again {}, and is {}.",
                    text::times(expected.value),
                    text::times(retries)
                );
                self.refuse("retries", message);
            }
        }
    }

    fn calls(&mut self) {
        let case = self.case;
        for (state, expected) in &case.expect.calls {
            let made: Vec<Value> = self
                .run
                .calls
                .iter()
                .filter(|call| call.state == *state)
                .map(|call| serde_json::from_str(&call.input).unwrap_or_default())
                .collect();
            let count = u64::try_from(made.len()).unwrap_or(u64::MAX);
            match &expected.value {
                Calls::Count(expected) if *expected != count => {
                    let message = format!(
                        "`{state}` should call its task {}, and does {}.",
                        text::times(*expected),
                        text::times(count)
                    );
                    self.refuse("calls", message);
                }
                Calls::Count(_) => {}
                Calls::Arguments(arguments) => {
                    let found = differences(&Value::Array(arguments.clone()), &Value::Array(made), Extent::Whole);
                    if !found.is_empty() {
                        let message = format!("The arguments of the calls of `{state}` are not as expected.");
                        self.failures.push(Failure { differences: found, ..Failure::new("calls", message) });
                    }
                }
            }
        }
    }

    fn time(&mut self) {
        let taken = self.run.duration();
        let expect = self.expect().clone();
        let bounds: [(&str, Option<SignedDuration>, &str); 3] = [
            ("duration", expect.duration.filter(|it| it.as_millis() != taken.as_millis()), ""),
            ("duration_at_least", expect.duration_at_least.filter(|it| taken < *it), "at least "),
            ("duration_at_most", expect.duration_at_most.filter(|it| taken > *it), "at most "),
        ];
        for (about, missed, word) in bounds {
            if let Some(expected) = missed {
                let message = format!(
                    "It should take {word}{} of virtual time, and takes {}.",
                    shown_duration(expected),
                    shown_duration(taken)
                );
                self.refuse(about, message);
            }
        }
    }

    fn variables(&mut self) {
        let expected = self.expect().variables.clone();
        if expected.is_empty() {
            return;
        }
        let all = self.run.variables(self.subject);
        let named: Map<String, Value> = all.into_iter().filter(|(name, _)| expected.contains_key(name)).collect();
        let found = differences(&Value::Object(expected), &Value::Object(named), Extent::Whole);
        if !found.is_empty() {
            let message = "The variables at the end are not as expected.";
            self.failures.push(Failure { differences: found, ..Failure::new("variables", message) });
        }
    }

    fn events(&mut self) {
        let Some(expected) = self.expect().events.clone() else { return };
        let types = self.run.event_types();
        if expected != types {
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            let types: Vec<&str> = types.iter().map(String::as_str).collect();
            self.refuse("events", text::of_paths(&expected, &types));
        }
    }
}

#[cfg(test)]
mod tests;

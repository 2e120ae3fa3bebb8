//! Paths to members that no state before can have produced.
//!
//! The shape of every payload is followed through the states: what a Pass state writes and what `Parameters`,
//! `ResultSelector` and `ResultPath` build is known, what a Task answers and what an execution is started with is not.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::lint::finding::{Lint, Lints};
use crate::lint::reads::{self, Read, Site};
use crate::lint::rules::LintRule;
use crate::lint::scan::{self, PathRead, Root};
use crate::lint::shape::{Missing, Shape};
use crate::lint::view::{Edge, EdgeKind, FlowView, MachineView, Part, StateView};

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    let mut known: Vec<Vec<Option<Shape>>> = Vec::new();
    for flow in &machine.flows {
        let inputs = inputs(flow, entry(machine, flow, &known));
        for (state, input) in flow.states.iter().zip(&inputs) {
            if let Some(input) = input.as_ref().filter(|_| !state.is_jsonata) {
                check_state(state, input, lints);
            }
        }
        known.push(inputs);
    }
}

/// What a flow starts with.
fn entry(machine: &MachineView<'_>, flow: &FlowView<'_>, known: &[Vec<Option<Shape>>]) -> Shape {
    let Some(inside) = flow.inside else { return Shape::Unknown };
    let state = machine.flows.get(inside.flow).and_then(|outer| outer.states.get(inside.state));
    let input = known.get(inside.flow).and_then(|inputs| inputs.get(inside.state));
    let (Some(state), Some(Some(input))) = (state, input) else { return Shape::Unknown };
    if state.is_jsonata {
        return Shape::Unknown;
    }
    let selector = state.fields.get("ItemSelector").or_else(|| state.fields.get("Parameters"));
    match (inside.part, selector) {
        (Part::Branch, _) => effective(state, input),
        (Part::Items, Some(selector)) => Shape::template(selector, &input.selected(state.fields.get("InputPath"))),
        _ => Shape::Unknown,
    }
}

/// What reaches each state of a flow; `None` where nothing does.
fn inputs(flow: &FlowView<'_>, entry: Shape) -> Vec<Option<Shape>> {
    flow.spread(entry, |state, edge, input, there| {
        let handed_on = handed_on(state, edge, input);
        match there {
            Some(before) => before.clone().or(handed_on),
            None => handed_on,
        }
    })
}

/// The input after `InputPath` and `Parameters`.
fn effective(state: &StateView<'_>, input: &Shape) -> Shape {
    let selected = input.selected(state.fields.get("InputPath"));
    match state.fields.get("Parameters") {
        Some(template) if state.kind != "Map" => Shape::template(template, &selected),
        _ => selected,
    }
}

/// The output of a state before `OutputPath`.
fn produced(state: &StateView<'_>, input: &Shape) -> Shape {
    let result = match (state.kind, state.fields.get("Result"), state.fields.get("ResultSelector")) {
        ("Pass", Some(result), _) => Shape::literal(result),
        ("Pass", None, _) => effective(state, input),
        ("Task" | "Parallel" | "Map", _, Some(selector)) => Shape::template(selector, &Shape::Unknown),
        ("Task" | "Parallel" | "Map", _, None) => Shape::Unknown,
        _ => return input.selected(state.fields.get("InputPath")),
    };
    let under = input.selected(state.fields.get("InputPath"));
    under.with_result(state.fields.get("ResultPath"), result)
}

/// The input of the next state on one of the transitions.
fn handed_on(state: &StateView<'_>, edge: &Edge<'_>, input: &Shape) -> Shape {
    match edge.kind {
        _ if state.is_jsonata => Shape::Unknown,
        EdgeKind::Ordinary => produced(state, input).selected(state.fields.get("OutputPath")),
        EdgeKind::Caught => {
            let whole = edge.fields.get("ResultPath").is_none_or(|path| path == "$");
            // Whether the error is put into the input before or after InputPath does not matter without one.
            let is_plain = whole || !state.fields.contains_key("InputPath");
            let result_path = edge.fields.get("ResultPath");
            if is_plain { input.with_result(result_path, Shape::error_output()) } else { Shape::Unknown }
        }
    }
}

fn check_state(state: &StateView<'_>, input: &Shape, lints: &mut Lints) {
    let selected = input.selected(state.fields.get("InputPath"));
    let output = produced(state, input);
    let asked = asked_for(state);
    reads::each(state, |read| {
        let source = match read.site {
            Site::Input => input,
            Site::Output => &output,
            Site::Effective => &selected,
            Site::Tested if !asked.contains(read.text) => &selected,
            Site::Tested | Site::Unknown => return,
        };
        for path in scan::paths(read.text).into_iter().filter(|path| path.root == Root::Input) {
            lints.extend(source.at(&path).err().map(|missing| found(&read, &path, &missing)));
        }
    });
}

/// The paths that a Choice state tests with `IsPresent`: their absence is expected there.
fn asked_for(state: &StateView<'_>) -> BTreeSet<String> {
    fn collect(rule: &Value, asked: &mut BTreeSet<String>) {
        match rule {
            Value::Object(members) => {
                if let (Some(Value::String(text)), true) = (members.get("Variable"), members.contains_key("IsPresent"))
                {
                    asked.insert(text.clone());
                }
                members.values().for_each(|member| collect(member, asked));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, asked)),
            _ => {}
        }
    }
    let mut asked = BTreeSet::new();
    state.fields.get("Choices").into_iter().for_each(|rules| collect(rules, &mut asked));
    asked
}

fn found(read: &Read<'_, '_>, path: &PathRead, missing: &Missing) -> Lint {
    let written = std::iter::once("$").chain(path.members.iter().map(String::as_str)).collect::<Vec<_>>().join(".");
    let before: Vec<&str> =
        path.members.iter().map(String::as_str).take_while(|name| *name != missing.member).collect();
    let place = std::iter::once("$").chain(before).collect::<Vec<_>>().join(".");
    let there = match missing.there.as_slice() {
        [] => "has no members".to_owned(),
        names => {
            let more = if names.len() > 8 { ", …" } else { "" };
            format!("can only have {}{more}", names.iter().take(8).cloned().collect::<Vec<_>>().join(", "))
        }
    };
    let source = if read.site == Site::Output { "what the state puts out" } else { "what reaches the state" };
    Lint {
        rule: LintRule::PathNeverProduced,
        location: read.location.to_owned(),
        message: format!("`{written}` is never there: in {source}, `{place}` {there}."),
        fix: "Read a member that is there, or keep this one in the states before (with ResultPath, for example)."
            .to_owned(),
    }
}

//! What the engine alone costs: transitions per second, memory per waiting execution, and how a transition's cost grows
//! with the payload, the size of a Map and the length of the history. `cargo bench -p workshop-asl` prints the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock, may stop at once and speaks to who runs it"
)]

mod machines;
mod measure;

use asl::StateMachine;
use measure::{Figure, per_iteration_ns, per_step_ns, resident_bytes_each, serialised_bytes, transitions_per_s};

fn main() {
    let mut figures = Vec::new();
    speed(&mut figures);
    growth(&mut figures);
    memory(&mut figures);
    println!("{:64} {:>12}  {:>9}  ratio", "what", "measured", "bar");
    for figure in figures {
        println!("{figure}");
    }
}

fn speed(figures: &mut Vec<Figure>) {
    let input = machines::payload(1024);
    let loops = StateMachine::parse(machines::PASS_AND_CHOICE).unwrap();
    let rate = transitions_per_s(&loops, &input);
    figures.push(Figure::rate("transitions/s: Pass and Choice, 1 KiB, unchanged", rate, Some(1e6)));
    for (what, definition) in [
        ("transitions/s: the same, every Pass writes into the payload", machines::COUNTING),
        ("transitions/s: Pass with Parameters and an intrinsic", machines::TEMPLATE),
        ("transitions/s: JSONata, Output and Condition", machines::JSONATA),
    ] {
        match StateMachine::parse(definition) {
            Ok(machine) => figures.push(Figure::rate(what, transitions_per_s(&machine, &input), None)),
            Err(refused) => panic!("{what}: {refused}"),
        }
    }
}

fn growth(figures: &mut Vec<Figure>) {
    let loops = StateMachine::parse(machines::PASS_AND_CHOICE).unwrap();
    let small = transitions_per_s(&loops, &machines::payload(1024));
    let large = transitions_per_s(&loops, &machines::payload(128 * 1024));
    figures.push(Figure::ratio("cost of a transition: payload of 128 KiB beside 1 KiB", small / large));
    let map = StateMachine::parse(machines::MAP).unwrap();
    let few = per_iteration_ns(&map, 20);
    let many = per_iteration_ns(&map, 2000);
    figures.push(Figure::time("an iteration of a Map of 20 items", few));
    figures.push(Figure::ratio("cost of an iteration: Map of 2,000 items beside 20", many / few));
    let waits = StateMachine::parse(machines::WAITING).unwrap();
    let (early, late) = per_step_ns(&waits);
    figures.push(Figure::time("a step (Wake, Choice, Wait) at the beginning of a history", early));
    figures.push(Figure::ratio("cost of a step: after 20,000 events beside the first 2,000", late / early));
    let (begun, grown) = serialised_bytes(&waits);
    figures.push(Figure::ratio("stored size: after 20,000 events beside the first", grown / begun));
}

fn memory(figures: &mut Vec<Figure>) {
    let machine = StateMachine::parse(machines::WAITING).unwrap();
    let bytes = resident_bytes_each(&machine, r#"{"taskname": "taskone", "timestamp": "2026-11-22T10:00:00Z"}"#);
    figures.push(Figure::bytes("resident memory of a waiting execution", bytes, Some(1024.0)));
}

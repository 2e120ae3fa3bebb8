//! Generated workflows of every sort of state, nested: an execution that crashes at every step goes on like one that does not, and
//! the order in which tasks answer changes nothing inside a branch.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at once")]

mod generate;
mod world;

use std::collections::BTreeMap;

use asl::{EventDetails, HistoryEvent, StateMachine, Status};
use proptest::prelude::*;

use generate::{definition, flow, flow_that_gives_up};
use world::{Answers, ROOT, World};

const INPUT: &str = r#"{"items": [1, {"n": 2}, "three"], "n": 0}"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_crash_at_every_step_changes_nothing(plan in flow(true), order in any::<u64>(), stop_after in 0..120_usize) {
        let machine = StateMachine::parse(&definition(&plan)).unwrap();
        let straight = World::run(&machine, INPUT, Answers::Mixed, order, stop_after, |execution| execution);
        let crashed = World::run(&machine, INPUT, Answers::Mixed, order, stop_after, |execution| {
            serde_json::from_str(&serde_json::to_string(&execution).unwrap()).unwrap()
        });
        prop_assert_eq!(&straight, &crashed);
        for (arn, history) in &straight {
            prop_assert!(Status::of(history).unwrap() != Some(Status::Running), "{} has not ended", arn);
            prop_assert!(history.iter().all(|event| event.previous_event_id < event.id));
        }
    }

    #[test]
    fn the_order_of_answers_changes_no_chain(plan in flow(false), orders in (any::<u64>(), any::<u64>())) {
        let machine = StateMachine::parse(&definition(&plan)).unwrap();
        let run = |order| World::run(&machine, INPUT, Answers::Good, order, usize::MAX, |execution| execution);
        let one = run(orders.0);
        let other = run(orders.1);
        prop_assert_eq!(one.len(), other.len());
        prop_assert_eq!(chains(one.values()), chains(other.values()));
        prop_assert_eq!(&one[ROOT].last().unwrap().details, &other[ROOT].last().unwrap().details);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_bound_of_a_step_changes_no_chain(plan in flow(false), order in any::<u64>(), bound in 1..40_usize) {
        let machine = StateMachine::parse(&definition(&plan)).unwrap();
        let whole = World::run(&machine, INPUT, Answers::Good, order, usize::MAX, |execution| execution);
        let bounded = machine.with_step_bound(bound, usize::MAX);
        let cut = World::run(&bounded, INPUT, Answers::Good, order, usize::MAX, |execution| execution);
        prop_assert_eq!(chains(whole.values()), chains(cut.values()));
        prop_assert_eq!(&whole[ROOT].last().unwrap().details, &cut[ROOT].last().unwrap().details);
    }

    #[test]
    fn a_crash_between_bounded_steps_changes_nothing(
        plan in flow(true), order in any::<u64>(), stop_after in 0..120_usize, bound in 1..12_usize,
    ) {
        let machine = StateMachine::parse(&definition(&plan)).unwrap().with_step_bound(bound, usize::MAX);
        let straight = World::run(&machine, INPUT, Answers::Mixed, order, stop_after, |execution| execution);
        let crashed = World::run(&machine, INPUT, Answers::Mixed, order, stop_after, |execution| {
            serde_json::from_str(&serde_json::to_string(&execution).unwrap()).unwrap()
        });
        prop_assert_eq!(&straight, &crashed);
        for (arn, history) in &straight {
            prop_assert!(Status::of(history).unwrap() != Some(Status::Running), "{} has not ended", arn);
            for (id, event) in (1..).zip(history) {
                prop_assert!(event.id == id && event.previous_event_id < id, "{} {:?}", arn, event);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever fails, wherever it is stopped: redriven until it succeeds, it ends as it would have, and no task that has
    /// succeeded runs again.
    #[test]
    fn a_redriven_execution_ends_as_an_undisturbed_one(
        plan in flow_that_gives_up(true), order in any::<u64>(), stop_after in 0..60_usize, bound in 1..40_usize,
    ) {
        let machine = StateMachine::parse(&definition(&plan)).unwrap();
        let undisturbed = World::run(&machine, INPUT, Answers::Good, order, usize::MAX, |execution| execution);
        let machine = machine.with_step_bound(bound, usize::MAX);
        let redriven = World::redriven(&machine, INPUT, order, stop_after, |execution| execution);
        let crashed = World::redriven(&machine, INPUT, order, stop_after, |execution| {
            serde_json::from_str(&serde_json::to_string(&execution).unwrap()).unwrap()
        });
        prop_assert_eq!(&redriven, &crashed);
        prop_assert_eq!(&undisturbed[ROOT].last().unwrap().details, &redriven[ROOT].last().unwrap().details);
        prop_assert_eq!(successes(&undisturbed), successes(&redriven));
        prop_assert_eq!(exits(&undisturbed), exits(&redriven));
        for (arn, history) in &redriven {
            let status = Status::of(history).unwrap();
            prop_assert_eq!(status, Some(Status::Succeeded), "{}", arn);
            prop_assert!(history.iter().all(|event| event.previous_event_id < event.id), "{}", arn);
        }
    }
}

/// How often a task has succeeded.
fn successes(histories: &BTreeMap<String, Vec<HistoryEvent>>) -> usize {
    let types = histories.values().flatten().map(HistoryEvent::type_name);
    types.filter(|name| ["TaskSucceeded", "LambdaFunctionSucceeded"].contains(&name.as_str())).count()
}

/// How often each state was left.
fn exits(histories: &BTreeMap<String, Vec<HistoryEvent>>) -> BTreeMap<&str, usize> {
    let mut counted = BTreeMap::new();
    for event in histories.values().flatten() {
        if let EventDetails::StateExited { name, .. } = &event.details {
            *counted.entry(&**name).or_default() += 1;
        }
    }
    counted
}

/// For every event of an execution and its children the events that led to it, back to the last join of branches; how often each such chain occurs.
fn chains<'h>(histories: impl IntoIterator<Item = &'h Vec<HistoryEvent>>) -> BTreeMap<Vec<String>, usize> {
    let mut counted = BTreeMap::new();
    let events = histories.into_iter().flat_map(|history| history.iter().map(move |event| (history, event)));
    for (history, event) in events.filter(|(_, event)| !joins(event)) {
        let mut chain = vec![label(event)];
        let mut here = event;
        while here.previous_event_id > 0 && !joins(here) {
            here = &history[usize::try_from(here.previous_event_id).unwrap() - 1];
            chain.push(label(here));
        }
        *counted.entry(chain).or_default() += 1;
    }
    counted
}

/// Whether an event follows from whichever branch or iteration was the last to end.
fn joins(event: &HistoryEvent) -> bool {
    let name = event.type_name();
    ["ParallelStateSucceeded", "ParallelStateExited", "MapStateSucceeded", "MapStateExited"].contains(&name.as_str())
}

fn label(event: &HistoryEvent) -> String {
    match &event.details {
        // A task's token and a Map Run's id tell in which order things began.
        EventDetails::MapRunStarted { .. } => event.type_name(),
        details => format!("{details:?}"),
    }
}

//! Tests of the fold.

use super::*;

/// Events in short: the number of the one before, the type, and the state's name after a blank.
fn statuses(events: &[(i64, &str)]) -> String {
    let events = events.iter().zip(1..).map(|((previous_event_id, text), id)| {
        let (kind, state) = text.split_once(' ').map_or((*text, None), |(kind, state)| (kind, Some(state)));
        Event { id, previous_event_id: *previous_event_id, kind, state }
    });
    let statuses = Statuses::of(events);
    let lines = statuses.by_name.iter().map(|(name, progress)| format!("{name}: {}", progress.words()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_task_is_tried_again_until_it_is_caught() {
    let mut events = vec![
        (0, "ExecutionStarted"),
        (0, "WaitStateEntered W"),
        (2, "WaitStateExited W"),
        (3, "TaskStateEntered T"),
        (4, "LambdaFunctionScheduled"),
        (5, "LambdaFunctionStarted"),
    ];
    insta::assert_snapshot!(statuses(&events[..2]), @"W: waiting");
    insta::assert_snapshot!(statuses(&events), @"
    T: running
    W: succeeded
    ");
    events.push((6, "LambdaFunctionFailed"));
    insta::assert_snapshot!(statuses(&events), @"
    T: retrying
    W: succeeded
    ");
    events.extend([(7, "LambdaFunctionScheduled"), (8, "LambdaFunctionStarted")]);
    insta::assert_snapshot!(statuses(&events), @"
    T: retrying, try 2
    W: succeeded
    ");
    events.push((9, "LambdaFunctionFailed"));
    let mut failed = events.clone();
    events.push((10, "TaskStateExited T"));
    insta::assert_snapshot!(statuses(&events), @"
    T: caught
    W: succeeded
    ");
    failed.push((10, "ExecutionFailed"));
    insta::assert_snapshot!(statuses(&failed), @"
    T: failed
    W: succeeded
    ");
}

#[test]
fn a_branch_that_fails_is_told_from_those_that_are_cut_short() {
    let events = [
        (0, "ExecutionStarted"),
        (0, "ParallelStateEntered P"),
        (2, "ParallelStateStarted"),
        (3, "FailStateEntered F"),
        (3, "WaitStateEntered W"),
        (4, "ParallelStateFailed"),
        (5, "WaitStateAborted"),
        (6, "ParallelStateExited P"),
        (8, "PassStateEntered A"),
    ];
    insta::assert_snapshot!(statuses(&events), @"
    A: running
    F: failed
    P: caught
    W: aborted
    ");
}

#[test]
fn a_state_whose_field_has_no_value_is_the_one_that_failed() {
    let pass = [
        (0, "ExecutionStarted"),
        (0, "PassStateEntered A"),
        (2, "PassStateExited A"),
        (3, "PassStateEntered B"),
        (3, "EvaluationFailed B"),
        (5, "ExecutionFailed"),
    ];
    insta::assert_snapshot!(statuses(&pass), @"
    A: succeeded
    B: failed
    ");
    let map = [
        (0, "ExecutionStarted"),
        (0, "ParallelStateEntered P"),
        (2, "ParallelStateStarted"),
        (3, "MapStateEntered M"),
        (3, "EvaluationFailed M"),
        (5, "MapStateFailed"),
        (6, "MapStateExited M"),
        (7, "PassStateEntered A"),
    ];
    insta::assert_snapshot!(statuses(&map), @"
    A: running
    M: caught
    P: running
    ");
}

#[test]
fn items_of_a_map_are_counted() {
    let events = [
        (0, "ExecutionStarted"),
        (0, "MapStateEntered M"),
        (2, "MapStateStarted"),
        (3, "MapIterationStarted"),
        (4, "PassStateEntered I"),
        (5, "PassStateExited I"),
        (6, "MapIterationSucceeded"),
        (7, "MapIterationStarted"),
        (8, "PassStateEntered I"),
    ];
    insta::assert_snapshot!(statuses(&events), @"
    I: running, 1 of 2 done
    M: running
    ");
    let stopped: Vec<_> = events.into_iter().chain([(0, "ExecutionAborted")]).collect();
    insta::assert_snapshot!(statuses(&stopped), @"
    I: aborted, 1 of 2 done
    M: aborted
    ");
}

#[test]
fn any_events_are_folded() {
    insta::assert_snapshot!(statuses(&[(9, "TaskStateExited T"), (1, "ParallelStateFailed"), (2, "MapIterationStarted"), (-1, "Odd")]), @"");
}

#[test]
fn what_had_not_finished_is_on_again_after_a_redrive() {
    let mut events = vec![
        (0, "ExecutionStarted"),
        (0, "ParallelStateEntered P"),
        (2, "ParallelStateStarted"),
        (3, "TaskStateEntered T"),
        (3, "PassStateEntered A"),
        (5, "PassStateExited A"),
        (4, "LambdaFunctionScheduled"),
        (7, "LambdaFunctionFailed"),
        (8, "ParallelStateFailed"),
        (9, "ExecutionFailed"),
    ];
    insta::assert_snapshot!(statuses(&events), @"
    A: succeeded
    P: failed
    T: failed
    ");
    events.push((10, "ExecutionRedriven"));
    insta::assert_snapshot!(statuses(&events), @"
    A: succeeded
    P: running
    T: running
    ");
    events.extend([(11, "LambdaFunctionScheduled"), (12, "LambdaFunctionFailed")]);
    insta::assert_snapshot!(statuses(&events), @"
    A: succeeded
    P: running
    T: retrying
    ");
    events.extend([(13, "LambdaFunctionScheduled"), (14, "LambdaFunctionSucceeded"), (15, "TaskStateExited T")]);
    insta::assert_snapshot!(statuses(&events), @"
    A: succeeded
    P: running
    T: succeeded
    ");
    events.extend([(16, "ParallelStateSucceeded"), (17, "ParallelStateExited P"), (18, "ExecutionSucceeded")]);
    insta::assert_snapshot!(statuses(&events), @"
    A: succeeded
    P: succeeded
    T: succeeded
    ");
}

#[test]
fn a_fail_state_is_entered_again_after_a_redrive() {
    let events = [
        (0, "ExecutionStarted"),
        (0, "FailStateEntered F"),
        (2, "ExecutionFailed"),
        (3, "ExecutionRedriven"),
        (4, "FailStateEntered F"),
        (5, "ExecutionFailed"),
    ];
    insta::assert_snapshot!(statuses(&events[..4]), @"F: failed");
    insta::assert_snapshot!(statuses(&events), @"F: failed, 0 of 2 done");
}

#[test]
fn each_visit_has_its_events_and_tells_what_has_changed() {
    let events = [
        (0, "ExecutionStarted"),
        (0, "MapStateEntered M"),
        (2, "MapStateStarted"),
        (3, "MapIterationStarted"),
        (4, "PassStateEntered P"),
        (5, "PassStateExited P"),
        (3, "MapIterationStarted"),
        (7, "TaskStateEntered T"),
        (8, "LambdaFunctionScheduled"),
    ];
    let events: Vec<_> = events.iter().zip(1..).collect();
    let events = events.iter().map(|((previous_event_id, text), id)| {
        let (kind, state) = text.split_once(' ').map_or((*text, None), |(kind, state)| (kind, Some(state)));
        Event { id: *id, previous_event_id: *previous_event_id, kind, state }
    });
    let found = Visits::of(events.clone(), 8);
    let visits = found.visits.iter().map(|visit| {
        let known = if visit.is_known { "as before" } else { "new" };
        format!("{} in {:?}: {}, {} tries, {known}", visit.state, visit.outer, visit.status.words(), visit.tries)
    });
    insta::assert_snapshot!(visits.collect::<Vec<_>>().join("\n"), @"
    M in None: running, 0 tries, as before
    P in Some(0): succeeded, 0 tries, as before
    T in Some(0): running, 1 tries, new
    ");
    let of_event = [None, Some(0), Some(0), Some(0), Some(1), Some(1), Some(0), Some(2), Some(2)];
    assert_eq!(found.of_event, of_event);
    assert_eq!(found.statuses, Statuses::of(events.clone()));
    assert!(Visits::of(events, 0).visits.iter().all(|visit| !visit.is_known));
}

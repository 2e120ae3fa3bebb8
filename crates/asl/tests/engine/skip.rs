//! Skipping what an execution waits for.

use asl::{Input, Outcome};

use crate::drive::{Driver, LAMBDA, at, machine};

fn waiting(driver: &Driver) -> Vec<&str> {
    driver.execution.waiting_states().collect()
}

#[test]
fn a_wait_ends_at_once_and_the_next_one_is_not_skipped() {
    let states = r#""A":{"Type":"Wait","Seconds":60,"Next":"B"},"B":{"Type":"Wait","Seconds":30,"End":true}"#;
    let mut driver = Driver::start(machine(states), "{}");
    assert_eq!((waiting(&driver), driver.execution.next_wait()), (vec!["A"], Some(at(60.0))));
    driver.give(Input::Skip, 5.0);
    assert_eq!((waiting(&driver), driver.execution.next_wait()), (vec!["B"], Some(at(35.0))));
    driver.give(Input::Skip, 5.0);
    assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })));
    insta::assert_snapshot!(driver.short(), @r"
    0  1  0 ExecutionStarted
    0  2  0 WaitStateEntered A
    5  3  2 WaitStateExited {}
    5  4  3 WaitStateEntered B
    5  5  4 WaitStateExited {}
    5  6  5 ExecutionSucceeded {}
    ");
}

#[test]
fn backoffs_and_waits_in_all_branches_and_iterations_end() {
    let retry = r#""Retry":[{"ErrorEquals":["E"],"IntervalSeconds":100}]"#;
    let states = format!(
        r#""A":{{"Type":"Parallel","End":true,"Branches":[
        {{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{LAMBDA}",{retry},"End":true}}}}}},
        {{"StartAt":"M","States":{{"M":{{"Type":"Map","ItemsPath":"$","End":true,
            "ItemProcessor":{{"StartAt":"W","States":{{"W":{{"Type":"Wait","Seconds":50,"End":true}}}}}}}}}}}}]}}"#
    );
    let mut driver = Driver::start(machine(&states), "[1,2]");
    driver.fail("E", 1.0);
    assert_eq!((waiting(&driver), driver.execution.next_wait()), (vec!["T", "W", "W"], Some(at(50.0))));
    driver.give(Input::Skip, 2.0);
    assert_eq!((waiting(&driver), driver.execution.next_wait()), (vec![], None), "the task is up to somebody else");
    assert_eq!(driver.requests.len(), 2, "it is tried again");
    driver.succeed("1", 2.0);
    assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })));
}

#[test]
fn what_waits_for_others_is_left_alone() {
    let states = format!(r#""A":{{"Type":"Task","Resource":"{LAMBDA}","TimeoutSeconds":9,"End":true}}"#);
    let mut driver = Driver::start(machine(&states), "{}");
    driver.begin(0.0);
    let before = driver.execution.clone();
    assert_eq!(driver.execution.next_wait(), None);
    driver.give(Input::Skip, 0.0);
    assert_eq!(driver.execution, before);
}

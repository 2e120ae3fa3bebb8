//! Tests of how deployments are read off versions.

use super::*;
use crate::fixtures::key;
use crate::fixtures::versions::{definition, function, id, machine, versions};

fn shown(there: &Versions) -> Vec<String> {
    let held = |(key, held): (&Key, &DeployedVersion)| match held {
        DeployedVersion::Version { number, changed } => format!("{key} {number}{}", if *changed { "!" } else { "" }),
        DeployedVersion::NotYet => format!("{key} -"),
        DeployedVersion::Deleted { .. } => format!("{key} gone"),
    };
    let line = |deployment: Deployment| {
        let parts = deployment.functions.iter().chain(&deployment.machines).map(held);
        format!("{}: {}", &deployment.id.to_string()[14..16], parts.collect::<Vec<_>>().join(", "))
    };
    there.deployments().into_iter().map(line).collect()
}

#[test]
fn a_deployment_holds_the_newest_of_everything() {
    let send = function("send", &[(1, Some(1)), (2, Some(3))], Some(2));
    let start = function("start", &[(1, Some(2))], Some(1));
    let flow = machine("flow", &[(1, 1, definition(&[("send", 1)])), (2, 3, definition(&[("send", 2)]))], "{}");
    let there = versions(vec![("send", send), ("start", start)], vec![("flow", flow)]);
    assert_eq!(
        shown(&there),
        ["03: send 2!, start 1, flow 2!", "02: send 1, start 1!, flow 1", "01: send 1!, start -, flow 1!"]
    );
}

#[test]
fn what_was_deleted_shows_as_a_gap() {
    let send = function("send", &[(1, Some(1)), (3, Some(4))], Some(3));
    let start = function("start", &[(2, Some(3)), (3, None), (4, Some(4))], Some(4));
    let flow = machine("flow", &[(1, 1, "{}".to_owned()), (2, 2, "{}".to_owned())], "{}");
    let there = versions(vec![("send", send), ("start", start)], vec![("flow", flow)]);
    assert_eq!(
        shown(&there),
        [
            "04: send 3!, start 4!, flow 2",
            "03: send gone, start 2!, flow 2",
            "02: send gone, start gone, flow 2!",
            "01: send 1!, start gone, flow 1!"
        ]
    );
    let whole: Vec<bool> = there.deployments().iter().map(Deployment::is_complete).collect();
    assert_eq!(whole, [true, false, false, false]);
}

#[test]
fn the_current_deployment_is_the_newest_that_is_live() {
    let flow = |now: u64| {
        let all: Vec<_> = (1..=3).map(|it| (it, usize::try_from(it).unwrap(), definition(&[("send", it)]))).collect();
        machine("flow", &all, &definition(&[("send", now)]).replace(' ', "\n"))
    };
    let current = |live: u64, now: u64| {
        let send = function("send", &[(1, Some(1)), (2, Some(2)), (3, Some(3))], Some(live));
        let there = versions(vec![("send", send)], vec![("flow", flow(now))]);
        there.current(&there.deployments())
    };
    assert_eq!(current(3, 3), Some(id(3)));
    assert_eq!(current(1, 1), Some(id(1)), "after a rollback");
    assert_eq!(current(3, 2), None, "cut off in the middle");
}

#[test]
fn an_execution_runs_on_the_newest_deployment_that_had_begun() {
    let one = definition(&[("send", 1)]);
    let two = definition(&[("send", 2)]);
    let flow = machine("flow", &[(1, 1, one.clone()), (2, 5, two.clone())], &two);
    let start = function("start", &[(1, Some(1)), (2, Some(3))], Some(2));
    let there = versions(vec![("start", start)], vec![("flow", flow)]);
    let on =
        |definition: &str, minute| there.runs_on(&there.deployments(), &key("flow"), definition, id(minute).began());
    assert_eq!(on(&one, 2), Some(id(1)));
    assert_eq!(on(&one, 4), Some(id(3)));
    assert_eq!(on(&one, 0), Some(id(1)), "clocks differ");
    assert_eq!(on(&two, 9), Some(id(5)));
    assert_eq!(on("{\"by\": \"hand\"}", 9), None);
}

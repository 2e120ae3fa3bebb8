//! The whole lesson on ministack, which really runs functions and HTTP routes: deploy, start, logs, list, remove, nothing
//! left.

use crate::support::emulator::{Emulator, STACK};
use crate::support::{Running, curl, endpoint, epoch_ms, eventually};

fn status_of(ministack: &Emulator, execution: &str) -> String {
    let all = ministack.json(&["list", "--json"]);
    let found = all["executions"].as_array().and_then(|all| all.iter().find(|one| one["name"] == execution));
    found.and_then(|one| one["status"].as_str()).unwrap_or("absent").to_owned()
}

#[test]
fn the_lesson_runs_from_deploy_to_remove() {
    let ministack = Emulator::ministack();
    let first = ministack.ok(&["deploy"]);
    assert!(first.stderr.contains(&format!("Service deployed to stack {STACK}")), "{first:#?}");
    ministack.calls();
    let again = ministack.ok(&["deploy"]);
    assert!(again.stderr.contains("Nothing to deploy"), "{again:#?}");
    assert_eq!(ministack.calls().writes(), [""; 0]);

    let url = endpoint(&ministack.json(&["info", "--json"]));
    let tail = Running::start(ministack.workshop(&["logs", "-f", "sendEmail", "-t"]));
    let at = epoch_ms(2_000);
    let body = format!(r#"{{"taskName": "taskone", "startAt": {at}}}"#);
    let (status, answer) = curl(&ministack.home, &url, &body);
    assert_eq!(status, 200, "{answer:#}");
    let waits = format!(r#"{{"taskName": "waits", "startAt": {}}}"#, epoch_ms(3_600_000));
    assert_eq!(curl(&ministack.home, &url, &waits).0, 200);
    assert!(tail.line_with("send email triggered at").contains("taskone"), "{}", tail.output());
    assert!(epoch_ms(0) >= at, "it fired early");
    eventually("taskone to succeed", || match status_of(&ministack, "taskone") {
        status if status == "SUCCEEDED" => Ok(()),
        status => Err(status),
    });
    assert_eq!(status_of(&ministack, "waits"), "RUNNING");
    assert_eq!(tail.interrupt(), Some(0));

    let asked = ministack.run(&["remove"]);
    assert_eq!(asked.code, Some(2), "{asked:#?}");
    assert!(asked.stderr.contains("1 execution has not ended: waits. Nothing was removed."), "{}", asked.stderr);
    assert_eq!(status_of(&ministack, "waits"), "RUNNING");
    let removed = ministack.ok(&["remove", "--yes"]);
    assert!(removed.stdout.contains("Removed 9 resources and checked that all are gone."), "{removed:#?}");
    assert_eq!(ministack.left_behind(), [""; 0]);
}

#[test]
fn the_log_groups_can_be_kept() {
    let ministack = Emulator::ministack();
    ministack.ok(&["deploy"]);
    ministack.ok(&["remove", "--keep-logs"]);
    assert_eq!(ministack.left_behind().len(), 2);
    assert!(ministack.left_behind().iter().all(|name| name.starts_with("/aws/lambda/")));
    ministack.ok(&["deploy"]);
    ministack.ok(&["remove"]);
    assert_eq!(ministack.left_behind(), [""; 0]);
}

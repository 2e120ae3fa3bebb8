//! The endpoint of the lesson with a key: who does not show it starts nothing, and it is shown nowhere.

use std::fs;

use crate::support::{Ended, Home, curl, endpoint, epoch_ms, project};

/// The lesson in a folder of its own, with a key in its function's environment.
fn lesson(key: &str) -> Home {
    let home = Home::new();
    fs::create_dir(home.path("work/definitions")).expect("a folder");
    let from = project().join("definitions");
    fs::copy(from.join("wait-to-send.asl.json"), home.path("work/definitions/wait-to-send.asl.json")).expect("a file");
    let text = fs::read_to_string(from.join("service.toml")).expect("the lesson");
    let place = "[functions.startStateMachine.environment]\n";
    assert!(text.contains(place), "{text}");
    let text = text.replace(place, &format!("{place}START_KEY = \"{key}\"\n"));
    fs::write(home.path("work/definitions/service.toml"), text).expect("a file");
    let mut package = home.workshop(&["package", "--out", "work/zips"]);
    let ended = Ended::of(package.current_dir(home.path("")).output().expect("workshop starts"));
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    home
}

#[test]
fn only_who_shows_the_key_starts_executions() {
    let home = lesson("s3cret");
    home.ok(&["deploy", "--local", "--package", "zips"]);
    let url = endpoint(&home.json(&["info", "--local", "--json"]));
    let body = format!(r#"{{"taskName": "taskone", "startAt": {}}}"#, epoch_ms(3_600_000));
    let (status, answer) = curl(&home, &url, &body);
    assert_eq!((status, &answer["error"]), (401, &"no_key".into()), "{answer}");

    let start = ["start", "--local", "--task", "taskone", "--at", "+1h"];
    let without = home.run(&start);
    assert_eq!(without.code, Some(7), "{without:#?}");
    assert!(without.stderr.contains("WORKSHOP_START_KEY"), "{without:#?}");
    let wrong = home.run(&[&start[..], &["--key", "other"]].concat());
    assert_eq!(wrong.code, Some(7), "{wrong:#?}");
    assert!(wrong.stderr.contains("The key is not the one"), "{wrong:#?}");

    let with_key = |arguments: &[&str]| {
        let mut command = home.workshop(arguments);
        Ended::of(command.env("WORKSHOP_START_KEY", "s3cret").output().expect("workshop starts"))
    };
    let started = with_key(&[&start[..], &["--verbose"]].concat());
    assert_eq!(started.code, Some(0), "{started:#?}");
    assert!(started.stdout.contains(":execution:step-functions-example-dev-myStateMachine:taskone"), "{started:#?}");
    let printed = with_key(&[&start[..], &["--print-curl"]].concat());
    assert!(printed.stdout.contains(r#"-H "Authorization: Bearer $WORKSHOP_START_KEY""#), "{printed:#?}");
    for ended in [&started, &printed, &wrong] {
        assert!(!format!("{ended:?}").contains("s3cret"), "{ended:#?}");
    }
}

#[test]
fn an_open_endpoint_says_no_account_and_takes_no_moment_beyond_a_year() {
    let home = lesson("");
    home.ok(&["deploy", "--local", "--package", "zips"]);
    let url = endpoint(&home.json(&["info", "--local", "--json"]));
    let post = |name: &str, ahead_days: i64| {
        let at = epoch_ms(ahead_days * 86_400_000);
        curl(&home, &url, &format!(r#"{{"taskName": "{name}", "startAt": {at}}}"#))
    };
    let (status, answer) = post("year", 364);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["message"], "Started the step function. View the scheduled step function in aws console.");
    assert!(!answer.to_string().contains("000000000000"), "{answer}");
    let (status, answer) = post("decade", 3_650);
    assert_eq!((status, &answer["error"]), (400, &"too_far_ahead".into()), "{answer}");
    let followed = home.ok(&["start", "--local", "--task", "soon", "--at", "now", "--follow"]);
    assert!(followed.contains("succeeded"), "{followed}");
    let beyond = home.run(&["start", "--local", "--task", "later", "--at", "2100-01-01T00:00:00Z"]);
    assert_eq!(beyond.code, Some(2), "{beyond:#?}");
}

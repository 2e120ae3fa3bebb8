//! Time that is moved: `local run --virtual-time`, `local time`, `skip`, and every command that compares a moment with now.

use serde_json::{Value, json};

use crate::support::{Ended, Home};

/// A home with the lesson on a cloud whose clock stands still.
fn standing() -> Home {
    let home = Home::new();
    let started = home.json(&["local", "start", "--virtual-time", "--json"]);
    assert_eq!(started["time"]["standsStill"], json!(true), "{started:#}");
    home.ok(&["deploy", "--local"]);
    home
}

fn now(home: &Home) -> jiff::Timestamp {
    home.json(&["local", "time", "--json"])["now"].as_str().unwrap().parse().unwrap()
}

fn status(home: &Home, name: &str) -> String {
    home.json(&["show", name, "--local", "--json"])["status"].as_str().unwrap().to_owned()
}

/// An execution has succeeded; where it has not, what is known of it says why.
fn assert_succeeded(home: &Home, name: &str) {
    let shown = home.json(&["show", name, "--local", "--json"]);
    let lines = || home.run(&["logs", "--local", "-f", "sendEmail", "--startTime", "400d"]).stdout;
    assert_eq!(shown["status"], "SUCCEEDED", "{name}: {shown:#}\n{}", lines());
}

/// A sentence without the moments and durations in it.
fn without_times(text: &str) -> String {
    let digits = |word: &str| word.chars().any(|character| character.is_ascii_digit());
    text.split(' ').map(|word| if digits(word) { "#" } else { word }).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_wait_of_a_week_takes_a_moment() {
    let home = standing();
    let before = now(&home);
    assert_eq!(now(&home), before, "it stands still");
    home.ok(&["start", "--local", "--task", "week", "--at", "+7d"]);
    assert_eq!(status(&home, "week"), "RUNNING");
    let listed = home.run(&["list", "--local"]);
    assert!(listed.stdout.contains("7 d"), "the countdown is by the cloud's clock: {listed:#?}");
    assert!(listed.stderr.contains("The embedded cloud's clock stands still"), "{listed:#?}");
    let moved = home.json(&["local", "time", "--advance", "8d", "--json"]);
    assert_eq!((&moved["ending"], &moved["time"]["standsStill"]), (&json!("arrived"), &json!(true)), "{moved:#}");
    assert_succeeded(&home, "week");
    let events = home.json(&["show", "week", "--local", "--json"])["events"].clone();
    let ended = events.as_array().unwrap().iter().find(|event| event["type"] == "WaitStateExited").unwrap();
    let stamp: jiff::Timestamp = ended["timestamp"].as_str().unwrap().parse().unwrap();
    let due = before + jiff::SignedDuration::from_hours(7 * 24);
    assert!(stamp.duration_since(due).as_secs() <= 1, "{stamp} and not {due}: each thing has its own moment");
    // Its function has run and logged before the clock went on, and `logs` looks back from the cloud's now.
    let lines = home.ok(&["logs", "--local", "-f", "sendEmail", "--startTime", "2d"]);
    assert!(lines.contains("for task week") && lines.contains("END Duration:"), "{lines}");
    assert_eq!(home.ok(&["logs", "--local", "-f", "sendEmail"]), "", "ten minutes back there is nothing");
    let told = home.ok(&["local", "status"]);
    assert!(told.contains("its clock stands still at"), "{told}");
    assert_eq!(home.json(&["local", "status", "--json"])["time"]["isMoving"], json!(false));
}

#[test]
fn a_clock_that_was_moved_stays_ahead_over_a_restart_until_a_reset() {
    let home = Home::new();
    home.ok(&["local", "start"]);
    let plain = home.json(&["local", "time", "--json"]);
    assert_eq!((&plain["aheadMs"], &plain["standsStill"]), (&json!(0), &json!(false)));
    let told = home.ok(&["local", "time", "--advance", "2h"]);
    assert!(told.contains("2 h later; no execution was due on the way."), "{told}");
    let moved = now(&home);
    let back = home.run(&["local", "time", "--to", "2020-01-01T00:00:00Z"]);
    assert_eq!(back.code, Some(1));
    insta::assert_snapshot!(without_times(&back.stderr), @"error: The embedded cloud's time is # it can be moved ahead only, never back.");
    home.ok(&["local", "stop"]);
    let again = home.run(&["local", "start"]);
    assert!(again.stdout.contains("Its clock was moved"), "{again:#?}");
    assert!(now(&home) > moved, "time never goes back");
    home.ok(&["local", "reset"]);
    home.ok(&["local", "start"]);
    assert_eq!(home.json(&["local", "time", "--json"])["aheadMs"], json!(0));
    for wrong in [["--advance", "soon"], ["--advance", "0s"], ["--to", "never"]] {
        let ended = home.run(&["local", "time", wrong[0], wrong[1]]);
        assert_eq!(ended.code, Some(2), "{ended:#?}");
    }
}

#[test]
fn until_nothing_waits_and_one_wait_alone() {
    let home = standing();
    home.ok(&["start", "--local", "--task", "one", "--at", "+3d"]);
    home.ok(&["start", "--local", "--task", "two", "--at", "+30d"]);
    let before = now(&home);
    let skipped = home.json(&["skip", "one", "--local", "--json"]);
    assert_eq!(skipped["skipped"].as_array().map(Vec::len), Some(1), "{skipped:#}");
    home.ok(&["start", "--local", "--task", "three", "--at", "+1d"]);
    let moved = home.json(&["local", "time", "--until-idle", "--json"]);
    assert_eq!(moved["ending"], json!("idle"), "{moved:#}");
    for name in ["one", "two", "three"] {
        assert_succeeded(&home, name);
    }
    let thirty_days = before + jiff::SignedDuration::from_hours(30 * 24);
    assert!(now(&home).duration_since(thirty_days).as_secs() <= 1);
    let nothing = home.ok(&["skip", "one", "--local"]);
    assert!(nothing.contains("there is nothing to skip"), "{nothing}");
    let aws = home.run(&["skip", "one"]);
    assert_eq!(aws.code, Some(2));
    insta::assert_snapshot!(aws.stderr, @r"
    error: AWS's time can't be moved: a wait there ends when it ends.
      try: `skip` is for the embedded cloud: add --local. On AWS, `stop` the execution and start another.
    ");
}

#[test]
fn a_backup_brings_everything_back_and_is_never_half() {
    let home = standing();
    home.ok(&["start", "--local", "--task", "later", "--at", "+30d"]);
    let running = home.json(&["local", "backup", "running.zip", "--json"]);
    assert!(running["functionZips"].as_u64().unwrap() > 0, "{running:#}");
    let before = now(&home);
    home.ok(&["local", "stop"]);
    home.ok(&["local", "backup", "stopped.zip"]);
    let twice = home.run(&["local", "backup", "stopped.zip"]);
    assert_eq!(twice.code, Some(1), "{twice:#?}");
    home.ok(&["local", "reset"]);
    home.ok(&["local", "restore", "stopped.zip"]);
    home.ok(&["local", "start"]);
    assert_eq!(now(&home), before, "the time is in it");
    assert_eq!(status(&home, "later"), "RUNNING");
    let refused = home.run(&["local", "restore", "running.zip"]);
    assert!(refused.stderr.contains("workshop local stop"), "{refused:#?}");
    home.ok(&["local", "stop"]);
    let refused = home.run(&["local", "restore", "running.zip"]);
    assert!(refused.stderr.contains("--replace"), "{refused:#?}");
    home.ok(&["local", "restore", "running.zip", "--replace"]);
    home.ok(&["local", "start"]);
    home.ok(&["local", "time", "--until-idle"]);
    assert_succeeded(&home, "later");
}

#[test]
fn a_damaged_store_names_its_repair_which_keeps_what_was_damaged() {
    let home = standing();
    home.ok(&["local", "stop"]);
    let whole = home.json(&["local", "repair", "--json"]);
    assert_eq!(whole["damaged"], json!(false), "{whole:#}");
    // What comes out of a backup lies in the one file, and nothing of it in the journal.
    home.ok(&["local", "backup", "whole.zip"]);
    home.ok(&["local", "restore", "whole.zip", "--replace"]);
    let store = home.path(".local/state/workshop/local/store/store.redb");
    let mut bytes = std::fs::read(&store).unwrap();
    // A row's text, wherever it lies: its checksum no longer fits.
    let place = bytes.windows(9).position(|window| window == b"sendEmail").expect("a row names the function");
    bytes[place] ^= 0x20;
    std::fs::write(&store, &bytes).unwrap();
    let repaired = home.json(&["local", "repair", "--json"]);
    assert_eq!(repaired["damaged"], json!(true), "{repaired:#}");
    let kept = repaired["keptAs"][0].as_str().unwrap();
    assert_eq!(std::fs::read(kept).unwrap(), bytes);
    assert_eq!(home.json(&["local", "repair", "--json"])["damaged"], json!(false));
    let started: Ended = home.run(&["local", "start"]);
    assert_eq!(started.code, Some(0), "{started:#?}");
    let tables: Vec<&Value> = repaired["tables"].as_array().unwrap().iter().collect();
    assert!(
        tables.iter().any(|table| table["rowsLost"] != json!(0)) || repaired["damage"] != json!([]),
        "{repaired:#}"
    );
}

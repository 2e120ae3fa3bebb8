//! The lesson from end to end, as a learner without an account does it.

use crate::support::{Ended, Home, curl, endpoint, epoch_ms, eventually};

const STARTED: &str = "Started the step function. View the scheduled step function in aws console.";

fn deployed() -> (Home, String) {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    let url = endpoint(&home.json(&["info", "--local", "--json"]));
    (home, url)
}

fn status_of(home: &Home, execution: &str) -> String {
    let all = home.json(&["list", "--local", "--json"]);
    let found = all["executions"].as_array().and_then(|all| all.iter().find(|one| one["name"] == execution));
    found.and_then(|one| one["status"].as_str()).unwrap_or("absent").to_owned()
}

fn wait_for_status(home: &Home, execution: &str, status: &str) {
    eventually(&format!("{execution} to be {status}"), || match status_of(home, execution) {
        seen if seen == status => Ok(()),
        seen => Err(seen),
    });
}

#[test]
fn deploy_start_tail_and_remove() {
    let home = Home::new();
    let first = home.ok(&["deploy", "--local"]);
    assert!(first.contains("POST - http://") && first.contains("/dev/start"), "{first}");
    let again = home.run(&["deploy", "--local"]);
    assert!(again.stderr.contains("Nothing to deploy") || again.stdout.contains("Nothing to deploy"), "{again:#?}");

    let url = endpoint(&home.json(&["info", "--local", "--json"]));
    let tail = home.spawn(&["logs", "--local", "-f", "sendEmail", "-t"]);

    let at = epoch_ms(3_000);
    let (status, answer) = curl(&home, &url, &format!(r#"{{"taskName": "taskone", "startAt": {at}}}"#));
    assert_eq!((status, answer["message"].as_str()), (200, Some(STARTED)), "{answer:#}");
    assert_eq!(answer["params"]["name"], "taskone");
    assert_eq!(status_of(&home, "taskone"), "RUNNING");
    let line = tail.line_with("send email triggered at");
    assert!(epoch_ms(0) >= at, "it fired early: {line}");
    assert!(tail.output().contains("taskone"), "{}", tail.output());
    assert_eq!(tail.interrupt(), Some(0), "a tail ends well on Ctrl-C");

    wait_for_status(&home, "taskone", "SUCCEEDED");
    let shown = home.ok(&["show", "--local", "taskone"]);
    assert!(shown.contains("WaitForTimestamp") && shown.contains("SendEmail"), "{shown}");

    let removed = home.ok(&["remove", "--local", "--yes"]);
    assert!(removed.contains("gone"), "{removed}");
    let info = home.run(&["info", "--local"]);
    assert_eq!(info.code, Some(6), "{info:#?}");
}

#[test]
fn the_endpoint_refuses_what_it_can_not_start() {
    let (home, url) = deployed();
    // More requests than the endpoint takes at once: those that it does not take are sent again.
    let let_through = |body: &str| match curl(&home, &url, body) {
        (429, answer) => Err(answer.to_string()),
        answered => Ok(answered),
    };
    let refused = |body: &str| {
        let (status, answer) = eventually("the endpoint to take a request", || let_through(body));
        (status, answer["error"].as_str().unwrap_or_default().to_owned(), answer.to_string())
    };
    let (status, _, text) = refused(r#"{"taskName": "x", "startAt": 1510842801}"#);
    assert_eq!(status, 400);
    assert!(text.contains("1510842801 looks like seconds; send milliseconds: 1510842801000"), "{text}");
    for body in [
        "not json",
        "{}",
        r#"{"taskName": 3, "startAt": 1510842801000}"#,
        r#"{"taskName": "a b", "startAt": 1510842801000}"#,
        r#"{"taskName": "x", "startAt": "soon"}"#,
        r#"{"taskName": "x", "startAt": -1510842801000}"#,
        r#"{"taskName": "x", "startAt": 1e300}"#,
    ] {
        let (status, code, text) = refused(body);
        assert_eq!(status, 400, "{body}: {text}");
        assert!(!code.is_empty(), "{body}: {text}");
    }
    let ahead = format!(r#"{{"taskName": "twice", "startAt": {}}}"#, epoch_ms(3_600_000));
    assert_eq!(refused(&ahead).0, 200);
    let other = format!(r#"{{"taskName": "twice", "startAt": {}}}"#, epoch_ms(7_200_000));
    let (status, _, text) = refused(&other);
    assert_eq!(status, 409, "{text}");
    assert!(text.contains("wait"), "{text}");
}

/// Every key of every object in a result.
fn keys(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(members) => {
            members.iter().flat_map(|(key, value)| keys(value).into_iter().chain([key.clone()])).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn results_as_json_spell_their_keys_one_way() {
    let home = Home::new();
    let mut commands = vec!["deploy", "deploy --dry-run", "info", "package --out zips", "start --task seen --at +1h"];
    commands.extend([
        "deploy list",
        "deploy list functions",
        "deploy prune",
        "list",
        "show seen",
        "stop seen",
        "invoke -f sendEmail",
        "remove --yes",
        "local status",
    ]);
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').chain(["--local", "--json"]).collect();
        let result = home.json(&arguments);
        let odd: Vec<String> = keys(&result).into_iter().filter(|key| key.contains('_')).collect();
        assert!(odd.is_empty(), "{command}: {odd:?}");
    }
}

#[test]
fn a_past_moment_passes_at_once() {
    let (home, url) = deployed();
    assert_eq!(curl(&home, &url, r#"{"taskName": "past", "startAt": 1510842801000}"#).0, 200);
    wait_for_status(&home, "past", "SUCCEEDED");
}

#[test]
fn an_execution_waits_through_a_restart_of_the_cloud() {
    let (home, url) = deployed();
    let at = epoch_ms(4_000);
    assert_eq!(curl(&home, &url, &format!(r#"{{"taskName": "kept", "startAt": {at}}}"#)).0, 200);
    home.ok(&["local", "stop"]);
    assert_eq!(home.json(&["info", "--local", "--json"])["service"], "step-functions-example");
    wait_for_status(&home, "kept", "SUCCEEDED");
    assert!(epoch_ms(0) >= at, "it fired early");
    let history = home.json(&["show", "--local", "kept", "--json"]);
    let ids: Vec<i64> =
        history["events"].as_array().expect("events").iter().filter_map(|event| event["id"].as_i64()).collect();
    let gapless: Vec<i64> = (1..).take(ids.len()).collect();
    assert_eq!(ids, gapless, "a history has neither gap nor duplicate");
}

#[test]
fn what_there_is_to_know_about_a_moment_is_told_in_every_form() {
    let (home, _) = deployed();
    let start = |form: &str| {
        let arguments = ["start", "--local", "--task", "doubtful", "--at", "2020-10-25 02:30", form];
        let ended = Ended::of(home.workshop(&arguments).env("TZ", "Europe/Paris").output().expect("workshop starts"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        ended
    };
    let twice = "The clocks go back on that day and 02:30 comes twice; the first is taken.";
    let curl = start("--print-curl");
    assert!(curl.stdout.starts_with("curl") && curl.stderr.contains(twice), "{curl:#?}");
    let json: serde_json::Value = serde_json::from_str(&start("--json").stdout).expect("JSON");
    let notes = json["notes"].as_array().unwrap_or_else(|| panic!("{json:#}"));
    assert!(notes[0] == twice && notes[1].as_str().is_some_and(|note| note.contains("lies in the past")), "{json:#}");
}

#[test]
fn start_list_stop_and_invoke() {
    let (home, _) = deployed();
    let printed = home.ok(&["start", "--local", "--task", "far", "--at", "+2h", "--print-curl"]);
    assert!(printed.starts_with("curl") && printed.contains("\"taskName\": \"far\""), "{printed}");
    assert_eq!(status_of(&home, "far"), "absent", "--print-curl only prints");

    let started = home.ok(&["start", "--local", "--task", "far", "--at", "+2h"]);
    assert!(started.contains(STARTED), "{started}");
    let listed = home.ok(&["list", "--local"]);
    assert!(listed.contains("fires in 1 h 59 m") || listed.contains("fires in 2 h"), "{listed}");
    home.ok(&["stop", "--local", "far"]);
    wait_for_status(&home, "far", "ABORTED");

    let followed = home.run(&["start", "--local", "--task", "soon", "--at", "+1s", "--follow"]);
    assert_eq!(followed.code, Some(0), "{followed:#?}");
    assert!(followed.stdout.contains("send email triggered at"), "{followed:#?}");

    let invoked = home.run(&["invoke", "--local", "-f", "sendEmail", "-d", r#"{"taskName": "by hand"}"#]);
    let answer: serde_json::Value = serde_json::from_str(&invoked.stdout).expect("the answer, and nothing else");
    assert_eq!(answer["statusCode"], 200);
    assert!(invoked.stderr.contains("for task by hand"), "the tail of its log: {invoked:#?}");
}

#[test]
fn a_project_folder_deploys_its_own_functions() {
    let home = Home::new();
    let mut deploy = home.workshop(&["deploy", "--local", "--json"]);
    let ended =
        crate::support::Ended::of(deploy.current_dir(crate::support::project()).output().expect("workshop starts"));
    assert_eq!(ended.code, Some(0), "{ended:#?}");
}

#[test]
fn stages_do_not_touch_each_other() {
    let (home, _) = deployed();
    home.ok(&["deploy", "--local", "--stage", "anna"]);
    home.ok(&["remove", "--local", "--stage", "anna", "--yes"]);
    assert_eq!(home.json(&["info", "--local", "--json"])["stage"], "dev");
    assert_eq!(home.run(&["info", "--local", "--stage", "anna"]).code, Some(6));
}

#[test]
fn a_definition_that_is_refused_is_a_fault_of_the_project() {
    let home = Home::new();
    let folder = home.path("work/definitions");
    std::fs::create_dir(&folder).expect("a folder");
    let service = "service = \"broken\"\n[state_machines.wait]\ndefinition = \"wait.asl.json\"\n";
    std::fs::write(folder.join("service.toml"), service).expect("a file");
    let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}"#;
    std::fs::write(folder.join("wait.asl.json"), definition).expect("a file");
    let ended = home.run(&["deploy", "--local"]);
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    for told in ["`broken-dev-wait`", "/States/A/Next", "the service file"] {
        assert!(ended.stderr.contains(told), "{ended:#?}");
    }
}

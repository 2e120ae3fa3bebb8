//! What `start` sends, prints and makes of refusals.

use clap::Parser;

use super::*;
use crate::cli::args::Cli;

fn global() -> Global {
    Cli::try_parse_from(["workshop", "--local", "list"]).unwrap().global
}

fn when(text: &str) -> When {
    let now = "2026-11-22T08:00:00Z".parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC);
    when::parse(text, &now).unwrap()
}

#[test]
fn the_curl_command_is_the_lessons() {
    let url = "http://x1.execute-api.localhost:4566/dev/start";
    insta::assert_snapshot!(curl(url, &body("tasktwo", when("1510842801000").at), false), @r#"curl -vvv -X POST -d '{"taskName": "tasktwo", "startAt": 1510842801000}' -H "Content-Type: application/json" http://x1.execute-api.localhost:4566/dev/start"#);
    insta::assert_snapshot!(curl(url, &body("it's \"mine\"", when("1510842801000").at), false), @r#"curl -vvv -X POST -d '{"taskName": "it'\''s \"mine\"", "startAt": 1510842801000}' -H "Content-Type: application/json" http://x1.execute-api.localhost:4566/dev/start"#);
    insta::assert_snapshot!(curl(url, "{}", true), @r#"curl -vvv -X POST -d '{}' -H "Content-Type: application/json" -H "Authorization: Bearer $WORKSHOP_START_KEY" http://x1.execute-api.localhost:4566/dev/start"#);
    assert_eq!(shell_quoted(""), "''");
}

#[test]
fn the_past_is_warned_of_and_more_than_a_year_ahead_refused() {
    let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
    insta::assert_snapshot!(warnings(&when("1510842801000"), now).join("\n"), @"2017-11-16T14:33:21.000Z lies in the past (9 y 7 d ago): the wait passes at once.");
    insta::assert_snapshot!(check_ahead(when("2028-01-01T00:00:00Z").at, now).unwrap_err().message, @"2028-01-01T00:00:00.000Z is more than 365 days ahead, the longest that Step Functions waits.");
    assert!(check_ahead(when("2027-11-22T08:00:00Z").at, now).is_ok(), "365 days are a year");
    assert!(check_ahead(when("1510842801000").at, now).is_ok(), "the function takes the past as well");
    assert!(warnings(&when("now"), now.checked_add(jiff::SignedDuration::from_millis(3)).unwrap()).is_empty());
    assert!(warnings(&when("+90s"), now).is_empty());
}

#[test]
fn the_answer_is_told() {
    let answer = json!({
        "message": "Started the step function. View the scheduled step function in aws console.",
        "params": {"name": "taskone", "stateMachineArn": "arn:m", "input": "{\"trigger_date\":\"2026-11-22T08:03:12.000Z\"}"},
        "executionArn": "arn:e\u{1b}[2J",
        "startDate": "2026-11-22T08:00:00.010Z",
    });
    let execution = Some(Arn::new("arn:e\u{1b}[2J"));
    let started = Started {
        when: when("+192s"),
        notes: Vec::new(),
        url: "http://x/dev/start".to_owned(),
        answer,
        execution,
        now: Timestamp::UNIX_EPOCH,
    };
    let text = told(&started, "2026-11-22T08:00:00.010Z".parse().unwrap(), &TimeZone::UTC);
    insta::assert_snapshot!(anstream::adapter::strip_str(&text), @r#"
    Started the step function. View the scheduled step function in aws console.
      fires      Sun 2026-11-22 08:03:12 UTC, in 3 m 12 s
      in UTC     2026-11-22T08:03:12.000Z
      read as    a delay from now
      name       taskone
      machine    arn:m
      input      {"trigger_date":"2026-11-22T08:03:12.000Z"}
      execution  arn:e\u{1b}[2J
    "#);
}

#[test]
fn refusals_become_sentences() {
    let told = |status: u16, body: &str| -> String {
        let answer = Answer { status, body: body.to_owned() };
        let error = refused("http://x/dev/start", &answer, serde_json::from_str(body).ok().as_ref(), &global());
        format!(
            "{} {}\n{}\n{}",
            error.kind as u8,
            error.message,
            error.cause.unwrap_or_default(),
            error.hint.unwrap_or_default()
        )
    };
    insta::assert_snapshot!(told(409, r#"{"error":"name_taken","message":"The name \"taskone\" is taken"}"#), @r#"
    7 The name "taskone" is taken.

    Take another `--task` name, or look at the one that has it: `workshop list --local`.
    "#);
    insta::assert_snapshot!(told(400, r#"{"error":"invalid_name","message":"No spaces."}"#), @"7 No spaces.");
    insta::assert_snapshot!(told(401, r#"{"error":"no_key","message":"It asks for a key"}"#), @r"
    7 It asks for a key.

    The key is START_KEY of the function's environment in the service file: give it in WORKSHOP_START_KEY or with `--key`.
    ");
    insta::assert_snapshot!(told(502, r#"{"error":"not_allowed","message":"It may not"}"#), @r"
    7 It may not.

    Its log says more: `workshop logs --local -f startStateMachine`.
    ");
    insta::assert_snapshot!(told(404, r#"{"message":"Not Found"}"#), @r"
    6 The endpoint http://x/dev/start answers 404: Not Found.

    The stage or the route is missing. Run `workshop deploy --local` again.
    ");
    insta::assert_snapshot!(told(429, r#"{"message":"Too Many Requests"}"#), @r"
    7 The endpoint has had too many requests.

    Wait a second and run it again; the limit is `throttle` in the service file.
    ");
    insta::assert_snapshot!(told(500, r#"{"message":"Internal Server Error"}"#), @r"
    8 The endpoint http://x/dev/start failed with status 500.
    Internal Server Error
    The function's log says why: `workshop logs --local -f startStateMachine`.
    ");
    insta::assert_snapshot!(told(200, "<html>"), @r"
    8 The endpoint http://x/dev/start did not answer with JSON.
    <html>
    ");
}

#[test]
fn a_key_is_shown_nowhere() {
    let args = ["workshop", "start", "--task", "a", "--at", "now", "--key", "s3cret"];
    let parsed = Cli::try_parse_from(args).unwrap();
    assert!(!format!("{parsed:?}").contains("s3cret"));
    assert_eq!(StartKey::parse("s3cret").unwrap().header(), "Bearer s3cret");
    for wrong in ["", "a b", "ä", "a\n"] {
        assert!(StartKey::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn the_execution_follows_from_the_services_own_file_where_the_endpoint_does_not_say_it() {
    let text = include_str!("../../../../definitions/service.toml");
    let service = Service::parse(&model::source::Source::new("service.toml", text)).unwrap();
    let account = model::names::AccountId::local();
    let stack = service.stack(service.default_stage.clone(), model::names::Region::default(), account);
    let of = |answer: &Value| execution_arn(&service, &stack, "taskone", answer).map(|arn| arn.to_string());
    insta::assert_snapshot!(of(&json!({})).unwrap(), @"arn:aws:states:us-east-1:000000000000:execution:step-functions-example-dev-myStateMachine:taskone");
    assert_eq!(of(&json!({"executionArn": "arn:e"})).as_deref(), Some("arn:e"));
    let mut other = service.clone();
    other.functions.values_mut().for_each(|function| function.environment.clear());
    assert_eq!(execution_arn(&other, &stack, "taskone", &json!({})), None);
}

//! The lesson's history as lines, and one that fails.

use super::*;

/// An event at some milliseconds after the start.
pub(super) fn event(id: i64, ms: i64, kind: &str) -> HistoryEvent {
    let start: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
    HistoryEvent {
        id,
        previous_event_id: id - 1,
        timestamp: moment::from_ms(start.as_millisecond() + ms),
        kind: kind.to_owned(),
        ..HistoryEvent::default()
    }
}

fn lesson() -> Vec<HistoryEvent> {
    let input = Some(r#"{"trigger_date": "2026-11-22T08:03:12.000Z", "taskName": "taskone"}"#.to_owned());
    let output =
        Some(r#"{"statusCode":200,"body":"{\"message\":\"The email for taskone is on its way.\"}"}"#.to_owned());
    let wait = Some("WaitForTimestamp".to_owned());
    let send = Some("SendEmail".to_owned());
    let arn = Some("arn:aws:lambda:eu-west-1:000000000000:function:shop-dev-sendEmail".to_owned());
    vec![
        HistoryEvent { input: input.clone(), ..event(1, 0, "ExecutionStarted") },
        HistoryEvent { state: wait.clone(), input: input.clone(), ..event(2, 2, "WaitStateEntered") },
        HistoryEvent { state: wait, output: input.clone(), ..event(3, 192_001, "WaitStateExited") },
        HistoryEvent { state: send.clone(), input: input.clone(), ..event(4, 192_002, "TaskStateEntered") },
        HistoryEvent { resource: arn, input, ..event(5, 192_002, "LambdaFunctionScheduled") },
        event(6, 192_003, "LambdaFunctionStarted"),
        HistoryEvent { output: output.clone(), ..event(7, 192_244, "LambdaFunctionSucceeded") },
        HistoryEvent { state: send, output: output.clone(), ..event(8, 192_244, "TaskStateExited") },
        HistoryEvent { output, ..event(9, 192_244, "ExecutionSucceeded") },
    ]
}

fn lines(events: &[HistoryEvent], full: bool) -> String {
    let mut timeline = Timeline::new(TimeZone::UTC, 16, full, None);
    let text: Vec<String> = events.iter().map(|event| timeline.render(event)).collect();
    anstream::adapter::strip_str(&text.join("\n")).to_string()
}

#[test]
fn the_lesson_reads_as_a_story() {
    insta::assert_snapshot!(lines(&lesson(), false), @r#"
    2026-11-22 08:00:00.000  +0 ms                         started  {"trigger_date":"2026-11-22T08:03:12.000Z","taskName":"taskone"}
    2026-11-22 08:00:00.002  +2 ms       WaitForTimestamp  waits
    2026-11-22 08:03:12.001  +3 m 12 s   WaitForTimestamp  left
    2026-11-22 08:03:12.002  +3 m 12 s   SendEmail         entered
    2026-11-22 08:03:12.002  +3 m 12 s   SendEmail         calls shop-dev-sendEmail
    2026-11-22 08:03:12.003  +3 m 12 s   SendEmail         it runs
    2026-11-22 08:03:12.244  +3 m 12 s   SendEmail         it answered  {"statusCode":200,"body":"{\"message\":\"The email for taskone is on its…
    2026-11-22 08:03:12.244  +3 m 12 s   SendEmail         left
    2026-11-22 08:03:12.244  +3 m 12 s                     succeeded
    "#);
}

#[test]
fn all_of_it_is_shown_when_wanted() {
    insta::assert_snapshot!(lines(&lesson()[..2], true), @r#"
    2026-11-22 08:00:00.000  +0 ms                         started
        input:
          {
            "trigger_date": "2026-11-22T08:03:12.000Z",
            "taskName": "taskone"
          }
    2026-11-22 08:00:00.002  +2 ms       WaitForTimestamp  waits
        input:
          {
            "trigger_date": "2026-11-22T08:03:12.000Z",
            "taskName": "taskone"
          }
    "#);
}

#[test]
fn failures_say_why() {
    let cause = r#"{"errorMessage":"no such\u001b[31m address","errorType":"Bounce"}"#.to_owned();
    let failed = HistoryEvent {
        error: Some("Bounce".to_owned()),
        cause: Some(cause.clone()),
        ..event(3, 5, "LambdaFunctionFailed")
    };
    let ended = HistoryEvent { error: Some("Bounce".to_owned()), cause: Some(cause), ..event(4, 6, "ExecutionFailed") };
    let state = HistoryEvent { state: Some("SendEmail".to_owned()), ..event(2, 1, "TaskStateEntered") };
    let stopped = HistoryEvent { cause: Some("not needed".to_owned()), ..event(5, 7, "ExecutionAborted") };
    let odd = event(6, 8, "MapIterationStarted");
    insta::assert_snapshot!(lines(&[event(1, 0, "ExecutionStarted"), state, failed, ended, stopped, odd], false), @r"
    2026-11-22 08:00:00.000  +0 ms                         started
    2026-11-22 08:00:00.001  +1 ms       SendEmail         entered
    2026-11-22 08:00:00.005  +5 ms       SendEmail         it failed  Bounce: no such\u{1b}[31m address
    2026-11-22 08:00:00.006  +6 ms                         failed  Bounce: no such\u{1b}[31m address
    2026-11-22 08:00:00.007  +7 ms                         was stopped  not needed
    2026-11-22 08:00:00.008  +8 ms       SendEmail         map iteration started
    ");
}

#[test]
fn functions_are_known_by_name() {
    let called = |kind: &str, resource: &str, parameters: &str| {
        function_called(&HistoryEvent {
            resource: Some(resource.to_owned()),
            resource_type: Some("lambda".to_owned()),
            input: Some(parameters.to_owned()),
            ..event(1, 0, kind)
        })
    };
    let arn = "arn:aws:lambda:eu-west-1:1:function:shop-dev-a:live";
    assert_eq!(called("LambdaFunctionScheduled", arn, "{}").as_deref(), Some("shop-dev-a"));
    for name in [arn, "shop-dev-a", "shop-dev-a:3", "1:function:shop-dev-a"] {
        let parameters = format!(r#"{{"FunctionName":"{name}"}}"#);
        assert_eq!(called("TaskScheduled", "invoke", &parameters).as_deref(), Some("shop-dev-a"), "{name}");
    }
    assert_eq!(called("TaskScheduled", arn, "{}").as_deref(), Some("shop-dev-a"), "as an emulator has it");
    assert_eq!(called("TaskStarted", "invoke", "{}"), None);
    assert_eq!(called("TaskScheduled", "invoke", "no json"), None);
}

#[test]
fn long_values_are_cut_between_characters() {
    let long = format!("\"{}\"", "é".repeat(200));
    assert_eq!(abbreviated(&long).chars().count(), SHORT + 1);
    assert_eq!(abbreviated("{ \"a\" : 1 }"), "{\"a\":1}");
}

#[test]
fn lines_fit_the_terminal() {
    let mut events = lesson();
    events.truncate(6);
    let error = Some("Declined".to_owned());
    let cause = Some("the card of this customer has expired in October of last year".to_owned());
    events.push(HistoryEvent { error, cause, ..event(7, 192_244, "LambdaFunctionFailed") });
    for room in [60, 80, 120] {
        let mut timeline = Timeline::new(TimeZone::UTC, 16, false, Some(room));
        let text: Vec<String> = events.iter().map(|event| timeline.render(event)).collect();
        let text = anstream::adapter::strip_str(&text.join("\n")).to_string();
        assert!(text.lines().all(|line| line.chars().count() <= room), "{room}:\n{text}");
        if room == 60 {
            insta::assert_snapshot!(text, @r#"
            08:00:00.000  +0 ms                        started  {"trigg…
            08:00:00.002  +2 ms       WaitForTimesta…  waits
            08:03:12.001  +3 m 12 s   WaitForTimesta…  left
            08:03:12.002  +3 m 12 s   SendEmail        entered
            08:03:12.002  +3 m 12 s   SendEmail        calls shop-dev-s…
            08:03:12.003  +3 m 12 s   SendEmail        it runs
            08:03:12.244  +3 m 12 s   SendEmail        it failed
                Declined: the card of this customer has expired in
                October of last year
            "#);
        }
    }
}

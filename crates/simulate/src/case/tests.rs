//! Test files as they are read: the three forms, rows, data, mistakes.

use super::*;
use asl::StateMachine;
use model::source::Source;
use serde_json::json;

fn parse(file: &str, text: &str) -> Result<TestFile, String> {
    let read = |path: &str| match path {
        "order.json" => Ok(Source::new(path, r#"{"id": 7}"#)),
        _ => Err("it is not there".to_owned()),
    };
    TestFile::parse(Source::new(file, text), &read).map_err(shown)
}

fn shown(errors: Vec<model::source::ModelError>) -> String {
    errors.into_iter().map(|it| format!("{it}\n  {}\n", it.hint.clone().unwrap_or_default())).collect()
}

#[test]
fn the_three_ways_to_write_a_file_are_one() {
    let toml =
        "machine = \"m\"\n[[cases]]\nname = \"a\"\ninput = { n = 1 }\nmocks.T = { return = [1], after = \"1h\" }\n";
    let yaml = "machine: m\ncases:\n  - name: a\n    input: {n: 1}\n    mocks: {T: {return: [1], after: 1h}}\n";
    let json = r#"{"machine": "m", "cases": [{"name": "a", "input": {"n": 1}, "mocks": {"T": {"return": [1], "after": 3600}}}]}"#;
    for (file, text) in [("a.test.toml", toml), ("a.test.yml", yaml), ("a.test.json", json)] {
        let case = parse(file, text).unwrap().cases.remove(0);
        assert_eq!((case.name.as_str(), &case.input), ("a", &json!({"n": 1})));
        assert_eq!(case.mocks["T"].answers[0].answer, Answer::Return(json!([1])));
        assert_eq!(case.mocks["T"].answers[0].after.as_secs(), 3600);
    }
}

#[test]
fn rows_are_cases_with_their_own_values() {
    let text = "[[cases]]\nname = \"sum\"\ninput = { a = 1, b = { c = 2, d = 3 } }\nmocks.T = { return = 1 }\n\
        expect = { output = 1, path = [\"T\"] }\n\
        rows = [{ name = \"more\", input = { b = { c = 9 } }, mocks = { T = { throw = \"E\" } } }, { expect = { output = 2 } }]\n";
    let cases = parse("a.test.toml", text).unwrap().cases;
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["sum: more", "sum: 2"]);
    assert_eq!(cases[0].input, json!({"a": 1, "b": {"c": 9, "d": 3}}));
    assert!(matches!(cases[0].mocks["T"].answers[0].answer, Answer::Throw { .. }));
    assert_eq!(cases[1].expect.output.as_ref().unwrap().value, json!(2));
    assert!(cases[1].expect.path.is_some());
}

#[test]
fn fixtures_files_and_json_are_named_in_data() {
    let text = "[fixtures]\norder = { id = 1, lines = [] }\n[[cases]]\nname = \"a\"\n\
        input = { a = { \"$fixture\" = \"order\", id = 2 }, b = { \"$file\" = \"order.json\" }, c = { \"$json\" = \"null\" } }\n";
    let case = parse("a.test.toml", text).unwrap().cases.remove(0);
    assert_eq!(case.input, json!({"a": {"id": 2, "lines": []}, "b": {"id": 7}, "c": null}));
}

#[test]
fn every_mistake_has_its_place_and_the_nearest_spelling() {
    let text = "machin = \"m\"\n[fixtures]\norder = 1\n[[cases]]\nname = \"a\"\ninput = { \"$fixture\" = \"ordre\" }\nstart = \"soon\"\n\
        [cases.mocks.T]\nretrun = 1\n[cases.mocks.U]\nreturn = 1\nthrow = \"E\"\nafter = \"-3s\"\n\
        [cases.expect]\nstatus = \"FAILD\"\noutput_matches = \"{% $output. %}\"\ncalls.T = \"two\"\nduration = { }\n\
        [[cases]]\nname = \"a\"\nrows = []\n[[cases]]\ninput = { \"$file\" = \"gone.json\" }\n";
    insta::assert_snapshot!(parse("a.test.toml", text).unwrap_err(), @r#"
    a.test.toml:1:1: There is no key `machin` at the top level.
      Did you mean `machine`? Known here are $schema, fixtures, machine, definition, type, start, seed, mocks, cases.
    a.test.toml:6:24: There is no fixture `ordre`.
      Did you mean `order`? Possible are order.
    a.test.toml:7:9: `cases.start` is no moment: `soon`.
      Write it as "2026-03-01T09:00:00Z".
    a.test.toml:8:1: The mock says nothing that the task gives.
      It has one of return, payload, throw, execution, never, function, cloud.
    a.test.toml:9:1: There is no key `retrun` in `cases.mocks.T`.
      Did you mean `return`? Known here are return, payload, throw, execution, never, function, cloud, after, submitted, heartbeat, times, index, attempt, validate.
    a.test.toml:10:1: The mock has return and throw, of which it can have one.
      It has one of return, payload, throw, execution, never, function, cloud.
    a.test.toml:13:9: `cases.mocks.U.after` is no duration.
      Write it as "90s", "3h" or "2d 12h", or as a number of seconds.
    a.test.toml:15:10: `cases.expect.status` can't be `FAILD`.
      Did you mean `FAILED`? Possible are SUCCEEDED, FAILED, TIMED_OUT, ABORTED.
    a.test.toml:16:18: The condition is no JSONata: S0207: Unexpected end of expression
      Write it as "{% $output.total > 10 %}"; it may read $output, $input and $variables.
    a.test.toml:17:11: `cases.expect.calls.T` must be how many calls there are, or the list of their arguments.
      Write 2, or [{ id = 1 }, { id = 2 }].
    a.test.toml:18:12: `cases.expect.duration` is no duration.
      Write it as "90s", "3h" or "2d 12h", or as a number of seconds.
    a.test.toml:21:8: `cases.rows` is empty.
      
    a.test.toml:22:1: The case has no `name`.
      Say in a sentence what holds.
    a.test.toml:23:21: `gone.json` can't be read: it is not there.
      Its path starts from the folder of this file.
    "#);
    insta::assert_snapshot!(parse("a.test.toml", "a = ").unwrap_err(), @r#"
    a.test.toml:1:5: The file is not valid: string values must be quoted, expected literal string.
      TOML writes texts in quotes, and tables as [name] or { key = value }.
    "#);
    insta::assert_snapshot!(parse("a.test.toml", "").unwrap_err(), @r#"
    a.test.toml:1:1: The file has no `cases`.
      Begin each with [[cases]].
    "#);
    insta::assert_snapshot!(parse("a.test.json", r#"{"cases": [{"name": "a", "name": "b"}, 7]}"#).unwrap_err(), @r#"
    a.test.json:1:26: `name` is there twice.
      Delete one of them.
    a.test.json:1:40: `cases` must be a table; it is a number.
    "#);
}

#[test]
fn names_that_the_machine_does_not_have_are_told() {
    let machine = StateMachine::parse(
        r#"{"StartAt": "Send", "States": {"Send": {"Type": "Task", "Resource": "arn:aws:lambda:a:1:function:f", "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 1, "End": true}}}"#,
    )
    .unwrap();
    let text = "[mocks.Other]\nreturn = 1\n[[cases]]\nname = \"a\"\nmocks = { Sned = { return = 1 }, Rest = { return = 1 } }\n\
        [cases.expect]\npath = [\"Send\", \"Rset\"]\ncalls.Sent = 1\n";
    let file = parse("a.test.toml", text).unwrap();
    insta::assert_snapshot!(shown(file.check(|_| Some(&machine))), @r#"
    a.test.toml:1:8: The machine has no state `Other`.
      It has Send.
    a.test.toml:5:11: The machine has no state `Sned`.
      Did you mean `Send`?
    a.test.toml:5:34: `Rest` is a Wait state, which calls nothing.
      Mocks are for Task states.
    a.test.toml:7:17: The machine has no state `Rset`.
      Did you mean `Rest`?
    a.test.toml:8:7: The machine has no state `Sent`.
      Did you mean `Send`?
    "#);
}

#[test]
fn an_expected_output_is_known_by_its_place_where_it_is_written_out() {
    let written = |file: &str, text: &str| {
        let case = parse(file, text).unwrap().cases.remove(0);
        case.expect.output.unwrap().span.map(|span| text[span].trim_end().to_owned())
    };
    let toml = |expect: &str| written("a.test.toml", &format!("[fixtures]\nf = 1\n[[cases]]\nname = \"a\"\n{expect}"));
    assert_eq!(toml("expect.output = { a = [1] }").as_deref(), Some("{ a = [1] }"));
    assert_eq!(toml("[cases.expect]\noutput = [[1], 2]\n").as_deref(), Some("[[1], 2]"));
    assert_eq!(toml("[cases.expect.output]\na = 1\n"), None);
    assert_eq!(toml("[[cases.expect.output]]\na = 1\n"), None);
    assert_eq!(toml("expect.output = { \"$fixture\" = \"f\" }"), None);
    let yaml = "cases:\n  - name: a\n    expect:\n      output: {a: 1}\n";
    assert_eq!(written("a.test.yml", yaml).as_deref(), Some("{a: 1}"));
}

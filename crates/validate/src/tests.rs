//! What is said about whole definitions.

use serde_json::{Value, json};

use super::*;
use model::names::{AccountId, Region, ServiceName, StageName};
use model::role_path::RolePath;

fn checked(file: &str, text: &str) -> Checked {
    checked_as(asl::MachineType::Standard, file, text)
}

fn stack() -> Stack {
    Stack {
        service: ServiceName::parse("shop").unwrap(),
        stage: StageName::parse("dev").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        account: AccountId::parse("123456789012").unwrap(),
        role_path: RolePath::default(),
        names: model::stack::DeployedNames::default(),
    }
}

fn checked_as(machine_type: asl::MachineType, file: &str, text: &str) -> Checked {
    let stack = stack();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    check(Source::new(file, text), &Target { machine_type, stack: &stack, now, serves: |it| !it.contains(":s3:") })
}

/// Code, the text that is pointed at, and what is said.
fn said(file: &str, text: &str) -> String {
    let problems = checked(file, text).problems.into_iter();
    let lines = problems.map(|placed| {
        let problem = placed.problem;
        let span = problem.span.start.min(text.len())..problem.span.end.min(text.len());
        format!("{} {} <{}> {} {}", problem.severity.name(), problem.code, &text[span], problem.message, problem.fix)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_the_embedded_cloud_does_not_serve_is_noted() {
    let text = "StartAt: Put\nStates:\n  Put:\n    Type: Task\n    Resource: arn:aws:states:::aws-sdk:s3:putObject\n    Parameters: {Bucket: b, Key: k, Body: x}\n    End: true\n";
    insta::assert_snapshot!(said("a.asl.yml", text), @r#"note not-on-embedded-cloud <arn:aws:states:::aws-sdk:s3:putObject> "Put" calls arn:aws:states:::aws-sdk:s3:putObject, which the embedded cloud does not serve: there the execution ends with States.Runtime, which no Catch takes. Nothing is wrong with it on AWS. With --local, let a function do this task."#);
}

#[test]
fn an_integration_that_aws_does_not_have_is_refused_and_the_nearest_named() {
    let task = |resource: &str, parameters: &str| {
        let text = format!(
            "StartAt: A\nStates:\n  A:\n    Type: Task\n    Resource: {resource}\n    Parameters: {parameters}\n    End: true\n"
        );
        said("a.asl.yml", &text)
    };
    let s3 = "{Bucket: b, Key: k}";
    insta::assert_snapshot!(task("arn:aws:states:::aws-sdk:s3:GetObject", s3), @"error SCHEMA_VALIDATION_FAILED <arn:aws:states:::aws-sdk:s3:GetObject> The resource provided arn:aws:states:::aws-sdk:s3:GetObject is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. Did you mean arn:aws:states:::aws-sdk:s3:getObject?");
    insta::assert_snapshot!(task("arn:aws:states:::aws-sdk:cloudwatchlog:putLogEvents", "{}"), @"error SCHEMA_VALIDATION_FAILED <arn:aws:states:::aws-sdk:cloudwatchlog:putLogEvents> The resource provided arn:aws:states:::aws-sdk:cloudwatchlog:putLogEvents is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. Did you mean arn:aws:states:::aws-sdk:cloudwatchlogs:putLogEvents?");
    insta::assert_snapshot!(task("arn:aws:states:::dynamodb:scan", "{TableName: t}"), @"error SCHEMA_VALIDATION_FAILED <arn:aws:states:::dynamodb:scan> The resource provided arn:aws:states:::dynamodb:scan is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. Did you mean arn:aws:states:::aws-sdk:dynamodb:scan?");
    insta::assert_snapshot!(task("arn:aws:states:::sqs:sendMessage.sync", "{QueueUrl: q, MessageBody: m}"), @"error SCHEMA_VALIDATION_FAILED <arn:aws:states:::sqs:sendMessage.sync> The resource provided arn:aws:states:::sqs:sendMessage.sync is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. Did you mean arn:aws:states:::sqs:sendMessage?");
    insta::assert_snapshot!(task("arn:aws:states:::http:invoke", "{}"), @r"
    error SCHEMA_VALIDATION_FAILED <Parameters> The field 'ApiEndpoint' is required but was missing. Add the field.
    error SCHEMA_VALIDATION_FAILED <Parameters> The field 'Method' is required but was missing. Add the field.
    ");
    insta::assert_snapshot!(task("'arn:aws:states:${AWS::Region}:${AWS::AccountId}:aws-sdk:dynamodb:query'", "{TableName: t, indexName: i}"), @r#"error SCHEMA_VALIDATION_FAILED <indexName> The field "indexName" is not supported by Step Functions. Write the field as the API calls it, with a capital at the beginning, or delete it."#);
    assert_eq!(task("arn:aws:states:us-east-1:123456789012:aws-sdk:dynamodb:query", "{TableName: t}"), "");
    assert_eq!(task("arn:aws:states:::${Service}:invoke", "{}"), "");
}

#[test]
fn findings_point_at_what_they_are_about() {
    let text = r#"{"StartAt": "A/[0]", "TimeoutSecond": 1, "States": {
        "A": {"Type": "Pass", "End": true},
        "A/[0]": {"Type": "Parallel", "Next": "B", "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Fale"}}}]},
        "B": {"Type": "Wait", "End": true}}}"#;
    insta::assert_snapshot!(said("a.asl.json", text), @r#"
    error SCHEMA_VALIDATION_FAILED <"TimeoutSecond"> Field 'TimeoutSecond' is not supported. Did you mean TimeoutSeconds? Else delete it.
    warning unreachable-state <"A"> No way from "A/[0]", where it starts, leads to "A". Lead the Next, Default, Choices or Catch of a state that is reached to it, or delete it.
    error SCHEMA_VALIDATION_FAILED <"Fale"> The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]. Did you mean Fail?
    error SCHEMA_VALIDATION_FAILED <"B"> This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]. Set one of the fields that are named between the brackets.
    "#);
}

#[test]
fn a_definition_in_a_service_file_is_pointed_at_there() {
    let text = "service: shop\nprovider: {name: aws, runtime: nodejs22.x}\ncustom: {after: 5}\nstepFunctions:\n  stateMachines:\n    \
                mail:\n      definition:\n        StartAt: Wait\n        States:\n          Wait: {Type: Wait, Seconds: -1, Nxt: B}\n          \
                B: {Type: Wiat, Comment: 'after ${self:custom.after}', End: true}\n";
    let surroundings = model::serverless::Surroundings {
        stage: None,
        region: None,
        parameters: Default::default(),
        options: Default::default(),
        account: None,
        runtime: None,
        environment: &|_| None,
        knows_dotenv: false,
        files: &|_| None,
    };
    let parsed = model::serverless::parse(&Source::new("serverless.yml", text), &surroundings).unwrap();
    let (_, machine) = parsed.service.state_machines.first_key_value().unwrap();
    let model::service::DefinitionSource::Inline { source, document } = &machine.definition else { panic!("inline") };
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let stack = stack();
    let machine_type = asl::MachineType::Standard;
    let target = Target { machine_type, stack: &stack, now, serves: |_| true };
    let checked = check_document(source.clone(), document, &target);
    let shown = checked.problems.iter().map(|placed| {
        let at = placed.start;
        format!("{}:{} {} {}", at.line, at.column, &text[placed.problem.span.clone()], placed.problem.message)
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r#"
    10:39 -1 Minimum value is 0.
    10:43 Nxt Field 'Nxt' is not supported.
    11:11 B No way from "Wait", where it starts, leads to "B".
    11:21 Wiat The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map].
    "#);
}

#[test]
fn json_and_yaml_are_judged_alike() {
    let yaml = "StartAt: A\nStates:\n  A:\n    Type: Wait\n    Seconds: -1\n    Nxt: B\n  B: &b\n    Type: Succeed\n";
    insta::assert_snapshot!(said("a.asl.yml", yaml), @r#"
    error SCHEMA_VALIDATION_FAILED <-1> Minimum value is 0. Write a number within the bounds.
    error SCHEMA_VALIDATION_FAILED <Nxt> Field 'Nxt' is not supported. Did you mean Next? Else delete it.
    warning unreachable-state <B> No way from "A", where it starts, leads to "B". Lead the Next, Default, Choices or Catch of a state that is reached to it, or delete it.
    "#);
}

#[test]
fn a_mistake_in_an_expression_is_pointed_at() {
    let json = |expression: &str| {
        let output = format!(r#""Output": {{"é": "{expression}"}}"#);
        let text = format!(
            r#"{{"StartAt": "A", "QueryLanguage": "JSONata", "States": {{"A": {{"Type": "Succeed", {output}}}}}}}"#
        );
        said("a.asl.json", &text)
    };
    insta::assert_snapshot!(json("{% 'é' & $x(1, ] %}"), @r#"error INVALID_JSONATA_EXPRESSION <]> The symbol "]" cannot be used as a unary operator. Correct the expression between `{%` and `%}`; https://try.jsonata.org runs one by itself."#);
    insta::assert_snapshot!(json("{% 1 + %}"), @r#"error INVALID_JSONATA_EXPRESSION < > Unexpected end of expression. Correct the expression between `{%` and `%}`; https://try.jsonata.org runs one by itself."#);
    insta::assert_snapshot!(json(r#"{% \"é\" & ] %}"#), @r#"error INVALID_JSONATA_EXPRESSION <"{% \"é\" & ] %}"> The symbol "]" cannot be used as a unary operator. Correct the expression between `{%` and `%}`; https://try.jsonata.org runs one by itself."#);
    let yaml = "StartAt: A\nQueryLanguage: JSONata\nStates:\n  A:\n    Type: Succeed\n    Output: '{% a[1,2) %}'\n";
    insta::assert_snapshot!(said("a.asl.yml", yaml), @r#"error INVALID_JSONATA_EXPRESSION <,> Expected "]", got ",". Correct the expression between `{%` and `%}`; https://try.jsonata.org runs one by itself."#);
}

#[test]
fn a_definition_without_an_end_is_pointed_at_as_a_whole() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}"#;
    insta::assert_snapshot!(said("a.asl.json", text), @r#"
    error MISSING_END_STATE <"States"> Workflow has no terminal state. Give one of the states "End": true, or add a Succeed or Fail state.
    warning busy-loop <"A"> The loop of "A" neither waits nor calls anything, and has no way out: it runs into the limit of 25,000 events. Put a Wait or Task state into the loop, or a Choice that leaves it.
    "#);
    insta::assert_snapshot!(said("a.asl.json", "[]"), @r#"error SCHEMA_VALIDATION_FAILED <[> Definition must be a valid JSON object. Begin with `{` and an object that has StartAt and States."#);
}

#[test]
fn keys_that_come_again_are_lost() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Fail"}, "A": {"Type": "Succeed"}}}"#;
    insta::assert_snapshot!(said("a.asl.json", text), @r#"warning repeated-key <"A"> In "States" there was a "A" already; only the last one counts. Give one of them another name, or delete it."#);
}

#[test]
fn what_is_put_in_later_is_not_held_against_the_text() {
    let text = r##"{"StartAt": "A", "States": {
        "A": {"Type": "Wait", "Seconds": "${delay}", "Next": "F"},
        "F": {"Type": "Task", "Resource": "${SendFunction.Arn}", "Next": "B"},
        "B": {"Type": "Task", "Resource": "arn:aws:states:#{AWS::Region}:${AWS::AccountId}:activity:x", "Next": "C"},
        "C": {"Type": "Pass", "Comment": "${AWS::Regoin}", "End": true}}}"##;
    insta::assert_snapshot!(said("a.asl.json", text), @r#"
    warning unknown-until-deployed <"${delay}"> What `${delay}` will be is not known here; as it stands: Expected value of type Integer. `workshop` puts in the values of AWS::... only; whatever deploys this must put in the others.
    error unknown-pseudo-parameter <${AWS::Regoin}> `${AWS::Regoin}` is no pseudo-parameter that a deployment has a value for. Did you mean `AWS::Region`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    "#);
}

#[test]
fn a_misspelt_rule_is_told_once_and_names_that_the_definition_raises_are_known() {
    let text = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEqual": "x", "Next": "P"}], "Default": "P"},
        "P": {"Type": "Parallel", "End": true, "Catch": [{"ErrorEquals": ["States.Mine"], "Next": "D"}],
            "Branches": [{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "States.Mine"}}}]},
        "D": {"Type": "Succeed"}}}"#;
    insta::assert_snapshot!(said("a.asl.json", text), @r#"error SCHEMA_VALIDATION_FAILED <"StringEqual"> Field 'StringEqual' is not supported. Did you mean StringEquals? Else delete it."#);
}

#[test]
fn an_express_machine_is_held_to_its_limits() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:x", "End": true}}}"#;
    let checked = checked_as(asl::MachineType::Express, "a", text);
    insta::assert_snapshot!(checked.problems[0].problem.message, @"Express state machine does not support Activity ARN.");
}

/// The members that SARIF 2.1.0 requires, and the values that it allows.
#[test]
fn the_sarif_log_has_what_the_standard_requires() {
    let broken = checked("flows/a b.asl.json", "{");
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "B"}]}}}"#;
    let note = model::serverless::Note {
        at: model::source::Place { file: "serverless.yml".to_owned(), line: 3 },
        message: "It has no effect.".to_owned(),
    };
    let log = sarif::log(
        &[
            broken,
            checked("/tmp/é.asl.json", text),
            checked("fine.asl.json", r#"{"StartAt":"A","States":{"A":{"Type":"Fail"}}}"#),
        ],
        &[note],
    );
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "workshop validate");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        assert!(
            rule["id"].is_string() && rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string()
        );
        assert!(matches!(rule["defaultConfiguration"]["level"].as_str().unwrap(), "note" | "warning" | "error"));
    }
    let results = run["results"].as_array().unwrap();
    let (notes, results): (Vec<&Value>, Vec<&Value>) = results.iter().partition(|result| result["level"] == "note");
    // The service file's notes are of no rule.
    let note = json!({
        "ruleId": "without-effect", "level": "note", "message": {"text": "It has no effect."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "serverless.yml"}, "region": {"startLine": 3}}}],
    });
    assert_eq!(notes, [&note]);
    assert_eq!(results.len(), 4);
    for result in results {
        assert!(result["message"]["text"].is_string());
        assert!(matches!(result["level"].as_str().unwrap(), "warning" | "error"));
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["problem/v1"].as_str().is_some_and(|print| print.len() == 16));
        let region = &result["locations"][0]["physicalLocation"]["region"];
        for member in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[member].as_u64().unwrap() >= 1);
        }
    }
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let uris: Vec<&Value> =
        run["artifacts"].as_array().unwrap().iter().map(|artifact| &artifact["location"]["uri"]).collect();
    assert_eq!(uris, ["flows/a%20b.asl.json", "file:///tmp/%C3%A9.asl.json", "fine.asl.json"]);
}

#[test]
fn every_code_that_is_given_is_a_rule() {
    let rules = rules::all();
    for text in
        ["{", "[]", "{}", r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "$.x", "Next": "A"}}}"#]
    {
        for placed in checked("a.asl.json", text).problems {
            assert!(rules.iter().any(|rule| rule.code == placed.problem.code), "{}", placed.problem.code);
        }
    }
}

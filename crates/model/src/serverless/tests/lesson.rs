//! The lesson's own folder, as it was written in 2017, and what a learner of today makes of it.

use super::*;

const LESSON: &str = include_str!("lesson.yml");

#[test]
fn the_lesson_runs_on_a_runtime_of_today() {
    let outside = Outside { runtime: Some(runtimes::Runtime::Nodejs22), ..Outside::default() };
    insta::assert_snapshot!(outside.shown(LESSON), @r#"
    step-functions-example-dev in us-west-2
    sendEmail: step-functions-example-dev-sendEmail nodejs22.x handler.sendEmail 1024 MB 6 s x86_64 logs for ever
      STATE_MACHINE_ARN=arn:aws:states:us-west-2:123456789012:stateMachine:myStateMachine
      Allow states:* on arn:aws:states:us-west-2:123456789012:stateMachine:myStateMachine
    startStateMachine: step-functions-example-dev-startStateMachine nodejs22.x handler.startStateMachine 1024 MB 6 s x86_64 logs for ever
      STATE_MACHINE_ARN=arn:aws:states:us-west-2:123456789012:stateMachine:myStateMachine
      Allow states:* on arn:aws:states:us-west-2:123456789012:stateMachine:myStateMachine
    POST /start -> startStateMachine (1.0) cors ["*"] [] None
    waitToSendStateMachine: myStateMachine STANDARD
      serverless.yml {"Comment":"A Task Timer example of the Amazon States Language scheduling a task","StartAt":"WaitForTimestamp","States":{"WaitForTimestamp":{"Type":"Wait","TimestampPath":"$.trigger_date","Next":"SendEmail"},"SendEmail":{"Type":"Task","Resource":"arn:aws:lambda:us-west-2:123456789012:function:step-functions-example-dev-sendEmail","End":true}}}
    note serverless.yml:52: `resources.Outputs` has no effect: there is no CloudFormation stack; variables can read its values, and `workshop info` shows the endpoint and ARNs.
    "#);
}

#[test]
fn its_own_runtime_is_retired_and_the_error_says_so_once() {
    insta::assert_snapshot!(Outside::default().shown(LESSON), @r"
    serverless.yml:12:12: Lambda has retired the runtime `nodejs6.10`; its successor is `nodejs24.x`.
      Write `nodejs24.x` there, or deploy with `--runtime nodejs24.x`; check that the code runs on it.
    ");
}

#[test]
fn the_command_names_stage_and_region() {
    let outside = Outside {
        runtime: Some(runtimes::Runtime::Nodejs22),
        stage: Some("anna"),
        region: Some("eu-central-1"),
        ..Outside::default()
    };
    let parsed = outside.parse(LESSON).unwrap();
    assert_eq!(parsed.service.default_stage.as_str(), "anna");
}

#[test]
fn a_fault_of_the_definition_is_found_in_the_service_file() {
    let outside = Outside { runtime: Some(runtimes::Runtime::Nodejs22), ..Outside::default() };
    let parsed = outside.parse(LESSON).unwrap();
    let (_, machine) = parsed.service.state_machines.first_key_value().unwrap();
    let DefinitionSource::Inline { source, document } = &machine.definition else { panic!("inline") };
    let task = document.root.member("States").unwrap().value.member("SendEmail").unwrap();
    assert_eq!(&source.text[task.key_span.clone()], "SendEmail");
    assert_eq!(&source.text[task.value.member("End").unwrap().value.span.clone()], "true");
}

#[test]
fn an_unknown_pseudo_parameter_in_it_is_an_error_where_it_stands() {
    let outside = Outside { runtime: Some(runtimes::Runtime::Nodejs22), ..Outside::default() };
    insta::assert_snapshot!(outside.shown(&LESSON.replace("#{AWS::AccountId}", "#{AWS::Acount}")), @r"
    serverless.yml:48:54: `#{AWS::Acount}` is no pseudo-parameter that a deployment has a value for.
      Did you mean `AWS::AccountId`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    ");
}

//! Distributed Map states: children, failures, items from files and results to files.

use asl::{ChildId, Execution, Input, MapRunCounts, Outcome, Status, TaskPurpose};
use serde_json::{Value, json};

use crate::drive::{Driver, at, machine};

fn map(more: &str, processor: &str, input: &str) -> Driver {
    let states = format!(
        r#""A":{{"Type":"Map","Label":"L",{more}"ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},
            "StartAt":"B","States":{{"B":{processor}}}}},"End":true}}"#
    );
    Driver::start(machine(&states), input)
}

const PASS: &str = r#"{"Type":"Pass","End":true}"#;
const CHOOSY: &str = r#"{"Type":"Choice","Choices":[{"Variable":"$","NumericLessThan":0,"Next":"F"}],"Default":"P"},
    "F":{"Type":"Fail","Error":"Negative"},"P":{"Type":"Pass","End":true}"#;

/// Runs every child that was asked for, the newest first, until there are no more or the execution is over.
fn run_children(driver: &mut Driver, seconds: f64) {
    while driver.outcome.is_none()
        && let Some(request) = driver.children.pop()
    {
        let start = request.start(driver.execution.context(), driver.execution.seed(), at(seconds));
        let (child, effects) = Execution::start_child(&driver.machine, &request.state, start).unwrap();
        assert_eq!(child.context().execution_arn, request.execution_arn);
        let Some(asl::Effect::Ended(outcome)) = effects.into_iter().last() else { panic!("the child waits") };
        driver.give(Input::ChildEnded { child: request.child, outcome }, seconds);
    }
}

fn answer(driver: &mut Driver, output: &Value, seconds: f64) {
    let task = driver.begin(seconds);
    driver.give(Input::TaskSucceeded { task, output: output.to_string() }, seconds);
}

fn output(driver: &Driver) -> &str {
    match &driver.outcome {
        Some(Outcome::Succeeded { output }) => output,
        other => panic!("{other:?}"),
    }
}

#[test]
fn children_are_executions_with_names_like_those_of_aws() {
    let mut driver = map(r#""MaxConcurrency":2,"#, PASS, r#"["a", {"b": 1}, "c"]"#);
    let request = driver.children[0].clone();
    assert_eq!(driver.children.len(), 2);
    let arn = "arn:aws:states:eu-west-1:000000000000";
    assert_eq!(*request.execution_arn, format!("{arn}:execution:m/L:{}", request.name));
    assert_eq!(*request.state_machine_arn, format!("{arn}:stateMachine:m/L"));
    assert!(request.map_run_arn.starts_with(&format!("{arn}:mapRun:m/L:")));
    assert_eq!(driver.execution.running_children().collect::<Vec<_>>(), driver.children);
    let stored = serde_json::to_string(&driver.execution).unwrap();
    assert_eq!(serde_json::from_str::<Execution>(&stored).unwrap(), driver.execution);
    run_children(&mut driver, 1.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 MapStateEntered A
    0  3  2 MapStateStarted
    0  4  3 MapRunStarted
    1  5  4 MapRunSucceeded
    1  6  5 MapStateSucceeded
    1  7  4 MapStateExited ["a",{"b":1},"c"]
    1  8  7 ExecutionSucceeded ["a",{"b":1},"c"]
    "#);
    let run = driver.map_run.unwrap();
    assert_eq!((run.status, run.stopped_at), (Status::Succeeded, Some(at(1.0))));
    assert_eq!(run.executions, MapRunCounts { succeeded: 3, total: 3, ..MapRunCounts::default() });
}

#[test]
fn failures_are_tolerated_up_to_the_threshold() {
    let mut driver = map(r#""ToleratedFailureCount":1,"#, CHOOSY, "[1,-2,3]");
    run_children(&mut driver, 1.0);
    let results: Value = serde_json::from_str(output(&driver)).unwrap();
    assert_eq!((&results[0], &results[1]["Error"], &results[2]), (&json!(1), &json!("Negative"), &json!(3)));

    let mut driver = map(r#""ToleratedFailurePercentage":40,"#, CHOOSY, "[1,-2,-3]");
    run_children(&mut driver, 1.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 MapStateEntered A
    0  3  2 MapStateStarted
    0  4  3 MapRunStarted
    1  5  4 MapRunFailed
    1  6  5 MapStateFailed
    1  7  6 ExecutionFailed States.ExceedToleratedFailureThreshold | The specified tolerated failure threshold was exceeded
    "#);
    assert_eq!(driver.map_run.unwrap().executions.aborted, 1);
    assert_eq!(driver.stopped.len(), 1);
}

#[test]
fn limits_can_be_changed_while_it_runs() {
    let mut driver = map(r#""MaxConcurrency":1,"#, CHOOSY, "[-1,2,3]");
    let map_run = driver.children[0].child.map_run;
    let update = Input::UpdateMapRun {
        map_run,
        max_concurrency: Some(0),
        tolerated_failure_count: Some(1),
        tolerated_failure_percentage: None,
    };
    driver.give(update, 0.0);
    assert_eq!(driver.children.len(), 3);
    assert_eq!(driver.execution.map_runs().next().unwrap().tolerated_failure_count, 1);
    run_children(&mut driver, 1.0);
    assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })));
}

#[test]
fn stopping_the_parent_stops_the_children() {
    let mut driver = map("", PASS, "[1,2]");
    let children: Vec<ChildId> = driver.children.iter().map(|request| request.child).collect();
    driver.give(Input::Stop { error: None, cause: None }, 1.0);
    assert_eq!(driver.stopped, children);
    assert_eq!(driver.map_run.as_ref().unwrap().status, Status::Aborted);
    let late = Input::ChildEnded { child: children[0], outcome: Outcome::TimedOut };
    assert!(driver.execution.handle(&driver.machine, late, at(2.0)).is_err());
}

#[test]
fn items_come_in_batches() {
    let batcher = r#""ItemSelector":{"v.$":"$$.Map.Item.Value","s.$":"$$.Map.Item.Source"},
        "ItemBatcher":{"MaxItemsPerBatch":2,"BatchInput":{"of.$":"$$.Execution.Name"}},"#;
    let mut driver = map(batcher, PASS, "[1,2,3]");
    let inputs: Vec<&str> = driver.children.iter().map(|request| &*request.input).collect();
    insta::assert_snapshot!(inputs.join("\n"), @r#"
    {"BatchInput":{"of":"e"},"Items":[{"v":1,"s":"STATE_DATA"},{"v":2,"s":"STATE_DATA"}]}
    {"BatchInput":{"of":"e"},"Items":[{"v":3,"s":"STATE_DATA"}]}
    "#);
    run_children(&mut driver, 1.0);
    let run = driver.map_run.unwrap();
    assert_eq!((run.items.succeeded, run.executions.succeeded), (3, 2));
}

#[test]
fn every_item_draws_numbers_of_its_own() {
    let selector = r#""ItemSelector":{"id.$":"States.UUID()"},"#;
    let driver = map(selector, PASS, "[1,2,3]");
    let inputs: std::collections::BTreeSet<_> = driver.children.iter().map(|request| &request.input).collect();
    assert_eq!(inputs.len(), 3);
}

fn reader(config: &str, action: &str) -> String {
    format!(
        r#""ItemReader":{{"Resource":"arn:aws:states:::s3:{action}","Parameters":{{"Bucket":"b","Key.$":"$.key"}}{config}}},"#
    )
}

#[test]
fn items_are_read_from_a_file() {
    let config = r#","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","MaxItems":2}"#;
    let selector = r#""ItemSelector":{"row.$":"$$.Map.Item.Value","from.$":"$$.Map.Item.Source"},"#;
    let mut driver = map(&(reader(config, "getObject") + selector), PASS, r#"{"key":"f.csv"}"#);
    assert_eq!(driver.requests[0].purpose, TaskPurpose::ReadItems);
    assert_eq!(&*driver.requests[0].input, r#"{"Bucket":"b","Key":"f.csv"}"#);
    answer(&mut driver, &json!("a,b\n1,2\n3\n5,6"), 1.0);
    run_children(&mut driver, 2.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 MapStateEntered A
    0  3  2 MapStateStarted
    0  4  3 MapRunStarted
    2  5  4 MapRunSucceeded
    2  6  5 MapStateSucceeded
    2  7  4 MapStateExited [{"row":{"a":"1","b":"2"},"from":"s3://b/f.csv"},{"row":{"a":"3","b":""},"from":"s3://b/f.csv"}]
    2  8  7 ExecutionSucceeded [{"row":{"a":"1","b":"2"},"from":"s3://b/f.csv"},{"row":{"a":"3","b":""},"from":"s3://b/f.csv"}]
    "#);
}

#[test]
fn a_listing_is_read_page_by_page() {
    let mut driver = map(&reader("", "listObjectsV2"), PASS, r#"{"key":"k"}"#);
    answer(&mut driver, &json!({"Contents": [{"Key": "1", "Size": 1}], "NextContinuationToken": "t"}), 1.0);
    assert_eq!(driver.requests.len(), 2);
    assert!(driver.requests[1].input.contains(r#""ContinuationToken":"t""#));
    answer(&mut driver, &json!({"Contents": [{"Key": "2", "Size": 2}]}), 1.0);
    run_children(&mut driver, 2.0);
    assert_eq!(output(&driver), r#"[{"Key":"1","Size":1},{"Key":"2","Size":2}]"#);
}

/// The inputs of the children, one a line.
fn inputs(driver: &Driver) -> String {
    driver.children.iter().map(|request| &*request.input).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_members_of_an_object_are_items() {
    insta::assert_snapshot!(inputs(&map("", PASS, r#"{"b": 1, "a": [2]}"#)), @r#"
    {"Key":"b","Value":1}
    {"Key":"a","Value":[2]}
    "#);
    let selector = r#""ItemsPath":"$.o","ItemSelector":{"item.$":"$$.Map.Item"},"#;
    insta::assert_snapshot!(inputs(&map(selector, PASS, r#"{"o": {"k": "v"}}"#)), @r#"{"item":{"Index":0,"Key":"k","Value":"v","Source":"STATE_DATA"}}"#);

    let config = r#","ReaderConfig":{"InputType":"JSON","ItemsPointer":"/data"}"#;
    let selector = r#""ItemSelector":{"item.$":"$$.Map.Item"},"#;
    let mut driver = map(&(reader(config, "getObject") + selector), PASS, r#"{"key":"f.json"}"#);
    answer(&mut driver, &json!(r#"{"data": {"x": 1}}"#), 1.0);
    insta::assert_snapshot!(inputs(&driver), @r#"{"item":{"Index":0,"Key":"x","Value":1,"Source":"s3://b/f.json"}}"#);
}

#[test]
fn an_athena_manifest_names_files_of_the_given_type() {
    let selector = r#""ItemSelector":{"v.$":"$$.Map.Item.Value","s.$":"$$.Map.Item.Source"},"#;
    let manifest = json!("s3://c/d/1.gz\ns3://c/d/2.gz\n");
    for (config, files, read) in [
        (r#""InputType":"JSONL""#, ["{\"a\":1}\n{\"a\":2}", "{\"a\":3}"], [r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#]),
        (
            r#""InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a"],"CSVDelimiter":"TAB""#,
            ["1\tx\n2", "3"],
            [r#"{"a":"1"}"#, r#"{"a":"2"}"#, r#"{"a":"3"}"#],
        ),
    ] {
        let config = format!(r#","ReaderConfig":{{"ManifestType":"ATHENA_DATA",{config}}}"#);
        let mut driver = map(&(reader(&config, "getObject") + selector), PASS, r#"{"key":"q-manifest.csv"}"#);
        answer(&mut driver, &manifest, 1.0);
        assert_eq!(&*driver.requests[1].input, r#"{"Bucket":"c","Key":"d/1.gz"}"#);
        answer(&mut driver, &json!(files[0]), 1.0);
        answer(&mut driver, &json!(files[1]), 1.0);
        let sourced = |value: &str, file: u8| format!(r#"{{"v":{value},"s":"s3://c/d/{file}.gz"}}"#);
        let expected = [sourced(read[0], 1), sourced(read[1], 1), sourced(read[2], 2)];
        assert_eq!(inputs(&driver), expected.join("\n"));
    }
    let config = r#","ReaderConfig":{"ManifestType":"ATHENA_DATA","InputType":"PARQUET"}"#;
    let mut driver = map(&reader(config, "getObject"), PASS, r#"{"key":"m"}"#);
    answer(&mut driver, &manifest, 1.0);
    answer(&mut driver, &json!("PAR1"), 1.0);
    let Some(Outcome::Failed(failure)) = &driver.outcome else { panic!("{:?}", driver.outcome) };
    assert!(failure.cause.as_ref().unwrap().starts_with("Parquet files cannot be read here."));
}

#[test]
fn an_inventory_needs_no_input_type() {
    let manifest = json!(r#"{"fileFormat": "CSV", "fileSchema": "Bucket, Key", "files": [{"key": "i/1.csv.gz"}]}"#);
    for config in [r#""ManifestType":"S3_INVENTORY""#, r#""InputType":"MANIFEST""#] {
        let config = format!(r#","ReaderConfig":{{{config}}}"#);
        let mut driver = map(&reader(&config, "getObject"), PASS, r#"{"key":"manifest.json"}"#);
        answer(&mut driver, &manifest, 1.0);
        assert_eq!(&*driver.requests[1].input, r#"{"Bucket":"b","Key":"i/1.csv.gz"}"#);
        answer(&mut driver, &json!("\"b\",\"k1\"\n\"b\",\"k2\"\n"), 1.0);
        assert_eq!(inputs(&driver), "{\"Bucket\":\"b\",\"Key\":\"k1\"}\n{\"Bucket\":\"b\",\"Key\":\"k2\"}");
    }
}

#[test]
fn every_file_of_a_listing_is_loaded() {
    let config = r#","ReaderConfig":{"InputType":"JSON","Transformation":"LOAD_AND_FLATTEN"}"#;
    let selector = r#""ItemSelector":{"v.$":"$$.Map.Item.Value","s.$":"$$.Map.Item.Source"},"#;
    let mut driver = map(&(reader(config, "listObjectsV2") + selector), PASS, r#"{"key":"k"}"#);
    answer(&mut driver, &json!({"Contents": [{"Key": "p/1"}, {"Key": "p/2"}]}), 1.0);
    answer(&mut driver, &json!("[1,2]"), 1.0);
    answer(&mut driver, &json!("[3]"), 1.0);
    insta::assert_snapshot!(inputs(&driver), @r#"
    {"v":1,"s":"s3://b/p/1"}
    {"v":2,"s":"s3://b/p/1"}
    {"v":3,"s":"s3://b/p/2"}
    "#);
}

#[test]
fn what_cannot_be_read_fails_the_run() {
    let config = r#","ReaderConfig":{"InputType":"JSON"}"#;
    let mut driver = map(&reader(config, "getObject"), PASS, r#"{"key":"f.json"}"#);
    answer(&mut driver, &json!({"Body": "{}"}), 1.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 MapStateEntered A
    0  3  2 MapStateStarted
    0  4  3 MapRunStarted
    1  5  4 MapRunFailed
    1  6  5 MapStateFailed
    1  7  6 ExecutionFailed States.ItemReaderFailed | Attempting to map over non-iterable node.
    "#);

    let mut driver = map(&reader(config, "getObject"), PASS, r#"{"key":"f.json"}"#);
    driver.fail("S3.NoSuchKey", 1.0);
    insta::assert_snapshot!(driver.short().lines().last().unwrap(), @"    1  7  6 ExecutionFailed States.ItemReaderFailed | because");
}

#[test]
fn results_are_written_to_files() {
    let writer = r#""ToleratedFailureCount":1,
        "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b","Prefix":"p"}},"#;
    let mut driver = map(writer, CHOOSY, "[1,-2]");
    run_children(&mut driver, 1.0);
    let mut written = Vec::new();
    while driver.outcome.is_none() {
        let request = driver.requests.last().unwrap();
        assert_eq!(request.purpose, TaskPurpose::WriteResults);
        written.push(serde_json::from_str::<Value>(&request.input).unwrap());
        answer(&mut driver, &json!({"ETag": "e"}), 2.0);
    }
    let run = driver.map_run.as_ref().unwrap().clone();
    let id = run.arn.rsplit(':').next().unwrap();
    let keys: Vec<String> = written.iter().map(|call| call["Key"].as_str().unwrap().replace(id, "ID")).collect();
    assert_eq!(keys, ["p/ID/FAILED_0.json", "p/ID/SUCCEEDED_0.json", "p/ID/manifest.json"]);
    let succeeded: Value = serde_json::from_str(written[1]["Body"].as_str().unwrap()).unwrap();
    assert_eq!((&succeeded[0]["Output"], &succeeded[0]["Status"]), (&json!("1"), &json!("SUCCEEDED")));
    assert_eq!(succeeded[0]["StartDate"], "2026-01-01T00:00:00.000Z");
    let result: Value = serde_json::from_str(output(&driver)).unwrap();
    assert_eq!(result["ResultWriterDetails"]["Key"].as_str().unwrap().replace(id, "ID"), "p/ID/manifest.json");
    assert_eq!(run.items.results_written, 2);
}

#[test]
fn results_can_be_shaped_without_being_written() {
    let shaped = |config: &str| {
        let writer = format!(r#""ResultWriter":{{"WriterConfig":{config}}},"#);
        let mut driver = map(&writer, PASS, "[[1,2],3]");
        run_children(&mut driver, 1.0);
        output(&driver).to_owned()
    };
    assert_eq!(shaped(r#"{"Transformation":"FLATTEN","OutputType":"JSON"}"#), "[1,2,3]");
    assert_eq!(shaped(r#"{"Transformation":"COMPACT","OutputType":"JSON"}"#), "[[1,2],3]");
    let whole: Value = serde_json::from_str(&shaped(r#"{"Transformation":"NONE","OutputType":"JSON"}"#)).unwrap();
    assert_eq!((&whole[0]["Input"], &whole[1]["Output"]), (&json!("[1,2]"), &json!("3")));
}

#[test]
fn an_express_child_has_five_minutes() {
    let states = r#""A":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},
        "StartAt":"B","States":{"B":{"Type":"Wait","Seconds":999,"End":true}}},"End":true}"#;
    let driver = Driver::start(machine(states), "[1]");
    let request = &driver.children[0];
    assert!(request.execution_arn.contains(":express:m/"));
    let start = request.start(driver.execution.context(), driver.execution.seed(), at(0.0));
    let (child, _) = Execution::start_child(&driver.machine, &request.state, start).unwrap();
    assert_eq!(child.next_wake(), Some(at(300.0)));
}

/// A Map Run that waits for its turn: with items from its input, or from a reader.
fn queued(more: &str, input: &str) -> Driver {
    let states = format!(
        r#""A":{{"Type":"Map","Label":"L",{more}"ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},
            "StartAt":"B","States":{{"B":{PASS}}}}},"End":true}}"#
    );
    Driver::start(machine(&states).with_queued_map_runs(), input)
}

#[test]
fn a_map_run_that_is_queued_waits_for_its_turn() {
    let reader = r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"b","Key":"k"}},"#;
    for (more, input, pending) in [("", "[1,2]", 2), ("", "[]", 0), (reader, "{}", 0)] {
        let mut driver = queued(more, input);
        let types: Vec<_> = driver.history.iter().map(|event| event.details.type_name()).collect();
        assert_eq!(types.last().unwrap(), "MapRunStarted", "{more} {input}");
        assert!(driver.children.is_empty() && driver.requests.is_empty() && !driver.execution.has_more());
        let stored = serde_json::to_string(&driver.execution).unwrap();
        driver.execution = serde_json::from_str(&stored).unwrap();
        let run = driver.execution.map_runs().next().unwrap();
        assert_eq!((run.status, run.executions.pending), (Status::Running, pending));
        assert_eq!(driver.execution.queued_map_runs().collect::<Vec<_>>(), [run.id]);
        for _ in ["its turn", "told again"] {
            if driver.outcome.is_none() {
                driver.give(Input::OpenMapRun { map_run: run.id }, 1.0);
            }
        }
        assert_eq!(driver.execution.queued_map_runs().next(), None);
        if more == reader {
            assert_eq!(driver.requests.len(), 1, "it is read once");
            answer(&mut driver, &json!("[1]"), 1.0);
        }
        run_children(&mut driver, 2.0);
        assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })), "{more} {input}");
    }
}

#[test]
fn a_map_run_that_is_queued_can_be_stopped_and_waits_again_after_a_redrive() {
    let mut driver = queued("", "[1]");
    driver.give(Input::Stop { error: None, cause: None }, 1.0);
    assert_eq!(driver.map_run.as_ref().unwrap().status, Status::Aborted);
    driver.redrive(2.0);
    let run = driver.execution.queued_map_runs().next().unwrap();
    assert!(driver.children.is_empty());
    driver.give(Input::OpenMapRun { map_run: run }, 3.0);
    run_children(&mut driver, 3.0);
    assert_eq!(output(&driver), "[1]");
}

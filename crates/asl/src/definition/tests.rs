//! Findings of definitions that AWS refuses.

use crate::definition::StateMachine;

/// The errors in a machine with these states, one a line.
fn problem(states: &str) -> String {
    let error = StateMachine::parse(&format!(r#"{{"StartAt":"A","States":{{{states}}}}}"#)).unwrap_err();
    error.findings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn fields() {
    insta::assert_snapshot!(problem(r#""A":{"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"Next":"A"}"#), @r#"SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Next, End] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass"}"#), @r#"SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":"true"}"#), @"SCHEMA_VALIDATION_FAILED: Expected value of type [BOOLEAN] at /States/A/End");
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"TimeoutSeconds":5,"Catch":[]}"#), @r#"
    SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/A
    SCHEMA_VALIDATION_FAILED: Field 'Catch' is not supported at /States/A
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"Arguments":{}}"#), @r#"SCHEMA_VALIDATION_FAILED: Field 'Arguments' is not supported at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"QueryLanguage":"jsonpath"}"#), @r#"SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /States/A/QueryLanguage"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"InputPath":"a","ResultPath":"b"}"#), @r#"
    SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/InputPath
    SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/ResultPath
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"ResultPath":"$.a[*]"}"#), @r#"SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/ResultPath"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Fail","Error":"e","ErrorPath":"$.e","End":true}"#), @r#"
    SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Error, ErrorPath] at /States/A
    SCHEMA_VALIDATION_FAILED: Field 'End' is not supported at /States/A
    "#);
    insta::assert_snapshot!(problem(r#""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx":{"Type":"Succeed"}"#), @r#"INVALID_STATE_NAME: Invalid State name: State 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' exceeds the 80-character limit allowed by the service at /States/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Wait","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Wait","Seconds":1,"Timestamp":"2026-01-01T00:00:00Z","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Wait","Seconds":-1,"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/Seconds"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Wait","Seconds":100000000,"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: Maximum value is 99999999 at /States/A/Seconds"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Wait","Seconds":"5","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /States/A/Seconds"#);
}

#[test]
fn query_languages() {
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"Output":"{% 1 %}"}"#), @r#"SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","End":true,"QueryLanguage":"JSONata","Result":1,"InputPath":"$"}"#), @r#"
    SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /States/A
    SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'Result' is only supported for the 'JSONPath' QueryLanguage at /States/A
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Wait","End":true,"QueryLanguage":"JSONata","SecondsPath":"$.s","Seconds":1}"#), @r#"SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'SecondsPath' is only supported for the 'JSONPath' QueryLanguage at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","QueryLanguage":"JSONata","Choices":[{"Variable":"$.a","IsNull":true,"Next":"B"}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'Variable' is only supported for the 'JSONPath' QueryLanguage at /States/A/Choices[0]"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","QueryLanguage":"JSONata","Choices":[{"Condition":"yes","Next":"B"}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: Expected value of type [BOOLEAN] at /States/A/Choices[0]/Condition"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Map","QueryLanguage":"JSONata","Items":[1],"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Pass","Output":1,"End":true}}},"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A/ItemProcessor/States/B"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Map","ItemProcessor":{"QueryLanguage":"JSONata","StartAt":"B","States":{"B":{"Type":"Pass","End":true}}},"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/A/ItemProcessor"#);
}

#[test]
fn an_expression_that_is_begun_is_ended() {
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","QueryLanguage":"JSONata","Output":{"a":["{% 1 "]},"End":true}"#), @"SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} at /States/A/Output/a[0]");
    insta::assert_snapshot!(problem(r#""A":{"Type":"Wait","QueryLanguage":"JSONata","Seconds":"{% 1","End":true}"#), @"SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} at /States/A/Seconds");
    assert!(
        StateMachine::parse(
            r#"{"StartAt":"A","States":{"A":{"Type":"Pass","QueryLanguage":"JSONata","Output":"1 %}","End":true}}}"#
        )
        .is_ok()
    );
}

#[test]
fn expressions_are_parsed_and_read_what_is_there() {
    let output = |expression: &str| {
        problem(&format!(
            r#""A":{{"Type":"Pass","QueryLanguage":"JSONata","Output":{{"v":"{{% {expression} %}}"}},"End":true}}"#
        ))
    };
    insta::assert_snapshot!(output("a[1,2)"), @r#"INVALID_JSONATA_EXPRESSION: Expected "]", got "," at /States/A/Output/v"#);
    insta::assert_snapshot!(output("1 +"), @"INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output/v");
    insta::assert_snapshot!(output("phone"), @"UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/v");
    insta::assert_snapshot!(output("$$"), @"UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported. at /States/A/Output/v");
    insta::assert_snapshot!(output("$states.errorOutput"), @"UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist. at /States/A/Output/v");
    let caught = r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:x:000000000000:function:f",
        "Catch":[{"ErrorEquals":["E"],"Output":"{% $states.errorOutput %}","Assign":{"e":"{% $states.errorOutput.Error %}"},"Next":"B"}],
        "End":true},"B":{"Type":"Succeed"}}}"#;
    assert!(StateMachine::parse(caught).is_ok());
}

#[test]
fn states_has_a_result_only_where_there_is_one() {
    let problem = |states: &str| {
        let read =
            StateMachine::parse(&format!(r#"{{"StartAt":"A","QueryLanguage":"JSONata","States":{{{states}}}}}"#));
        read.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let task = r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke""#;
    let fine = r#""Z":{"Type":"Succeed"}"#;
    for (states, field) in [
        (r#""A":{"Type":"Pass","Output":"{% $states.result %}","End":true}"#.to_owned(), "result"),
        (r#""A":{"Type":"Pass","Output":"{% $count([$states.`result`[0]]) %}","End":true}"#.to_owned(), "result"),
        (r#""A":{"Type":"Pass","Output":"{% $states.foo.bar %}","End":true}"#.to_owned(), "foo"),
        (r#""A":{"Type":"Wait","Seconds":"{% $states.result %}","End":true}"#.to_owned(), "result"),
        (r#""A":{"Type":"Succeed","Output":["{% $states.result %}"]}"#.to_owned(), "result"),
        (r#""A":{"Type":"Fail","Cause":"{% $states.errorOutput %}"}"#.to_owned(), "errorOutput"),
        (
            format!(
                r#""A":{{"Type":"Choice","Choices":[{{"Condition":"{{% $states.result %}}","Next":"Z"}}],"Default":"Z"}},{fine}"#
            ),
            "result",
        ),
        (format!(r#""A":{{{task},"Arguments":"{{% $states.result %}}","End":true}}"#), "result"),
        (
            format!(
                r#""A":{{{task},"Arguments":{{"FunctionName":"f"}},"Output":"{{% $states.errorOutput %}}","End":true}}"#
            ),
            "errorOutput",
        ),
        (
            format!(
                r#""A":{{{task},"Arguments":{{"FunctionName":"f"}},"Catch":[{{"ErrorEquals":["E"],"Output":"{{% $states.result %}}","Next":"Z"}}],"Next":"Z"}},{fine}"#
            ),
            "result",
        ),
    ] {
        let start = format!("UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.{field}' does not exist. at /States/A/");
        assert!(problem(&states).starts_with(&start), "{states}: {}", problem(&states));
    }
    for states in [
        r#""A":{"Type":"Pass","Output":"{% [($states).result, '$states.result', $states.input.result, $states.input.x.$states.qux] %}","End":true}"#.to_owned(),
        format!(r#""A":{{{task},"Arguments":{{"FunctionName":"f"}},"Assign":{{"v":"{{% $states.result %}}"}},"Output":"{{% $map([1], function($v) {{ $states.result }}) %}}","End":true}}"#),
        r#""A":{"Type":"Map","Items":[1],"Output":"{% $states.result %}","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Succeed"}}},"End":true}"#.to_owned(),
    ] {
        assert_eq!(problem(&states), "", "{states}");
    }
}

#[test]
fn choices() {
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Choices"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Choices[0]"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Next":"B"}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices[0]"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Variable":"$.a","And":[],"Next":"B"}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices[0]"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Variable":"a","IsNull":true,"Next":"B"}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: Value is not a Reference Path: Reference path didn't start with '$' at /States/A/Choices[0]/Variable"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Not":{"Variable":"$.a","IsNull":true,"Next":"B"},"Next":"B"}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: Field 'Next' is not supported at /States/A/Choices[0]/Not"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Variable":"$.a","TimestampEquals":"now","Next":"B"}]},"B":{"Type":"Succeed"}"#), @r#"SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/A/Choices[0]/TimestampEquals"#);
}

#[test]
fn tasks() {
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"f","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN at /States/A/Resource"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: Parameters field is required for resource ARN: arn:aws:states:::lambda:invoke at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"QueueUrl.$":"$.q"},"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: The field 'MessageBody' is required but was missing at /States/A/Parameters"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.sync","Parameters":{"FunctionName":"f"},"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: The resource provided arn:aws:states:::lambda:invoke.sync is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/A/Resource"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"arn:aws:states:x:000000000000:activity:a","Credentials":{"RoleArn":"r"},"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: The field 'Credentials' is not supported for activities at /States/A/Credentials"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"arn:aws:lambda:x:000000000000:function:f","Credentials":{},"TimeoutSeconds":0,"HeartbeatSeconds":5,"HeartbeatSecondsPath":"$.h","End":true}"#), @r#"
    SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at /States/A/Credentials
    SCHEMA_VALIDATION_FAILED: Minimum value is 1 at /States/A/TimeoutSeconds
    SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [HeartbeatSeconds, HeartbeatSecondsPath] at /States/A
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"arn:aws:lambda:x:000000000000:function:f","Retry":[{"ErrorEquals":["States.ALL","E"]},{"ErrorEquals":[],"BackoffRate":0.5,"MaxAttempts":-1,"JitterStrategy":"SOME"},{}],"End":true}"#), @r#"
    SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals
    SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Retry[1]/ErrorEquals
    SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/Retry[1]/MaxAttempts
    SCHEMA_VALIDATION_FAILED: Minimum value is 1.0 at /States/A/Retry[1]/BackoffRate
    SCHEMA_VALIDATION_FAILED: Value should be one of the following: [NONE, FULL] at /States/A/Retry[1]/JitterStrategy
    SCHEMA_VALIDATION_FAILED: These fields are required: [ErrorEquals] at /States/A/Retry[2]
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Task","Resource":"arn:aws:lambda:x:000000000000:function:f","Catch":[{"ErrorEquals":["E"]}],"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Catch[0]"#);
}

#[test]
fn flows() {
    insta::assert_snapshot!(problem(r#""A":{"Type":"Parallel","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: These fields are required: [Branches] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Parallel","Branches":[{"StartAt":"A"}],"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /States/A/Branches[0]"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Parallel","Branches":[{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}],"End":true}"#), @r#"DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/Branches[0]/States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Parallel","Branches":[{"StartAt":"B","States":{"B":{"Type":"Pass","Next":"A"}}}],"End":true}"#), @r#"MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /States/A/Branches[0]/States/B/Next"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Map","End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [ItemProcessor, Iterator] at /States/A"#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"ToleratedFailurePercentage":101,"Label":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","End":true}"#), @r#"
    SCHEMA_VALIDATION_FAILED: These fields are required: [ExecutionType] at /States/A/ItemProcessor/ProcessorConfig
    SCHEMA_VALIDATION_FAILED: Maximum value is 100.0 at /States/A/ToleratedFailurePercentage
    INVALID_LABEL_NAME: Invalid Label name: Label 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' exceeds the 40-character limit allowed by the service at /States/A/Label
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE","ExecutionType":"STANDARD"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"Label":"a b","End":true}"#), @r#"
    SCHEMA_VALIDATION_FAILED: Field 'ExecutionType' is not supported at /States/A/ItemProcessor/ProcessorConfig
    INVALID_LABEL_NAME: Invalid Label name: Label "a b" contains the invalid character ' ' at /States/A/Label
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Map","ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"ItemReader":{"Resource":"arn:aws:states:::s3:putObject","ReaderConfig":{"InputType":"CSV"}},"End":true}"#), @r#"
    SCHEMA_VALIDATION_FAILED: The field 'Resource' does not match any of the allowed values at /States/A/ItemReader/Resource
    SCHEMA_VALIDATION_FAILED: The field 'CSVHeaderLocation' is required at /States/A/ItemReader/ReaderConfig
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}},"ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVDelimiter":"TABS"}},"Label":"l","Next":"C"},"C":{"Type":"Map","ItemProcessor":{"StartAt":"D","States":{"D":{"Type":"Succeed"}}},"Label":"l","End":true}"#), @r#"
    SCHEMA_VALIDATION_FAILED: Value should be one of the following: [COMMA, PIPE, SEMICOLON, SPACE, TAB] at /States/A/ItemReader/ReaderConfig/CSVDelimiter
    SCHEMA_VALIDATION_FAILED: These fields are required: [CSVHeaders] at /States/A/ItemReader/ReaderConfig
    DUPLICATE_LABEL_NAME: Duplicate Label name: l at /States/C/Label
    "#);
}

#[test]
fn an_item_reader_has_only_what_its_format_knows() {
    let reader = |config: &str| {
        let reader = format!(r#"{{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{{{config}}}}}"#);
        let map = format!(
            r#""A":{{"Type":"Map","ItemReader":{reader},"ItemProcessor":{{"StartAt":"B","States":{{"B":{{"Type":"Succeed"}}}}}},"End":true}}"#
        );
        let read = StateMachine::parse(&format!(r#"{{"StartAt":"A","States":{{{map}}}}}"#));
        read.err().map(|error| error.to_string().replace("/States/A/ItemReader/ReaderConfig", "*")).unwrap_or_default()
    };
    for right in [
        r#""InputType":"JSON","ItemsPointer":"/data/a~1b""#,
        r#""InputType":"JSON","ItemsPointer":"""#,
        r#""InputType":"JSONL""#,
        r#""InputType":"PARQUET""#,
        r#""InputType":"MANIFEST""#,
        r#""ManifestType":"S3_INVENTORY""#,
        r#""ManifestType":"ATHENA_DATA","InputType":"CSV","CSVHeaders":["a"],"CSVHeaderLocation":"GIVEN""#,
        r#""Transformation":"LOAD_AND_FLATTEN","InputType":"JSON""#,
        r#""Transformation":"NONE""#,
    ] {
        assert_eq!(reader(right), "", "{right}");
    }
    for (wrong, problem) in [
        (r#""InputType":"JSON","CSVHeaderLocation":"FIRST_ROW""#, "Field 'CSVHeaderLocation' is not supported at *"),
        (r#""InputType":"JSONL","CSVHeaders":["a"]"#, "Field 'CSVHeaders' is not supported at *"),
        (r#""InputType":"JSONL","ItemsPointer":"/a""#, "Field 'ItemsPointer' is not supported at *"),
        (r#""ManifestType":"S3_INVENTORY","InputType":"JSONL""#, "Field 'InputType' is not supported at *"),
        (r#""Transformation":"LOAD_AND_FLATTEN""#, "The field 'InputType' is required at *"),
        (
            r#""InputType":"JSON","ItemsPointer":"data/items""#,
            "The value for the field 'ItemsPointer' must be a valid JSON Pointer at */ItemsPointer",
        ),
        (
            r#""ManifestType":"ATHENA_DATA","InputType":"JSON""#,
            "Value should be one of the following: [CSV, JSONL, PARQUET] at */InputType",
        ),
    ] {
        assert_eq!(reader(wrong), format!("SCHEMA_VALIDATION_FAILED: {problem}"), "{wrong}");
    }
}

#[test]
fn variables() {
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","Assign":{"states":1,"1a":2,"a b":3,"ok_1":4},"End":true}"#), @r#"
    RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/A/Assign/states
    INVALID_VARIABLE_NAME: Invalid variable name '1a': the variable name contains invalid characters. at /States/A/Assign/1a
    INVALID_VARIABLE_NAME: Invalid variable name 'a b': the variable name contains invalid characters. at /States/A/Assign/a b
    "#);
    insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","Assign":[],"End":true}"#), @r#"SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/Assign"#);
}

#[test]
fn warnings_do_not_refuse() {
    let machine = StateMachine::parse(
        r#"{"StartAt":"A","States":{
            "A":{"Type":"Pass","Result":{"x":["$.a"]},"Next":"B"},
            "B":{"Type":"Pass","Parameters":{"x":"$.a","y":["States.UUID()"],"z":"$5"},"Next":"C"},
            "C":{"Type":"Fail","Error":"$.error"}}}"#,
    );
    let warnings: Vec<_> = machine.unwrap().warnings().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    PASS_RESULT_IS_STATIC: The Result of a Pass state is static: a path or an intrinsic function in it is not evaluated. at /States/A/Result
    NO_DOLLAR: The value of 'x' looks like a path or an intrinsic function, but the name does not end with '.$'. at /States/B/Parameters
    NO_PATH: The value of 'Error' looks like a path, but the field's name does not end with 'Path'. at /States/C/Error
    "#);
}

#[test]
fn a_state_alone_is_at_the_place_that_aws_gives_it() {
    assert!(StateMachine::check_state(r#"{"Type":"Pass","Next":"Somewhere"}"#).is_ok());
    let error = StateMachine::check_state(r#"{"Type":"Parallel","Branches":[],"End":true}"#).unwrap_err();
    insta::assert_snapshot!(error, @"SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/StateName/Branches");
}

/// What a megabyte can be made of; nothing of it may take more than a moment.
#[test]
fn a_megabyte_is_read_or_refused() {
    let chain = |last: &str| {
        let states = (0..10_000).map(|i| {
            let then = if i == 9_999 { last.to_owned() } else { format!(r#""Next":"S{}""#, i + 1) };
            format!(r#""S{i}":{{"Type":"Pass","Parameters":{{"a.$":"$.x[{i}]","b":[1,2,3]}},{then}}}"#)
        });
        format!(r#"{{"StartAt":"S0","States":{{{}}}}}"#, states.collect::<Vec<_>>().join(","))
    };
    assert_eq!(StateMachine::parse(&chain(r#""End":true"#)).unwrap().states().count(), 10_000);
    assert_eq!(StateMachine::parse(&chain(r#""Next":"S0""#)).unwrap_err().findings().len(), 1);
    let mut nested = r#"{"Type":"Pass","End":true}"#.to_owned();
    for i in 0..15_000 {
        nested = format!(
            r#"{{"Type":"Parallel","End":true,"Branches":[{{"StartAt":"S{i}","States":{{"S{i}":{nested}}}}}]}}"#
        );
        if i == 28 {
            assert!(StateMachine::parse(&format!(r#"{{"StartAt":"T","States":{{"T":{nested}}}}}"#)).is_ok());
        }
        if nested.len() > 100_000 {
            break;
        }
    }
    let error = StateMachine::parse(&format!(r#"{{"StartAt":"T","States":{{"T":{nested}}}}}"#)).unwrap_err();
    assert!(error.to_string().starts_with("TOO_DEEPLY_NESTED: "), "{error}");
    let key = "k".repeat(400_000);
    let items = vec![r#"{"a.$":"b"}"#; 40_000].join(",");
    let wrong = format!(
        r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","End":true,"Parameters":{{"{key}":[{items}]}}}}}}}}"#
    );
    assert!(StateMachine::parse(&wrong).unwrap_err().findings().len() < 10);
}

#[test]
fn a_path_to_a_number_of_a_map_names_one_place() {
    let map = |fields: &str| {
        problem(&format!(
            r#""A":{{"Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},"StartAt":"B","States":{{"B":{{"Type":"Succeed"}}}}}},{fields},"End":true}}"#
        ))
    };
    insta::assert_snapshot!(map(r#""MaxConcurrencyPath":"$$.Execution.Input.n","ToleratedFailureCountPath":"$.n[*]""#), @r#"
    SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/MaxConcurrencyPath
    SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/ToleratedFailureCountPath
    "#);
    insta::assert_snapshot!(map(r#""ItemBatcher":{"MaxItemsPerBatchPath":"$..n","MaxInputBytesPerBatch":-1},"ToleratedFailurePercentage":-1"#), @r#"
    SCHEMA_VALIDATION_FAILED: Minimum value is 0.0 at /States/A/ToleratedFailurePercentage
    SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/ItemBatcher/MaxItemsPerBatchPath
    SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/ItemBatcher/MaxInputBytesPerBatch
    "#);
    let right =
        map(r#""MaxConcurrencyPath":"$limits.most","ToleratedFailurePercentagePath":"$.n[0]","MaxConcurrency":"""#);
    assert!(!right.contains("Reference Path"), "{right}");
}

/// In JSONata as recorded by others.
#[test]
fn a_writer_has_a_configuration_or_a_place() {
    let problems = |writer: &str, language: &str| {
        let map = format!(
            r#"{{"QueryLanguage":"{language}","StartAt":"A","States":{{"A":{{"Type":"Map","ResultWriter":{writer},"ItemProcessor":{{
                "ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},
                "StartAt":"I","States":{{"I":{{"Type":"Succeed"}}}}}},"End":true}}}}}}"#
        );
        StateMachine::parse(&map).err().map(|error| error.to_string()).unwrap_or_default()
    };
    let put = r#""Resource":"arn:aws:states:::s3:putObject""#;
    let wanted = |fields: &str| format!("These fields are required: [{fields}] at /States/A/ResultWriter");
    for (writer, language, wanted) in [
        (format!("{{{put}}}"), "JSONata", wanted("Arguments")),
        (format!("{{{put},\"Parameters\":{{\"Bucket\":\"b\"}}}}"), "JSONata", wanted("Arguments")),
        (format!("{{{put}}}"), "JSONPath", wanted("Parameters")),
        ("{}".to_owned(), "JSONPath", wanted("Resource")),
        (r#"{"Parameters":{"Bucket":"b"}}"#.to_owned(), "JSONPath", wanted("Resource")),
    ] {
        let problems = problems(&writer, language);
        assert!(problems.contains(&wanted), "{writer} {language}: {problems}");
    }
    for writer in [format!("{{{put},\"Parameters\":{{\"Bucket\":\"b\"}}}}"), r#"{"WriterConfig":{}}"#.to_owned()] {
        assert_eq!(problems(&writer, "JSONPath"), "", "{writer}");
    }
}

/// What published samples have that AWS takes.
#[test]
fn blanks_behind_paths_places_in_integrations_and_readers_in_inline_mode_are_taken() {
    for state in [
        r#""Type":"Pass","Parameters":{"n.$":"$$.Execution.Name "}"#,
        r#""Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:lambda:invoke","Parameters":{"FunctionName":"f"}"#,
        r#""Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:aws-sdk:s3:getObject","Parameters":{"Bucket":"b","Key":"k"}"#,
        r#""Type":"Map","ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"b","Key":"k"}},"ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}"#,
        r#""Type":"Map","ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"b","Key":"k"}},"ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}"#,
        r#""Type":"Map","ItemBatcher":{"MaxItemsPerBatch":2},"Iterator":{"ProcessorConfig":{"ExecutionType":"EXPRESS"},"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}"#,
        r#""Type":"Map","ResultWriter":{"WriterConfig":{"Transformation":"FLATTEN","OutputType":"JSON"}},"ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}"#,
    ] {
        let read = StateMachine::parse(&format!(r#"{{"StartAt":"A","States":{{"A":{{{state},"End":true}}}}}}"#));
        assert!(read.is_ok(), "{state}: {:?}", read.err());
    }
}

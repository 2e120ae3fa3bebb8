//! The embedded cloud as hesitant as AWS: what its settings make it answer, and that the lesson gets through it.
//!
//! A setting of an hour stands for "not yet", and switching it off for the hour that has passed: no test depends on time.

use crate::support::{Ended, Home, curl, endpoint, epoch_ms, eventually};
use serde_json::{Value, json};

/// A zip that holds `def b(e, c): return 1` as `a.py`.
const ZIP: &str = "UEsDBBQAAAAAAAAAIQDGYBA6FQAAABUAAAAEAAAAYS5weWRlZiBiKGUsYyk6IHJldHVybiAxClBLAQIUAxQAAAAAAAAAIQDGYBA6FQAAABUAAAAEAAAAAAAAAAAAAACkAQAAAABhLnB5UEsFBgAAAAABAAEAMgAAADcAAAAAAA==";
const ROLE: &str = "arn:aws:iam::000000000000:role/r";
const FUNCTIONS: &str = "/2015-03-31/functions";
const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

/// An embedded cloud, and the calls of a client that does not retry.
struct Cloud {
    home: Home,
    endpoint: String,
}

impl Cloud {
    fn start(options: &[&str]) -> Self {
        let home = Home::new();
        let started = home.json(&[&["local", "start", "--json"], options].concat());
        let endpoint = started["endpoint"].as_str().expect("an endpoint").to_owned();
        Self { home, endpoint }
    }

    fn ask(&self, arguments: &[&str], path: &str) -> (u16, String) {
        let mut curl = self.home.command("curl");
        curl.args(["-sS", "-w", "\n%{http_code}"]).args(arguments).arg(format!("{}{path}", self.endpoint));
        let ended = Ended::of(curl.output().expect("curl is installed"));
        let (answer, status) = ended.stdout.rsplit_once('\n').unwrap_or_else(|| panic!("curl {path}\n{ended:#?}"));
        (status.parse().expect("a status"), answer.to_owned())
    }

    fn call(&self, service: &str, method: &str, path: &str, header: &str, body: &str) -> (u16, String) {
        let signed = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        self.ask(&["-X", method, "-H", &signed, "-H", header, "-d", body], path)
    }

    fn iam(&self, form: &str) -> (u16, String) {
        self.call("iam", "POST", "/", "Content-Type: application/x-www-form-urlencoded", form)
    }

    fn create_role(&self) -> (u16, String) {
        let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;
        self.iam(&format!("Action=CreateRole&RoleName=r&AssumeRolePolicyDocument={trust}"))
    }

    fn lambda(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        read(self.call("lambda", method, &format!("{FUNCTIONS}{path}"), "Content-Type: application/json", &body))
    }

    fn create_function(&self) -> (u16, Value) {
        let function = json!({
            "FunctionName": "f", "Role": ROLE, "Runtime": "python3.12", "Handler": "a.b", "Code": {"ZipFile": ZIP},
        });
        self.lambda("POST", "", &function)
    }

    fn states(&self, operation: &str, body: &Value) -> (u16, Value) {
        let header = format!("X-Amz-Target: AWSStepFunctions.{operation}");
        read(self.call("states", "POST", "/", &header, &body.to_string()))
    }

    fn create_machine(&self) -> (u16, Value) {
        let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
        self.states("CreateStateMachine", &json!({"name": "m", "definition": definition, "roleArn": ROLE}))
    }

    fn logs(&self, operation: &str, body: &Value) -> (u16, Value) {
        read(self.call("logs", "POST", "/", &format!("X-Amz-Target: Logs_20140328.{operation}"), &body.to_string()))
    }

    fn apis(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let path = format!("/v2/apis{path}");
        read(self.call("apigateway", method, &path, "Content-Type: application/json", &body.to_string()))
    }

    /// Shows these settings and no others, from now on.
    fn show(&self, settings: &str) {
        let (status, answer) = self.ask(&["-X", "PUT", "-H", "x-workshop: 1", "-d", settings], "/_workshop/eventual");
        assert_eq!(status, 200, "{answer}");
    }
}

fn read((status, answer): (u16, String)) -> (u16, Value) {
    (status, serde_json::from_str(&answer).unwrap_or(Value::Null))
}

/// The status with the text of an error, in whichever shape.
fn refusal((status, answer): (u16, Value)) -> (u16, String) {
    let message = answer["message"].as_str().or(answer["Message"].as_str()).unwrap_or_default();
    (status, message.to_owned())
}

#[test]
fn roles_take_their_time() {
    let cloud = Cloud::start(&["--eventual", "role-propagation=1h"]);
    let unknown = (400, "The role defined for the function cannot be assumed by Lambda.".to_owned());
    assert_eq!(refusal(cloud.create_function()), unknown, "a role that is not there at all");
    assert_eq!(cloud.create_role().0, 200);
    assert_eq!(refusal(cloud.create_function()), unknown);
    let neither = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume \
                   the provided role.";
    let (status, answer) = cloud.create_machine();
    assert_eq!(
        (status, &answer["__type"], &answer["message"]),
        (400, &json!("AccessDeniedException"), &json!(neither))
    );
    cloud.show("");
    assert_eq!((cloud.create_function().0, cloud.create_machine().0), (201, 200));
    cloud.show("role-propagation=1h");
    let timeout = cloud.lambda("PUT", "/f/configuration", &json!({"Timeout": 9}));
    assert_eq!(timeout.0, 200, "no role is given: {timeout:?}");
    let role = cloud.lambda("PUT", "/f/configuration", &json!({"Role": ROLE}));
    assert_eq!(role.0, 200, "what was there before the setting is known: {role:?}");
}

#[test]
fn functions_are_pending_then_in_progress() {
    let cloud = Cloud::start(&["--eventual", "function-pending=1h"]);
    assert_eq!(cloud.create_role().0, 200);
    let (status, made) = cloud.create_function();
    let state = |answer: &Value| {
        ["State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReasonCode"]
            .map(|name| answer[name].as_str().unwrap_or("-").to_owned())
            .join(", ")
    };
    let pending = "Pending, The function is being created., Creating, -, -";
    assert_eq!((status, state(&made).as_str()), (201, pending));
    let (_, got) = cloud.lambda("GET", "/f", &Value::Null);
    assert_eq!(state(&got["Configuration"]), pending);
    let refused =
        "The operation cannot be performed at this time. The function is currently in the following state: Pending";
    let refused = (409, refused.to_owned());
    assert_eq!(refusal(cloud.lambda("PUT", "/f/configuration", &json!({"Timeout": 9}))), refused);
    assert_eq!(refusal(cloud.lambda("PUT", "/f/code", &json!({"ZipFile": ZIP}))), refused);
    assert_eq!(refusal(cloud.lambda("POST", "/f/versions", &json!({}))), refused);
    assert_eq!(refusal(cloud.lambda("POST", "/f/invocations", &json!({}))), refused);

    cloud.show("");
    let active = "Active, -, -, Successful, -";
    assert_eq!(state(&cloud.lambda("GET", "/f/configuration", &Value::Null).1), active);
    cloud.show("function-pending=1h");
    assert_eq!(state(&cloud.lambda("GET", "/f/configuration", &Value::Null).1), active);
    let (_, updated) = cloud.lambda("PUT", "/f/configuration", &json!({"Timeout": 9}));
    assert_eq!(state(&updated), "Active, -, -, InProgress, Creating");
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let refused =
        format!("The operation cannot be performed at this time. An update is in progress for resource: {arn}");
    assert_eq!(refusal(cloud.lambda("POST", "/f/versions", &json!({}))), (409, refused));
    assert_eq!(cloud.lambda("POST", "/f/invocations", &json!({})).0, 200, "what was there before is invoked");
}

#[test]
fn reads_lag_and_writes_see_the_truth() {
    let cloud = Cloud::start(&["--eventual", "stale-reads=1h"]);
    let names = || {
        let (_, groups) = cloud.logs("DescribeLogGroups", &json!({}));
        let (_, functions) = cloud.lambda("GET", "", &Value::Null);
        let (_, machines) = cloud.states("ListStateMachines", &json!({}));
        let (_, apis) = cloud.apis("GET", "", &Value::Null);
        [&groups["logGroups"], &functions["Functions"], &machines["stateMachines"], &apis["items"]]
            .map(|list| list.as_array().map_or(usize::MAX, Vec::len))
    };
    assert_eq!(cloud.create_role().0, 200);
    assert_eq!(cloud.create_role().0, 409, "a write knows it");
    assert_eq!(cloud.iam("Action=GetRole&RoleName=r").0, 404, "a read does not");
    let group = json!({"logGroupName": "g"});
    assert_eq!((cloud.create_function().0, cloud.create_machine().0), (201, 200));
    assert_eq!(cloud.logs("CreateLogGroup", &group).0, 200);
    assert_eq!(cloud.apis("POST", "", &json!({"name": "a", "protocolType": "HTTP"})).0, 201);
    assert_eq!(names(), [0, 0, 0, 0]);
    assert_eq!(refusal(cloud.lambda("GET", "/f", &Value::Null)).0, 404);

    let (status, started) = cloud.states("StartExecution", &json!({"stateMachineArn": MACHINE, "name": "x"}));
    assert_eq!(status, 200, "{started}");
    let execution = cloud.states("DescribeExecution", &json!({"executionArn": started["executionArn"]}));
    assert_eq!(execution.0, 200, "executions are told as they are: {execution:?}");
    let listed = cloud.states("ListExecutions", &json!({"stateMachineArn": MACHINE}));
    assert_eq!(listed.1["__type"], "StateMachineDoesNotExist");

    cloud.show("");
    assert_eq!(names(), [1, 1, 1, 1]);
    cloud.show("stale-reads=1h");
    assert_eq!(cloud.logs("DeleteLogGroup", &group).0, 200);
    assert_eq!(cloud.lambda("DELETE", "/f", &Value::Null).0, 204);
    assert_eq!(cloud.states("DeleteStateMachine", &json!({"stateMachineArn": MACHINE})).0, 200);
    assert_eq!(names(), [1, 1, 1, 1], "what is gone is still listed");
    let (_, machine) = cloud.states("DescribeStateMachine", &json!({"stateMachineArn": MACHINE}));
    assert_eq!(machine["status"], "ACTIVE");
    assert_eq!(cloud.lambda("DELETE", "/f", &Value::Null).0, 404);
    cloud.show("");
    eventually("what was deleted to be gone", || match names() {
        [0, 0, 0, 1] => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

#[test]
fn a_state_machine_takes_its_time_to_go() {
    let cloud = Cloud::start(&["--eventual", "machine-deletion=1h"]);
    assert_eq!((cloud.create_role().0, cloud.create_machine().0), (200, 200));
    assert_eq!(cloud.states("DeleteStateMachine", &json!({"stateMachineArn": MACHINE})).0, 200);
    let described = || cloud.states("DescribeStateMachine", &json!({"stateMachineArn": MACHINE})).1;
    assert_eq!(described()["status"], "DELETING");
    assert_eq!(cloud.create_machine().1["__type"], "StateMachineDeleting");
    cloud.show("");
    eventually("the state machine to be gone", || match &described()["__type"] {
        code if code == "StateMachineDoesNotExist" => Ok(()),
        other => Err(other.to_string()),
    });
}

/// Makes two calls at once; gives the one that was refused.
fn refused_of_two(call: impl Fn() -> (u16, String) + Sync) -> (u16, String) {
    let [one, other] = std::thread::scope(|scope| {
        let calls = [scope.spawn(&call), scope.spawn(&call)];
        calls.map(|call| call.join().expect("the call does not panic"))
    });
    assert!((one.0 < 300) != (other.0 < 300), "one of two is refused: {one:?} {other:?}");
    if one.0 < 300 { other } else { one }
}

#[test]
fn of_two_writes_at_once_one_is_refused() {
    let cloud = Cloud::start(&[]);
    assert_eq!((cloud.create_role().0, cloud.create_function().0), (200, 201));
    assert_eq!(cloud.logs("CreateLogGroup", &json!({"logGroupName": "g"})).0, 200);
    let (_, api) = cloud.apis("POST", "", &json!({"name": "a", "protocolType": "HTTP"}));
    cloud.show("update-conflicts=1s");

    let tag = "Action=TagRole&RoleName=r&Tags.member.1.Key=k&Tags.member.1.Value=v";
    let (status, answer) = refused_of_two(|| cloud.iam(tag));
    assert!(status == 409 && answer.contains("<Code>ConcurrentModification</Code>"), "{status} {answer}");
    let retention = json!({"logGroupName": "g", "retentionInDays": 7}).to_string();
    let target = "X-Amz-Target: Logs_20140328.PutRetentionPolicy";
    let (status, answer) = refused_of_two(|| cloud.call("logs", "POST", "/", target, &retention));
    assert!(status == 400 && answer.contains("OperationAbortedException"), "{status} {answer}");
    let path = format!("/v2/apis/{}", api["apiId"].as_str().expect("an id"));
    let (status, answer) = refused_of_two(|| cloud.call("apigateway", "PATCH", &path, "X-A: b", "{\"version\":\"2\"}"));
    assert!(
        status == 409 && answer.contains("Unable to complete operation due to concurrent modification"),
        "{answer}"
    );
    let permission = |id: &str| {
        let principal = "apigateway.amazonaws.com";
        json!({"StatementId": id, "Action": "lambda:InvokeFunction", "Principal": principal}).to_string()
    };
    let number = std::sync::atomic::AtomicU32::new(0);
    let (status, answer) = refused_of_two(|| {
        let id = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
        cloud.call("lambda", "POST", &format!("{FUNCTIONS}/f/policy"), "X-A: b", &permission(&id))
    });
    assert!(status == 409 && answer.contains("concurrent update operation"), "{status} {answer}");
    assert_eq!(cloud.iam(tag).0, 200, "one after the other is no conflict");
    assert_eq!(cloud.iam(tag).0, 200);
}

#[test]
fn every_service_throttles_and_fails_in_its_own_words() {
    let cloud = Cloud::start(&[]);
    let every = || {
        [
            cloud.call("lambda", "GET", FUNCTIONS, "X-A: b", ""),
            cloud.iam("Action=ListRoles"),
            cloud.call("states", "POST", "/", "X-Amz-Target: AWSStepFunctions.ListStateMachines", "{}"),
            cloud.call("apigateway", "GET", "/v2/apis", "X-A: b", ""),
            cloud.call("logs", "POST", "/", "X-Amz-Target: Logs_20140328.DescribeLogGroups", "{}"),
        ]
        .map(|(status, answer)| format!("{status} {}", answer.replace(['\n', '"'], " ")))
    };
    let tell = |answers: [String; 5], expected: [[&str; 2]; 5]| {
        for (answer, words) in answers.iter().zip(expected) {
            assert!(words.iter().all(|word| answer.contains(word)), "{answer}\nlacks one of {words:?}");
        }
    };
    cloud.show("failing=1");
    tell(
        every(),
        [
            ["500 ", "An error occurred and the request cannot be processed."],
            ["500 ", "ServiceFailure"],
            ["500 ", "InternalFailure"],
            ["500 ", "Internal server error"],
            ["503 ", "ServiceUnavailableException"],
        ],
    );
    // Each service takes one call a second: of many at once most are refused.
    cloud.show("throttling=1");
    let refused = eventually("every service to refuse a call", || {
        every();
        let answers = every();
        if answers.iter().all(|answer| !answer.starts_with("200")) { Ok(answers) } else { Err(answers.join("\n")) }
    });
    tell(
        refused,
        [
            ["429 ", "CallerRateLimitExceeded"],
            ["400 ", "<Code>Throttling</Code>"],
            ["400 ", "ThrottlingException"],
            ["429 ", "Too Many Requests"],
            ["400 ", "ThrottlingException"],
        ],
    );
}

#[test]
fn an_endpoint_learns_of_its_api_and_of_permissions_late() {
    let cloud = Cloud::start(&[]);
    assert_eq!((cloud.create_role().0, cloud.create_function().0), (200, 201));
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    cloud.show("api-propagation=1h");
    let cors = json!({"allowOrigins": ["*"]});
    let (_, api) = cloud.apis("POST", "", &json!({"name": "a", "protocolType": "HTTP", "corsConfiguration": cors}));
    let id = api["apiId"].as_str().expect("an id");
    let path = format!("/{id}");
    let integration = json!({"integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "integrationUri": arn});
    let (_, integration) = cloud.apis("POST", &format!("{path}/integrations"), &integration);
    let target = format!("integrations/{}", integration["integrationId"].as_str().expect("an id"));
    cloud.apis("POST", &format!("{path}/routes"), &json!({"routeKey": "POST /x", "target": target}));
    cloud.apis("POST", &format!("{path}/stages"), &json!({"stageName": "dev", "autoDeploy": true}));
    let host = format!("Host: {id}.execute-api.localhost");
    let post = || cloud.ask(&["-X", "POST", "-H", &host], "/dev/x");
    let preflight = ["-X", "OPTIONS", "-H", &host, "-H", "Origin: https://a.example"];
    let preflight =
        || cloud.ask(&[&preflight[..], &["-H", "Access-Control-Request-Method: POST"]].concat(), "/dev/x").0;
    let not_found = (404, r#"{"message":"Not Found"}"#.to_owned());
    assert_eq!((post(), preflight()), (not_found, 404));

    // An hour later the API is known, but a permission that was just given is not.
    cloud.show("api-propagation=1h");
    let principal = "apigateway.amazonaws.com";
    let permission = json!({"StatementId": "a", "Action": "lambda:InvokeFunction", "Principal": principal});
    assert_eq!(cloud.lambda("POST", "/f/policy", &permission).0, 201);
    let failed = (500, r#"{"message":"Internal Server Error"}"#.to_owned());
    assert_eq!((post(), preflight()), (failed, 204));
    cloud.show("");
    assert_eq!(post(), (200, "1".to_owned()));
}

#[test]
fn settings_are_shown_and_set_by_commands_but_by_no_page() {
    let cloud = Cloud::start(&["--like-aws", "--eventual", "failing=9,throttling=off"]);
    let status = cloud.home.json(&["local", "status", "--json"]);
    assert_eq!(status["eventual"]["api-propagation"], "3s");
    assert_eq!((&status["eventual"]["failing"], &status["eventual"]["throttling"]), (&json!("9"), &Value::Null));
    cloud.home.ok(&["local", "start"]);
    assert_eq!(cloud.home.json(&["local", "status", "--json"])["eventual"], status["eventual"], "nothing was named");
    cloud.home.ok(&["local", "start", "--eventual", "stale-reads=250ms"]);
    let text = cloud.home.ok(&["local", "status"]);
    assert!(text.contains("stale-reads 250ms") && !text.contains("role-propagation"), "{text}");

    let path = "/_workshop/eventual";
    assert_eq!(cloud.ask(&["-X", "PUT", "-d", "failing=1"], path).0, 403, "a page can send this");
    assert_eq!(cloud.ask(&["-X", "PUT", "-H", "x-workshop: 1", "-d", "stale=1"], path).0, 400);
    let (allowed, _) = cloud.ask(&["-X", "OPTIONS", "-H", "Access-Control-Request-Headers: x-workshop"], path);
    assert_eq!(allowed, 404, "a page may not send the header");
    assert_eq!(cloud.ask(&[], path), (200, r#"{"stale-reads":"250ms"}"#.to_owned()));
    cloud.show("");
    assert_eq!(cloud.home.json(&["local", "status", "--json"])["eventual"], Value::Null);
    let wrong = cloud.home.run(&["local", "start", "--eventual", "stale=1s"]);
    assert_eq!(wrong.code, Some(2), "{wrong:#?}");
    assert!(wrong.stderr.contains("There is no setting `stale`"), "{wrong:#?}");
}

#[test]
fn the_lesson_gets_through() {
    let settings = "role-propagation=700ms,function-pending=400ms,update-conflicts=50ms,stale-reads=200ms,\
                    machine-deletion=600ms,throttling=20";
    let cloud = Cloud::start(&["--eventual", settings]);
    let home = &cloud.home;
    home.ok(&["deploy", "--local"]);
    // What was just made is not seen at once.
    let info = eventually("the stack to be seen", || {
        let ended = home.run(&["info", "--local", "--json"]);
        if ended.code == Some(0) { Ok(ended.stdout) } else { Err(format!("{ended:#?}")) }
    });
    let url = endpoint(&serde_json::from_str(&info).expect("JSON"));
    let body = format!(r#"{{"taskName": "taskone", "startAt": {}}}"#, epoch_ms(500));
    assert_eq!(curl(home, &url, &body).0, 200);
    eventually("the email to be sent", || {
        let listed = home.run(&["list", "--local", "--json"]);
        let executions: Value = serde_json::from_str(&listed.stdout).unwrap_or_default();
        match executions["executions"][0]["status"].as_str() {
            Some("SUCCEEDED") => Ok(()),
            _ => Err(format!("{listed:#?}")),
        }
    });
    let removed = home.ok(&["remove", "--local", "--yes"]);
    assert!(removed.contains("gone"), "{removed}");
    cloud.show("");
    let holds = &home.json(&["local", "status", "--json"])["holds"];
    assert_eq!((&holds["functions"], &holds["stateMachines"], &holds["apis"]), (&json!(0), &json!(0), &json!(0)));
}

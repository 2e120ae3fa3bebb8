//! Tests of who is let in, and of what is said to browsers.

mod stream;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use cloud_core::{
    Account, Changes, Clock, ClockControl, ClockMover, Dispatch, EventSummary, ExecutionFork, ExecutionHistories,
    ExecutionWait, ExecutionWaits, ForkedExecution, Inhabited, Location, PortFuture, Random, ServiceError, Stop,
    WaitReason,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

/// Answers each operation with what it was given for it, and remembers what it was asked.
#[derive(Default)]
struct Services {
    asked: Mutex<Vec<String>>,
}

impl Dispatch for Services {
    fn dispatch(&self, request: Request) -> PortFuture<'static, Result<Response, ServiceError>> {
        let operation = request.target_operation().unwrap_or_default().to_owned();
        let input: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let is_history = operation == "GetExecutionHistory";
        let how =
            if is_history { format!(" {} {}", input["maxResults"], input["reverseOrder"]) } else { String::new() };
        self.asked.lock().unwrap().push(format!("{operation}{how}"));
        let mut events = vec![
            json!({ "id": 1, "previousEventId": 0, "type": "ExecutionStarted" }),
            json!({ "id": 2, "previousEventId": 0, "type": "PassStateEntered", "stateEnteredEventDetails": { "name": "<b>" } }),
        ];
        if input["reverseOrder"] == true {
            events.reverse();
        }
        events.truncate(input["maxResults"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(2));
        let history = json!({ "events": events });
        let answer = match operation.as_str() {
            "DescribeExecution" if request.member("executionArn").is_some_and(|arn| arn.ends_with(":ended")) => {
                json!({ "name": "ended", "status": "SUCCEEDED", "redriveCount": 0 })
            }
            "DescribeExecution" if request.member("executionArn").is_some_and(|arn| arn.ends_with(":gone")) => {
                return Box::pin(std::future::ready(Err(ServiceError::bad_request("ExecutionDoesNotExist", "none"))));
            }
            "DescribeExecution" => json!({ "name": "e", "status": "RUNNING", "executionArn": input["executionArn"] }),
            "DescribeStateMachineForExecution" => {
                json!({ "definition": r#"{"StartAt":"<b>","States":{"<b>":{"Type":"Pass","End":true}}}"# })
            }
            "GetExecutionHistory" => history,
            "StartExecution" => json!({ "executionArn": "arn" }),
            "UpdateMapRun" => json!({}),
            "ListStateMachines" => {
                json!({ "stateMachines": [{ "name": "m", "stateMachineArn": MACHINE, "type": "STANDARD" }] })
            }
            "ListExecutions" => json!({ "executions": [] }),
            "DescribeLogGroups" => json!({ "logGroups": [] }),
            "FilterLogEvents" => json!({ "events": [] }),
            "" if request.path.ends_with("/f/versions") => {
                json!({ "Versions": [{ "Version": "1", "LastModified": "then", "Environment": { "Variables": { "KEY": "hush" } } }] })
            }
            "" if request.path.ends_with("/f/configuration") => {
                json!({ "FunctionName": "f", "Environment": { "Variables": { "KEY": "hush" } } })
            }
            "" => json!({}),
            other => return Box::pin(std::future::ready(Err(ServiceError::not_implemented(other)))),
        };
        Box::pin(std::future::ready(Ok(Response::json(200, &answer))))
    }
}

impl ExecutionHistories for Services {
    fn events_after(&self, _: &str, after: u64) -> Result<Vec<EventSummary>, ServiceError> {
        self.asked.lock().unwrap().push(format!("events after {after}"));
        let event = |id, kind: &str, state: Option<&str>| EventSummary {
            id,
            previous_event_id: 0,
            at: Timestamp::UNIX_EPOCH,
            kind: kind.to_owned(),
            state: state.map(Arc::from),
            error: None,
            index: None,
            resource: None,
            assigns: false,
        };
        let events = [event(1, "ExecutionStarted", None), event(2, "PassStateEntered", Some("<b>"))];
        Ok(events.into_iter().filter(|event| event.id > after).collect())
    }

    fn waiting(&self, _: &str, most: usize) -> usize {
        5.min(most)
    }

    fn running(&self, _: &str) -> usize {
        7
    }
}

impl Inhabited for Services {
    fn locations(&self) -> BTreeSet<Location> {
        let other = Account::parse("000000000002").unwrap();
        [Location::default(), Location::new(other, "eu-west-1")].into_iter().collect()
    }
}

/// Something that waits, and a clock that is moved by what was asked.
struct Waiting(ClockControl);

impl ExecutionWaits for Waiting {
    fn waits<'a>(&'a self, execution_arn: &'a str) -> PortFuture<'a, Result<Vec<ExecutionWait>, ServiceError>> {
        let wait = ExecutionWait {
            execution_arn: execution_arn.to_owned(),
            state: "<b>".to_owned(),
            last_event_id: 2,
            reason: WaitReason::Backoff { until: Timestamp::UNIX_EPOCH, attempt: 3 },
        };
        Box::pin(std::future::ready(Ok(vec![wait])))
    }

    fn waits_for_tokens<'a>(&'a self, _: &'a Location, _: usize) -> PortFuture<'a, Vec<ExecutionWait>> {
        Box::pin(std::future::ready(Vec::new()))
    }

    fn skip<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<Vec<String>, ServiceError>> {
        Box::pin(std::future::ready(Ok(vec!["W".to_owned()])))
    }

    fn fork(&self, fork: ExecutionFork) -> PortFuture<'_, Result<ForkedExecution, ServiceError>> {
        let asked = format!("{} at {:?} with {:?}", fork.execution_arn, fork.at_event, fork.input);
        Box::pin(std::future::ready(Ok(ForkedExecution { execution_arn: asked, begins: vec!["<b>".to_owned()] })))
    }
}

impl ClockMover for Waiting {
    fn advance<'a>(&'a self, by_ms: u64) -> PortFuture<'a, Result<Timestamp, ServiceError>> {
        self.0.advance(std::time::Duration::from_millis(by_ms));
        Box::pin(std::future::ready(Ok(self.0.now())))
    }
}

struct Fixture {
    console: Console,
    services: Arc<Services>,
    cookie: String,
    control: ClockControl,
}

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const EXECUTION: &str = "arn:aws:states:us-east-1:000000000000:execution:m:e";

fn fixture() -> Fixture {
    let services = Arc::new(Services::default());
    let access = Access::new("secret", 4566);
    let cookie = access.set_cookie(PREFIX).split(';').next().unwrap_or_default().to_owned();
    let (clock, control) = Clock::moved_by_hand(Timestamp::UNIX_EPOCH);
    let dispatch = Arc::clone(&services) as Arc<dyn Dispatch>;
    let waiting = Arc::new(Waiting(control.clone()));
    let handles = Handles {
        dispatch,
        waits: Arc::clone(&waiting) as Arc<dyn ExecutionWaits>,
        histories: Arc::clone(&services) as Arc<dyn ExecutionHistories>,
        places: Arc::clone(&services) as Arc<dyn Inhabited>,
        mover: waiting,
        changes: Changes::new(),
        clock,
        random: Random::from_seed(1),
        stop: Stop::new(),
    };
    let console = Console::new(access, handles);
    Fixture { console, services, cookie, control }
}

fn request(method: Method, path: &str, query: &str) -> Request {
    let request = Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "");
    request.with_path(method, &format!("{PREFIX}{path}"), query, "")
}

async fn json_of(fixture: &Fixture, path: &str, query: &str) -> Value {
    let request = request(Method::GET, path, query).with_header("cookie", &fixture.cookie);
    fixture.console.admit(&request).unwrap();
    serde_json::from_slice(&fixture.console.answer(&request).await.body).unwrap()
}

#[tokio::test]
async fn a_token_is_exchanged_for_a_cookie_and_leaves_the_address() {
    let fixture = fixture();
    let token = fixture.console.access.token().to_owned();
    let exchange = request(Method::GET, "", &format!("token={token}"));
    fixture.console.admit(&exchange).unwrap();
    let answer = fixture.console.answer(&exchange).await;
    assert_eq!(answer.status, 303);
    let header = |name: &str| answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("location"), Some(PREFIX));
    let cookie = header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/_workshop/console/; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&token));
}

#[tokio::test]
async fn nobody_is_let_in_without_the_token_or_the_cookie() {
    let Fixture { console, .. } = fixture();
    let token = console.access.token().to_owned();
    for refused in [
        request(Method::GET, "", ""),
        request(Method::GET, "", "token="),
        request(Method::GET, "", "token=wrong"),
        request(Method::GET, "console.js", ""),
        // Nothing but the exchange goes by the token itself.
        request(Method::GET, "api/home", &format!("token={token}")),
        request(Method::POST, "", &format!("token={token}")),
        request(Method::GET, "api/home", "").with_header("cookie", "workshop_console_4566=wrong"),
    ] {
        let answer = console.admit(&refused).unwrap_err();
        assert_eq!(answer.status, 403, "{} {}", refused.path, refused.raw_query);
        assert!(answer.has_header("content-security-policy"));
    }
}

#[tokio::test]
async fn a_change_needs_what_no_other_page_can_send() {
    let Fixture { console, cookie, services, .. } = fixture();
    let input = json!({ "stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m" }).to_string();
    let mut post = request(Method::POST, "api/start", "").with_header("cookie", &cookie);
    post.body = input.into();
    let with_origin = post.clone().with_header("origin", "http://127.0.0.1:4566");
    assert_eq!(console.admit(&post).unwrap_err().status, 403);
    assert_eq!(console.admit(&with_origin).unwrap_err().status, 403, "the header is missing");
    assert_eq!(
        console.admit(&post.clone().with_header(CHANGE_HEADER, "1")).unwrap_err().status,
        403,
        "the origin is missing"
    );
    let whole = with_origin.with_header(CHANGE_HEADER, "1");
    console.admit(&whole).unwrap();
    assert_eq!(console.answer(&whole).await.status, 200);
    assert_eq!(*services.asked.lock().unwrap(), ["StartExecution"]);
    let put = request(Method::PUT, "api/start", "").with_header("cookie", &cookie).with_header(CHANGE_HEADER, "1");
    assert_eq!(console.admit(&put).unwrap_err().status, 403);
}

#[tokio::test]
async fn every_answer_forbids_what_the_page_does_not_need() {
    let Fixture { console, cookie, .. } = fixture();
    for path in ["", "console.js", "graph.css", "nothing", "api/nothing", "api/changes"] {
        let asked = request(Method::GET, path, "").with_header("cookie", &cookie);
        let answer = console.answer(&asked).await;
        let policy = answer.headers.iter().find(|(name, _)| name == "content-security-policy").map(|(_, value)| value);
        let policy = policy.unwrap_or_else(|| panic!("{path}"));
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(answer.has_header("x-content-type-options") && answer.has_header("cache-control"), "{path}");
    }
}

#[tokio::test]
async fn an_execution_has_its_picture_with_statuses() {
    let fixture = fixture();
    let found = json_of(&fixture, "api/execution", &format!("arn={EXECUTION}")).await;
    assert_eq!(found["states"][0]["status"], "running");
    let picture = found["picture"].as_str().unwrap();
    assert!(
        picture.contains("&lt;b&gt;") && !picture.contains("<b>") && picture.contains("state pass running"),
        "{picture}"
    );
    assert_eq!(found["waits"][0]["visit"], 0, "{found}");
    assert_eq!(found["waits"][0]["attempt"], 3);
    assert_eq!(found["events"].as_array().map(Vec::len), Some(2));
    let view = found["view"].as_str().unwrap();
    let later = json_of(&fixture, "api/execution", &format!("arn={EXECUTION}&after=1&view={view}")).await;
    assert_eq!(later["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(later["events"], json!([{ "type": 0, "visit": 0 }]));
    assert_eq!((&later["firstId"], &later["firstAt"]), (&json!(2), &json!(0)));
    assert_eq!(later["types"], json!(["PassStateEntered"]));
    assert_eq!(later["picture"], Value::Null, "what the page has is not sent again");
    fixture.services.asked.lock().unwrap().clear();
    let details = json_of(&fixture, "api/details", &format!("arn={EXECUTION}&ids=1,2")).await;
    assert_eq!(details["events"][1]["stateEnteredEventDetails"]["name"], "<b>");
    let read = fixture.services.asked.lock().unwrap().clone();
    assert_eq!(
        read,
        ["events after 2", "GetExecutionHistory 1 false", "GetExecutionHistory 1 true"],
        "each from its end"
    );
}

#[tokio::test]
async fn an_execution_that_has_ended_is_read_once() {
    let fixture = fixture();
    let arn = "arn:aws:states:us-east-1:000000000000:execution:m:ended";
    let first = json_of(&fixture, "api/execution", &format!("arn={arn}")).await;
    let view = first["view"].as_str().unwrap();
    fixture.services.asked.lock().unwrap().clear();
    let again = json_of(&fixture, "api/execution", &format!("arn={arn}&after=2&view={view}")).await;
    assert_eq!(again["view"], view);
    assert_eq!(again["events"], json!([]));
    assert_eq!(*fixture.services.asked.lock().unwrap(), ["DescribeExecution"]);
    fixture.services.asked.lock().unwrap().clear();
    let behind = json_of(&fixture, "api/execution", &format!("arn={arn}&after=1&view={view}")).await;
    assert_eq!(behind["events"].as_array().map(Vec::len), Some(1), "whoever knows less is told");
}

#[tokio::test]
async fn changes_are_made_by_the_page_alone() {
    let Fixture { console, cookie, .. } = fixture();
    for (path, body, answer) in [
        ("api/clock", json!({ "advanceMs": 60_000 }), json!({ "now": "1970-01-01T00:01:00Z" })),
        ("api/skip", json!({ "executionArn": EXECUTION }), json!({ "skipped": ["W"] })),
        (
            "api/fork",
            json!({ "executionArn": "e", "atEvent": 2, "input": "{}", "name": "" }),
            json!({ "executionArn": "e at Some(2) with Some(\"{}\")", "begins": ["<b>"] }),
        ),
        (
            "api/map-run",
            json!({ "mapRunArn": "arn:aws:states:us-east-1:000000000000:mapRun:m/l:id", "maxConcurrency": 3 }),
            json!({}),
        ),
    ] {
        let mut post = request(Method::POST, path, "").with_header("cookie", &cookie);
        post.body = body.to_string().into();
        assert_eq!(console.admit(&post).unwrap_err().status, 403, "{path}");
        let post = post.with_header("origin", "http://127.0.0.1:4566").with_header(CHANGE_HEADER, "1");
        console.admit(&post).unwrap();
        let answered: Value = serde_json::from_slice(&console.answer(&post).await.body).unwrap();
        assert_eq!(answered, answer);
    }
}

#[tokio::test]
async fn a_parameter_that_is_missing_or_wrong_is_told() {
    let fixture = fixture();
    for query in ["", "arn=", "arn=nonsense"] {
        assert!(json_of(&fixture, "api/execution", query).await["message"].is_string(), "{query}");
    }
}

#[tokio::test]
async fn home_counts_what_runs_waits_and_failed_and_names_the_places() {
    let fixture = fixture();
    let home = json_of(&fixture, "api/home", "account=000000000002&region=eu-west-1").await;
    assert_eq!((&home["account"], &home["region"]), (&json!("000000000002"), &json!("eu-west-1")));
    assert_eq!(home["machines"][0]["running"], 7);
    assert_eq!(home["machines"][0]["waiting"], 5);
    let places = json!([
        { "account": "000000000000", "region": "us-east-1" },
        { "account": "000000000002", "region": "eu-west-1" },
    ]);
    assert_eq!(home["places"], places);
    let listed = fixture.services.asked.lock().unwrap().iter().filter(|asked| *asked == "ListExecutions").count();
    assert_eq!(listed, 1, "what runs is not listed");
}

#[tokio::test]
async fn an_execution_is_found_by_its_whole_name_or_arn_however_old_it_is() {
    let fixture = fixture();
    let found = async |text: &str| {
        let answer = json_of(&fixture, "api/search", &format!("q={text}")).await;
        let found = answer["found"].as_array().unwrap().iter().filter(|found| found["kind"] == "execution");
        found.map(|found| found["arn"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("old").await, ["arn:aws:states:us-east-1:000000000000:execution:m:old"]);
    assert_eq!(found(EXECUTION).await, [EXECUTION]);
    for none in ["gone", "", "two%20words"] {
        assert_eq!(found(none).await, Vec::<String>::new(), "{none}");
    }
}

#[tokio::test]
async fn the_environment_of_a_function_is_told_once_it_is_asked_for() {
    let fixture = fixture();
    let hidden = json_of(&fixture, "api/function", "name=f").await;
    assert_eq!(hidden["environment"], json!({ "KEY": null }));
    assert_eq!(hidden["versions"], json!([{ "Version": "1", "LastModified": "then" }]));
    assert!(!hidden.to_string().contains("hush"), "{hidden}");
    let asked = json_of(&fixture, "api/function", "name=f&reveal=1").await;
    assert_eq!(asked["environment"], json!({ "KEY": "hush" }));
}

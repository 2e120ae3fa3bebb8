//! Replaying a case's steps: the engine with a virtual clock, and just enough of the services around it.

use std::collections::BTreeMap;

use asl::lambda::{InvocationResponse, task_result};
use asl::{
    ChildId, Effect, Execution, HistoryEvent, Input, Outcome, Start, StateMachine, TaskId, TaskPurpose, TaskRequest,
    TaskResource,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::functions;

pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const REGION: &str = "us-east-1";
/// When the calls of the corpus were captured; some of them hold timestamps relative to it.
const CAPTURED_AT: &str = "2026-11-22T12:57:00Z";
/// How long a wait for an execution's end takes before it is given up, in seconds of the virtual clock.
const PATIENCE_S: i64 = 3600;

#[derive(Clone)]
pub(crate) struct Replay<'c> {
    case: &'c Value,
    pub(crate) answers: BTreeMap<u64, Value>,
    pub(crate) ids: BTreeMap<String, String>,
    clock: Timestamp,
    functions: BTreeMap<String, Function>,
    machines: BTreeMap<String, Machine>,
    executions: BTreeMap<String, Run>,
    /// By bucket and key.
    objects: BTreeMap<(String, String), String>,
    fresh: u64,
}

#[derive(Clone)]
struct Function {
    source: String,
    timeout_s: u64,
}

#[derive(Clone)]
struct Machine {
    name: String,
    role_arn: String,
    parsed: StateMachine,
}

#[derive(Clone)]
struct Run {
    machine_arn: String,
    /// The execution that it is a child of.
    parent: Option<(String, ChildId)>,
    execution: Execution,
    history: Vec<HistoryEvent>,
    outcome: Option<Outcome>,
    /// The inputs that are due later, and when.
    pending: Vec<(Timestamp, Option<TaskId>, Input)>,
    ended_at: Timestamp,
}

impl Run {
    /// When it has something to do next.
    fn next_at(&self) -> Timestamp {
        let wake = self.execution.next_wake().unwrap_or(Timestamp::MAX);
        self.pending.iter().map(|(at, ..)| *at).fold(wake, Timestamp::min)
    }
}

impl<'c> Replay<'c> {
    pub(crate) fn new(case: &'c Value) -> Self {
        Self {
            case,
            answers: BTreeMap::new(),
            ids: BTreeMap::new(),
            clock: CAPTURED_AT.parse().unwrap(),
            functions: BTreeMap::new(),
            machines: BTreeMap::new(),
            executions: BTreeMap::new(),
            objects: BTreeMap::new(),
            fresh: 0,
        }
    }

    pub(crate) fn steps(&mut self) -> Result<(), String> {
        for step in self.case["steps"].as_array().unwrap() {
            let params = self.fill(&step["params"])?;
            let answer = match (step["op"].as_str(), step["wait"].as_str()) {
                (Some(op), _) => self.call(op, &params)?,
                (None, Some("execution_ended")) => {
                    let arn = self.fill(&step["executionArn"])?;
                    self.run_to_end(arn.as_str().unwrap_or_default())?
                }
                (None, Some("function_active")) => Value::Null,
                (_, wait) => return Err(format!("the runner has no wait {wait:?}")),
            };
            self.answers.insert(step["n"].as_u64().unwrap(), answer);
        }
        Ok(())
    }

    fn call(&mut self, op: &str, params: &Value) -> Result<Value, String> {
        let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
        let mut answer = match op {
            "iam.CreateRole" => {
                json!({"Role": {"Arn": format!("arn:aws:iam::{ACCOUNT}:role/{}", text("RoleName"))}})
            }
            "iam.CreatePolicy" => {
                json!({"Policy": {"Arn": format!("arn:aws:iam::{ACCOUNT}:policy/{}", text("PolicyName"))}})
            }
            "iam.AttachRolePolicy" | "iam.PutRolePolicy" => json!({}),
            "s3.CreateBucket" => json!({"Location": "/"}),
            "s3.PutObject" => {
                self.objects.insert((text("Bucket"), text("Key")), text("Body"));
                json!({"ETag": "\"e\""})
            }
            "lambda.CreateFunction" => self.create_function(params),
            "stepfunctions.CreateStateMachine" => self.create_state_machine(params)?,
            "stepfunctions.StartExecution" => self.start(params, "execution")?,
            "stepfunctions.StartSyncExecution" => {
                let started = self.start(params, "express")?;
                let arn = started["executionArn"].as_str().unwrap().to_owned();
                self.run_to_end(&arn)?;
                self.describe(&arn, true)
            }
            "stepfunctions.DescribeExecution" => self.describe(&text("executionArn"), false),
            "stepfunctions.GetExecutionHistory" => {
                let run = self.executions.get(&text("executionArn")).ok_or("no such execution")?;
                let events: Vec<_> = run.history.iter().map(|event| event.to_api_json("timestamp".into())).collect();
                json!({ "events": events })
            }
            other => return Err(format!("the runner has no operation {other}")),
        };
        answer["ResponseMetadata"] = json!({"HTTPHeaders": {}, "HTTPStatusCode": 200});
        Ok(answer)
    }

    fn create_function(&mut self, params: &Value) -> Value {
        let name = params["FunctionName"].as_str().unwrap();
        let files = params["Code"]["ZipFile"]["$zip"].as_object().unwrap();
        let source = files.values().find_map(Value::as_str).unwrap().to_owned();
        let timeout_s = params["Timeout"].as_u64().unwrap_or(3);
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
        self.functions.insert(name.to_owned(), Function { source, timeout_s });
        json!({ "FunctionArn": arn, "FunctionName": name, "Role": params["Role"] })
    }

    fn create_state_machine(&mut self, params: &Value) -> Result<Value, String> {
        let parsed =
            StateMachine::parse(params["definition"].as_str().unwrap()).map_err(|problem| problem.to_string())?;
        let name = params["name"].as_str().unwrap().to_owned();
        let arn = format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}");
        let role_arn = params["roleArn"].as_str().unwrap().to_owned();
        self.machines.insert(arn.clone(), Machine { name, role_arn, parsed });
        Ok(json!({ "stateMachineArn": arn, "creationDate": "datetime" }))
    }

    fn start(&mut self, params: &Value, kind: &str) -> Result<Value, String> {
        let machine_arn = params["stateMachineArn"].as_str().unwrap().to_owned();
        let fresh = (self.uuid(), self.uuid());
        let machine = self.machines.get(&machine_arn).ok_or("no such state machine")?;
        let name = params["name"].as_str().map_or(fresh.0, ToOwned::to_owned);
        let run_id = if kind == "express" { format!(":{}", fresh.1) } else { String::new() };
        let arn = format!("arn:aws:states:{REGION}:{ACCOUNT}:{kind}:{}:{name}{run_id}", machine.name);
        let input = params["input"].as_str().unwrap_or("{}");
        let start = Start::builder(arn.as_str(), machine_arn.as_str(), self.clock)
            .execution_name(name)
            .state_machine_name(machine.name.as_str())
            .role_arn(machine.role_arn.as_str())
            .redrive_count((kind != "express").then_some(0))
            .input(input)
            .seed(self.fresh)
            .build();
        let (execution, effects) = Execution::start(&machine.parsed, start).map_err(|problem| problem.to_string())?;
        let mut run = Run {
            machine_arn,
            parent: None,
            execution,
            history: Vec::new(),
            outcome: None,
            pending: Vec::new(),
            ended_at: self.clock,
        };
        self.apply(&arn, &mut run, effects)?;
        self.executions.insert(arn.clone(), run);
        Ok(json!({ "executionArn": arn, "startDate": "datetime" }))
    }

    fn apply(&mut self, arn: &str, run: &mut Run, effects: Vec<Effect>) -> Result<(), String> {
        for effect in effects {
            match effect {
                Effect::Event(event) => run.history.push(event),
                Effect::CancelTask(task) => run.pending.retain(|(_, pending, _)| *pending != Some(task)),
                Effect::Ended(outcome) => {
                    run.outcome = Some(outcome);
                    run.ended_at = self.clock;
                }
                Effect::StartTask(request) if request.purpose == TaskPurpose::ReadItems => {
                    let started = Input::TaskStarted { task: request.task, worker_name: None };
                    let output = self.read_items(&request)?.to_string();
                    let answered = Input::TaskSucceeded { task: request.task, output };
                    run.pending.extend([started, answered].map(|input| (self.clock, Some(request.task), input)));
                }
                Effect::StartTask(request) => {
                    let (at, input) = self.invoke(&request)?;
                    let started = Input::TaskStarted { task: request.task, worker_name: None };
                    run.pending.push((self.clock, Some(request.task), started));
                    run.pending.push((at, Some(request.task), input));
                }
                Effect::StartChild(request) => {
                    let machine = self.machines[&run.machine_arn].parsed.clone();
                    let start = request.start(run.execution.context(), run.execution.seed(), self.clock);
                    let started = Execution::start_child(&machine, &request.state, start);
                    let (execution, effects) = started.map_err(|problem| problem.to_string())?;
                    let mut child = Run {
                        machine_arn: run.machine_arn.clone(),
                        parent: Some((arn.to_owned(), request.child)),
                        execution,
                        history: Vec::new(),
                        outcome: None,
                        pending: Vec::new(),
                        ended_at: self.clock,
                    };
                    self.apply(&request.execution_arn, &mut child, effects)?;
                    if let Some(outcome) = child.outcome.clone() {
                        run.pending.push((self.clock, None, Input::ChildEnded { child: request.child, outcome }));
                    }
                    self.executions.insert(request.execution_arn.to_string(), child);
                }
                Effect::StopChild(child) => {
                    let stopped = Some((arn.to_owned(), child));
                    self.executions.retain(|_, run| run.parent != stopped);
                    run.pending.retain(
                        |(.., input)| !matches!(input, Input::ChildEnded { child: ended, .. } if *ended == child),
                    );
                }
                Effect::StartMapRun(_) | Effect::EndMapRun(_) => {}
                other => return Err(format!("the runner does not know the effect {other:?}")),
            }
        }
        Ok(())
    }

    /// What an `ItemReader` brings: an object's text, or a listing.
    fn read_items(&self, request: &TaskRequest) -> Result<Value, String> {
        let parameters: Value = serde_json::from_str(&request.input).unwrap();
        let bucket = parameters["Bucket"].as_str().unwrap_or_default();
        if let Some(key) = parameters["Key"].as_str() {
            let object = self.objects.get(&(bucket.to_owned(), key.to_owned()));
            return object.map(|text| text.as_str().into()).ok_or_else(|| format!("no object {key}"));
        }
        let inside = self.objects.iter().filter(|((name, _), _)| name == bucket);
        let contents = inside.map(|((_, key), text)| {
            json!({"Key": key, "ETag": "\"e\"", "LastModified": 1.5e9, "Size": text.len(), "StorageClass": "STANDARD"})
        });
        Ok(json!({"Contents": contents.collect::<Vec<_>>()}))
    }

    /// Calls a function; what it will answer, and when.
    fn invoke(&mut self, request: &TaskRequest) -> Result<(Timestamp, Input), String> {
        let parameters: Value = serde_json::from_str(&request.input).unwrap();
        let (name, event) = match &request.resource {
            TaskResource::Lambda { arn } => (arn.clone(), parameters.clone()),
            TaskResource::Service { resource_type, resource, .. }
                if (resource_type.as_str(), resource.as_str()) == ("lambda", "invoke") =>
            {
                let event = match &parameters["Payload"] {
                    Value::Null => json!({}),
                    // A text is the payload itself, not a value to be written as JSON.
                    Value::String(text) => serde_json::from_str(text).map_err(|problem| problem.to_string())?,
                    given => given.clone(),
                };
                (parameters["FunctionName"].as_str().unwrap_or_default().to_owned(), event)
            }
            other => return Err(format!("the runner does not serve {other:?}")),
        };
        let request_id = self.uuid();
        let name = name.split(":function:").last().unwrap_or_default().to_owned();
        let function = self.functions.get(&name).ok_or_else(|| format!("no function {name}"))?;
        let answer = functions::call(&function.source, &event, &request_id, function.timeout_s)
            .ok_or("an unknown function source")?;
        let at = self.clock + SignedDuration::from_secs(answer.duration_s as i64);
        let log = (parameters["LogType"] == "Tail").then_some("bG9n");
        let answer = InvocationResponse {
            payload: &answer.payload,
            is_error: answer.is_error,
            executed_version: "$LATEST",
            request_id: &request_id,
            trace_id: "Root=1-00000000-000000000000000000000000;Sampled=0",
            http_date: "Sun, 22 Nov 2026 12:57:00 GMT",
            log_result: log,
        };
        Ok((at, task_result(request, &answer)))
    }

    /// Moves the clock from one thing to the next until the execution is over or patience has run out.
    fn run_to_end(&mut self, arn: &str) -> Result<Value, String> {
        let give_up_at = self.clock + SignedDuration::from_secs(PATIENCE_S);
        while self.executions.get(arn).ok_or("no such execution")?.outcome.is_none() {
            let running = self.executions.iter().filter(|(_, run)| run.outcome.is_none());
            let next = running.map(|(arn, run)| (run.next_at(), arn.clone())).min();
            let (at, next) = next.ok_or("nothing runs")?;
            if at > give_up_at {
                break;
            }
            self.clock = self.clock.max(at);
            self.step(&next)?;
        }
        Ok(Value::Null)
    }

    /// Gives an execution the next thing that is due, and reports its end to its parent.
    fn step(&mut self, arn: &str) -> Result<(), String> {
        let mut run = self.executions.remove(arn).ok_or("no such execution")?;
        let machine = self.machines[&run.machine_arn].parsed.clone();
        let position = run.pending.iter().position(|(at, ..)| *at <= self.clock && *at == run.next_at());
        let input = position.map_or(Input::Wake, |i| run.pending.remove(i).2);
        let effects = run.execution.handle(&machine, input, self.clock).map_err(|problem| problem.to_string())?;
        self.apply(arn, &mut run, effects)?;
        if let (Some((parent, child)), Some(outcome)) = (&run.parent, &run.outcome) {
            let ended = Input::ChildEnded { child: *child, outcome: outcome.clone() };
            let parent = self.executions.get_mut(parent).ok_or("no parent")?;
            parent.pending.push((self.clock, None, ended));
        }
        self.executions.insert(arn.to_owned(), run);
        Ok(())
    }

    fn describe(&self, arn: &str, sync: bool) -> Value {
        let run = &self.executions[arn];
        let mut answer = json!({
            "executionArn": arn,
            "stateMachineArn": run.machine_arn,
            "name": run.execution.context().execution_name,
            "status": run.execution.status().api_name(),
            "startDate": "datetime",
            "stopDate": "datetime",
            "input": run.execution.input(),
            "inputDetails": {"included": true},
        });
        if sync {
            answer["outputDetails"] = json!({"included": true});
        } else {
            answer["redriveCount"] = 0.into();
            answer["redriveStatus"] = "REDRIVABLE".into();
        }
        match &run.outcome {
            Some(Outcome::Succeeded { output }) => answer["output"] = (**output).into(),
            Some(Outcome::Failed(failure) | Outcome::Aborted(failure)) => {
                for (name, value) in [("error", &failure.error), ("cause", &failure.cause)] {
                    if let Some(value) = value {
                        answer[name] = value.as_str().into();
                    }
                }
            }
            Some(Outcome::TimedOut) | None => {}
        }
        answer
    }

    fn uuid(&mut self) -> String {
        self.fresh += 1;
        format!("{:08x}-1111-4222-8333-{:012x}", self.fresh, self.fresh)
    }
}

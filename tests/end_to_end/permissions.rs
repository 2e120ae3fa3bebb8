//! Roles may do what their policies allow: the lesson without each of its statements in turn, and what `explain` says of it.

use serde_json::{Value, json};

use crate::support::{Home, curl, endpoint, epoch_ms, eventually};

/// The deployed lesson on a cloud of its own.
struct Lesson {
    home: Home,
    url: String,
    cloud: String,
}

impl Lesson {
    fn deployed() -> Self {
        let home = Home::new();
        home.ok(&["deploy", "--local"]);
        let url = endpoint(&home.json(&["info", "--local", "--json"]));
        let cloud = home.json(&["local", "status", "--json"])["endpoint"].as_str().expect("a URL").to_owned();
        Self { home, url, cloud }
    }

    /// The roles with their statements, as they are printed.
    fn roles(&self) -> Vec<Value> {
        let printed = self.home.json(&["print", "--policies", "--local", "--json"]);
        printed["roles"].as_array().expect("roles").clone()
    }

    /// Gives a role these statements and no other.
    fn allow(&self, role: &Value, statements: &[&Value]) {
        let statement = |statement: &&Value| json!({"Effect": "Allow", "Action": statement["actions"], "Resource": statement["resources"]});
        let statements: Vec<Value> = statements.iter().map(statement).collect();
        // IAM takes no policy without a statement.
        let nothing = vec![json!({"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"})];
        let document =
            json!({"Version": "2012-10-17", "Statement": if statements.is_empty() { nothing } else { statements }});
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, \
                      SignedHeaders=host, Signature=0";
        let role = role["role"].as_str().expect("a name");
        let mut asked = self.home.command("curl");
        asked.args(["-fsS", "-H", signed, &self.cloud, "--data-urlencode", "Action=PutRolePolicy"]);
        for (name, value) in [("RoleName", role), ("PolicyName", "workshop"), ("PolicyDocument", &document.to_string())]
        {
            asked.args(["--data-urlencode", &format!("{name}={value}")]);
        }
        let answered = asked.output().expect("curl");
        assert!(answered.status.success(), "{answered:?}");
    }

    /// Schedules a task for now; gives what the endpoint answers.
    fn post(&self, task: &str) -> (u16, Value) {
        curl(&self.home, &self.url, &format!(r#"{{"taskName": "{task}", "startAt": {}}}"#, epoch_ms(100)))
    }

    fn ended(&self, execution: &str) -> String {
        eventually(&format!("{execution} to end"), || {
            let all = self.home.json(&["list", "--local", "--json"]);
            let found = all["executions"].as_array().and_then(|all| all.iter().find(|one| one["name"] == execution));
            let status = found.and_then(|one| one["status"].as_str()).unwrap_or("absent").to_owned();
            if ["RUNNING", "absent"].contains(&status.as_str()) { Err(status) } else { Ok(status) }
        })
    }

    /// The cloud's log as far as it tells of something.
    fn told(&self, what: &str) -> String {
        eventually(what, || {
            let log = self.home.ok(&["local", "logs", "--json", "-n", "1000"]);
            log.lines().find(|line| line.contains(what)).map(str::to_owned).ok_or(log)
        })
    }
}

#[test]
fn the_lesson_without_each_of_its_statements_names_it() {
    let lesson = Lesson::deployed();
    assert_eq!(lesson.post("whole").0, 200);
    assert_eq!(lesson.ended("whole"), "SUCCEEDED");
    let mut taken = Vec::new();
    for role in lesson.roles() {
        let statements: Vec<Value> = role["statements"].as_array().expect("statements").clone();
        for (at, statement) in statements.iter().enumerate() {
            let rest: Vec<&Value> =
                statements.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, one)| one).collect();
            lesson.allow(&role, &rest);
            let action = statement["actions"][0].as_str().expect("an action");
            let name = format!("without{}", taken.len());
            match action {
                "lambda:InvokeFunction" => {
                    assert_eq!(lesson.post(&name).0, 200);
                    assert_eq!(lesson.ended(&name), "FAILED");
                    let shown = lesson.home.run(&["explain", &name, "--local", "--json"]);
                    let explained: Value = serde_json::from_str(&shown.stdout).unwrap_or_else(|_| panic!("{shown:#?}"));
                    let refusal = &explained["refusals"][0];
                    assert_eq!(
                        (&refusal["action"], &refusal["role"]),
                        (&json!(action), &role["role"]),
                        "{explained:#}"
                    );
                    let file = refusal["file"].as_str();
                    assert!(file.is_some_and(|file| file.ends_with("service.toml")), "{explained:#}");
                    assert!(
                        refusal["statement"]
                            .as_str()
                            .is_some_and(|text| text.contains("[[state_machines.myStateMachine.permissions]]"))
                    );
                }
                "states:*" => {
                    let (status, answer) = lesson.post(&name);
                    assert_ne!(status, 200, "{answer:#}");
                    let text = lesson.told("is not authorized to perform: states:StartExecution on resource: ");
                    assert!(
                        text.contains("no identity-based policy allows the states:StartExecution action"),
                        "{text}"
                    );
                    let id = serde_json::from_str::<Value>(&text).expect("JSON")["fields"]["request_id"].clone();
                    let shown = lesson.home.ok(&["explain", "--local", id.as_str().expect("an id")]);
                    assert!(shown.contains("Add this after line 18 of <carried>/service.toml"), "{shown}");
                    assert!(shown.contains("[[functions.startStateMachine.permissions]]"), "{shown}");
                }
                "logs:CreateLogStream" => {
                    assert_eq!(lesson.post(&name).0, 200);
                    let function = role["key"].as_str().expect("a key");
                    if function == "sendEmail" {
                        assert_eq!(lesson.ended(&name), "SUCCEEDED", "a function runs without its log");
                    }
                    lesson.told("a function's log is not written");
                }
                other => panic!("the lesson has a new statement: {other}"),
            }
            lesson.allow(&role, &statements.iter().collect::<Vec<_>>());
            taken.push(action.to_owned());
        }
    }
    assert_eq!(taken.len(), 4, "{taken:?}");
    assert_eq!(lesson.post("again").0, 200);
    assert_eq!(lesson.ended("again"), "SUCCEEDED");
}

#[test]
fn a_failed_run_says_what_to_add_and_iam_off_relaxes() {
    let lesson = Lesson::deployed();
    let machine = lesson.roles().into_iter().find(|role| role["kind"] == "stateMachine").expect("a state machine");
    lesson.allow(&machine, &[]);
    let input = r#"{"trigger_date": "2020-01-01T00:00:00Z", "taskName": "t"}"#;
    let start =
        |name: &str| lesson.home.run(&["start", "myStateMachine", "-d", input, "--name", name, "--sync", "--local"]);
    let failed = start("refused");
    assert_eq!(failed.code, Some(8), "{failed:#?}");
    let hint = "Allow lambda:InvokeFunction on arn:aws:lambda:us-east-1:000000000000:function:";
    assert!(
        failed.stderr.contains(hint) && failed.stderr.contains("service.toml:44: `explain` prints the statement"),
        "{}",
        failed.stderr
    );
    lesson.home.ok(&["local", "start", "--iam", "off"]);
    assert!(lesson.home.ok(&["local", "status"]).contains("roles may do everything"));
    assert_eq!(start("relaxed").code, Some(0));
    lesson.home.ok(&["local", "start", "--iam", "on"]);
    assert_eq!(start("again").code, Some(8));
    // The deployment sees what the role has lost, and gives it back.
    lesson.home.ok(&["deploy", "--local"]);
    assert_eq!(start("mended").code, Some(0));
}

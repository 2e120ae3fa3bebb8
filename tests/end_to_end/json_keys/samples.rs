//! Every command that prints JSON, run once or a few times in one home, so that every key comes.

use serde_json::Value;

use crate::support::{Ended, Home, eventually};

/// What was printed by a command of the table.
pub struct Sample {
    pub command: &'static str,
    pub printed: Value,
}

/// The names in the service files below, which are keys of maps.
pub const NAMES: [&str; 3] = ["note", "order", "approve"];

const SERVICE: &str = r#"
service = "keys"

[functions.note]
source = "note.mjs"
runtime = "nodejs24.x"
handler = "note.handler"

[[routes]]
method = "POST"
path = "/start"
function = "note"

[activities.approve]

[state_machines.order]
definition = "order.asl.json"
"#;

/// One that is only looked at: with every setting that is printed.
const FULL: &str = r#"
service = "full"

[functions.note]
source = "note.mjs"
runtime = "nodejs24.x"
handler = "note.handler"
bundle = { minify = true }

[[functions.note.permissions]]
actions = ["s3:PutObject"]
resources = ["arn:aws:s3:::notes/*"]
condition = { StringEquals = { "aws:RequestedRegion" = "us-east-1" } }

[[routes]]
method = "POST"
path = "/start"
function = "note"
cors = { origins = ["https://example.com"] }

[activities.approve]

[state_machines.order]
definition = "order.asl.json"
logging = { level = "ERROR", destinations = ["arn:aws:logs:us-east-1:000000000000:log-group:orders:*"] }
"#;

const ORDER: &str = r##"{"StartAt": "Fine", "States": {
    "Fine": {"Type": "Choice", "Default": "Note",
        "Choices": [{"Variable": "$.fail", "IsPresent": true, "Next": "Refused"}]},
    "Refused": {"Type": "Fail", "Error": "Refused", "Cause": "nothing is left"},
    "Note": {"Type": "Task", "ResultPath": null, "Next": "Each", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName":
            "arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:#{AWS::StackName}-note"}},
    "Each": {"Type": "Map", "ItemsPath": "$.items", "ResultPath": null, "Next": "Hold",
        "ItemProcessor": {"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": true}}}},
    "Hold": {"Type": "Wait", "Seconds": 3000, "End": true}}}"##;

/// One that says something without effect.
const NOTED: &str = "service: noted\nframeworkVersion: '3'\nprovider: {name: aws, runtime: nodejs24.x}\n";

/// A definition whose policy can't be whole, and with an error and a warning.
const UNSURE: &str = r#"{"StartAt": "Tell", "States": {
    "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
        "Parameters": {"TopicArn.$": "$.topic", "Message": "a"}, "End": true}}}"#;

/// A case that fails, and leaves something of the state machine out.
const CASES: &str = r#"
machine = "order"

[[cases]]
name = "it waits"
input = { items = [1] }
mocks.Note = { return = {} }
expect = { output = { items = [2] } }
"#;

const NOTE: &str = "export const handler = async () => { console.log('noted'); return {}; };\n";

/// A home in which samples are taken.
struct Taking {
    home: Home,
    samples: Vec<Sample>,
}

/// A sample of every row.
pub fn taken() -> Vec<Sample> {
    let mut taking = Taking { home: Home::new(), samples: Vec::new() };
    taking.project();
    taking.deployments();
    taking.executions();
    taking.versions();
    taking.cloud();
    taking.samples
}

impl Taking {
    fn write(&self, file: &str, text: &str) {
        let path = self.home.path("work").join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.home.workshop(&[arguments, &["--json"]].concat());
        // Versions can be pruned sooner.
        command.env("WORKSHOP_LOCAL", "1").env("WORKSHOP_TIME_SCALE", "0.01");
        Ended::of(command.output().expect("workshop starts"))
    }

    fn keep(&mut self, command: &'static str, text: &str) {
        let whole = serde_json::from_str(text).map(|value| vec![value]);
        let lines = || text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>();
        let printed = whole.or_else(|_| lines()).unwrap_or_else(|error| panic!("{command}: {error}\n{text}"));
        assert!(!printed.is_empty(), "{command} printed nothing");
        self.samples.extend(printed.into_iter().map(|printed| Sample { command, printed }));
    }

    /// Runs a command, which must end with an exit code, for the row of this name.
    fn take_with(&mut self, command: &'static str, arguments: &[&str], code: i32) {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}\n{ended:#?}");
        self.keep(command, &ended.stdout);
    }

    /// The same for one that succeeds.
    fn take(&mut self, command: &'static str, arguments: &[&str]) {
        let words: Vec<&str> = command.split(' ').chain(arguments.iter().copied()).collect();
        self.take_with(command, &words, 0);
    }

    fn project(&mut self) {
        for (file, text) in [("service.toml", SERVICE), ("order.asl.json", ORDER), ("note.mjs", NOTE)] {
            self.write(file, text);
        }
        for (file, text) in [("service.toml", FULL), ("order.asl.json", UNSURE), ("note.mjs", NOTE)] {
            self.write(&format!("full/{file}"), text);
        }
        let full = ["--config", "full/service.toml"];
        self.take("init", &["fresh"]);
        self.take_with("validate", &["validate", "full/order.asl.json", "order.asl.json"], 0);
        self.take("print", &full);
        self.write("noted/serverless.yml", NOTED);
        self.take("print", &["--config", "noted/serverless.yml"]);
        self.take("print --policies", &full);
        self.take("print --policies --for deployer", &[]);
        self.take("print --policies --for deployer", &["--explain"]);
        self.take("package", &[]);
        self.take("graph", &[]);
        self.write("tests/order.test.toml", CASES);
        self.take_with("test", &["test"], 1);
        self.take("test explore", &["order"]);
        // Cut short, so that something is not reached.
        self.take("test explore", &["order", "--runs", "2"]);
        self.write("broken.toml", "service = \"keys\"\nstaeg = \"dev\"\n\n[throttle]\nbrust = 1\n");
        let broken = self.run(&["print", "--config", "broken.toml"]);
        assert_eq!(broken.code, Some(3), "{broken:#?}");
        self.keep("a failure", &broken.stderr);
        self.take_with("--version", &["--version"], 0);
    }

    fn deployments(&mut self) {
        self.take("deploy", &["--dry-run"]);
        self.take("deploy", &[]);
        self.take("info", &[]);
        self.take("deploy list", &[]);
        self.take("deploy list functions", &[]);
        self.write("order.asl.json", &ORDER.replace("3000", "3001"));
        self.take_with("start", &["start", "-d", r#"{"items": [1]}"#, "--name", "waits"], 0);
        self.take("diff", &[]);
        self.take("deploy", &[]);
        let watch = self.home.spawn(&["deploy", "--watch", "--local", "--json"]);
        let line = watch.line_with("changedFiles");
        assert_eq!(watch.interrupt(), Some(0));
        self.keep("deploy --watch", &line);
    }

    /// An execution whose role has lost its policy.
    fn refused(&mut self) {
        let info = self.home.json(&["local", "status", "--json"]);
        let endpoint = info["endpoint"].as_str().expect("a URL").to_owned();
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, \
                      SignedHeaders=host, Signature=0";
        let form = "Action=DeleteRolePolicy&RoleName=keys-dev-us-east-1-order&PolicyName=workshop";
        let mut curl = self.home.command("curl");
        let answered = curl.args(["-fsS", "-H", signed, "-d", form, &endpoint]).output().expect("curl");
        assert!(answered.status.success(), "{answered:?}");
        self.take_with("start --sync", &["start", "-d", r#"{"items": [1]}"#, "--name", "refused", "--sync"], 8);
        self.take("explain", &["refused"]);
    }

    fn executions(&mut self) {
        self.take_with("start --sync", &["start", "-d", r#"{"fail": 1}"#, "--name", "fails", "--sync"], 8);
        self.take_with("start --task", &["start", "--task", "posted", "--at", "now"], 0);
        self.take("list", &[]);
        self.take("show", &["waits"]);
        let skipped = eventually("the wait to be skipped", || {
            let ended = self.run(&["skip", "waits"]);
            if ended.stdout.contains("Hold") { Ok(ended.stdout) } else { Err(ended.stdout) }
        });
        self.keep("skip", &skipped);
        self.take_with("show", &["show", "waits", "--follow"], 0);
        self.take("logs --execution", &["waits"]);
        self.take("logs --execution", &["fails"]);
        self.take("graph", &["fails"]);
        self.take("test record", &["fails"]);
        self.take_with("start", &["start", "-d", r#"{"items": [1, 2]}"#, "--name", "pairs"], 0);
        eventually("the items to be packed", || {
            let ended = self.run(&["show", "pairs"]);
            if ended.stdout.contains("Hold") { Ok(()) } else { Err(ended.stdout) }
        });
        // Where the second item is packed, and the first is done.
        self.take("fork", &["pairs", "--at", "16", "--name", "forked"]);
        self.take("redrive", &["fails"]);
        self.refused();
        self.take("logs", &["-f", "note"]);
        self.take("open", &[]);
        self.take("invoke", &["-f", "note"]);
        self.take_with("start", &["start", "-d", r#"{"items": [1]}"#, "--name", "stops"], 0);
        self.take("stop", &["stops"]);
    }

    fn versions(&mut self) {
        self.write("note.mjs", &format!("// Changed.\n{NOTE}"));
        self.take("deploy function", &["-f", "note"]);
        self.take_with("rollback", &["rollback"], 2);
        let listed: Value = serde_json::from_str(&self.run(&["deploy", "list"]).stdout).expect("JSON");
        let earlier = listed["deployments"][1]["id"].as_str().expect("an earlier deployment").to_owned();
        self.take("rollback", &["-t", &earlier, "--dry-run"]);
        self.take("rollback", &["-t", &earlier]);
        self.take("deploy", &[]);
        eventually("versions that can be pruned", || {
            let ended = self.run(&["deploy", "prune", "-n", "1", "--dry-run"]);
            if ended.stdout.contains("\"deleted\": []") { Err(ended.stdout) } else { Ok(()) }
        });
        self.take("deploy prune", &["-n", "1"]);
        self.take("remove", &["--yes"]);
    }

    fn cloud(&mut self) {
        self.take("local status", &[]);
        self.take("local time", &[]);
        self.take("local time", &["--advance", "1s"]);
        self.take("local env", &[]);
        self.take("local logs", &[]);
        self.take("local backup", &["cloud.zip"]);
        self.take("local stop", &[]);
        self.take_with("local status", &["local", "status"], 5);
        self.take("local restore", &["cloud.zip", "--replace"]);
        self.take("local repair", &[]);
        self.take_with("local start", &["local", "start", "--like-aws"], 0);
        self.take("local status", &[]);
        self.take("local stop", &[]);
        self.take("local reset", &["--yes"]);
    }
}

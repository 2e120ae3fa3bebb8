//! Emulators of AWS that nobody here wrote, as targets of the deployer.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Ended, Home, credentials, eventually, free_port, python_tool};
use workshop_proxy::{Calls, Proxy};

/// A running emulator with a home of its own; it is ended, with all that it started, when this value goes.
pub struct Emulator {
    pub home: Home,
    pub port: u16,
    child: Child,
    proxy: Proxy,
}

/// What everything of the lesson is called.
pub const STACK: &str = "step-functions-example-dev";

impl Emulator {
    /// moto's server: strict about the control plane, runs nothing.
    pub fn moto(delay: Duration) -> Self {
        let home = Home::new();
        let port = free_port();
        let mut command = home.command(python_tool("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        Self::start(home, port, command, delay)
    }

    /// ministack: runs functions and HTTP routes.
    pub fn ministack() -> Self {
        let home = Home::new();
        let port = free_port();
        let mut command = home.command(python_tool("ministack"));
        let temporary = home.path("tmp");
        std::fs::create_dir(&temporary).expect("a folder for the emulator");
        command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1").env("TMPDIR", &temporary);
        command.env("STATE_DIR", temporary.join("state")).env("S3_DATA_DIR", temporary.join("s3"));
        // Functions call back to it there; its other servers would listen on fixed ports.
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
        command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
        Self::start(home, port, command, Duration::ZERO)
    }

    fn start(home: Home, port: u16, mut command: Command, delay: Duration) -> Self {
        let log = std::fs::File::create(home.path("emulator.log")).expect("a log file");
        let errors = log.try_clone().expect("a log file");
        let child = command.stdout(log).stderr(errors).stdin(Stdio::null()).process_group(0).spawn();
        let proxy = Proxy::start(port, delay).expect("a port");
        let emulator = Self { home, port, child: child.expect("the emulator starts"), proxy };
        eventually("the emulator to listen", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).map_err(|error| format!("{error}\n{}", emulator.log()))
        });
        emulator
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path("emulator.log")).unwrap_or_default()
    }

    fn aimed(&self, mut command: Command, port: u16) -> Command {
        command.envs(credentials(&format!("http://127.0.0.1:{port}")));
        command
    }

    /// A workshop command aimed at the emulator, through the proxy.
    pub fn workshop(&self, arguments: &[&str]) -> Command {
        self.aimed(self.home.workshop(arguments), self.proxy.port)
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.workshop(arguments).output().expect("workshop starts"))
    }

    /// Runs a workshop command that must succeed and gives both its streams.
    pub fn ok(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "workshop {arguments:?}\n{ended:#?}\n{}", self.log());
        ended
    }

    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let stdout = self.ok(arguments).stdout;
        serde_json::from_str(&stdout)
            .unwrap_or_else(|error| panic!("{arguments:?} printed no JSON ({error}):\n{stdout}"))
    }

    /// The AWS calls of workshop commands since the last time this was asked.
    pub fn calls(&self) -> Calls {
        self.proxy.take()
    }

    /// What the aws CLI answers, straight from the emulator, as JSON.
    pub fn aws(&self, arguments: &[&str]) -> serde_json::Value {
        let mut command = self.aimed(self.home.command(python_tool("aws")), self.port);
        let ended = Ended::of(command.args(arguments).output().expect("the aws CLI starts"));
        assert_eq!(ended.code, Some(0), "aws {arguments:?}\n{ended:#?}");
        if ended.stdout.trim().is_empty() {
            return serde_json::Value::Null;
        }
        serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|error| panic!("aws {arguments:?}: {error}\n{}", ended.stdout))
    }

    /// The names of everything that the lesson could have left behind, as the aws CLI sees them.
    pub fn left_behind(&self) -> Vec<String> {
        self.left_behind_in("us-east-1")
    }

    /// The same in a region.
    pub fn left_behind_in(&self, region: &str) -> Vec<String> {
        let lists: [&[&str]; 6] = [
            &["iam", "list-roles", "--query", "Roles[].RoleName"],
            &["lambda", "list-functions", "--query", "Functions[].FunctionName"],
            &["stepfunctions", "list-state-machines", "--query", "stateMachines[].name"],
            &["stepfunctions", "list-activities", "--query", "activities[].name"],
            &["apigatewayv2", "get-apis", "--query", "Items[].Name"],
            &["logs", "describe-log-groups", "--query", "logGroups[].logGroupName"],
        ];
        let names = lists.iter().flat_map(|list| {
            let list = [*list, &["--region", region]].concat();
            self.aws(&list).as_array().cloned().unwrap_or_default()
        });
        let is_of_lesson = |name: &String| name.contains(STACK) || name == "myStateMachine";
        names.filter_map(|name| name.as_str().map(str::to_owned)).filter(is_of_lesson).collect()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Its own process group: functions that it runs end with it.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

//! The lesson as a project folder of its own, with functions that can be changed.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use crate::support::{Ended, Home, credentials, project};

/// An activity, which every command that reads a stack then reads.
const ACTIVITY: &str = "\n[activities.approve]\n";

/// A function, a route, an activity and a state machine more than the lesson has.
const EXTRA: &str = r#"
[functions.extra]
source = "../lambdas/send-email"
timeout_s = 5

[[routes]]
method = "GET"
path = "/extra"
function = "extra"

[activities.extraTask]

[state_machines.extraFlow]
definition = "extra.asl.json"

[state_machines.quickFlow]
definition = "quick.asl.json"
type = "EXPRESS"
"#;

/// A project in a home of its own.
pub struct Project {
    home: Home,
}

impl Project {
    /// The lesson, with the zips that the program carries.
    pub fn new() -> Self {
        let home = Home::new();
        fs::create_dir(home.path("work/definitions")).expect("a folder");
        for file in ["service.toml", "wait-to-send.asl.json"] {
            fs::copy(project().join("definitions").join(file), home.path(&format!("work/definitions/{file}")))
                .expect("a file");
        }
        let file = home.path("work/definitions/service.toml");
        let lesson = fs::read_to_string(&file).expect("a file");
        fs::write(file, lesson + ACTIVITY).expect("a file");
        let mut package = home.workshop(&["package", "--out", "work/zips"]);
        let ended = Ended::of(package.current_dir(home.path("")).output().expect("workshop starts"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        Self { home }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.home.path("work").join(file)
    }

    /// Runs a command against a port of this machine. Its waits are short.
    pub fn run(&self, arguments: &[&str], port: u16) -> Ended {
        let mut command = self.home.workshop(arguments);
        command.envs(credentials(&format!("http://127.0.0.1:{port}"))).env("WORKSHOP_TIME_SCALE", "0.01");
        Ended::of(command.output().expect("workshop starts"))
    }

    fn edit(&self, change: impl FnOnce(String) -> String) {
        let file = self.path("definitions/service.toml");
        let text = fs::read_to_string(&file).expect("a file");
        fs::write(file, change(text)).expect("a file");
    }

    /// A case of the lesson's machine, which holds wherever it runs.
    pub fn add_case(&self) {
        fs::create_dir_all(self.path("definitions/tests")).expect("a folder");
        let case = concat!(
            "machine = \"myStateMachine\"\n\n[[cases]]\nname = \"it sends\"\n",
            "input = { trigger_date = \"2020-01-01T00:00:00Z\", taskName = \"t\" }\n",
            "mocks.SendEmail = { return = {} }\n",
            "expect = { path = [\"WaitForTimestamp\", \"SendEmail\"] }\n"
        );
        fs::write(self.path("definitions/tests/sends.test.toml"), case).expect("a file");
    }

    /// Declares what the lesson does not have.
    pub fn add_extra(&self) {
        let waits = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100000, "End": true}}}"#;
        fs::write(self.path("definitions/extra.asl.json"), waits).expect("a file");
        let quick = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;
        fs::write(self.path("definitions/quick.asl.json"), quick).expect("a file");
        fs::copy(self.path("zips/sendEmail.zip"), self.path("zips/extra.zip")).expect("a file");
        self.edit(|text| text + EXTRA);
    }

    /// Declares it no longer, and CORS again.
    pub fn remove_extra(&self) {
        self.edit(|text| {
            let (lesson, _) = text.split_once("\n[functions.extra]").expect("it was added");
            lesson.replace("cors = false", "cors = true")
        });
    }

    /// Other memory, retention, limits, definition, permissions, another route, and no CORS.
    pub fn change_settings(&self) {
        self.edit(|text| {
            text.replace("memory_mb = 128", "memory_mb = 256")
                .replacen("log_retention_days = 14", "log_retention_days = 30", 1)
                .replace("log_retention_days = 14", "log_retention_days = \"forever\"")
                .replace("rate_per_s = 1\n", "rate_per_s = 2\n")
                .replace("states:*", "states:StartExecution")
                .replace("cors = true", "cors = false")
                .replace("method = \"GET\"", "method = \"PUT\"")
        });
        let file = self.path("definitions/wait-to-send.asl.json");
        let text = fs::read_to_string(&file).expect("a file");
        fs::write(file, text.replacen("{", "{\n  \"Comment\": \"changed\",", 1)).expect("a file");
    }

    /// Asks for what an organisation may want of everything.
    pub fn join_an_organisation(&self) {
        let wanted = "[stack]\npermissions_boundary = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\ntags = { team = \"blue\" }\n\n";
        self.edit(|text| text.replacen("[functions.", &format!("{wanted}[functions."), 1));
    }

    /// Asks for a boundary no longer.
    pub fn drop_the_boundary(&self) {
        self.edit(|text| {
            let lines = text.lines().filter(|line| !line.starts_with("permissions_boundary"));
            lines.map(|line| format!("{line}\n")).collect()
        });
    }

    /// Gives `sendEmail` a timeout, which makes it and what calls it another version.
    pub fn timeout(&self, seconds: u32) {
        self.edit(|text| {
            let (before, rest) = text.split_once("[functions.sendEmail]").expect("a function");
            let (head, tail) = rest.split_once("timeout_s = ").expect("a timeout");
            let (_, tail) = tail.split_once('\n').expect("a line");
            format!("{before}[functions.sendEmail]{head}timeout_s = {seconds}\n{tail}")
        });
    }

    /// Adds a file to the zip of `sendEmail`.
    pub fn change_code(&self) {
        let file = fs::File::options().read(true).write(true).open(self.path("zips/sendEmail.zip")).expect("a zip");
        let mut zip = zip::ZipWriter::new_append(file).expect("a zip");
        let size = fs::metadata(self.path("zips/sendEmail.zip")).expect("a zip").len();
        zip.start_file(format!("note-{size}"), zip::write::SimpleFileOptions::default()).expect("an entry");
        write!(zip, "changed").expect("its bytes");
        zip.finish().expect("a zip");
    }
}

//! TAB in real shells: commands, options, and names from the service file and from the cloud.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Barrier};

use crate::support::{Ended, Home, aws_stub, credentials, eventually, project, python_tool};

/// The shells that are tried; Debian's packages have their names.
const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// A home with `workshop` on the PATH and shells that complete its lines.
struct Shells {
    home: Home,
}

impl Shells {
    fn of(home: Home) -> Self {
        fs::create_dir_all(home.path("bin")).expect("a folder");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_workshop"), home.path("bin/workshop")).expect("a link");
        let write = |name: &str, text: &str| fs::write(home.path(name), text).expect("a file");
        write("bashrc", "PS1='ready> '\nbind 'set enable-bracketed-paste off'\nsource <(workshop completions bash)\n");
        let zsh = "autoload -Uz compinit\ncompinit -u -D\nunsetopt zle_bracketed_paste prompt_cr prompt_sp\nPS1='ready> '\n\
                   source <(workshop completions zsh)\n";
        write(".zshrc", zsh);
        fs::create_dir_all(home.path("fpath")).expect("a folder");
        let script = Ended::of(home.workshop(&["completions", "zsh"]).output().expect("workshop starts"));
        write("fpath/_workshop", &script.stdout);
        fs::create_dir_all(home.path("zsh-fpath")).expect("a folder");
        write(
            "zsh-fpath/.zshrc",
            &zsh.replacen("source <(workshop completions zsh)\n", "", 1).replacen(
                "autoload",
                "fpath+=(~/fpath)\nautoload",
                1,
            ),
        );
        Self { home }
    }

    fn path(&self) -> std::ffi::OsString {
        let known = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(self.home.path("bin")).chain(std::env::split_paths(&known));
        std::env::join_paths(all).expect("a PATH")
    }

    fn script(name: &str) -> PathBuf {
        project().join("tests/clients").join(name)
    }

    /// The shell makes `expected` of a line when TAB is pressed behind it. A busy machine may take longer than a program that
    /// is asked for names waits: then TAB is pressed again.
    fn tab(&self, shell: &str, line: &str, expected: &str) {
        eventually(&format!("{shell} completes {line:?}"), || self.pressed(shell, line, expected));
    }

    fn pressed(&self, shell: &str, line: &str, expected: &str) -> Result<(), String> {
        let mut command = match shell {
            // fish completes without a terminal as it does with one.
            "fish" => {
                let mut fish = self.home.command("fish");
                let ask = format!("workshop completions fish | source; complete -C {line:?}");
                fish.args(["--no-config", "--command", &ask]);
                fish
            }
            _ => {
                let mut python = self.home.command(python_tool("python"));
                python.arg(Self::script("tab.py")).args([line, expected]);
                let bashrc = self.home.path("bashrc");
                match shell {
                    "bash" => python.args(["bash", "--noprofile", "--rcfile"]).arg(bashrc).arg("-i"),
                    _ => python.args(["zsh", "-d", "-i"]),
                };
                python
            }
        };
        command
            .env("PATH", self.path())
            .env("TERM", "dumb")
            .env("ZDOTDIR", self.home.path(if shell == "zsh" { "" } else { shell }));
        let ended = Ended::of(command.output().unwrap_or_else(|error| panic!("{shell} is needed: {error}")));
        let last = expected.trim_end().rsplit(' ').next().unwrap_or_default();
        assert!(!ended.stdout.contains("rror"), "{shell} {line:?}: {ended:#?}");
        assert_eq!(ended.stderr, "", "{shell} {line:?}");
        let is_complete = ended.code == Some(0) && ended.stdout.contains(last);
        is_complete.then_some(()).ok_or_else(|| format!("{ended:#?}"))
    }

    /// The words that the program offers to fish.
    fn offered(&self, line: &[&str]) -> Vec<String> {
        self.offered_with(line, &[])
    }

    /// The same with variables in the environment.
    fn offered_with(&self, line: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
        let mut command = self.home.workshop(&[&["--"][..], line].concat());
        command.envs(variables.iter().copied());
        let ended = Ended::of(command.env("_WORKSHOP_COMPLETE", "fish").output().expect("workshop starts"));
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
        ended.stdout.lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    }
}

#[test]
fn real_shells_complete_commands_options_and_names() {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    home.ok(&["start", "--local", "--task", "yearly-letter", "--at", "+1h"]);
    let shells = Shells::of(home);
    for shell in SHELLS {
        shells.tab(shell, "workshop vali", "workshop validate ");
        shells.tab(shell, "workshop local stat", "workshop local status ");
        shells.tab(shell, "workshop logs --fil", "workshop logs --filter ");
        shells.tab(shell, "workshop logs -f sendE", "workshop logs -f sendEmail ");
        shells.tab(shell, "workshop show --local yea", "workshop show --local yearly-letter ");
    }
    // The script as a file in a folder of `$fpath`.
    shells.tab("zsh-fpath", "workshop vali", "workshop validate ");
}

#[test]
fn tab_starts_no_cloud_and_asks_nobody_else() {
    let shells = Shells::of(Home::new());
    assert!(!shells.offered(&["workshop", "show", "--local", "a"]).iter().any(|word| !word.starts_with('-')));
    assert!(!shells.home.path(".local/state/workshop").exists(), "nothing was started");
    // Without credentials there are no names, and no complaint.
    assert_eq!(shells.offered(&["workshop", "show", "a"]), [""; 0]);
    assert_eq!(shells.offered(&["workshop", "logs", "-f", "start"]), ["startStateMachine"]);
    let offered = shells.offered(&["workshop", ""]);
    assert!(offered.contains(&"deploy".to_owned()) && !offered.contains(&"man-pages".to_owned()), "{offered:?}");
    // A broken service file leaves commands and options.
    fs::write(shells.home.path("work/service.toml"), "service = \"\u{1b}[2J").expect("a file");
    assert_eq!(shells.offered(&["workshop", "logs", "-f", "send"]), [""; 0]);
    assert_eq!(shells.offered(&["workshop", "rollb"]), ["rollback"]);
}

#[test]
fn names_from_the_service_file_that_the_line_names_are_offered() {
    let shells = Shells::of(Home::new());
    let text = "service = \"shop\"\n[functions.pack]\nsource = \"pack\"\nruntime = \"nodejs24.x\"\nhandler = \"a.b\"\n";
    fs::write(shells.home.path("work/service.toml"), text).expect("a file");
    assert_eq!(shells.offered(&["workshop", "invoke", "--function", "p"]), ["pack"]);
    let config = shells.home.path("work/service.toml");
    let config = config.to_str().expect("a path");
    assert_eq!(shells.offered(&["workshop", "--config", config, "invoke", "-f", "pa"]), ["pack"]);
}

/// An AWS that answers what executions `one` and `two` have once it is asked for both.
fn answers_both_or_none() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let endpoint = format!("http://{}", listener.local_addr().expect("a socket"));
    std::thread::spawn(move || {
        let both = Arc::new(Barrier::new(2));
        for stream in listener.incoming().flatten() {
            let both = Arc::clone(&both);
            std::thread::spawn(move || while listed(&stream, &both).is_some() {});
        }
    });
    endpoint
}

fn listed(stream: &TcpStream, both: &Barrier) -> Option<()> {
    let (head, body) = aws_stub::read(stream)?;
    let head = head.to_ascii_lowercase();
    if !head.contains("listexecutions") {
        let (status, kind, text) = aws_stub::response(&head, &body);
        return aws_stub::write(stream, status, kind, text);
    }
    both.wait();
    let machine = if body.contains("shop-dev-one") { "one" } else { "two" };
    let arn = |kind: &str| format!("arn:aws:states:us-east-1:000000000000:{kind}:shop-dev-{machine}");
    let execution = serde_json::json!({
        "executionArn": format!("{}:letter-{machine}", arn("execution")), "stateMachineArn": arn("stateMachine"),
        "name": format!("letter-{machine}"), "status": "RUNNING", "startDate": 1_700_000_000,
    });
    let text = serde_json::json!({ "executions": [execution] }).to_string();
    aws_stub::write(stream, "200 OK", "application/x-amz-json-1.0", &text)
}

#[test]
fn executions_of_several_state_machines_are_asked_for_side_by_side() {
    let shells = Shells::of(Home::new());
    let write = |file: &str, text: &str| fs::write(shells.home.path("work").join(file), text).expect("a file");
    let machine = |name: &str| format!("[state_machines.{name}]\ndefinition = \"flow.asl.json\"\n");
    write("service.toml", &format!("service = \"shop\"\n{}{}", machine("one"), machine("two")));
    write("flow.asl.json", r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#);
    let endpoint = answers_both_or_none();
    // A busy machine may take longer than somebody at a keyboard is kept waiting.
    eventually("the names of both", || {
        let mut offered = shells.offered_with(&["workshop", "show", "letter"], &credentials(&endpoint));
        offered.sort();
        if offered == ["letter-one", "letter-two"] { Ok(()) } else { Err(format!("{offered:?}")) }
    });
}

#[test]
fn every_shell_has_a_script_that_calls_the_program() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = home.ok(&["completions", shell]);
        assert!(script.contains("_WORKSHOP_COMPLETE") && script.contains(env!("CARGO_BIN_EXE_workshop")), "{script}");
    }
    assert_eq!(home.run(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let home = Home::new();
    home.ok(&["man-pages", "pages"]);
    let page = |name: &str| fs::read_to_string(home.path(&format!("work/pages/{name}.1"))).expect("a page");
    assert!(page("workshop").contains("Exit codes"));
    assert!(page("workshop-logs").contains("startTime"));
    assert!(page("workshop-deploy-prune").contains("dry\\-run"));
    assert!(!home.path("work/pages/workshop-man-pages.1").exists());
}

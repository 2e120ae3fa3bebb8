//! The one file that starts cargo: one build for all functions, followed through its JSON messages.

use crate::error::PackageError;
use crate::options::Event;
use crate::rust::workspace::Workspace;
use serde_json::Value;
use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// An executable that cargo built.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Executable {
    /// The manifest of its crate.
    pub(super) manifest: PathBuf,
    /// Its name, without a suffix.
    pub(super) name: String,
    /// Where it lies.
    pub(super) path: PathBuf,
}

/// Builds the crates of these manifests (absolute paths), which are in the workspace.
pub(super) fn build(
    workspace: &Workspace,
    manifests: &[&Path],
    target: Option<&str>,
    progress: &mut dyn FnMut(Event),
) -> Result<Vec<Executable>, PackageError> {
    let mut child = start(workspace, manifests, target)?;
    let (sender, lines) = channel();
    let readers = [
        read_lines(child.stdout.take(), Line::Message, sender.clone()),
        read_lines(child.stderr.take(), Line::Output, sender),
    ];
    let mut build = Build::default();
    for line in lines {
        match line {
            Line::Message(text) => build.message(&text, progress),
            Line::Output(text) => build.output_line(text, progress),
        }
    }
    for reader in readers {
        // A reader ends with its pipe; one that panicked has only lost cargo's words.
        let _ = reader.join();
    }
    let status = child.wait().map_err(PackageError::CargoNotStarted)?;
    match status.success() {
        true => Ok(build.executables),
        false => Err(PackageError::BuildFailed { errors: build.errors() }),
    }
}

/// What `cargo metadata` says of the crate of this manifest and its workspace.
pub(super) fn metadata(manifest: &Path) -> Result<Value, PackageError> {
    let crate_dir = manifest.parent().unwrap_or(manifest);
    let mut command = cargo(crate_dir);
    command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let output = spawn(&mut command, crate_dir)?.wait_with_output().map_err(PackageError::CargoNotStarted)?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(PackageError::BuildFailed { errors });
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| PackageError::BuildFailed { errors: format!("cargo metadata: {error}") })
}

fn start(workspace: &Workspace, manifests: &[&Path], target: Option<&str>) -> Result<Child, PackageError> {
    let mut command = cargo(&workspace.root);
    command.args(["build", "--message-format", "json"]).args(workspace.profile.arguments());
    command.args(["--config", &remapped_paths(workspace)]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    for manifest in manifests {
        command.args(["--package", &workspace.package_id(manifest)?]);
    }
    spawn(&mut command, &workspace.root)
}

#[expect(clippy::disallowed_methods, reason = "this file owns the cargo process")]
fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_of_another_package) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a variable is one that cargo sets for a program it runs. Such a program may be what asks for this build, and
/// the variables are about that program's package: build scripts that look at them would run again, and everything
/// above them would be compiled again, whenever somebody else asks.
fn is_of_another_package(variable: &str) -> bool {
    const EXACT: [&str; 7] = [
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_LINKS",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_TMPDIR",
    ];
    EXACT.contains(&variable) || variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_BIN_EXE_")
}

fn spawn(command: &mut Command, folder: &Path) -> Result<Child, PackageError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| {
        match error.kind() {
            // The folder to run in may be what is missing; that is not cargo's absence.
            io::ErrorKind::NotFound if folder.is_dir() => PackageError::NoCargo,
            _ => PackageError::CargoNotStarted(error),
        }
    })
}

/// Panic messages carry the paths of sources. Fixed names instead of this machine's folders make the same sources give
/// the same bytes anywhere. A project that sets flags for its target in its own configuration overrides this.
fn remapped_paths(workspace: &Workspace) -> String {
    let cargo_home =
        env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    // The compiler takes the last prefix that matches, so the more special folder comes later.
    let folders = [
        cargo_home.map(|folder| (folder, "/cargo")),
        Some((workspace.root.clone(), "/project")),
        Some((workspace.target_dir.clone(), "/target")),
    ];
    let flags: Vec<String> = folders
        .into_iter()
        .flatten()
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
        .collect();
    // A JSON list of strings is also a TOML one.
    format!("build.rustflags={}", Value::from(flags))
}

enum Line {
    Message(String),
    Output(String),
}

fn read_lines(
    pipe: Option<impl Read + Send + 'static>,
    line: fn(String) -> Line,
    sender: Sender<Line>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let Some(pipe) = pipe else { return };
        for bytes in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if sender.send(line(text)).is_err() {
                return;
            }
        }
    })
}

/// What is known of a build so far.
#[derive(Debug, Default)]
struct Build {
    executables: Vec<Executable>,
    compiler_errors: Vec<String>,
    output: Vec<String>,
}

impl Build {
    /// One message of cargo's; its forms are in the Cargo Book under "External tools".
    fn message(&mut self, line: &str, progress: &mut dyn FnMut(Event)) {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            return;
        };
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                progress(Event::Compiled {
                    target: String::from(message["target"]["name"].as_str().unwrap_or_default()),
                    fresh: message["fresh"].as_bool().unwrap_or_default(),
                });
                self.executables.extend(executable(&message));
            }
            Some("compiler-message") if message["message"]["level"] == "error" => {
                let rendered = message["message"]["rendered"].as_str();
                self.compiler_errors.extend(rendered.map(String::from));
            }
            _ => {}
        }
    }

    fn output_line(&mut self, line: String, progress: &mut dyn FnMut(Event)) {
        let words = line.trim();
        if words.starts_with("Blocking ") {
            progress(Event::Waiting { reason: String::from(words) });
        }
        self.output.push(line);
    }

    /// The compiler's errors if there are any, else what cargo itself said from its first error on.
    fn errors(&self) -> String {
        if !self.compiler_errors.is_empty() {
            return self.compiler_errors.join("\n");
        }
        let from = self.output.iter().position(|line| line.starts_with("error"));
        self.output[from.unwrap_or(0)..].join("\n")
    }
}

fn executable(message: &Value) -> Option<Executable> {
    Some(Executable {
        path: PathBuf::from(message["executable"].as_str()?),
        name: String::from(message["target"]["name"].as_str()?),
        manifest: PathBuf::from(message["manifest_path"].as_str()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(messages: &[Value]) -> (Build, Vec<Event>) {
        let mut build = Build::default();
        let mut events = Vec::new();
        for message in messages {
            build.message(&message.to_string(), &mut |event| events.push(event));
        }
        (build, events)
    }

    #[test]
    fn executables_come_from_cargos_messages() {
        let library = json!({"reason": "compiler-artifact", "target": {"name": "serde"}, "executable": null,
            "fresh": true, "manifest_path": "/registry/serde/Cargo.toml"});
        let binary = json!({"reason": "compiler-artifact", "target": {"name": "send-email"}, "fresh": false,
            "executable": "/p/target/lambda/send-email", "manifest_path": "/p/lambdas/send-email/Cargo.toml"});
        let (build, events) = read(&[library, binary, json!({"reason": "build-finished"})]);
        assert_eq!(
            build.executables,
            [Executable {
                manifest: PathBuf::from("/p/lambdas/send-email/Cargo.toml"),
                name: String::from("send-email"),
                path: PathBuf::from("/p/target/lambda/send-email"),
            }]
        );
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn errors_are_the_compilers_own_words() {
        let warning = json!({"reason": "compiler-message", "message": {"level": "warning", "rendered": "unused"}});
        let error = json!({"reason": "compiler-message", "message": {"level": "error", "rendered": "error[E0425]"}});
        assert_eq!(read(&[warning, error]).0.errors(), "error[E0425]");
    }

    #[test]
    fn without_them_they_are_cargos() {
        let mut build = Build::default();
        let mut events = Vec::new();
        for line in ["    Blocking waiting for file lock", "error: no such package", "help: look"] {
            build.output_line(String::from(line), &mut |event| events.push(event));
        }
        assert_eq!(build.errors(), "error: no such package\nhelp: look");
        assert!(matches!(&events[..], [Event::Waiting { .. }]));
    }

    #[test]
    fn what_is_not_json_is_passed_over() {
        let mut build = Build::default();
        build.message("Compiling", &mut |_| panic!("no event"));
        build.message("", &mut |_| panic!("no event"));
        assert_eq!(build.errors(), "");
    }

    #[test]
    fn paths_are_remapped_by_a_valid_setting() {
        let workspace = Workspace::at("/home/me/\"quoted\"");
        let setting = remapped_paths(&workspace);
        let flags: Vec<String> = serde_json::from_str(setting.strip_prefix("build.rustflags=").unwrap()).unwrap();
        assert!(flags.contains(&String::from("--remap-path-prefix=/home/me/\"quoted\"=/project")));
    }

    #[test]
    fn variables_about_the_program_that_asks_are_not_handed_on() {
        for told in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_BIN_EXE_workshop"] {
            assert!(is_of_another_package(told), "{told}");
        }
        for wanted in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_BUILD_JOBS", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"] {
            assert!(!is_of_another_package(wanted), "{wanted}");
        }
    }
}

//! `cargo xtask bench test`: cases per second, and beside that what users have: a deploy and a wait on an emulator from PyPI.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::figure::{Figure, program, table};
use super::{library, median};
use crate::failure::Failure;
use crate::{process, project, python, say};

/// What the emulator multiplies waits with: a day takes a tenth of a millisecond.
const WAIT_SCALE: &str = "0.000000001";

/// So many cases are run on the emulator.
const CASES: &str = "15";

/// How long an emulator may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Measures the engine, the emulator, and the command itself where a program is named.
pub(super) fn run(named: Option<&str>) -> Result<(), Failure> {
    library("cases", "crates/simulate")?;
    let mut figures = vec![Figure {
        what: "a case on ministack: deploy, start, a wait of a day that is scaled away",
        measured: on_ministack()?,
        bar: None,
        unit: "ms",
    }];
    if named.is_some() {
        let program = program(named)?;
        // Outside the project: the lesson's own cases, which the program carries.
        let elsewhere = std::env::temp_dir();
        let measured = median(21, || {
            let mut command = process::command(&program);
            command.arg("test").current_dir(&elsewhere).stdout(Stdio::null()).stderr(Stdio::null());
            let began = Instant::now();
            process::run(&mut command).map(|()| began.elapsed())
        })?;
        let measured = measured.as_secs_f64() * 1e3;
        figures.push(Figure {
            what: "`workshop test` of the lesson, start to end",
            measured,
            bar: Some(50.0),
            unit: "ms",
        });
    }
    say::line(&table(&figures));
    Ok(())
}

/// The median of the cases on ministack, in milliseconds.
fn on_ministack() -> Result<f64, Failure> {
    let venv = python::environment()?;
    let folder = project::target_dir().join("bench-ministack");
    fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    let port = free_port()?;
    let mut emulator = start(&venv, &folder, port)?;
    let measured = ready(port).and_then(|()| measure(&venv, &folder, port));
    // It is ended whatever came of it; it has nothing to write.
    let _ = emulator.kill();
    let _ = emulator.wait();
    measured
}

fn start(venv: &Path, folder: &Path, port: u16) -> Result<Child, Failure> {
    let log = folder.join("log");
    let file = File::create(&log).map_err(|error| Failure::file(&log, &error))?;
    let errors = file.try_clone().map_err(|error| Failure::file(&log, &error))?;
    let mut command = process::command(venv.join("bin/ministack"));
    command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1").env("SFN_WAIT_SCALE", WAIT_SCALE);
    command.env("TMPDIR", folder).env("STATE_DIR", folder.join("state")).env("S3_DATA_DIR", folder.join("s3"));
    command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
    let spawned = command.stdin(Stdio::null()).stdout(file).stderr(errors).spawn();
    spawned.map_err(|error| Failure::new(format!("ministack does not start: {error}")))
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| Failure::new(format!("no port is free: {error}")))
}

fn ready(port: u16) -> Result<(), Failure> {
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if began.elapsed() > START_LIMIT {
            return Err(Failure::new("ministack does not listen; its log is in target/bench-ministack".to_owned()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn measure(venv: &Path, folder: &Path, port: u16) -> Result<f64, Failure> {
    let script = folder.join("beside.py");
    fs::write(&script, include_str!("beside.py")).map_err(|error| Failure::file(&script, &error))?;
    let mut command: Command = process::command(venv.join("bin/python"));
    let output = command.arg(&script).arg(format!("http://127.0.0.1:{port}")).arg(CASES).output();
    let output = output.map_err(|error| Failure::new(format!("Python does not start: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    text.parse().map_err(|_| {
        let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Failure::new(format!("no figure came of the cases on ministack: {errors}"))
    })
}

//! `cargo xtask bench test`: cases per second, and beside that what users have: a deploy and a wait on an emulator from PyPI.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::figure::{Figure, program, table};
use super::rounds::{library, median};
use crate::failure::Failure;
use crate::{demo, process, project, python, say};

/// What the emulator multiplies waits with: a day takes a tenth of a millisecond.
const WAIT_SCALE: &str = "0.000000001";

/// So many cases are run on the emulator.
const CASES: &str = "15";

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
        // Outside the project, and where nobody leaves a definition.
        let elsewhere = std::env::temp_dir().join("workshop-bench-test");
        fs::create_dir_all(&elsewhere).map_err(|error| Failure::file(&elsewhere, &error))?;
        let measured = median(21, || time(&program, &elsewhere))?.as_secs_f64() * 1e3;
        let what = "`workshop test` of the lesson, from start to end";
        figures.push(Figure { what, measured, bar: Some(50.0), unit: "ms" });
    }
    say::line(&table(&figures));
    Ok(())
}

/// How long the lesson's own cases take, which the program carries: away from any project.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn time(program: &Path, folder: &Path) -> Result<Duration, Failure> {
    let mut command = process::command(program);
    command.arg("test").current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    process::run(&mut command)?;
    Ok(begun.elapsed())
}

/// The median of the cases on ministack, in milliseconds.
fn on_ministack() -> Result<f64, Failure> {
    let venv = python::environment()?;
    let folder = project::target_dir().join("bench-ministack");
    fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    let port = demo::free_port()?.to_string();
    let mut emulator = start(&venv, &folder, &port)?;
    let script = project::root().join("xtask/src/bench/beside.py");
    let mut measure = process::command(venv.join("bin/python"));
    measure.arg(script).args([format!("http://127.0.0.1:{port}").as_str(), CASES]);
    let measured = process::output(&mut measure);
    // It is ended whatever came of it; it has nothing to write.
    let _ = emulator.kill();
    let _ = emulator.wait();
    let text = measured?;
    text.trim().parse().map_err(|_| Failure::new(format!("the cases on ministack gave no figure: {text}")))
}

fn start(venv: &Path, folder: &Path, port: &str) -> Result<Child, Failure> {
    let log = folder.join("log");
    let file = File::create(&log).map_err(|error| Failure::file(&log, &error))?;
    let errors = file.try_clone().map_err(|error| Failure::file(&log, &error))?;
    let mut command = process::command(venv.join("bin/ministack"));
    command.env("GATEWAY_PORT", port).env("BIND_HOST", "127.0.0.1").env("SFN_WAIT_SCALE", WAIT_SCALE);
    command.env("TMPDIR", folder).env("STATE_DIR", folder.join("state")).env("S3_DATA_DIR", folder.join("s3"));
    command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0").stdout(file).stderr(errors);
    command.spawn().map_err(|error| process::not_started(&command, &error))
}

//! `cargo xtask bench console`: the embedded cloud's page in a browser, and what an open page costs the cloud.

use super::cloud::Client;
use super::commands::Bench;
use super::figure::{Figure, program, table};
use super::local::history::{ROUNDS_OF_LOOP, looping};
use super::local::load::{LoadClient, Loaded};
use super::local::machines::{MACHINES, ROLE_NAME, create_machine, ten_passes, until_ended};
use crate::failure::Failure;
use crate::{process, project, python, say};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The events of the long execution: those of its rounds, its start and its end.
const EVENTS: usize = ROUNDS_OF_LOOP * 4 + 4;
/// How long executions are started without a page, and with one.
const SECONDS: f64 = 5.0;
/// What an open page leaves of that, at least.
const LEFT_BY_A_PAGE: f64 = 0.9;
/// Over so many connections.
const CONNECTIONS: usize = 64;

/// Measures a program, or the one that is built first, and prints the table.
pub(super) fn run(named: Option<&str>) -> Result<(), Failure> {
    let program = program(named)?;
    let page = Page { python: python::environment()?.join("bin/python"), load: LoadClient::build()? };
    let bench = Bench { program, home: project::target_dir().join("bench-console") };
    // Outside the project, and where nobody leaves a definition.
    let elsewhere = std::env::temp_dir().join("workshop-bench-console");
    fs::create_dir_all(&elsewhere).map_err(|error| Failure::file(&elsewhere, &error))?;
    bench.quietly(&["local", "stop"], &elsewhere);
    if bench.home.exists() {
        fs::remove_dir_all(&bench.home).map_err(|error| Failure::file(&bench.home, &error))?;
    }
    let figures = page.figures(&bench, &elsewhere);
    bench.quietly(&["local", "stop"], &elsewhere);
    say::line(&table(&figures?));
    Ok(())
}

/// What the page is measured with.
struct Page {
    python: PathBuf,
    load: LoadClient,
}

/// A browser that shows something; it ends with this value.
struct Shown {
    child: Child,
}

impl Drop for Shown {
    fn drop(&mut self) {
        // The end of its input is what it waits for.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Page {
    fn figures(&self, bench: &Bench, elsewhere: &PathBuf) -> Result<Vec<Figure>, Failure> {
        process::output(&mut bench.command(&["local", "start"], elsewhere))?;
        let address =
            process::output(&mut bench.command(&["open", "--local", "--print"], elsewhere))?.trim().to_owned();
        let port = address.split(['/', ':']).find_map(|part| part.parse::<u16>().ok());
        let port = port.ok_or_else(|| Failure::new(format!("{address} has no port")))?;
        let mut client = Client::at(port)?;
        client.create_role(ROLE_NAME)?;
        create_machine(&mut client, "loop", &looping())?;
        create_machine(&mut client, "ten", &ten_passes())?;
        let mut figures = self.alone(&address)?;
        figures.extend(self.beside_load(&mut client, &address, port)?);
        Ok(figures)
    }

    /// What the page takes by itself.
    fn alone(&self, address: &str) -> Result<Vec<Figure>, Failure> {
        say::progress("opening the page");
        let machine = format!("{MACHINES}:loop");
        let told =
            process::output(&mut self.script(&["measure", address, &machine, r#"{"n":0}"#, &EVENTS.to_string()]))?;
        let told: Value = serde_json::from_str(&told).map_err(|error| Failure::new(error.to_string()))?;
        let figure = |what, name: &str, scale: f64, bar, unit| {
            let measured = told[name].as_f64().unwrap_or_default() / scale;
            Figure { what, measured, bar, unit }
        };
        Ok(vec![
            figure("the page's files", "bytes", 1024.0, None, "KiB"),
            figure("  compressed", "compressedBytes", 1024.0, Some(80.0), "KiB"),
            figure("first paint", "firstPaintMs", 1.0, Some(100.0), "ms"),
            figure("an execution that is started is shown after", "shownMs", 1.0, Some(100.0), "ms"),
            figure("  the slowest of 20", "shownWorstMs", 1.0, Some(100.0), "ms"),
            figure("opening an execution of 25,000 events", "openMs", 1.0, Some(300.0), "ms"),
            figure("  once more", "openAgainMs", 1.0, Some(300.0), "ms"),
            figure("events that an open page follows, their making included", "followedPerSecond", 1.0, None, "/s"),
        ])
    }

    /// What an open page takes from the cloud: executions a second without a page, with home open, and with an execution open.
    fn beside_load(&self, client: &mut Client, address: &str, port: u16) -> Result<Vec<Figure>, Failure> {
        let waiting = json!({ "stateMachineArn": format!("{MACHINES}:loop"), "input": r#"{"n":0}"# });
        let long = client.call("AWSStepFunctions.StartExecution", &waiting)?;
        until_ended(client, "loop")?;
        let execution = long["executionArn"].as_str().unwrap_or_default().to_owned();
        let mut measure = || -> Result<Loaded, Failure> {
            let loaded = self.load.seconds(port, CONNECTIONS, SECONDS, "ten", "{}")?;
            until_ended(client, "ten")?;
            Ok(loaded)
        };
        measure()?;
        let without = measure()?;
        let mut figures = vec![per_second("ten-Pass executions, no page open", &without, None)];
        for (what, shown) in
            [("  with home open", ""), ("  with an execution of 25,000 events open", execution.as_str())]
        {
            say::progress(what);
            let page = self.show(address, shown)?;
            figures.push(per_second(what, &measure()?, Some((without.per_second() * LEFT_BY_A_PAGE).round())));
            drop(page);
        }
        Ok(figures)
    }

    fn show(&self, address: &str, execution: &str) -> Result<Shown, Failure> {
        let mut command = self.script(&["hold", address, execution]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
        let mut shown = Shown { child };
        let mut line = String::new();
        let read = shown.child.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
        match read {
            Some(Ok(_)) if line.trim() == "ready" => Ok(shown),
            _ => Err(Failure::new("the browser showed nothing")),
        }
    }

    fn script(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.python);
        command.arg(project::root().join("tests/clients/console_bench.py")).args(arguments);
        command
    }
}

fn per_second(what: &'static str, loaded: &Loaded, bar: Option<f64>) -> Figure {
    Figure { what, measured: loaded.per_second(), bar, unit: "/s" }
}

//! What a call of a function costs beside the function's own time: the first one, and those after it.

use super::machines::{ROLE, ROLE_NAME};
use super::subject::Bench;
use super::timing::now;
use crate::bench::cloud::Client;
use crate::bench::figure::Figure;
use crate::failure::Failure;
use crate::say;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::thread;
use std::time::Duration;

/// How many functions are called for the first time.
const FIRST: usize = 15;

/// The pause between a function's deployment and its first call: whoever deploys and whoever calls are two commands.
const PAUSE: Duration = Duration::from_millis(300);

/// How many warm calls the medians are of.
const WARM: usize = 1001;

/// A Python function that says what it takes itself, as the executable one does.
const PYTHON: &str = "import time\n\ndef handler(event, context):\n    begun = time.perf_counter()\n    \
                      return {'own_us': (time.perf_counter() - begun) * 1e6}\n";

/// The same in JavaScript.
const NODE: &str = "exports.handler = async () => {\n  const begun = performance.now();\n  \
                    return { own_us: (performance.now() - begun) * 1e3 };\n};\n";

/// A kind of function, what its figures are called, and their bars.
struct Subject {
    name: &'static str,
    runtime: &'static str,
    handler: &'static str,
    /// The file of the function, and what is in it.
    file: (&'static str, Vec<u8>),
    /// First call: median, slowest, and right after the deployment; warm: whole, own, as REPORT tells it, over its own time.
    what: [&'static str; 7],
    first_bar_ms: f64,
    over_bar_ms: f64,
}

/// Measures every kind.
pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let program = bench.load.program();
    let program = fs::read(program).map_err(|error| Failure::file(program, &error))?;
    let subjects = [executable(program), python(), node()];
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    let mut figures = Vec::new();
    for subject in &subjects {
        say::progress(subject.what[0]);
        figures.extend(subject.first(&mut client)?);
        figures.extend(subject.warm(&mut client)?);
    }
    drop(client);
    cloud.stop()?;
    Ok(figures)
}

/// This project's own load, an executable.
fn executable(program: Vec<u8>) -> Subject {
    Subject {
        name: "executable",
        runtime: "provided.al2023",
        handler: "bootstrap",
        file: ("bootstrap", program),
        what: [
            "first invoke of an executable, median of 15",
            "  the slowest of them",
            "  right after its deployment, median of 15",
            "warm invoke of an executable over HTTP, median of 1001",
            "  its own time, as it says itself",
            "  its duration in REPORT",
            "  the whole over its own time",
        ],
        first_bar_ms: 10.0,
        over_bar_ms: 0.3,
    }
}

/// A function in Python.
fn python() -> Subject {
    Subject {
        name: "python",
        runtime: "python3.12",
        handler: "main.handler",
        file: ("main.py", PYTHON.as_bytes().to_vec()),
        what: [
            "first invoke of a Python function, median of 15",
            "  the slowest of them",
            "  right after its deployment, median of 15",
            "warm invoke of a Python function over HTTP, median of 1001",
            "  its own time, as it says itself",
            "  its duration in REPORT",
            "  the whole over its own time",
        ],
        first_bar_ms: 60.0,
        over_bar_ms: 1.0,
    }
}

/// A function in JavaScript.
fn node() -> Subject {
    Subject {
        name: "node",
        runtime: "nodejs22.x",
        handler: "main.handler",
        file: ("main.js", NODE.as_bytes().to_vec()),
        what: [
            "first invoke of a Node.js function, median of 15",
            "  the slowest of them",
            "  right after its deployment, median of 15",
            "warm invoke of a Node.js function over HTTP, median of 1001",
            "  its own time, as it says itself",
            "  its duration in REPORT",
            "  the whole over its own time",
        ],
        first_bar_ms: 120.0,
        over_bar_ms: 1.0,
    }
}

/// One call of a function.
struct Call {
    /// From the request to the answer.
    took_ms: f64,
    /// From the event to the answer, as the function says itself.
    own_ms: f64,
    /// As REPORT tells it: with the Runtime API's part.
    reported_ms: f64,
}

impl Subject {
    /// What first calls take: after a pause, and right after the deployment.
    fn first(&self, client: &mut Client) -> Result<[Figure; 3], Failure> {
        let mut after_a_pause = Vec::new();
        let mut at_once = Vec::new();
        for number in 0..FIRST {
            let name = format!("{}-{number}", self.name);
            self.create(client, &name)?;
            thread::park_timeout(PAUSE);
            after_a_pause.push(call(client, &name)?.took_ms);
            let name = format!("{}-at-once-{number}", self.name);
            self.create(client, &name)?;
            at_once.push(call(client, &name)?.took_ms);
            // What the cloud makes ready for the next one is no part of either.
            thread::park_timeout(PAUSE);
        }
        let slowest = after_a_pause.iter().copied().fold(0.0, f64::max);
        let bar = Some(self.first_bar_ms);
        Ok([
            ms(self.what[0], bar, median(after_a_pause)),
            ms(self.what[1], None, slowest),
            ms(self.what[2], bar, median(at_once)),
        ])
    }

    /// What later calls take, one after the other.
    fn warm(&self, client: &mut Client) -> Result<[Figure; 4], Failure> {
        let name = format!("{}-0", self.name);
        let calls = (0..WARM).map(|_| call(client, &name)).collect::<Result<Vec<_>, _>>()?;
        let of = |part: fn(&Call) -> f64| median(calls.iter().map(part).collect());
        Ok([
            ms(self.what[3], None, of(|call| call.took_ms)),
            ms(self.what[4], None, of(|call| call.own_ms)),
            ms(self.what[5], None, of(|call| call.reported_ms)),
            ms(self.what[6], Some(self.over_bar_ms), of(|call| call.took_ms - call.own_ms)),
        ])
    }

    fn create(&self, client: &mut Client, name: &str) -> Result<(), Failure> {
        let body = json!({
            "FunctionName": name, "Runtime": self.runtime, "Handler": self.handler, "Role": ROLE,
            "Code": { "ZipFile": STANDARD.encode(zip(&[self.file.0, "name"], &[&self.file.1, name.as_bytes()])?) },
        });
        client.post("lambda", "/2015-03-31/functions", "", &body.to_string()).map(|_| ())
    }
}

fn call(client: &mut Client, name: &str) -> Result<Call, Failure> {
    let path = format!("/2015-03-31/functions/{name}/invocations");
    let begun = now();
    let (headers, answer) = client.post("lambda", &path, "X-Amz-Log-Type: Tail\r\n", "{\"taskName\":\"bench\"}")?;
    let took_ms = begun.elapsed().as_secs_f64() * 1e3;
    let own_us = serde_json::from_str::<Value>(&answer).ok().and_then(|answer| answer["own_us"].as_f64());
    match (own_us, reported_ms(&headers)) {
        (Some(own_us), Some(reported_ms)) => Ok(Call { took_ms, own_ms: own_us / 1e3, reported_ms }),
        _ => Err(Failure::new(format!("{name} failed: {answer}"))),
    }
}

fn ms(what: &'static str, bar: Option<f64>, measured: f64) -> Figure {
    Figure { what, measured, bar, unit: "ms" }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// The duration in the REPORT line of the log's tail.
fn reported_ms(headers: &str) -> Option<f64> {
    let tail = headers.lines().find_map(|line| line.strip_prefix("x-amz-log-result:"))?;
    let text = String::from_utf8(STANDARD.decode(tail.trim()).ok()?).ok()?;
    text.rsplit_once("\tDuration: ")?.1.split(' ').next()?.parse().ok()
}

/// A zip with these files.
fn zip(names: &[&str], contents: &[&[u8]]) -> Result<Vec<u8>, Failure> {
    let failed = |error: String| Failure::new(format!("no zip could be made: {error}"));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    for (name, contents) in names.iter().zip(contents) {
        zip.start_file(*name, options).map_err(|error| failed(error.to_string()))?;
        zip.write_all(contents).map_err(|error| failed(error.to_string()))?;
    }
    zip.finish().map(std::io::Cursor::into_inner).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_duration_is_read_from_the_report() {
        let tail = STANDARD.encode("a line\nREPORT RequestId: 1\tDuration: 1.25 ms\tBilled Duration: 2 ms\t\n");
        let headers = format!("content-type: application/json\nx-amz-log-result: {tail}");
        assert_eq!(reported_ms(&headers), Some(1.25));
        assert_eq!(reported_ms("content-type: x"), None);
    }

    #[test]
    fn the_median_is_the_middle() {
        assert!((median(vec![5.0, 1.0, 3.0]) - 3.0).abs() < f64::EPSILON);
    }
}

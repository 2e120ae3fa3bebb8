//! What a call of a function costs beside the function's own time: the first one, and those after it.

use super::machines::{ROLE, ROLE_NAME};
use super::subject::Bench;
use super::timing::now;
use crate::bench::cloud::Client;
use crate::bench::figure::Figure;
use crate::failure::Failure;
use crate::{project, say};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::fs;
use std::io::Write as _;

/// How many warm calls the median is of.
const WARM: usize = 201;

/// A function, what its figures are called, and their bars.
struct Subject {
    name: &'static str,
    runtime: &'static str,
    handler: &'static str,
    zip: Vec<u8>,
    what: [&'static str; 2],
    bars_ms: [f64; 2],
}

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let executable = project::functions_dir().join("sendEmail.zip");
    let subjects = [
        Subject {
            name: "executable",
            runtime: "provided.al2023",
            handler: "bootstrap",
            zip: fs::read(&executable).map_err(|error| Failure::file(&executable, &error))?,
            what: ["first invoke of an executable", "  warm, over the function's own time"],
            bars_ms: [10.0, 0.3],
        },
        Subject {
            name: "python",
            runtime: "python3.12",
            handler: "main.handler",
            zip: python()?,
            what: ["first invoke of a Python function", "  warm, over the function's own time, Python"],
            bars_ms: [60.0, 1.0],
        },
    ];
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    let mut figures = Vec::new();
    for subject in subjects {
        say::progress(subject.what[0]);
        figures.extend(invoke(&mut client, &subject)?);
    }
    drop(client);
    cloud.stop()?;
    Ok(figures)
}

fn invoke(client: &mut Client, subject: &Subject) -> Result<[Figure; 2], Failure> {
    let name = subject.name;
    let body = json!({
        "FunctionName": name, "Runtime": subject.runtime, "Handler": subject.handler, "Role": ROLE,
        "Code": { "ZipFile": STANDARD.encode(&subject.zip) },
    });
    client.post("lambda", "/2015-03-31/functions", "", &body.to_string())?;
    let path = format!("/2015-03-31/functions/{name}/invocations");
    let mut call = || -> Result<(f64, f64), Failure> {
        let begun = now();
        let (headers, answer) = client.post("lambda", &path, "X-Amz-Log-Type: Tail\r\n", "{\"taskName\":\"bench\"}")?;
        let took_ms = begun.elapsed().as_secs_f64() * 1e3;
        if headers.contains("x-amz-function-error") {
            return Err(Failure::new(format!("{name} failed: {answer}")));
        }
        Ok((took_ms, own_ms(&headers).unwrap_or_default()))
    };
    let (first_ms, _) = call()?;
    let mut over = Vec::new();
    for _ in 0..WARM {
        let (took_ms, own_ms) = call()?;
        over.push(took_ms - own_ms);
    }
    over.sort_by(f64::total_cmp);
    let figure = |index: usize, measured| Figure {
        what: subject.what[index],
        measured,
        bar: Some(subject.bars_ms[index]),
        unit: "ms",
    };
    Ok([figure(0, first_ms), figure(1, over[WARM / 2])])
}

/// The duration in the REPORT line of the log's tail.
fn own_ms(headers: &str) -> Option<f64> {
    let tail = headers.lines().find_map(|line| line.strip_prefix("x-amz-log-result:"))?;
    let text = String::from_utf8(STANDARD.decode(tail.trim()).ok()?).ok()?;
    text.rsplit_once("\tDuration: ")?.1.split(' ').next()?.parse().ok()
}

/// A Python function that does nothing.
fn python() -> Result<Vec<u8>, Failure> {
    let failed = |error: String| Failure::new(format!("no zip could be made: {error}"));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("main.py", options).map_err(|error| failed(error.to_string()))?;
    zip.write_all(b"def handler(event, context):\n    return event\n").map_err(|error| failed(error.to_string()))?;
    zip.finish().map(std::io::Cursor::into_inner).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_own_time_is_read_from_the_report() {
        let tail = STANDARD.encode("a line\nREPORT RequestId: 1\tDuration: 1.25 ms\tBilled Duration: 2 ms\t\n");
        let headers = format!("content-type: application/json\nx-amz-log-result: {tail}");
        assert_eq!(own_ms(&headers), Some(1.25));
        assert_eq!(own_ms("content-type: x"), None);
    }
}

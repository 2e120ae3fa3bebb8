//! `cargo xtask bench deploy`: how long deployments take when AWS is far away, beside the chain of calls that depend on each
//! other.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::chain;
use super::cloud::Cloud;
use super::figure;
use crate::failure::Failure;
use crate::{build, process, project, say};
use workshop_proxy::{CallId, Calls, Proxy};

/// What is added to every answer.
const DELAYS_MS: [u64; 3] = [0, 80, 200];

/// How often each deployment is measured; the middle one counts.
const ROUNDS: usize = 5;

/// What is deployed onto what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Fresh,
    Changed,
    Unchanged,
}

/// A kind of deployment with one delay, measured.
struct Row {
    kind: Kind,
    delay_ms: u64,
    calls: usize,
    writes: usize,
    /// The longest chain of calls that depend on each other.
    chain: usize,
    /// The longest row of calls that came one after the other.
    rounds: usize,
    wall_ms: f64,
}

/// One measured deployment.
struct Run {
    wall: Duration,
    calls: Calls,
}

/// Measures a program, or the one that is built first, and prints the table.
pub(super) fn run(program: Option<&str>) -> Result<(), Failure> {
    let program = figure::program(program)?;
    build::functions()?;
    let place = project::target_dir().join("bench-deploy");
    let bench = Bench { program, place };
    let mut rows = Vec::new();
    for kind in [Kind::Fresh, Kind::Changed, Kind::Unchanged] {
        for delay_ms in DELAYS_MS {
            rows.push(bench.row(kind, delay_ms)?);
        }
    }
    say::line(&table(&rows));
    Ok(())
}

struct Bench {
    program: PathBuf,
    place: PathBuf,
}

impl Bench {
    fn row(&self, kind: Kind, delay_ms: u64) -> Result<Row, Failure> {
        let delay = Duration::from_millis(delay_ms);
        let mut runs = Vec::new();
        if kind == Kind::Fresh {
            for _ in 0..ROUNDS {
                let cloud = self.cloud()?;
                runs.push(self.deploy(&cloud, delay)?);
            }
        } else {
            let cloud = self.cloud()?;
            self.deploy(&cloud, Duration::ZERO)?;
            for round in 0..ROUNDS {
                if kind == Kind::Changed {
                    self.write_project(round % 2 == 0)?;
                }
                runs.push(self.deploy(&cloud, delay)?);
            }
        }
        runs.sort_by_key(|run| run.wall);
        let middle = runs.swap_remove(runs.len() / 2);
        let ids: Vec<CallId> = middle.calls.0.iter().map(|call| call.id.clone()).collect();
        let writes = middle.calls.writes().len();
        let wall_ms = middle.wall.as_secs_f64() * 1e3;
        let chain = chain::longest(&ids);
        let rounds = middle.calls.rounds();
        Ok(Row { kind, delay_ms, calls: ids.len(), writes, chain, rounds, wall_ms })
    }

    /// A new embedded cloud, empty, and the lesson as it is.
    fn cloud(&self) -> Result<Cloud, Failure> {
        if self.place.exists() {
            fs::remove_dir_all(&self.place).map_err(|error| Failure::file(&self.place, &error))?;
        }
        self.write_project(false)?;
        let data = self.place.join("cloud");
        Cloud::start(&self.program, &data)
    }

    /// The lesson: its definitions and its functions' zips; changed, with other code for one function and another definition.
    fn write_project(&self, changed: bool) -> Result<(), Failure> {
        let write = |path: PathBuf, bytes: Vec<u8>| {
            let folder = path.parent().unwrap_or(&path);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, bytes))
                .map_err(|error| Failure::file(&path, &error))
        };
        let read = |path: PathBuf| fs::read(&path).map_err(|error| Failure::file(&path, &error));
        let lesson = project::root().join("definitions");
        let work = self.place.join("work");
        write(work.join("definitions/service.toml"), read(lesson.join("service.toml"))?)?;
        let definition = String::from_utf8_lossy(&read(lesson.join("wait-to-send.asl.json"))?).into_owned();
        let definition =
            if changed { definition.replacen("A Task Timer", "Another Task Timer", 1) } else { definition };
        write(work.join("definitions/wait-to-send.asl.json"), definition.into_bytes())?;
        let zip = |name: &str| read(project::functions_dir().join(format!("{name}.zip")));
        // Nothing runs: the other function's code will do for a change.
        write(work.join("zips/sendEmail.zip"), zip(if changed { "startStateMachine" } else { "sendEmail" })?)?;
        write(work.join("zips/startStateMachine.zip"), zip("startStateMachine")?)
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    fn deploy(&self, cloud: &Cloud, delay: Duration) -> Result<Run, Failure> {
        let proxy = Proxy::start(cloud.port, delay)
            .map_err(|error| Failure::new(format!("the proxy can't listen: {error}")))?;
        let mut command = process::command(&self.program);
        command.args(["deploy", "--package", "zips"]).current_dir(self.place.join("work"));
        for variable in ["AWS_PROFILE", "AWS_DEFAULT_REGION", "WORKSHOP_LOCAL", "WORKSHOP_STAGE"] {
            command.env_remove(variable);
        }
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", proxy.port)).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let begun = Instant::now();
        let output = command.output().map_err(|error| process::not_started(&command, &error))?;
        let wall = begun.elapsed();
        if !output.status.success() {
            return Err(Failure::new(format!("deploy failed: {}", String::from_utf8_lossy(&output.stderr))));
        }
        Ok(Run { wall, calls: proxy.take() })
    }
}

fn table(rows: &[Row]) -> String {
    let mut lines = vec![format!(
        "{:10} {:>6} {:>6} {:>7} {:>6} {:>7} {:>8} {:>7} {:>12}",
        "deploy", "added", "calls", "writes", "chain", "rounds", "wall", "ratio", "less 0 ms"
    )];
    for row in rows {
        let Row { kind, delay_ms, calls, writes, chain, rounds, wall_ms } = row;
        let near = rows.iter().find(|near| near.kind == *kind && near.delay_ms == 0).map_or(0.0, |near| near.wall_ms);
        let least_ms = (*chain as f64) * (*delay_ms as f64);
        let ratios = match *delay_ms {
            0 => String::new(),
            _ => format!(" {:>7.2} {:>12.2}", wall_ms / least_ms, (wall_ms - near) / least_ms),
        };
        let name = format!("{kind:?}").to_lowercase();
        let added = format!("{delay_ms} ms");
        lines.push(format!(
            "{name:10} {added:>6} {calls:>6} {writes:>7} {chain:>6} {rounds:>7} {:>8}{ratios}",
            format!("{wall_ms:.0} ms")
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_is_held_against_the_chain() {
        let row = |delay_ms, wall_ms| Row {
            kind: Kind::Fresh,
            delay_ms,
            calls: 40,
            writes: 20,
            chain: 7,
            rounds: 8,
            wall_ms,
        };
        let table = table(&[row(0, 60.0), row(80, 620.0)]);
        assert_eq!(
            table,
            "deploy      added  calls  writes  chain  rounds     wall   ratio    less 0 ms\n\
             fresh        0 ms     40      20      7       8    60 ms\n\
             fresh       80 ms     40      20      7       8   620 ms    1.11         1.00"
        );
    }
}

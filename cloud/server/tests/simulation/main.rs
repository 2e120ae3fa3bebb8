//! A simulation: random workflows on a whole cloud whose disk is simulated, with crashes at random moments, compared with a run
//! without any.
//!
//! `WORKSHOP_SIMULATION=N` chooses how many workflows there are, `WORKSHOP_SEED=N` the first run's seed, and
//! `WORKSHOP_WORKFLOW=N` one workflow of each run. The seed of a run that fails is printed; it alone replays it.
#![allow(missing_docs, reason = "a test")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on fails")]

mod client;
mod draw;
mod history;
mod language;
mod life;
mod outcome;
mod outside;
mod steps;
mod workflow;
mod world;

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use draw::Draw;
use life::{Crash, Run, Workflows};
use outcome::Outcomes;
use world::Commits;

/// How many workflows share one cloud.
const WORKFLOWS_A_RUN: u64 = 25;
/// How many workflows the tests run.
const SAMPLE: u64 = 200;
/// After how many clouds a line tells how far the simulation is.
const RUNS_A_LINE: u64 = 100;
/// After so many failures nothing new is to be learnt.
const MOST_FAILURES: u64 = 5;

/// How many threads and tasks have panicked.
static PANICS: AtomicU64 = AtomicU64::new(0);

/// What was covered.
#[derive(Debug, Default)]
struct Covered {
    runs: u64,
    joined: u64,
    workflows: u64,
    crashes: u64,
    unsynced: u64,
    events: u64,
    invocations: u64,
    repeated: u64,
}

/// Why a run has failed, and which workflow tells it.
#[derive(Debug)]
struct Broken {
    workflow: Option<String>,
    why: String,
}

#[test]
fn crashes_change_nothing_that_a_workflow_comes_to() {
    let first = number("WORKSHOP_SEED").unwrap_or_else(any_seed);
    let count = number("WORKSHOP_SIMULATION").unwrap_or(SAMPLE);
    let only = number("WORKSHOP_WORKFLOW");
    let mut covered = Covered::default();
    let mut failures = 0;
    count_panics();
    for run in 0..count.div_ceil(WORKFLOWS_A_RUN) {
        let workflows = Workflows { seed: first.wrapping_add(run), count: WORKFLOWS_A_RUN, only };
        if let Err(broken) = simulate(workflows, &mut covered) {
            failures += 1;
            say(&told(workflows, broken));
            assert!(failures < MOST_FAILURES, "{failures} runs have failed; they are above");
        }
        if covered.runs.is_multiple_of(RUNS_A_LINE) {
            say(&covered.told(first));
        }
    }
    say(&covered.told(first));
    assert!(failures == 0, "{failures} runs have failed; they are above");
}

/// A task that panics ends alone, and nobody might notice.
fn count_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        report(panic);
    }));
}

/// Past the harness, which keeps what a test prints that passes.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Covered {
    fn told(&self, first: u64) -> String {
        format!(
            "simulation: from seed {first}: {} workflows on {} clouds, {} of them with joined commits, {} crashes with {} \
             unsynced writes, {} events compared, {} invocations, {} of them again after a crash",
            self.workflows,
            self.runs,
            self.joined,
            self.crashes,
            self.unsynced,
            self.events,
            self.invocations,
            self.repeated
        )
    }
}

/// A failure with what replays it: one workflow alone, if it fails alone.
fn told(workflows: Workflows, broken: Broken) -> String {
    let seed = workflows.seed;
    let replay = format!("WORKSHOP_SEED={seed} WORKSHOP_SIMULATION={WORKFLOWS_A_RUN}");
    let mut told = format!("seed {seed}: {:?}: {}\nreplay with {replay}", broken.workflow, broken.why);
    let number = broken.workflow.and_then(|name| name.get(1..)?.parse().ok());
    if let Some(number) = number.filter(|_| workflows.only.is_none()) {
        let alone = Workflows { only: Some(number), ..workflows };
        match simulate(alone, &mut Covered::default()) {
            Err(Broken { why, .. }) => told.push_str(&format!(" WORKSHOP_WORKFLOW={number}; alone: {why}")),
            Ok(()) => told.push_str("; alone it does not fail"),
        }
    }
    told
}

fn simulate(workflows: Workflows, covered: &mut Covered) -> Result<(), Broken> {
    let broken = |why: String| Broken { workflow: None, why };
    let panics = PANICS.load(Ordering::Relaxed);
    let draw = Draw::new(workflows.seed ^ 0x5eed);
    let (calm, _) = run(workflows, Commits::Alone, &draw.fork(), 0, covered).map_err(broken)?;
    let most = draw.between(1, 8);
    let crashing = draw.fork();
    let commits = *draw.one_of(&[Commits::Alone, Commits::Joined]);
    let (crashed, crashes) = run(workflows, commits, &crashing, most, covered).map_err(broken)?;
    covered.runs += 1;
    covered.joined += u64::from(commits == Commits::Joined);
    covered.workflows += calm.workflows.len() as u64;
    covered.events += (calm.events + crashed.events) as u64;
    covered.invocations += crashed.invoked.values().map(|lives| lives.len() as u64).sum::<u64>();
    covered.repeated += crashed.invoked.values().map(|lives| lives.len() as u64 - 1).sum::<u64>();
    if PANICS.load(Ordering::Relaxed) > panics {
        return Err(broken("a task has panicked".to_owned()));
    }
    outcome::compare(&calm, &crashed, crashes).map_err(|(workflow, why)| Broken { workflow: Some(workflow), why })
}

/// Runs the workflows with at most so many crashes; gives what they came to, and how many crashes there were.
fn run(
    workflows: Workflows,
    commits: Commits,
    draw: &Draw,
    most: u64,
    covered: &mut Covered,
) -> Result<(Outcomes, usize), String> {
    let mut run = Run::new(commits);
    let mut crashes = 0;
    loop {
        let crash = (crashes < most).then(|| crash(draw));
        let seed = draw.seed();
        let is_over = run.live(seed, &workflows, crash).map_err(|why| format!("in life {}: {why}", crashes + 1))?;
        if is_over {
            break;
        }
        crashes += 1;
        covered.crashes += 1;
        covered.unsynced += run.disk.unsynced() as u64;
        let downtime_ms = *draw.one_of(&[0, 0, 1, draw.below(20_000)]);
        run.restart(draw.seed(), Duration::from_millis(downtime_ms));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let outcomes = runtime.block_on(async {
        let world = run.open(draw.seed()).map_err(|error| format!("the cloud does not open at last: {error}"))?;
        outcome::read(&world, &run).await
    });
    Ok((outcomes?, usize::try_from(crashes).unwrap()))
}

fn crash(draw: &Draw) -> Crash {
    if draw.once_in(3) {
        Crash::Moves { moves: *draw.one_of(&[1, draw.below(30), draw.below(300)]), turns: draw.below(60) }
    } else {
        Crash::Operations(*draw.one_of(&[draw.below(20), draw.below(200), draw.below(3_000)]))
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is a whole number")))
}

#[allow(clippy::disallowed_methods, reason = "a seed that differs from run to run")]
fn any_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    u64::from(now.unwrap().subsec_nanos())
}

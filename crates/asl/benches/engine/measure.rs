//! Measuring: time by the clock, memory as the system counts it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use asl::{Effect, EventDetails, Execution, Input, Start, StartBuilder, StateMachine};
use jiff::{SignedDuration, Timestamp};

/// How long each figure is measured; the best of three such rounds counts, as other programs only ever add time.
const ROUND: Duration = Duration::from_millis(400);

pub(crate) struct Figure {
    what: &'static str,
    shown: String,
    /// The bar and how much of it is used; over 1 is a miss.
    bar: Option<(String, f64)>,
}

impl Figure {
    pub(crate) fn rate(what: &'static str, per_s: f64, bar: Option<f64>) -> Self {
        Self { what, shown: format!("{per_s:.0}"), bar: bar.map(|bar| (format!("{bar:.0}"), bar / per_s)) }
    }

    pub(crate) fn bytes(what: &'static str, bytes: f64, bar: Option<f64>) -> Self {
        Self { what, shown: format!("{bytes:.0} B"), bar: bar.map(|bar| (format!("{bar:.0} B"), bytes / bar)) }
    }

    pub(crate) fn time(what: &'static str, ns: f64) -> Self {
        Self { what, shown: format!("{ns:.0} ns"), bar: None }
    }

    pub(crate) fn ratio(what: &'static str, ratio: f64) -> Self {
        Self { what, shown: format!("{ratio:.2} x"), bar: None }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:64} {:>12}", self.what, self.shown)?;
        match &self.bar {
            Some((bar, used)) => write!(f, "  {bar:>9}  {used:.2}"),
            None => Ok(()),
        }
    }
}

fn begin(machine: &StateMachine, input: &Arc<str>, start: &StartBuilder) -> (Execution, Vec<Effect>) {
    let (mut execution, mut effects) =
        Execution::start(machine, start.clone().input(Arc::clone(input)).build()).unwrap();
    while execution.has_more() {
        effects.extend(execution.handle(machine, Input::Wake, now()).unwrap());
    }
    (execution, effects)
}

fn start(execution_name: &str, now: Timestamp) -> StartBuilder {
    let execution_arn = format!("arn:aws:states:eu-west-1:000000000000:execution:bench:{execution_name}");
    let machine_arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:bench";
    Start::builder(execution_arn, machine_arn, now).role_arn("arn:aws:iam::000000000000:role/bench").seed(7)
}

fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

/// The best of three rounds of `work`, which says how much it did: nanoseconds per unit.
fn best_ns(mut work: impl FnMut() -> usize) -> f64 {
    let round = |work: &mut dyn FnMut() -> usize| {
        let began = Instant::now();
        let mut done = 0;
        while began.elapsed() < ROUND {
            done += work();
        }
        began.elapsed().as_nanos() as f64 / done as f64
    };
    (0..3).map(|_| round(&mut work)).fold(f64::INFINITY, f64::min)
}

fn entered(effects: &[Effect]) -> usize {
    let is_entry = |effect: &&Effect| matches!(effect, Effect::Event(event) if matches!(event.details, EventDetails::StateEntered { .. }));
    effects.iter().filter(is_entry).count()
}

/// Executions that run into the limit of 25,000 events; starting them, counting and dropping their events is included.
pub(crate) fn transitions_per_s(machine: &StateMachine, input: &str) -> f64 {
    let input = Arc::from(input);
    let start = start("run", now());
    1e9 / best_ns(|| entered(&begin(machine, &input, &start).1))
}

pub(crate) fn per_iteration_ns(machine: &StateMachine, items: usize) -> f64 {
    let input: Arc<str> = serde_json::to_string(&(0..items).collect::<Vec<_>>()).unwrap().into();
    let start = start("run", now());
    best_ns(|| {
        let (_, effects) = begin(machine, &input, &start);
        assert!(matches!(effects.last(), Some(Effect::Ended(_))), "the map has ended");
        items
    })
}

/// An execution that is woken once a minute, driven until it has so many events.
fn drive(machine: &StateMachine, events: u64, each: &mut dyn FnMut(&Execution, Duration)) {
    let (mut execution, _) = begin(machine, &Arc::from("{}"), &start("run", now()));
    while execution.last_event_id() < events {
        let now = execution.next_wake().unwrap();
        let began = Instant::now();
        let effects = execution.handle(machine, Input::Wake, now).unwrap();
        let took = began.elapsed();
        drop(effects);
        each(&execution, took);
    }
}

/// A step among the first 2,000 events and one after 20,000, as the fastest of many executions took on average.
pub(crate) fn per_step_ns(machine: &StateMachine) -> (f64, f64) {
    let mut best = (f64::INFINITY, f64::INFINITY);
    for _ in 0..30 {
        let mut early = Vec::new();
        let mut late = Vec::new();
        drive(machine, 22_000, &mut |execution, took| match execution.last_event_id() {
            ..2_000 => early.push(took),
            20_000.. => late.push(took),
            _ => {}
        });
        let mean = |all: &[Duration]| all.iter().sum::<Duration>().as_nanos() as f64 / all.len() as f64;
        best = (best.0.min(mean(&early)), best.1.min(mean(&late)));
    }
    best
}

pub(crate) fn serialised_bytes(machine: &StateMachine) -> (f64, f64) {
    let mut first = 0;
    let mut last = 0;
    drive(machine, 20_000, &mut |execution, _| {
        last = serde_json::to_vec(execution).unwrap().len();
        if first == 0 {
            first = last;
        }
    });
    (first as f64, last as f64)
}

/// Resident memory of one execution among many that wait, each with a name of its own.
pub(crate) fn resident_bytes_each(machine: &StateMachine, input: &str) -> f64 {
    const COUNT: u32 = 200_000;
    let role_arn: Arc<str> = "arn:aws:iam::000000000000:role/bench".into();
    let machine_arn: Arc<str> = "arn:aws:states:eu-west-1:000000000000:stateMachine:bench".into();
    let machine_name: Arc<str> = "bench".into();
    let before = resident_bytes();
    let mut waiting = Vec::with_capacity(usize::try_from(COUNT).unwrap());
    for i in 0..COUNT {
        let name = format!("7c1f0f4e-9d5c-4f0e-8f43-{i:012}");
        let execution_arn = format!("arn:aws:states:eu-west-1:000000000000:execution:bench:{name}");
        let start =
            Start::builder(execution_arn, Arc::clone(&machine_arn), now() + SignedDuration::from_millis(i.into()))
                .state_machine_name(Arc::clone(&machine_name))
                .role_arn(Arc::clone(&role_arn));
        waiting.push(begin(machine, &Arc::from(input), &start).0);
    }
    let bytes = (resident_bytes() - before) / f64::from(COUNT);
    assert!(waiting.iter().all(|execution| execution.next_wake() > Some(Timestamp::UNIX_EPOCH)));
    bytes
}

/// From the system's own account of this process; Linux only, as the builds are.
fn resident_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap() * 1024.0
}

//! Runs many cases side by side and tells about those that did not hold.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::sample;

/// How a case held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// What was to go wrong did.
    Struck,
    /// The call did not come this time, as that of a wait that was over sooner: nothing went wrong.
    Untouched,
}

/// Every case has run.
pub struct Outcome {
    cases: usize,
    untouched: Vec<String>,
    failed: Vec<String>,
    took: Vec<(Duration, String)>,
}

/// The cases whose name holds what the environment asks for; when it asks for nothing, a sample, or all if it says so. A
/// sample is one of `part` cases and has at least one case of each kind that `kinds` tells of a case.
pub fn chosen<T>(
    what: &str,
    part: usize,
    cases: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> String,
    kinds: impl Fn(&T) -> Vec<String>,
) -> Vec<(String, T)> {
    let words = std::env::var("WORKSHOP_FAULTS").unwrap_or_default();
    let named = cases.into_iter().map(|case| (name(&case), case));
    let named: Vec<_> = named.filter(|(name, _)| words.split_whitespace().all(|word| name.contains(word))).collect();
    let all = std::env::var("WORKSHOP_MATRIX").is_ok_and(|cases| cases == "all");
    if all || !words.is_empty() {
        return named;
    }
    let seed = sample::seed();
    let count = named.len();
    let kinds: Vec<_> = named.iter().map(|(_, case)| kinds(case)).collect();
    let taken = sample::of(&kinds, count.div_ceil(part), seed);
    tell(&format!(
        "{what}: {} of {count} cases; the same again: WORKSHOP_SEED={seed}; all: cargo xtask matrix",
        taken.len()
    ));
    named.into_iter().enumerate().filter(|(place, _)| taken.contains(place)).map(|(_, case)| case).collect()
}

/// Runs all cases. Many wait for something most of their time, so there are more workers than processors.
pub fn run<T: Sync>(what: &str, cases: &[(String, T)], run: impl Fn(&T) -> Result<Held, String> + Sync) -> Outcome {
    let since = Instant::now();
    let queue = Mutex::new(cases.iter().collect::<VecDeque<_>>());
    let outcome =
        Mutex::new(Outcome { cases: cases.len(), untouched: Vec::new(), failed: Vec::new(), took: Vec::new() });
    let done = AtomicUsize::new(0);
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..processors * 2 {
            scope.spawn(|| {
                loop {
                    let Some((name, case)) = queue.lock().expect("no worker panics").pop_front() else { break };
                    let begun = Instant::now();
                    let held = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(case)))
                        .unwrap_or_else(|_| Err("the test itself failed; see its panic above".to_owned()));
                    let mut outcome = outcome.lock().expect("no worker panics");
                    outcome.took.push((begun.elapsed(), name.clone()));
                    match held {
                        Ok(Held::Struck) => {}
                        Ok(Held::Untouched) => outcome.untouched.push(name.clone()),
                        Err(why) => {
                            tell(&format!("FAILED {name}"));
                            outcome.failed.push(format!("--- {name}\n{why}"));
                        }
                    }
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if done.is_multiple_of(250) {
                        tell(&format!("{what}: {done} of {} cases, {} s", cases.len(), since.elapsed().as_secs()));
                    }
                }
            });
        }
    });
    let mut outcome = outcome.into_inner().expect("no worker panics");
    outcome.took.sort_by(|one, other| other.cmp(one));
    for (took, name) in outcome.took.iter().take(3) {
        tell(&format!("{what}: {:>5.1} s  {name}", took.as_secs_f64()));
    }
    let untouched = outcome.untouched.len();
    let seconds = since.elapsed().as_secs();
    tell(&format!("{what}: {} cases, {untouched} not reached, {seconds} s", outcome.cases));
    outcome
}

/// Says something although the test passes.
pub fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Outcome {
    /// Fails with every case that did not hold, and how to run one of them alone.
    pub fn assert_all_held(self) {
        let Self { cases, untouched, mut failed, .. } = self;
        assert!(cases > 0, "no case has WORKSHOP_FAULTS in its name");
        assert!(untouched.len() * 50 <= cases.max(50), "calls that did not come:\n{}", untouched.join("\n"));
        failed.sort();
        assert!(
            failed.is_empty(),
            "{}\n{} of {cases} cases failed. One alone, or all whose names hold these words:\n  \
             cargo xtask matrix 'NAME OF THE CASE'",
            failed.join("\n"),
            failed.len()
        );
    }
}

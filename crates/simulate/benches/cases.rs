//! How many cases run in a second on one core, and how long a wait of a year takes. `cargo bench -p workshop-simulate` prints it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock, may stop at once and speaks to who runs it"
)]

use std::time::{Duration, Instant};

use model::source::Source;
use simulate::{Case, Subject, TestFile, judge, run};

/// How long each figure is measured.
const MEASURED: Duration = Duration::from_secs(2);

macro_rules! carried {
    ($definition:literal, $tests:literal) => {
        (
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $definition)),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $tests)),
        )
    };
}
/// The lesson and the projects of `init`: a definition and its test file.
const SETS: [(&str, &str); 6] = [
    carried!("definitions/wait-to-send.asl.json", "definitions/tests/wait-to-send.test.toml"),
    carried!("templates/hello/workflow.asl.json", "templates/hello/tests/hello.test.toml"),
    carried!("templates/wait/workflow.asl.json", "templates/wait/tests/wait.test.toml"),
    carried!("templates/approval/workflow.asl.json", "templates/approval/tests/approval.test.toml"),
    carried!("templates/parallel/workflow.asl.json", "templates/parallel/tests/parallel.test.toml"),
    carried!("templates/map/workflow.asl.json", "templates/map/tests/map.test.toml"),
];

fn main() {
    let lesson = loaded(&SETS[..1]);
    let mixed = loaded(&SETS);
    line("cases/s on one core: the lesson", per_second(&lesson), Some(1000.0), "");
    line("cases/s on one core: the lesson and the projects of init", per_second(&mixed), Some(1000.0), "");
    let read = per_second_of(|| {
        loaded(&SETS[..1]);
    });
    line("reading the lesson's definition and test file", 1e3 / read, None, "ms");
    let year: Vec<_> = lesson.iter().filter(|(_, case)| case.name.contains("year")).cloned().collect();
    line("a wait of a year", 1e3 / per_second(&year), Some(1.0), "ms");
}

fn loaded(sets: &[(&str, &str)]) -> Vec<(Subject, Case)> {
    let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";
    let mut cases = Vec::new();
    for (definition, tests) in sets {
        let definition = definition
            .replace("#{AWS::Partition}", "aws")
            .replace("#{AWS::Region}", "eu-west-1")
            .replace("#{AWS::AccountId}", "123456789012")
            .replace("#{AWS::StackName}", "stack");
        let subject = Subject::parse(&definition, arn, false).unwrap();
        let file = TestFile::parse(Source::new("a.test.toml", *tests), &|_| Err(String::new())).unwrap();
        cases.extend(file.cases.into_iter().map(|case| (subject.clone(), case)));
    }
    cases
}

fn per_second(cases: &[(Subject, Case)]) -> f64 {
    let rounds = per_second_of(|| {
        for (subject, case) in cases {
            assert_eq!(judge(subject, case, &run(subject, case, 0)), []);
        }
    });
    rounds * cases.len() as f64
}

fn per_second_of(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut rounds = 0.0;
    while start.elapsed() < MEASURED {
        work();
        rounds += 1.0;
    }
    rounds / start.elapsed().as_secs_f64()
}

fn line(what: &str, measured: f64, bar: Option<f64>, unit: &str) {
    let bar = bar.map(|bar| format!("bar {bar} {unit}")).unwrap_or_default();
    println!("{what:60} {measured:>12.3} {unit:3} {bar}");
}

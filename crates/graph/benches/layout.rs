//! How long it takes to lay large definitions out and to draw them.

#![allow(clippy::print_stdout, clippy::expect_used, missing_docs, reason = "a benchmark prints what it measures")]

use std::time::{Duration, Instant};

use graph::{Graph, SvgStyle};
use serde_json::{Map, Value, json};

/// The bar for a thousand states.
const BAR_MS: f64 = 50.0;

fn main() {
    println!("{:<44}  {:>10}  {:>10}  {:>10}", "1,000 states", "read", "lay out", "draw");
    for (what, definition) in [
        ("one after another", chain()),
        ("choices with rules and ways back", choices()),
        ("all caught by one handler", caught()),
    ] {
        let graph = Graph::read(&definition);
        let layout = graph.layout();
        let read = fastest(|| Graph::read(&definition));
        let lay_out = fastest(|| graph.layout());
        let draw = fastest(|| layout.svg(&graph, None, SvgStyle::Page));
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let ratio = ms(lay_out) / BAR_MS;
        println!(
            "{what:<44}  {:>7.2} ms  {:>7.2} ms  {:>7.2} ms   bar {BAR_MS} ms  ratio {ratio:.2}",
            ms(read),
            ms(lay_out),
            ms(draw)
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn fastest<T>(work: impl Fn() -> T) -> Duration {
    let measure = |_| {
        let begun = Instant::now();
        std::hint::black_box(work());
        begun.elapsed()
    };
    (0..9).map(measure).min().unwrap_or_default()
}

fn machine(state: impl Fn(usize) -> Value) -> Value {
    let states: Map<String, Value> = (0..1_000).map(|number| (format!("State{number}"), state(number))).collect();
    json!({"StartAt": "State0", "States": states})
}

fn name(number: usize) -> String {
    format!("State{}", number.min(999))
}

fn chain() -> Value {
    machine(|number| match number {
        999 => json!({"Type": "Pass", "End": true}),
        _ => json!({"Type": "Pass", "Next": name(number + 1)}),
    })
}

fn choices() -> Value {
    machine(|number| match number % 5 {
        _ if number == 999 => json!({"Type": "Succeed"}),
        0 => {
            let rule = |target| json!({"Variable": "$.n", "NumericEquals": target, "Next": name(target)});
            json!({"Type": "Choice", "Choices": [rule(number * 7 % 1_000), rule(number + 3), rule(number + 17)], "Default": name(number + 1)})
        }
        _ => json!({"Type": "Task", "Resource": "r", "Next": name(number + 1)}),
    })
}

fn caught() -> Value {
    machine(|number| match number {
        999 => json!({"Type": "Fail"}),
        _ => {
            json!({"Type": "Task", "Resource": "r", "Next": name(number + 1), "Catch": [{"ErrorEquals": ["States.ALL"], "Next": name(999)}]})
        }
    })
}

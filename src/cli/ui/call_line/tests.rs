//! Lines of events.

use std::sync::{Arc, Mutex};

use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use super::*;

/// Keeps the line of the last event.
struct Last(Arc<Mutex<String>>);

impl<S: Subscriber> Layer<S> for Last {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        *self.0.lock().unwrap() = text(event.metadata().target(), &fields);
    }
}

fn line(target: &str, message: &str, others: &[(&'static str, &str)]) -> String {
    let others = others.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    text(target, &Fields { message: message.to_owned(), others })
}

#[test]
fn a_call_is_one_aligned_line() {
    let answered = [
        ("service", "Lambda"),
        ("operation", "GetFunction"),
        ("attempt", "1"),
        ("duration_ms", "12"),
        ("status", "200"),
        ("request_id", "1f"),
        ("outcome", "success"),
    ];
    insta::assert_snapshot!(line(aws::TARGET, "call", &answered), @"  lambda:GetFunction                  200     12 ms  request 1f");
    let again = [
        ("service", "CloudWatch Logs"),
        ("operation", "FilterLogEvents"),
        ("attempt", "2"),
        ("duration_ms", "1012"),
        ("status", "503"),
        ("outcome", "service error"),
    ];
    insta::assert_snapshot!(line(aws::TARGET, "call", &again), @"  logs:FilterLogEvents                503   1012 ms  attempt 2");
    let lost =
        [("service", "SFN"), ("operation", "ListStateMachines"), ("attempt", "1"), ("outcome", "connection failed")];
    insta::assert_snapshot!(line(aws::TARGET, "call", &lost), @"  states:ListStateMachines              -            connection failed");
}

#[test]
fn a_retry_of_a_deployment_says_why() {
    let retry = [("what", "function send"), ("error", "Lambda refused"), ("delay_ms", "200")];
    insta::assert_snapshot!(line("workshop::deploy", "retry", &retry), @"  deploy: retry (delay_ms 200, error Lambda refused, what function send)");
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let last = Arc::new(Mutex::new(String::new()));
    let subscriber = tracing_subscriber::registry().with(Last(Arc::clone(&last)));
    tracing::subscriber::with_default(subscriber, || {
        let evil = "\u{1b}[2J\n\u{202e}";
        tracing::warn!(target: "workshop::deploy", error = %evil, debug = ?evil, "left out{evil}");
    });
    let text = last.lock().unwrap().clone();
    assert!(text.contains("left out") && !text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
}

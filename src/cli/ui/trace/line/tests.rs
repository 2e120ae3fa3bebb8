//! Lines of events.

use super::*;

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
    insta::assert_snapshot!(line(aws::TARGET, "call", &answered), @"");
    let again = [
        ("service", "CloudWatch Logs"),
        ("operation", "FilterLogEvents"),
        ("attempt", "2"),
        ("duration_ms", "1012"),
        ("status", "503"),
        ("outcome", "service error"),
    ];
    insta::assert_snapshot!(line(aws::TARGET, "call", &again), @"");
    let lost =
        [("service", "SFN"), ("operation", "ListStateMachines"), ("attempt", "1"), ("outcome", "connection failed")];
    insta::assert_snapshot!(line(aws::TARGET, "call", &lost), @"");
}

#[test]
fn a_retry_of_a_deployment_says_why() {
    let retry = [("what", "function send"), ("error", "Lambda refused"), ("delay_ms", "200")];
    insta::assert_snapshot!(line("workshop::deploy", "retry", &retry), @"");
}

//! Tests of wildcard patterns.

use proptest::prelude::*;

use super::*;
use crate::context::Context;

fn with(read: impl Fn(&str, Variables<'_>) -> Option<Pattern>, pattern: &str, text: &str) -> bool {
    let context = Context::default().with("aws:username", "a*n");
    read(pattern, Variables::new(true, &context)).is_some_and(|pattern| pattern.matches(text))
}

fn text(pattern: &str, text: &str) -> bool {
    with(Pattern::text, pattern, text)
}

fn arn(pattern: &str, text: &str) -> bool {
    with(Pattern::arn, pattern, text)
}

fn resource(pattern: &str, text: &str) -> bool {
    with(Pattern::resource, pattern, text)
}

#[test]
fn wildcards() {
    assert!(text("*/*/b?", "x/y/z/bc"));
    assert!(text("lambda:*", "lambda:InvokeFunction"));
    assert!(!text("a*b", "ac"));
    assert!(text("**", ""));
    assert!(text("?", "é") && !text("?", "") && !text("?", "ab"));
    assert!(!text("", "a") && text("", ""));
}

#[test]
fn actions_have_no_case() {
    assert!(Pattern::action("S3:get*").matches("s3:getobject"));
    assert!(!Pattern::action("s3:Get*").matches("s3:putobject"));
}

#[test]
fn what_a_variable_stands_for_has_no_wildcards() {
    assert!(text("home/${aws:username}/*", "home/a*n/x"));
    assert!(!text("home/${aws:username}/*", "home/ann/x"));
    assert!(text("${*}?", "*a") && !text("${*}", "a"));
    assert!(!text("${aws:unknown}*", "anything"), "a variable without a value matches nothing");
}

#[test]
fn wildcards_stay_in_their_part_of_an_arn() {
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f:1";
    assert!(resource("arn:aws:lambda:*:000000000000:function:f*", function));
    assert!(!resource("arn:aws:lambda:u*1:000000000000:function:g", function));
    assert!(!resource("arn:aws:lambda:us*0:function:f:1", function), "a * inside a part does not cross a colon");
    assert!(resource("arn:aws:lambda:*:f:1", function), "one at its end does");
    assert!(!arn("arn:aws:lambda:*:f:1", function), "but not in a condition");
    assert!(arn("arn:aws:lambda:*:*:function:?:*", function));
    assert!(!arn("arn:aws:lambda:us-east-1?000000000000:*:function:f:1", function));
}

#[test]
fn incomplete_arns_are_completed_in_resources_only() {
    let queue = "arn:aws:sqs:us-east-1:000000000000:q";
    assert!(resource("arn:aws:sqs", queue) && resource("*", queue) && resource("arn:aws:sqs:*", queue));
    assert!(!resource("arn:aws:sns", queue) && !resource("arn:aws:sq", queue));
    assert!(!arn("arn:aws:sqs:*", queue) && !arn("*", queue));
    assert!(resource("*", "*") && !resource("arn:aws:sqs:*:*:*", "*"));
}

#[test]
fn a_hostile_pattern_is_not_slow() {
    let pattern = "*a".repeat(500);
    assert!(!text(&pattern, &"a".repeat(499)));
    assert!(text(&pattern, &"a".repeat(500)));
}

/// The definition: what is matched, said as simply as possible.
fn defined(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| defined(rest, &text[taken..])),
        Some(('?', rest)) => !text.is_empty() && defined(rest, &text[1..]),
        Some((wanted, rest)) => text.first() == Some(wanted) && defined(rest, &text[1..]),
    }
}

/// Each part of an ARN for itself.
fn defined_by_part(pattern: &str, text: &str) -> bool {
    let parts = |text: &str| text.splitn(6, ':').map(|part| part.chars().collect()).collect::<Vec<Vec<char>>>();
    let patterns = parts(pattern);
    let texts = parts(text);
    patterns.len() == 6 && texts.len() == 6 && patterns.iter().zip(&texts).all(|(part, text)| defined(part, text))
}

proptest! {
    #[test]
    fn matches_as_defined(pattern in "[ab*?:]{0,8}", subject in "[ab:]{0,8}") {
        let characters = |text: &str| text.chars().collect::<Vec<char>>();
        prop_assert_eq!(text(&pattern, &subject), defined(&characters(&pattern), &characters(&subject)));
    }

    #[test]
    fn every_text_matches_itself_and_its_generalisations(subject in "[a-c:/]{1,20}", cut in 0usize..20, hole in 0usize..20) {
        prop_assert!(text(&subject, &subject));
        let cut = cut.min(subject.len());
        let starred = format!("{}*", &subject[..cut]);
        prop_assert!(text(&starred, &subject));
        let hole = hole.min(subject.len() - 1);
        let questioned = format!("{}?{}", &subject[..hole], &subject[hole + 1..]);
        prop_assert!(text(&questioned, &subject));
    }

    #[test]
    fn arns_match_part_by_part(pattern in "[ab*?]{0,2}(:[ab*?]{0,2}){5,6}", subject in "[ab]{0,2}(:[ab]{0,2}){4,7}") {
        prop_assert_eq!(arn(&pattern, &subject), defined_by_part(&pattern, &subject));
    }

    #[test]
    fn a_resource_matches_at_least_what_the_arn_condition_does(
        pattern in "[ab*?]{0,2}(:[ab*?]{0,2}){5,6}", subject in "[ab]{0,2}(:[ab]{0,2}){4,7}",
    ) {
        prop_assert!(!arn(&pattern, &subject) || resource(&pattern, &subject));
    }

    /// What is told without a pattern is what the pattern tells.
    #[test]
    fn the_short_ways_say_the_same(
        pattern in "(arn:)?[aA*?$:]{0,8}", subject in "(arn:)?[aA:]{0,8}", action in "[aA:]{0,8}",
    ) {
        let context = Context::default();
        let variables = Variables::new(true, &context);
        let whole = Pattern::resource(&pattern, variables).is_some_and(|pattern| pattern.matches(&subject));
        prop_assert_eq!(matches_resource(&pattern, variables, &subject), whole);
        let whole = Pattern::action(&pattern).matches(&action.to_ascii_lowercase());
        prop_assert_eq!(matches_action(&pattern, &action), whole);
    }
}

//! Each thing proves by itself whose it is.

use super::*;
use crate::fixtures::{LESSON, deployed, key, stack, wanted};
use crate::plan::{ForeignResources, plan};
use aws::DeniedRead;

fn lesson() -> Observed {
    let fresh = plan(&wanted(LESSON), &Observed::default(), &stack(), ForeignResources::Refuse).unwrap();
    deployed(&fresh)
}

fn untagged() -> TagRead {
    TagRead::Known(Tags::new())
}

fn denied(action: &str) -> DeniedRead {
    DeniedRead { action: action.to_owned(), reason: "No.".to_owned() }
}

/// The lesson with a log group that Lambda made again by itself.
fn with_untagged_group() -> Observed {
    let mut there = lesson();
    there.log_groups.get_mut(&key("sendEmail")).unwrap().tags = untagged();
    there
}

fn group_is_ours(mut there: Observed, strangers: &[&str], deleted: &[Resource]) -> bool {
    let ours = stack().name();
    let strangers = strangers.iter().map(|name| key(name)).collect();
    there.find_writers(&strangers, &deleted.iter().cloned().collect(), &ours);
    there.log_groups[&key("sendEmail")].ownership(&ours).is_ours()
}

#[test]
fn a_log_group_without_tags_is_ours_by_our_function() {
    assert!(group_is_ours(with_untagged_group(), &[], &[]));
    let mut there = with_untagged_group();
    there.functions.get_mut(&key("sendEmail")).unwrap().function.tags = untagged();
    assert!(!group_is_ours(there, &[], &[]), "a stranger's function writes to it");
}

#[test]
fn a_log_group_without_tags_is_ours_by_the_role_of_our_function_that_is_gone() {
    let mut there = with_untagged_group();
    there.functions.remove(&key("sendEmail"));
    assert!(group_is_ours(there.clone(), &[], &[]));
    assert!(!group_is_ours(there.clone(), &["sendEmail"], &[]), "a stranger's function took the name");
    let role = there.roles[&key("myStateMachine")].clone();
    there.roles.insert(key("sendEmail"), role);
    assert!(!group_is_ours(there.clone(), &[], &[]), "the role is a state machine's");
    there.roles.remove(&key("sendEmail"));
    assert!(!group_is_ours(there.clone(), &[], &[]), "nothing is left that shows it");
    assert!(group_is_ours(there, &[], &[Resource::Function(key("sendEmail"))]), "it was deleted a moment ago");
}

#[test]
fn what_could_not_be_read_keeps_its_role() {
    let mut there = lesson();
    there.functions.get_mut(&key("sendEmail")).unwrap().function.tags = TagRead::Unreadable(denied("lambda:ListTags"));
    there.unread = vec![Unread {
        what: "the function shop-dev-startStateMachine".to_owned(),
        denied: denied("lambda:GetFunction"),
        doubt: Doubt::Key(key("startStateMachine")),
    }];
    there.functions.remove(&key("startStateMachine"));
    let told: Vec<String> = there.doubtful(&stack()).iter().map(ToString::to_string).collect();
    insta::assert_debug_snapshot!(told, @r#"
    [
        "the function shop-dev-startStateMachine (lambda:GetFunction)",
        "the tags of the function shop-dev-sendEmail (lambda:ListTags)",
    ]
    "#);
    let ours = there.ours(&stack());
    assert!(ours.functions.is_empty());
    assert_eq!(ours.roles.keys().collect::<Vec<_>>(), [&key("myStateMachine")]);
}

#[test]
fn what_was_created_a_moment_ago_need_not_be_read() {
    let mut there = lesson();
    let tags = crate::fixtures::tags();
    for function in there.functions.values_mut() {
        function.function.tags = TagRead::Unreadable(denied("lambda:ListTags"));
    }
    there.trust_created(&BTreeMap::from([(Resource::Function(key("sendEmail")), tags)]));
    let told: Vec<String> = there.unread(&stack()).iter().map(ToString::to_string).collect();
    assert_eq!(told, ["the tags of the function shop-dev-startStateMachine (lambda:ListTags)"]);
}

//! What belongs to somebody else, or may not be read.

use super::*;
use crate::fixtures::{LESSON, empty_api, key, stack, wanted};
use aws::DeniedRead;

#[test]
fn what_belongs_to_nobody_is_refused_or_adopted() {
    let mut there = lesson();
    there.roles.get_mut(&key("sendEmail")).unwrap().role.tags = untagged();
    let refused = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Refuse).unwrap_err();
    insta::assert_snapshot!(refused, @"There is already a role `shop-dev-eu-west-1-sendEmail`, and it does not belong to this stack: it has no tag `workshop:stack`.");
    let adopted = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Adopt).unwrap();
    insta::assert_snapshot!(changes(&adopted), @r"
    adopt   role           shop-dev-eu-west-1-sendEmail: tags (workshop:key, workshop:stack)
    0 to create, 0 to update, 1 to adopt, 0 to delete, 14 unchanged
    ");
    let tags = Tags::from([(model::stack::OWNER_TAG.to_owned(), "other-dev".to_owned())]);
    there.roles.get_mut(&key("sendEmail")).unwrap().role.tags = TagRead::Known(tags);
    let refused = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Adopt).unwrap_err();
    insta::assert_snapshot!(refused, @"There is already a role `shop-dev-eu-west-1-sendEmail`, and it does not belong to this stack: its tag `workshop:stack` is `other-dev`, not `shop-dev`.");
}

#[test]
fn what_a_cloudformation_stack_owns_is_never_adopted() {
    let mut there = lesson();
    let tags = Tags::from([("aws:cloudformation:stack-name".to_owned(), "shop".to_owned())]);
    there.functions.get_mut(&key("sendEmail")).unwrap().function.tags = TagRead::Known(tags);
    let refused = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Adopt).unwrap_err();
    insta::assert_snapshot!(refused, @"There is already a function `shop-dev-sendEmail`, and it does not belong to this stack: the CloudFormation stack `shop` owns it.");
}

#[test]
fn tags_that_may_not_be_read_stop_the_plan() {
    let mut there = lesson();
    let denied = DeniedRead { action: "lambda:ListTags".to_owned(), reason: "No.".to_owned() };
    for function in there.functions.values_mut() {
        function.function.tags = TagRead::Unreadable(denied.clone());
    }
    let refused = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Adopt).unwrap_err();
    insta::assert_snapshot!(refused, @"AWS does not let you read the tags of the function shop-dev-sendEmail (lambda:ListTags), the tags of the function shop-dev-startStateMachine (lambda:ListTags). Without that it is not known what belongs to this stack, or how it is set.");
}

#[test]
fn a_log_group_without_tags_is_ours_only_where_our_function_writes_to_it() {
    let mut there = lesson();
    let group = ObservedLogGroup { retention_days: None, tags: untagged(), writer: Writer::Unproven };
    there.log_groups.insert(key("sendEmail"), group);
    let refused = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Refuse).unwrap_err();
    insta::assert_snapshot!(refused, @"There is already a log group `/aws/lambda/shop-dev-sendEmail`, and it does not belong to this stack: it has no tag `workshop:stack`.");
    there.log_groups.get_mut(&key("sendEmail")).unwrap().writer = Writer::OurFunction;
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    update  log group      /aws/lambda/shop-dev-sendEmail: retention (for ever -> 14 days), tags (workshop:key, workshop:stack)
    0 to create, 1 to update, 0 to delete, 14 unchanged
    ");
}

#[test]
fn a_foreign_api_with_our_name_matters_only_while_there_is_none_of_ours() {
    let mut there = lesson();
    let mut foreign = empty_api("a0", None);
    foreign.api.tags = untagged();
    there.foreign_apis.push(foreign);
    assert!(planned(LESSON, &there).is_empty());
    there.apis.clear();
    assert!(plan(&wanted(LESSON), &there, &stack(), ForeignResources::Refuse).is_err());
    let adopted = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Adopt).unwrap();
    assert_eq!(adopted.count(Some(Action::Adopt)), 1, "{adopted}");
}

#[test]
fn routes_to_what_is_not_the_stacks_stay() {
    let mut there = lesson();
    let api = &mut there.apis[0];
    let integration = |id: &str, uri: &str| aws::apis::Integration {
        id: id.to_owned(),
        uri: uri.to_owned(),
        payload_format: "2.0".to_owned(),
    };
    let route = |id: &str, key: &str, target: &str| aws::apis::Route {
        id: id.to_owned(),
        key: key.to_owned(),
        target: format!("integrations/{target}"),
    };
    api.integrations.push(integration("theirs", "https://example.com/"));
    let ours = format!("{}:live", stack().function_arn(&key("old")));
    api.integrations.push(integration("ours", &ours));
    api.routes.push(route("r1", "GET /theirs", "theirs"));
    api.routes.push(route("r2", "GET /ours", "ours"));
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    delete  integration    ours
    delete  route          GET /ours
    0 to create, 0 to update, 2 to delete, 15 unchanged
    ");
}

//! What the lesson's service file comes to.

use super::*;
use crate::desired::spec::RoleSpec;
use crate::fixtures::{LESSON, artefacts, carried_out, deployed, key, service, stack, wanted};
use crate::observe::Observed;
use crate::plan::{ForeignResources, Plan, plan};
use aws::{TagRead, Tags};
use model::service::StateMachineKind;

fn role(desired: &Desired, name: &str) -> RoleSpec {
    match &desired[&Resource::Role(key(name))] {
        Spec::Role(role) => role.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_lesson_has_fifteen_resources() {
    let names: Vec<String> = wanted(LESSON).keys().map(ToString::to_string).collect();
    insta::assert_snapshot!(names.join("\n"), @r"
    role of myStateMachine
    role of sendEmail
    role of startStateMachine
    log group of sendEmail
    log group of startStateMachine
    function sendEmail
    function startStateMachine
    alias live of sendEmail
    alias live of startStateMachine
    state machine myStateMachine
    HTTP API
    integration of startStateMachine
    route POST /start
    stage
    permission of POST /start to invoke startStateMachine
    ");
}

#[test]
fn a_function_may_write_its_log_and_do_what_is_declared() {
    let role = role(&wanted(LESSON), "startStateMachine");
    insta::assert_snapshot!(role.policy.unwrap(), @r#"{"Version":"2012-10-17","Statement":[{"Sid":"workshopb0eac892168985d0","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop-dev-startStateMachine:*"]},{"Sid":"workshop51fd0d5245e28cd2","Effect":"Allow","Action":["states:*"],"Resource":["arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-myStateMachine","arn:aws:states:eu-west-1:123456789012:execution:shop-dev-myStateMachine:*"]}]}"#);
    assert!(role.trust.to_string().contains("lambda.amazonaws.com"));
}

#[test]
fn one_service_may_assume_a_role() {
    let role = role(&wanted(LESSON), "myStateMachine");
    insta::assert_snapshot!(role.trust, @r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},"ArnLike":{"aws:SourceArn":"arn:aws:states:eu-west-1:123456789012:stateMachine:*"}}}]}"#);
}

#[test]
fn a_state_machine_may_invoke_its_functions_only() {
    let role = role(&wanted(LESSON), "myStateMachine");
    insta::assert_snapshot!(role.policy.unwrap(), @r#"{"Version":"2012-10-17","Statement":[{"Sid":"workshopf17599fd29a1d0ae","Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":["arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-sendEmail","arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-sendEmail:*"]}]}"#);
    assert!(role.trust.to_string().contains("states.amazonaws.com"));
}

#[test]
fn a_state_machine_comes_after_the_functions_that_it_names() {
    let Spec::StateMachine(machine) = &wanted(LESSON)[&Resource::StateMachine(key("myStateMachine"))] else {
        panic!("no state machine")
    };
    let functions: Vec<&str> = machine.functions.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(functions, ["sendEmail"]);
    assert_eq!(machine.settings.kind, StateMachineKind::Standard.as_str());
}

#[test]
fn the_environment_is_resolved() {
    let Spec::Function(function) = &wanted(LESSON)[&Resource::Function(key("startStateMachine"))] else {
        panic!("no function")
    };
    insta::assert_snapshot!(function.configuration.environment["STATE_MACHINE_ARN"], @"arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-myStateMachine");
}

#[test]
fn a_permission_is_for_its_route_on_any_stage() {
    let mut route = service(LESSON).routes[0].clone();
    let source = |route: &Route| PermissionSpec::of_route(route, &stack()).statement("a1").source_arn;
    insta::assert_snapshot!(source(&route), @"arn:aws:execute-api:eu-west-1:123456789012:a1/*/POST/start");
    (route.method, route.path) = ("ANY".to_owned(), "/users/{id}/{rest+}".to_owned());
    insta::assert_snapshot!(source(&route), @"arn:aws:execute-api:eu-west-1:123456789012:a1/*/*/users/*/*");
    let statement = PermissionSpec::of_route(&route, &stack()).statement("a1");
    assert_eq!(statement, PermissionSpec::of_route(&route, &stack()).statement("a1"));
    assert_ne!(statement.sid, PermissionSpec::of_route(&route, &stack()).statement("a2").sid);
}

#[test]
fn cors_allows_the_methods_of_the_routes_that_want_it() {
    let mut route = service(LESSON).routes[0].clone();
    let allowed = cors(std::slice::from_ref(&route)).unwrap();
    assert_eq!(
        (allowed.methods.join(" "), allowed.headers.join(" ")),
        ("OPTIONS POST".into(), "authorization content-type".into())
    );
    route.method = "ANY".to_owned();
    assert_eq!(cors(std::slice::from_ref(&route)).unwrap().methods, ["*"]);
    route.cors = None;
    assert_eq!(cors(&[route]), None);
}

#[test]
fn a_function_without_a_zip_is_an_error() {
    let error = desired(&service(LESSON), &BTreeMap::new(), &BTreeMap::new(), &stack()).unwrap_err();
    insta::assert_snapshot!(error, @"There is no zip for the function `sendEmail`.");
}

#[test]
fn a_state_machine_without_its_definition_is_an_error_that_names_both() {
    let refused = desired(&service(LESSON), &BTreeMap::new(), &artefacts(&service(LESSON)), &stack()).unwrap_err();
    insta::assert_snapshot!(refused, @"The state machine `myStateMachine` has no definition: service.toml:44 names the file `wait-to-send.asl.json`, which was not read. Put that file beside the service file, or correct `definition` there.");
}

/// What an organisation wants of everything that is made in its accounts.
const COMPANY: &str = "[stack]\npermissions_boundary = \"arn:#{AWS::Partition}:iam::#{AWS::AccountId}:policy/bound\"\n\
                       role_path = \"/team/\"\ntags = { team = \"a b\", cost-center = \"42\" }\n";

fn company() -> String {
    format!("{LESSON}\n{COMPANY}")
}

fn planned(text: &str, there: &Observed) -> Result<Plan, DeployError> {
    plan(&wanted(text), there, &stack(), ForeignResources::Refuse)
}

fn changes(text: &str, there: &Observed) -> String {
    let plan = planned(text, there).unwrap().to_string();
    plan.lines().filter(|line| !line.starts_with("keep")).collect::<Vec<_>>().join("\n")
}

#[test]
fn everything_that_takes_tags_has_those_of_the_service_file() {
    let desired = wanted(&company());
    let mut tagged = 0;
    for (resource, spec) in &desired {
        let tags = match spec {
            Spec::Role(it) => &it.tags,
            Spec::LogGroup(it) => &it.tags,
            Spec::Function(it) => &it.tags,
            Spec::Activity(it) => &it.tags,
            Spec::StateMachine(it) => &it.tags,
            Spec::Api(it) => &it.tags,
            Spec::Stage(it) => &it.tags,
            Spec::Alias(_) | Spec::Integration(_) | Spec::Route(_) | Spec::Permission(_) => continue,
        };
        tagged += 1;
        let has = |key: &str| tags.get(key).map(String::as_str);
        assert_eq!((has("team"), has("cost-center")), (Some("a b"), Some("42")), "{resource}");
    }
    assert_eq!(tagged, 10);
}

#[test]
fn roles_are_bounded_and_have_their_path_in_every_arn() {
    let desired = wanted(&company());
    let role = role(&desired, "sendEmail");
    assert_eq!(role.permissions_boundary.as_deref(), Some("arn:aws:iam::123456789012:policy/bound"));
    assert_eq!(role.path.as_str(), "/team/");
    let Spec::Function(function) = &desired[&Resource::Function(key("sendEmail"))] else { panic!("no function") };
    insta::assert_snapshot!(function.configuration.role, @"arn:aws:iam::123456789012:role/team/shop-dev-eu-west-1-sendEmail");
    let Spec::StateMachine(machine) = &desired[&Resource::StateMachine(key("myStateMachine"))] else {
        panic!("no state machine")
    };
    insta::assert_snapshot!(machine.settings.role, @"arn:aws:iam::123456789012:role/team/shop-dev-eu-west-1-myStateMachine");
}

/// Tags that were read, to be changed.
fn known(tags: &mut TagRead) -> &mut Tags {
    match tags {
        TagRead::Known(tags) => tags,
        TagRead::Unreadable(why) => panic!("{why:?}"),
    }
}

#[test]
fn what_someone_changed_of_it_is_put_right_and_strangers_tags_stay() {
    let mut there = deployed(&planned(&company(), &Observed::default()).unwrap());
    assert!(planned(&company(), &there).unwrap().is_empty());
    let role = &mut there.roles.get_mut(&key("sendEmail")).unwrap().role;
    role.permissions_boundary = None;
    known(&mut role.tags).insert("team".to_owned(), "other".to_owned());
    known(&mut role.tags).insert("stranger".to_owned(), "1".to_owned());
    let other = &mut there.roles.get_mut(&key("startStateMachine")).unwrap().role;
    other.permissions_boundary = Some("arn:aws:iam::123456789012:policy/other".to_owned());
    known(&mut there.functions.get_mut(&key("sendEmail")).unwrap().function.tags).remove("cost-center");
    known(&mut there.log_groups.get_mut(&key("sendEmail")).unwrap().tags).remove("team");
    known(&mut there.state_machines.get_mut(&key("myStateMachine")).unwrap().tags).remove("team");
    known(&mut there.apis[0].api.tags).remove("team");
    known(&mut there.apis[0].stages[0].tags).clear();
    insta::assert_snapshot!(changes(&company(), &there), @r"
    update  role           shop-dev-eu-west-1-sendEmail: permissions boundary (none -> arn:aws:iam::123456789012:policy/bound), tags (team)
    update  role           shop-dev-eu-west-1-startStateMachine: permissions boundary (arn:aws:iam::123456789012:policy/other -> arn:aws:iam::123456789012:policy/bound)
    update  log group      /aws/lambda/shop-dev-sendEmail: tags (team)
    update  function       shop-dev-sendEmail: tags (cost-center)
    update  state machine  shop-dev-myStateMachine: tags (team)
    update  HTTP API       shop-dev: tags (team)
    update  stage          dev: tags (cost-center, team)
    0 to create, 7 to update, 0 to delete, 8 unchanged
    ");
    let put_right = carried_out(there.clone(), &planned(&company(), &there).unwrap().steps);
    assert!(planned(&company(), &put_right).unwrap().is_empty());
}

#[test]
fn a_stack_from_before_gets_tags_and_boundary_and_loses_a_boundary_that_goes() {
    let before = deployed(&planned(LESSON, &Observed::default()).unwrap());
    let bounded = company().replace("role_path = \"/team/\"\n", "");
    insta::assert_snapshot!(changes(&bounded, &before), @r"
    update  role           shop-dev-eu-west-1-myStateMachine: permissions boundary (none -> arn:aws:iam::123456789012:policy/bound), tags (cost-center, team)
    update  role           shop-dev-eu-west-1-sendEmail: permissions boundary (none -> arn:aws:iam::123456789012:policy/bound), tags (cost-center, team)
    update  role           shop-dev-eu-west-1-startStateMachine: permissions boundary (none -> arn:aws:iam::123456789012:policy/bound), tags (cost-center, team)
    update  log group      /aws/lambda/shop-dev-sendEmail: tags (cost-center, team)
    update  log group      /aws/lambda/shop-dev-startStateMachine: tags (cost-center, team)
    update  function       shop-dev-sendEmail: tags (cost-center, team)
    update  function       shop-dev-startStateMachine: tags (cost-center, team)
    update  state machine  shop-dev-myStateMachine: tags (cost-center, team)
    update  HTTP API       shop-dev: tags (cost-center, team)
    update  stage          dev: tags (cost-center, team)
    0 to create, 10 to update, 0 to delete, 5 unchanged
    ");
    let after = carried_out(before.clone(), &planned(&bounded, &before).unwrap().steps);
    insta::assert_snapshot!(changes(LESSON, &after), @r"
    update  role           shop-dev-eu-west-1-myStateMachine: permissions boundary (arn:aws:iam::123456789012:policy/bound -> none)
    update  role           shop-dev-eu-west-1-sendEmail: permissions boundary (arn:aws:iam::123456789012:policy/bound -> none)
    update  role           shop-dev-eu-west-1-startStateMachine: permissions boundary (arn:aws:iam::123456789012:policy/bound -> none)
    0 to create, 3 to update, 0 to delete, 12 unchanged
    ");
}

#[test]
fn a_stack_from_before_gets_the_condition_on_who_assumes_its_state_machines_role() {
    let mut before = deployed(&planned(LESSON, &Observed::default()).unwrap());
    let role = &mut before.roles.get_mut(&key("myStateMachine")).unwrap().role;
    role.trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#.to_owned();
    insta::assert_snapshot!(changes(LESSON, &before), @r"
    update  role           shop-dev-eu-west-1-myStateMachine: trust policy
    0 to create, 1 to update, 0 to delete, 14 unchanged
    ");
}

#[test]
fn a_role_path_that_changes_is_refused() {
    let before = deployed(&planned(LESSON, &Observed::default()).unwrap());
    insta::assert_snapshot!(planned(&company(), &before).unwrap_err(), @"The role `shop-dev-eu-west-1-myStateMachine` has the path `/`, and IAM can't move it to `/team/`. Nothing was changed.");
}

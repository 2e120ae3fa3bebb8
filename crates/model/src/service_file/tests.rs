//! The service file's reader against the lesson's own file and one example of each fault.

use super::*;
use crate::names::{AccountId, Region};

const LESSON: &str = include_str!("../../../../definitions/service.toml");

fn refused(text: &str) -> String {
    let error = Service::parse(&Source::new("service.toml", text)).unwrap_err();
    match &error.hint {
        Some(hint) => format!("{error}\n{hint}"),
        None => error.to_string(),
    }
}

#[test]
fn the_lesson_is_read() {
    let service = Service::parse(&Source::new("service.toml", LESSON)).unwrap();
    assert_eq!(service.name.as_str(), "step-functions-example");
    assert_eq!(service.default_stage.as_str(), "dev");
    let functions: Vec<&str> = service.functions.keys().map(Key::as_str).collect();
    assert_eq!(functions, ["sendEmail", "startStateMachine"]);
    assert_eq!(service.routes[0].key(), "POST /start");
    assert_eq!(service.routes[0].cors, Some(Cors::open()));
    let machine = &service.state_machines[&Key::parse("myStateMachine").unwrap()];
    assert_eq!(machine.definition.file(), "wait-to-send.asl.json");
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_the_nearest() {
    insta::assert_snapshot!(refused("service = \"a\"\n[functions.f]\nsource = \"x\"\nmemroy_mb = 128\n"), @r"
    service.toml:4:1: There is no key `memroy_mb` in [functions.f].
    Did you mean `memory_mb`? Known here are source, memory_mb, timeout_s, log_retention_days, architecture, environment, permissions.
    ");
    insta::assert_snapshot!(refused("service = \"a\"\nzzz = 1\n"), @r"
    service.toml:2:1: There is no key `zzz` at the top level.
    Known here are service, stage, stack, functions, routes, throttle, state_machines.
    ");
}

#[test]
fn wrong_values_are_refused_with_their_place() {
    insta::assert_snapshot!(refused("service = 3"), @"service.toml:1:11: `service` must be a string; it is of type integer.");
    insta::assert_snapshot!(refused("stage = \"dev\""), @"service.toml:1:1: `service` is missing.");
    insta::assert_snapshot!(refused("service = \"a b\""), @"service.toml:1:11: `a b` can't be a service's name: use letters, digits and `-`, begin with a letter, and stay within 40 characters.");
    insta::assert_snapshot!(refused("service = \"a\"\n[functions.f]\nsource = \"x\"\nmemory_mb = 1\n"), @"service.toml:4:13: `functions.f.memory_mb` must be a whole number from 128 to 10240; it is 1.");
    insta::assert_snapshot!(refused("service = \"a\"\nfunctions = 3\n"), @"service.toml:2:13: `functions` must be a table; it is of type integer.");
    insta::assert_snapshot!(refused("service = \"a\"\n[functions]\nf = 3\n"), @"service.toml:3:5: `functions.f` must be a table; it is of type integer.");
    insta::assert_snapshot!(refused("service = \"a\"\nservice = "), @"service.toml:2:11: The service file is not valid TOML: string values must be quoted, expected literal string.");
}

#[test]
fn a_route_to_nowhere_is_refused() {
    let text = "service = \"a\"\n[functions.start]\nsource = \"x\"\n[[routes]]\nmethod = \"POST\"\npath = \"/s\"\nfunction = \"strat\"\n";
    insta::assert_snapshot!(refused(text), @r"
    service.toml:7:12: The route leads to `strat`, and there is no such function.
    Did you mean `start`?
    ");
}

#[test]
fn a_route_that_is_declared_twice_is_refused() {
    let route = "[[routes]]\nmethod = \"POST\"\npath = \"/s\"\nfunction = \"start\"\n";
    let text = format!("service = \"a\"\n[functions.start]\nsource = \"x\"\n{route}{route}");
    insta::assert_snapshot!(refused(&text), @r"
    service.toml:8:1: The route `POST /s` is declared twice, first at service.toml:4; an HTTP API has each route once.
    Delete one of them, or give it another method or path.
    ");
}

#[test]
fn an_unknown_pseudo_parameter_is_refused_where_it_stands() {
    let text = "service = \"a\"\n[functions.start]\nsource = \"x\"\nenvironment = { NAME = \"x-${AWS::Stack}\" }\n";
    insta::assert_snapshot!(refused(text), @r"
    service.toml:4:27: `${AWS::Stack}` is no pseudo-parameter that a deployment has a value for.
    Did you mean `AWS::StackName`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    ");
}

#[test]
fn what_holds_for_every_resource_is_read() {
    let text = "service = \"a\"\n[stack]\npermissions_boundary = \"arn:${AWS::Partition}:iam::#{AWS::AccountId}:policy/b\"\n\
                role_path = \"/team/\"\n[stack.tags]\nteam = \"x y\"\nempty = \"\"\n";
    let service = Service::parse(&Source::new("service.toml", text)).unwrap();
    let account = AccountId::parse("123456789012").unwrap();
    let stack = service.stack(service.default_stage.clone(), Region::default(), account);
    let settings = &service.stack_settings;
    assert_eq!(settings.tags.len(), 2);
    let boundary = settings.permissions_boundary.as_ref().unwrap().resolve(&stack);
    assert_eq!(boundary, "arn:aws:iam::123456789012:policy/b");
    let role = stack.role_arn(&Key::parse("send").unwrap());
    assert_eq!(role.as_str(), "arn:aws:iam::123456789012:role/team/a-dev-us-east-1-send");
}

#[test]
fn what_aws_would_refuse_of_it_is_refused_with_its_place() {
    let stack = |text: &str| refused(&format!("service = \"a\"\n[stack]\n{text}\n"));
    insta::assert_snapshot!(stack("role_path = \"team\""), @"service.toml:3:13: `team` can't be the path of roles: it begins and ends with `/`, holds letters, digits, `+=,.@_-` and `/`, and has up to 512 characters, such as `/team/`.");
    insta::assert_snapshot!(stack("permissions_boundary = \"b\""), @r"
    service.toml:3:24: `b` is not the ARN of a managed policy.
    It looks like `arn:#{AWS::Partition}:iam::#{AWS::AccountId}:policy/NAME`.
    ");
    insta::assert_snapshot!(stack("permissions_boundary = \"arn:aws:iam::#{AWS::Acount}:policy/b\""), @r"
    service.toml:3:38: `#{AWS::Acount}` is no pseudo-parameter that a deployment has a value for.
    Did you mean `AWS::AccountId`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    ");
    insta::assert_snapshot!(stack("tags = { \"aws:x\" = \"1\" }"), @"service.toml:3:10: The tag `aws:x` begins with `aws:`, which AWS keeps for itself.");
    insta::assert_snapshot!(stack("tags = { \"workshop:stack\" = \"1\" }"), @"service.toml:3:10: The tag `workshop:stack` begins with `workshop:`, which says whose a resource is.");
    insta::assert_snapshot!(stack("tags = { share = \"50%\" }"), @"service.toml:3:18: `50%` can't be the value of a tag because of `%`: AWS takes letters, digits, spaces and `_.:/=+-@`.");
    insta::assert_snapshot!(stack("tags = { team = \"a\", Team = \"b\" }"), @"service.toml:3:10: The tags `Team` and `team` are one to IAM, which ignores case.");
    insta::assert_snapshot!(stack("tags = { team = 1 }"), @"service.toml:3:17: The value of the tag `team` must be a string.");
    insta::assert_snapshot!(stack("tag = 1"), @r"
    service.toml:3:1: There is no key `tag` in [stack].
    Did you mean `tags`? Known here are tags, permissions_boundary, role_path.
    ");
    let many: Vec<String> = (0..49).map(|number| format!("t{number} = \"\"")).collect();
    insta::assert_snapshot!(stack(&format!("[stack.tags]\n{}", many.join("\n"))), @"service.toml:3:1: There are more than 48 tags; AWS takes 50 on a resource, and two say whose it is.");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = Service::parse(&Source::new("service.toml", text));
    }
}

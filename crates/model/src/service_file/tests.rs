//! The service file's reader against the lesson's own file and one example of each fault.

use super::*;

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
    assert!(service.routes[0].cors);
    let machine = &service.state_machines[&Key::parse("myStateMachine").unwrap()];
    assert_eq!(machine.definition, "wait-to-send.asl.json");
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_the_nearest() {
    insta::assert_snapshot!(refused("service = \"a\"\n[functions.f]\nsource = \"x\"\nmemroy_mb = 128\n"), @r"
    service.toml:4:1: There is no key `memroy_mb` in [functions.f].
    Did you mean `memory_mb`? Known here are source, memory_mb, timeout_s, log_retention_days, architecture, environment, permissions.
    ");
    insta::assert_snapshot!(refused("service = \"a\"\nzzz = 1\n"), @r"
    service.toml:2:1: There is no key `zzz` at the top level.
    Known here are service, stage, functions, routes, throttle, state_machines.
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

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = Service::parse(&Source::new("service.toml", text));
    }
}

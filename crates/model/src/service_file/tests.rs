//! The service file's reader against the lesson's own file and one example of each fault.

use super::*;
use crate::names::{AccountId, Region};
use crate::service::{Cors, PayloadFormat};

const LESSON: &str = include_str!("../../../../definitions/service.toml");

fn refused(text: &str) -> String {
    let errors = Service::parse(&Source::new("service.toml", text)).unwrap_err();
    let said = errors.iter().map(|error| match &error.hint {
        Some(hint) => format!("{error}\n{hint}"),
        None => error.to_string(),
    });
    said.collect::<Vec<_>>().join("\n")
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
    Did you mean `memory_mb`? Known here are source, patterns, name, description, runtime, handler, bundle, memory_mb, timeout_s, log_retention_days, architecture, environment, role, permissions, tags.
    ");
    insta::assert_snapshot!(refused("service = \"a\"\nzzz = 1\n"), @r"
    service.toml:2:1: There is no key `zzz` at the top level.
    Known here are service, stage, stack, functions, routes, throttle, state_machines, activities.
    ");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = "service = \"my shop\"\nstge = \"dev\"\n[functions.send]\nsource = 1\nmemory_mb = 64\nmemroy = 1\n\
        environment = { A = \"x\" }\n[[routes]]\nmethod = \"post\"\npath = \"x\"\nfunction = \"sned\"\n\
        [state_machines.flow]\ndefinition = \"f.json\"\ntype = \"express\"\n[throttle]\nburst = 0\n";
    insta::assert_snapshot!(refused(text), @r"
    service.toml:1:11: `my shop` can't be a service's name: use letters, digits and `-`, begin with a letter, and stay within 40 characters.
    service.toml:2:1: There is no key `stge` at the top level.
    Did you mean `stage`? Known here are service, stage, stack, functions, routes, throttle, state_machines, activities.
    service.toml:4:10: `functions.send.source` must be a string; it is of type integer.
    service.toml:5:13: `functions.send.memory_mb` must be a whole number from 128 to 10240; it is 64.
    service.toml:6:1: There is no key `memroy` in [functions.send].
    Did you mean `memory_mb`? Known here are source, patterns, name, description, runtime, handler, bundle, memory_mb, timeout_s, log_retention_days, architecture, environment, role, permissions, tags.
    service.toml:7:17: `A` can't be the name of an environment variable.
    Lambda takes names of two or more letters, digits and `_` that begin with a letter.
    service.toml:9:10: `method` can't be `post`; it is one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT.
    Did you mean `POST`?
    service.toml:10:8: A route's path begins with `/` and holds no space; `x` does not.
    service.toml:11:12: The route leads to `sned`, and there is no such function.
    Did you mean `send`?
    service.toml:14:8: `type` can't be `express`; it is one of STANDARD, EXPRESS.
    Did you mean `EXPRESS`?
    service.toml:16:9: `throttle.burst` must be a whole number from 1 to 5000; it is 0.
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

#[test]
fn functions_in_other_languages_have_a_runtime_and_a_handler() {
    let text = "service = \"a\"\n[functions.f]\nsource = \"../src\"\nruntime = \"nodejs22.x\"\nhandler = \"handler.start\"\n\
                patterns = [\"**\", \"!tests/**\"]\nname = \"${AWS::StackName}-x\"\ndescription = \"d\"\ntags = { team = \"b\" }\n\
                [[routes]]\nmethod = \"GET\"\npath = \"/x\"\nfunction = \"f\"\npayload_format = \"1.0\"\n\
                cors = { origins = [\"https://b.example\"], allow_credentials = true, max_age_s = 60, methods = [\"GET\"] }\n\
                [state_machines.m]\ndefinition = \"m.asl.json\"\nname = \"machine.${AWS::Region}\"\ntags = { team = \"c\" }\n";
    let parse = |runtime| Service::parse_with_runtime(&Source::new("service.toml", text), runtime).unwrap();
    let service = parse(None);
    let function = &service.functions[&Key::parse("f").unwrap()];
    assert_eq!((function.runtime, function.handler.as_str()), (Runtime::Nodejs22, "handler.start"));
    assert_eq!(function.code.path, "../src");
    assert_eq!(
        function.code.patterns.iter().map(|it| (it.glob.as_str(), it.excludes)).collect::<Vec<_>>(),
        [("**", false), ("tests/**", true)]
    );
    assert_eq!((function.description.as_deref(), function.tags["team"].as_str()), (Some("d"), "b"));
    assert_eq!(service.routes[0].payload_format, PayloadFormat::V1);
    let cors = service.routes[0].cors.as_ref().unwrap();
    assert_eq!(
        (cors.origins[0].as_str(), cors.allow_credentials, cors.max_age_s),
        ("https://b.example", true, Some(60))
    );
    let account = AccountId::parse("123456789012").unwrap();
    let stack = service.stack(service.default_stage.clone(), Region::default(), account);
    assert_eq!(stack.function_name(&Key::parse("f").unwrap()), "a-dev-x");
    assert_eq!(stack.state_machine_name(&Key::parse("m").unwrap()), "machine.us-east-1");
    let of_command = |runtime| parse(Some(runtime)).functions[&Key::parse("f").unwrap()].runtime;
    assert_eq!(of_command(Runtime::Nodejs24), Runtime::Nodejs24);
    assert_eq!(of_command(Runtime::Python312), Runtime::Nodejs22, "another language stays");
}

#[test]
fn what_lambda_would_refuse_of_a_function_is_refused_with_its_place() {
    let function = |text: &str| refused(&format!("service = \"a\"\n[functions.f]\nsource = \"x\"\n{text}\n"));
    insta::assert_snapshot!(function("runtime = \"nodejs6.10\""), @r"
    service.toml:4:11: Lambda has retired the runtime `nodejs6.10`; its successor is `nodejs24.x`.
    Write `nodejs24.x` there, or deploy with `--runtime nodejs24.x`; check that the code runs on it.
    ");
    insta::assert_snapshot!(function("runtime = \"nodjs22.x\""), @r"
    service.toml:4:11: `nodjs22.x` is no runtime of Lambda.
    Did you mean `nodejs22.x`? Known are provided.al2, provided.al2023, nodejs20.x, nodejs22.x, nodejs24.x, python3.10, python3.11, python3.12, python3.13, python3.14.
    ");
    insta::assert_snapshot!(function("runtime = \"python3.12\""), @r#"
    service.toml:2:1: `functions.f.handler` is missing: python3.12 calls a function of a file.
    It is the file's path without its ending, and the function: `handler = "handler.start"`.
    "#);
    insta::assert_snapshot!(function("handler = \"a b\""), @"service.toml:4:11: `a b` can't be a handler: Lambda takes 1 to 128 characters without spaces.");
    insta::assert_snapshot!(function("layers = [\"x\"]"), @r"
    service.toml:4:10: `functions.f.layers` can't be honoured: `workshop` deploys no layers.
    Put what the layer holds beside the handler, so that it is in the function's zip.
    ");
    insta::assert_snapshot!(function("name = \"a b\""), @"service.toml:4:8: `a b` can't be a function's name: Lambda takes 1 to 64 letters, digits, `-` and `_`; it has 3 characters.");
    insta::assert_snapshot!(function("name = \"${AWS::Stack}\""), @r"
    service.toml:4:9: `${AWS::Stack}` is no pseudo-parameter that a deployment has a value for.
    Did you mean `AWS::StackName`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    ");
    insta::assert_snapshot!(function("architecture = \"arm\""), @r"
    service.toml:4:16: `architecture` can't be `arm`; it is one of x86_64, arm64.
    Did you mean `arm64`?
    ");
    insta::assert_snapshot!(function("description = \"in ${AWS::Region}\""), @r"
    service.toml:4:15: `functions.f.description` can't hold pseudo-parameters: they have a value only in a deployment.
    Write the value out.
    ");
    insta::assert_snapshot!(function(&format!("description = \"{}\"", "d".repeat(257))), @"service.toml:4:15: The description is too long: Lambda takes 256 characters.");
    let route =
        |text: &str| function(&format!("[[routes]]\nmethod = \"GET\"\npath = \"/x\"\nfunction = \"f\"\n{text}"));
    insta::assert_snapshot!(route("payload_format = \"3.0\""), @r"
    service.toml:8:18: `payload_format` can't be `3.0`; it is one of 1.0, 2.0.
    Did you mean `2.0`?
    ");
    insta::assert_snapshot!(route("cors = { allow_credentials = true }"), @r#"
    service.toml:8:8: `allow_credentials` does not go with the origin `*`: API Gateway refuses it, and so do browsers.
    Name the origins: `origins = ["https://example.com"]`.
    "#);
    insta::assert_snapshot!(route("cors = { methods = [\"GTE\"] }"), @"service.toml:8:21: `methods` can't be `GTE`; it is one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT.");
    insta::assert_snapshot!(route("cors = { orign = [\"x\"] }"), @r"
    service.toml:8:10: There is no key `orign` in [routes.cors].
    Did you mean `origins`? Known here are origins, methods, headers, exposed_headers, allow_credentials, max_age_s.
    ");
    insta::assert_snapshot!(route("cors = \"yes\""), @"service.toml:8:8: `routes.cors` must be true or false; it is of type string.");
    insta::assert_snapshot!(function("name = \"x\"\n[functions.g]\nsource = \"x\"\nname = \"x\""), @r"
    service.toml:5:1: `g` would have the same name as `f`: `x`.
    Give one of them another `name`.
    ");
    let machine = "[state_machines.m]\ndefinition = \"m\"\n";
    insta::assert_snapshot!(function(&format!("{machine}name = \"a/b\"")), @r##"service.toml:6:8: `a/b` can't be a state machine's name: Step Functions takes 1 to 80 characters without spaces and `<>{}[]?*"#%\^|~`$&,;:/`; it has 3 characters."##);
    insta::assert_snapshot!(function(&format!("{machine}type = \"EXPRES\"")), @r"
    service.toml:6:8: `type` can't be `EXPRES`; it is one of STANDARD, EXPRESS.
    Did you mean `EXPRESS`?
    ");
}

#[test]
fn what_only_some_services_need_is_read() {
    let text = "service = \"a\"\n[functions.f]\nsource = \"x\"\nruntime = \"nodejs22.x\"\nhandler = \"x.y\"\n\
        bundle = { minify = true, source_map = true, target = \"node20\", external = [\"sharp\"] }\n\
        [[functions.f.permissions]]\neffect = \"Deny\"\nactions = [\"s3:*\"]\nresources = [\"*\"]\n\
        condition = { StringEquals = { \"aws:RequestedRegion\" = [\"${AWS::Region}\", \"x\"] }, Bool = { \"aws:SecureTransport\" = true } }\n\
        [functions.g]\nsource = \"x\"\nrole = \"arn:aws:iam::#{AWS::AccountId}:role/g\"\n\
        [state_machines.m]\ndefinition = \"m.json\"\nrole = \"arn:aws:iam::#{AWS::AccountId}:role/m\"\n\
        logging = { level = \"ALL\", include_execution_data = true, destinations = [\"arn:aws:logs:${AWS::Region}:1:log-group:/a:*\"] }\n\
        [state_machines.n]\ndefinition = \"n.json\"\nlogging = { level = \"OFF\" }\n";
    let service = Service::parse(&Source::new("service.toml", text)).unwrap();
    let account = AccountId::parse("123456789012").unwrap();
    let stack = service.stack(service.default_stage.clone(), Region::default(), account);
    let key = |text: &str| Key::parse(text).unwrap();
    let f = &service.functions[&key("f")];
    let bundling = f.code.bundling.as_ref().unwrap();
    assert_eq!((bundling.minify, bundling.source_map, bundling.target.as_deref()), (true, true, Some("node20")));
    assert_eq!(bundling.external, ["sharp"]);
    let permission = &f.permissions[0];
    assert_eq!(permission.effect.as_str(), "Deny");
    insta::assert_snapshot!(permission.condition.as_ref().unwrap().resolve(&stack), @r#"{"Bool":{"aws:SecureTransport":true},"StringEquals":{"aws:RequestedRegion":["us-east-1","x"]}}"#);
    let role = |role: &Option<Template>| role.as_ref().unwrap().resolve(&stack);
    assert_eq!(role(&service.functions[&key("g")].role), "arn:aws:iam::123456789012:role/g");
    let machine = &service.state_machines[&key("m")];
    assert_eq!(role(&machine.role), "arn:aws:iam::123456789012:role/m");
    let logging = machine.logging.as_ref().unwrap();
    assert_eq!((logging.level.as_str(), logging.include_execution_data), ("ALL", true));
    assert_eq!(logging.destinations[0].resolve(&stack), "arn:aws:logs:us-east-1:1:log-group:/a:*");
    assert_eq!(service.state_machines[&key("n")].logging, None);
}

#[test]
fn what_is_wrong_with_it_is_refused_with_its_place() {
    let function = |text: &str| refused(&format!("service = \"a\"\n[functions.f]\nsource = \"x\"\n{text}\n"));
    insta::assert_snapshot!(function("bundle = true"), @r"
    service.toml:4:10: `functions.f.bundle` is about JavaScript, and provided.al2023 runs none.
    Take it out.
    ");
    insta::assert_snapshot!(function("role = \"admin\""), @r"
    service.toml:4:8: `admin` is no ARN of a role.
    It looks like `arn:#{AWS::Partition}:iam::#{AWS::AccountId}:role/NAME`.
    ");
    let permission = "actions = [\"s3:*\"]\nresources = [\"*\"]\n";
    insta::assert_snapshot!(function(&format!("role = \"arn:aws:iam::1:role/g\"\n[[functions.f.permissions]]\n{permission}")), @r"
    service.toml:5:1: `functions.f.permissions` does not go with `role`.
    Take one of them out: the role that `role` names has its own statements.
    ");
    insta::assert_snapshot!(function(&format!("[[functions.f.permissions]]\n{permission}effect = \"deny\"")), @r"
    service.toml:7:10: `effect` can't be `deny`; it is one of Allow, Deny.
    Did you mean `Deny`?
    ");
    insta::assert_snapshot!(function(&format!("[[functions.f.permissions]]\n{permission}condition = \"x\"")), @"service.toml:7:13: `functions.f.permissions.condition` must be a table; it is of type string.");
    insta::assert_snapshot!(function(&format!("[[functions.f.permissions]]\n{permission}condition = {{ A = {{ b = 2020-01-01 }} }}")), @r"
    service.toml:7:25: A condition can't hold a value of type datetime.
    Write it as a string: IAM compares texts.
    ");
    let machine = |text: &str| refused(&format!("service = \"a\"\n[state_machines.m]\ndefinition = \"x\"\n{text}\n"));
    insta::assert_snapshot!(machine("logging = { level = \"ALL\" }"), @r"
    service.toml:4:11: `state_machines.m.logging.destinations` is missing: the level ALL needs a log group.
    Add the ARN of a log group, which ends in `:*`.
    ");
    insta::assert_snapshot!(machine("logging = { level = \"ERRORS\" }"), @r"
    service.toml:4:21: `level` can't be `ERRORS`; it is one of ALL, ERROR, FATAL, OFF.
    Did you mean `ERROR`?
    ");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = Service::parse(&Source::new("service.toml", text));
    }
}

#[test]
fn activities_have_names_and_tags() {
    let text = "service = \"shop\"\n[activities.approve]\n[activities.pay]\nname = \"pay.${AWS::Region}\"\ntags = { team = \"c\" }\n";
    let service = Service::parse(&Source::new("service.toml", text)).unwrap();
    let stack = service.stack(StageName::default(), Region::default(), AccountId::local());
    let key = |name| Key::parse(name).unwrap();
    assert_eq!(stack.activity_name(&key("approve")), "shop-dev-approve");
    assert_eq!(
        stack.activity_arn(&key("pay")).as_str(),
        "arn:aws:states:us-east-1:000000000000:activity:pay.us-east-1"
    );
    assert_eq!(service.activities[&key("pay")].tags["team"], "c");
    insta::assert_snapshot!(refused("service = \"a\"\n[activities.x]\nname = \"a b\"\n"), @r##"service.toml:3:8: `a b` can't be an activity's name: Step Functions takes 1 to 80 characters without spaces and `<>{}[]?*"#%\^|~`$&,;:/`; it has 3 characters."##);
    insta::assert_snapshot!(refused("service = \"a\"\n[activities.x]\nname = \"y\"\n[activities.y]\nname = \"y\"\n"), @r"
    service.toml:4:1: `y` would have the same name as `x`: `y`.
    Give one of them another `name`.
    ");
}

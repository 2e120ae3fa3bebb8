//! Roles that are gone, of other accounts, and those that the services may have.

use hyper::Method;
use serde_json::{Value, json};

use crate::permissions::{ACCOUNT, Session, TRUST, policy, run, task};
use crate::world::{World, read};

const OTHER: &str = "000000000002";

async fn delete_role(world: &World, name: &str) {
    let own = [("RoleName", name), ("PolicyName", "own")];
    world.query(ACCOUNT, "iam", "DeleteRolePolicy", &own).await.unwrap();
    world.query(ACCOUNT, "iam", "DeleteRole", &own[..1]).await.unwrap();
}

async fn trust(world: &World, name: &str, document: &str) {
    let members = [("RoleName", name), ("PolicyDocument", document)];
    world.query(ACCOUNT, "iam", "UpdateAssumeRolePolicy", &members).await.unwrap();
}

/// Invokes a function; gives the status and the answer.
async fn invoke(world: &World, function: &str) -> (u16, Value) {
    let cloud = std::sync::Arc::clone(&world.cloud);
    let path = format!("/2015-03-31/functions/{function}/invocations");
    let request = world.request(ACCOUNT, "lambda").with_path(Method::POST, &path, "", "{}");
    let answering = tokio::spawn(async move { cloud.answer(request).await });
    cloud_core::testing::run_for(&world.control, std::time::Duration::from_secs(3)).await;
    let answered = answering.await.unwrap();
    (answered.status, read(&answered))
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_function_runs_with_its_role_or_with_one_that_was_never_made() {
    let world = World::new(1);
    world.create_function(ACCOUNT, "free", "arn:aws:iam::000000000000:role/made-up").await;
    assert_eq!(invoke(&world, "free").await.0, 200, "a role that was never made is not judged");
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    world.put_policy(ACCOUNT, "r", &policy(r#"{"Effect":"Allow","Action":"logs:*","Resource":"*"}"#)).await;
    world.create_function(ACCOUNT, "send", &role).await;
    assert_eq!(invoke(&world, "send").await.0, 200);
    let closed = TRUST.replace("lambda.amazonaws.com", "events.amazonaws.com");
    trust(&world, "r", &closed).await;
    let (status, told) = invoke(&world, "send").await;
    assert_eq!((status, &told["Type"]), (403, &json!("User")));
    assert_eq!(told["Message"], "The role defined for the function cannot be assumed by Lambda.");
    trust(&world, "r", TRUST).await;
    assert_eq!(invoke(&world, "send").await.0, 200);
    delete_role(&world, "r").await;
    let (status, told) = invoke(&world, "send").await;
    assert_eq!(
        (status, &told["Message"]),
        (403, &json!("The role defined for the function cannot be assumed by Lambda."))
    );
    let again = world.rest(ACCOUNT, "lambda", Method::GET, "/2015-03-31/functions/send/configuration", &Value::Null);
    assert_eq!(read(&again.await)["Role"], json!(role), "the function itself stays as it is");
    // Neither is it a role for a new one.
    let change = json!({"Role": role});
    let path = "/2015-03-31/functions/free/configuration";
    let told = read(&world.rest(ACCOUNT, "lambda", Method::PUT, path, &change).await);
    assert_eq!(told["message"], "The role defined for the function cannot be assumed by Lambda.");
    world.create_role_named(ACCOUNT, "r", TRUST).await;
    assert_eq!(invoke(&world, "send").await.0, 200, "a role of the same name is there again");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_machines_tasks_fail_once_its_role_is_gone() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &all).await;
    let role = world.create_role_named(ACCOUNT, "m", TRUST).await;
    world.put_policy(ACCOUNT, "m", &policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)).await;
    let mut machines = Vec::new();
    for (name, resource, parameters) in
        [("plain", function.as_str(), json!({})), ("sdk", "arn:aws:states:::aws-sdk:sfn:listStateMachines", json!({}))]
    {
        let machine = world.create_machine(ACCOUNT, name, &role, &task(resource, &parameters)).await;
        assert_eq!(run(&world, &machine).await, None);
        machines.push(machine);
    }
    let not_assumed = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to \
                       assume the provided role.";
    let expected = Some(("States.TaskFailed".to_owned(), not_assumed.to_owned()));
    trust(&world, "m", &TRUST.replace("states.amazonaws.com", "events.amazonaws.com")).await;
    for machine in &machines {
        assert_eq!(run(&world, machine).await, expected);
    }
    trust(&world, "m", &TRUST.replace("states.amazonaws.com", "states.us-east-1.amazonaws.com")).await;
    for machine in &machines {
        assert_eq!(run(&world, machine).await, None, "the regional name is one of the service's");
    }
    delete_role(&world, "m").await;
    for machine in &machines {
        assert_eq!(run(&world, machine).await, expected);
    }
    let input = json!({"name": "n", "roleArn": role, "definition": task(&function, &json!({})).to_string()});
    assert_eq!(world.states(ACCOUNT, "CreateStateMachine", &input).await["message"], not_assumed);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn no_role_is_given_across_accounts() {
    let world = World::new(1);
    let own = world.create_role(ACCOUNT).await;
    let foreign = world.create_role(OTHER).await;
    world.create_function(ACCOUNT, "f", &own).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let machine = world.create_machine(ACCOUNT, "m", &own, &pass).await;
    let cross = "Cross-account pass role is not allowed.";
    let states = [
        ("CreateStateMachine", json!({"name": "n", "roleArn": foreign, "definition": pass.to_string()})),
        ("UpdateStateMachine", json!({"stateMachineArn": machine, "roleArn": foreign})),
        ("TestState", json!({"definition": r#"{"Type":"Pass","End":true}"#, "roleArn": foreign})),
    ];
    for (operation, input) in states {
        let told = world.states(ACCOUNT, operation, &input).await;
        assert_eq!(
            (&told["__type"], &told["message"]),
            (&json!("AccessDeniedException"), &json!(cross)),
            "{operation}"
        );
    }
    let api = json!({"name": "a", "protocolType": "HTTP"});
    let api = read(&world.rest(ACCOUNT, "apigateway", Method::POST, "/v2/apis", &api).await);
    let api = api["apiId"].as_str().unwrap();
    let start = json!({
        "integrationType": "AWS_PROXY", "integrationSubtype": "StepFunctions-StartExecution", "credentialsArn": foreign,
        "payloadFormatVersion": "1.0", "requestParameters": {"StateMachineArn": machine},
    });
    let role = json!({"Role": foreign});
    for (service, method, path, input) in [
        ("lambda", Method::PUT, "/2015-03-31/functions/f/configuration".to_owned(), &role),
        ("apigateway", Method::POST, format!("/v2/apis/{api}/integrations"), &start),
    ] {
        let answer = world.rest(ACCOUNT, service, method, &path, input).await;
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == 403 && told.contains(cross), "{path}: {told}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn conditions_see_the_tags_of_an_instance_profile() {
    let world = World::new(1);
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    let tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
    let profile = [("InstanceProfileName", "p"), ("Path", "/x/"), tag[0], tag[1]];
    world.query(ACCOUNT, "iam", "CreateInstanceProfile", &profile).await.unwrap();
    let session = Session::open(&world, &role, &[]).await;
    for (team, holds) in [("blue", true), ("red", false)] {
        let condition = format!(r#"{{"StringEquals":{{"aws:ResourceTag/team":"{team}"}}}}"#);
        let may = r#"{"Effect":"Allow","Action":"iam:GetInstanceProfile","Resource":"*","Condition":"#;
        world.put_policy(ACCOUNT, "r", &policy(&format!("{may}{condition}}}"))).await;
        let got = world.query_with(session.request("iam"), "GetInstanceProfile", &profile[..1]).await;
        assert_eq!(got.is_ok(), holds, "{team}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_task_has_no_role_whose_trust_was_meant_for_an_earlier_role() {
    let world = World::new(1);
    let may = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let own = world.create_role_named(ACCOUNT, "own", TRUST).await;
    world.put_policy(ACCOUNT, "own", &may).await;
    let of_own = format!(r#""AWS":"{own}""#);
    let target_trust = TRUST.replace(r#""AWS":"000000000000""#, &of_own);
    assert!(target_trust.contains(&of_own), "{target_trust}");
    let target = world.create_role_named(ACCOUNT, "target", &target_trust).await;
    world.put_policy(ACCOUNT, "target", &may).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let child = world.create_machine(ACCOUNT, "child", &own, &pass).await;
    let mut definition = task("arn:aws:states:::aws-sdk:sfn:describeStateMachine", &json!({"StateMachineArn": child}));
    definition["States"]["T"]["Credentials"] = json!({"RoleArn": target});
    let machine = world.create_machine(ACCOUNT, "m", &own, &definition).await;
    assert_eq!(run(&world, &machine).await, None);
    delete_role(&world, "own").await;
    world.create_role_named(ACCOUNT, "own", TRUST).await;
    world.put_policy(ACCOUNT, "own", &may).await;
    let told = format!("The role {own} is not authorized to assume the task state's role, {target}.");
    assert_eq!(run(&world, &machine).await, Some(("States.TaskFailed".to_owned(), told)));
    trust(&world, "target", &target_trust).await;
    assert_eq!(run(&world, &machine).await, None, "saved again it means the role that is there");
}

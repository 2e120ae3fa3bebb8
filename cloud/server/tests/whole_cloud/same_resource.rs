//! What a policy is asked about is what the operation then acts on, however a request is written.

use hyper::Method;
use serde_json::{Value, json};

use crate::permissions::{ACCOUNT, Session, TRUST, policy};
use crate::world::{World, read};

/// Everything, but nothing with these.
fn all_but(resources: &[&str]) -> String {
    let denied = json!({"Effect": "Deny", "Action": "*", "Resource": resources});
    policy(&format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*"}},{denied}"#))
}

/// A session that may do everything but touch the protected things.
struct Guarded<'w> {
    world: &'w World,
    session: Session<'w>,
}

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const GROUP: &str = "arn:aws:logs:us-east-1:000000000000:log-group:g";

impl<'w> Guarded<'w> {
    async fn open(world: &'w World) -> Self {
        let all = world.create_role(ACCOUNT).await;
        world.create_function(ACCOUNT, "f", &all).await;
        let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
        world.create_machine(ACCOUNT, "m", &all, &pass).await;
        for group in ["g", "open"] {
            world.logs(ACCOUNT, "CreateLogGroup", &json!({ "logGroupName": group })).await;
        }
        world.create_role_named(ACCOUNT, "kept", TRUST).await;
        let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
        let group = format!("{GROUP}:*");
        let kept = "arn:aws:iam::000000000000:role/kept";
        let tags = "arn:aws:apigateway:us-east-1::/tags/*";
        world.put_policy(ACCOUNT, "r", &all_but(&[MACHINE, FUNCTION, GROUP, &group, kept, tags])).await;
        Self { world, session: Session::open(world, &role, &[]).await }
    }

    async fn target(&self, service: &str, operation: &str, body: &str) -> (u16, String) {
        let prefix = if service == "logs" { "Logs_20140328" } else { "AWSStepFunctions" };
        let request = self.session.request(service).with_target(prefix, operation, body.to_owned());
        self.answer(request).await
    }

    async fn form(&self, query: &str, body: &str) -> (u16, String) {
        let request = self.session.request("iam").with_path(Method::POST, "/", query, body.to_owned());
        self.answer(request).await
    }

    async fn rest(&self, method: Method, path: &str, body: &str) -> (u16, String) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = self.session.request("lambda").with_path(method, path, query, body.to_owned());
        self.answer(request).await
    }

    async fn answer(&self, request: cloud_core::Request) -> (u16, String) {
        let response = self.world.cloud.answer(request).await;
        (response.status, String::from_utf8_lossy(&response.body).into_owned())
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn json_is_read_as_the_operation_reads_it() {
    let world = World::new(1);
    let guarded = Guarded::open(&world).await;
    let delete = |arn: &str| json!({ "stateMachineArn": arn }).to_string();
    let odd = |from: &str, to: &str| delete(&MACHINE.replace(from, to));
    for body in [
        delete(MACHINE),
        format!(" \n{}", delete(MACHINE)),
        format!(r#"{{"stateMachineArn":"{MACHINE}","stateMachineArn":"{MACHINE}"}}"#),
        format!(r#"{{"\u0073tateMachineArn":"{MACHINE}"}}"#),
        odd("arn:aws:", "arn:other:"),
        odd("us-east-1", "US-EAST-1"),
        odd("us-east-1", ""),
    ] {
        guarded.target("states", "DeleteStateMachine", &body).await;
    }
    let described = world.states(ACCOUNT, "DescribeStateMachine", &json!({ "stateMachineArn": MACHINE })).await;
    assert_eq!(described["status"], "ACTIVE");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_group_is_guarded_by_every_name_that_it_has() {
    let world = World::new(1);
    let guarded = Guarded::open(&world).await;
    let tags = json!({"a": "b"});
    for (operation, input) in [
        ("DeleteLogGroup", json!({"logGroupName": "g"})),
        ("FilterLogEvents", json!({"logGroupIdentifier": GROUP})),
        ("FilterLogEvents", json!({"logGroupIdentifier": "g"})),
        ("FilterLogEvents", json!({"logGroupIdentifier": format!("{GROUP}:*")})),
        ("FilterLogEvents", json!({"logGroupIdentifier": "x:log-group:g"})),
        ("TagResource", json!({"resourceArn": GROUP, "tags": tags})),
        ("TagResource", json!({"resourceArn": format!("{GROUP}:*"), "tags": tags})),
        ("TagResource", json!({"resourceArn": GROUP.replace("arn:aws:logs", "arn:aws:s3"), "tags": tags})),
        ("TagResource", json!({"resourceArn": GROUP.replace("arn:aws:", "arn:other:"), "tags": tags})),
        ("TagResource", json!({"resourceArn": "x:log-group:g", "tags": tags})),
        ("UntagResource", json!({"resourceArn": format!("{GROUP}:*"), "tagKeys": ["a"]})),
        ("ListTagsForResource", json!({"resourceArn": format!("{GROUP}:*")})),
        (
            "AssociateKmsKey",
            json!({"resourceIdentifier": GROUP, "kmsKeyId": "arn:aws:kms:us-east-1:000000000000:key/k"}),
        ),
        ("DisassociateKmsKey", json!({"resourceIdentifier": GROUP})),
        ("PutLogGroupDeletionProtection", json!({"logGroupIdentifier": GROUP, "deletionProtectionEnabled": true})),
        ("StartLiveTail", json!({"logGroupIdentifiers": [GROUP.replace(":g", ":open"), GROUP]})),
        (
            "StartQuery",
            json!({"logGroupNames": ["open", "g"], "startTime": 0, "endTime": 1, "queryString": "fields @message"}),
        ),
        (
            "StartQuery",
            json!({"logGroupIdentifiers": ["open", GROUP], "startTime": 0, "endTime": 1, "queryString": "fields @message"}),
        ),
    ] {
        let (status, told) = guarded.target("logs", operation, &input.to_string()).await;
        assert!(status >= 400, "{operation} {input}: {told}");
    }
    let groups = world.logs(ACCOUNT, "DescribeLogGroups", &json!({"logGroupNamePrefix": "g"})).await;
    assert_eq!(groups["logGroups"].as_array().map(Vec::len), Some(1));
    let shown = world.logs(ACCOUNT, "ListTagsLogGroup", &json!({"logGroupName": "g"})).await;
    assert_eq!(shown["tags"], json!({}));
    let both = json!({"logGroupNames": ["open"], "startTime": 0, "endTime": 1, "queryString": "fields @message"});
    assert_eq!(guarded.target("logs", "StartQuery", &both.to_string()).await.0, 200);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_form_is_read_as_the_operation_reads_it() {
    let world = World::new(1);
    let guarded = Guarded::open(&world).await;
    for (query, body) in [
        ("", "Action=DeleteRole&RoleName=kept"),
        ("", "Action=DeleteRole&RoleName=other&RoleName=kept"),
        ("RoleName=other", "Action=DeleteRole&RoleName=kept"),
        ("", "{x=&Action=DeleteRole&RoleName=kept"),
        ("", "{\"RoleName\":\"other&Action=DeleteRole&RoleName=kept&x=\"}"),
        ("Action=DeleteRole&RoleName=kept", ""),
        ("Action=DeleteRole&RoleName=other&RoleName=kept", "{}"),
    ] {
        let (status, told) = guarded.form(query, body).await;
        assert!(status == 403 && told.contains("explicit deny"), "{query} {body}: {told}");
    }
    world.query(ACCOUNT, "iam", "GetRole", &[("RoleName", "kept")]).await.unwrap();
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_function_is_guarded_by_every_name_that_it_has() {
    let world = World::new(1);
    let guarded = Guarded::open(&world).await;
    let other = FUNCTION.replace("arn:aws:", "arn:other:");
    for named in ["f", "function:f", "000000000000:function:f", FUNCTION, &other, "f:$LATEST"] {
        let path = format!("/2015-03-31/functions/{}", named.replace(':', "%3A").replace('$', "%24"));
        let (status, told) = guarded.rest(Method::DELETE, &path, "").await;
        assert!(status >= 400, "{named}: {told}");
        let tags = path.replace("2015-03-31/functions", "2017-03-31/tags");
        let (status, told) = guarded.rest(Method::POST, &tags, r#"{"Tags":{"a":"b"}}"#).await;
        assert!(status >= 400, "{named}: {told}");
    }
    let tags = world.rest(ACCOUNT, "lambda", Method::GET, &format!("/2017-03-31/tags/{FUNCTION}"), &Value::Null).await;
    assert_eq!(read(&tags)["Tags"], json!({}));
    let create = json!({"FunctionName": FUNCTION, "Role": "arn:aws:iam::000000000000:role/all"});
    let (status, told) = guarded.rest(Method::POST, "/2015-03-31/functions", &format!("\n{create}")).await;
    assert!(status == 403 && told.contains("explicit deny"), "{told}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_decoy_does_not_say_what_is_asked_for() {
    let world = World::new(1);
    let guarded = Guarded::open(&world).await;
    let only = |condition: &str| {
        policy(&format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#))
    };
    world.put_policy(ACCOUNT, "r", &only(r#"{"StringEquals":{"aws:RequestTag/team":"blue"}}"#)).await;
    let path = format!("/2017-03-31/tags/{FUNCTION}");
    let decoy = r#"{"tags":{"team":"blue"},"Tags":{"team":"red"}}"#;
    assert_eq!(guarded.rest(Method::POST, &path, decoy).await.0, 403);
    assert_eq!(guarded.rest(Method::POST, &path, r#"{"Tags":{"team":"blue"}}"#).await.0, 204);
    world.put_policy(ACCOUNT, "r", &only(r#"{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}}"#)).await;
    let permission = r#"{"StatementId":"s","Action":"lambda:InvokeFunctionUrl","Principal":"*"}"#;
    let path = "/2015-03-31/functions/f/policy?FunctionUrlAuthType=AWS_IAM";
    assert_eq!(guarded.rest(Method::POST, path, permission).await.0, 403);
}

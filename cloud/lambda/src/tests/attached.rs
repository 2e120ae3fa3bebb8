//! Networks, dead letters, provisioned concurrency and the other settings that are kept and shown.

use std::time::Duration;

use cloud_core::testing::come_to_rest;
use serde_json::{Value, json};

use super::{Fixture, creation};
use crate::runtime::SimulatedRun;

const FUNCTIONS: &str = "/2015-03-31/functions";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";

fn error(refused: &cloud_core::ServiceError) -> (u16, &str, &str) {
    (refused.status, &refused.code, &refused.message)
}

#[tokio::test(start_paused = true)]
async fn a_network_and_a_queue_are_shown_wherever_a_function_is_and_taken_away() {
    let lambda = Fixture::new();
    let mut input = creation("f", "code");
    input["VpcConfig"] = json!({"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]});
    input["DeadLetterConfig"] = json!({"TargetArn": QUEUE});
    let created = lambda.ask("POST", FUNCTIONS, &input).await;
    let vpc = &created["VpcConfig"];
    assert_eq!((&vpc["SubnetIds"], &vpc["SecurityGroupIds"]), (&json!(["subnet-1"]), &json!(["sg-1"])));
    assert_eq!(vpc["Ipv6AllowedForDualStack"], false);
    assert!(vpc["VpcId"].as_str().unwrap().starts_with("vpc-"), "{vpc}");
    lambda.ask("POST", &format!("{FUNCTIONS}/f/versions"), &json!({})).await;
    for path in ["/f/configuration", "/f/configuration?Qualifier=1"] {
        let shown = lambda.ask("GET", &format!("{FUNCTIONS}{path}"), &Value::Null).await;
        assert_eq!((&shown["VpcConfig"], &shown["DeadLetterConfig"]["TargetArn"]), (vpc, &json!(QUEUE)), "{path}");
    }
    let listed = lambda.ask("GET", FUNCTIONS, &Value::Null).await;
    assert_eq!(&listed["Functions"][0]["VpcConfig"], vpc);
    let gone = json!({"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}, "DeadLetterConfig": {"TargetArn": ""}});
    let updated = lambda.ask("PUT", &format!("{FUNCTIONS}/f/configuration"), &gone).await;
    let empty = json!({"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": false});
    assert_eq!((&updated["VpcConfig"], updated.get("DeadLetterConfig")), (&empty, None));
    let published = lambda.ask("POST", &format!("{FUNCTIONS}/f/versions"), &json!({})).await;
    assert_eq!(published["Version"], "2", "the change is one");
}

#[tokio::test(start_paused = true)]
async fn networks_have_few_groups_and_subnets_of_their_form() {
    let lambda = Fixture::new();
    let mut input = creation("f", "code");
    input["VpcConfig"] = json!({"SubnetIds": ["subnet-1"], "SecurityGroupIds": vec!["sg-1"; 6]});
    let many = lambda.send("POST", FUNCTIONS, &input).await.unwrap_err();
    assert!(many.message.ends_with("Member must have length less than or equal to 5"), "{many}");
    input["VpcConfig"] = json!({"SubnetIds": ["vpc-1"], "SecurityGroupIds": ["sg-1"]});
    let other = lambda.send("POST", FUNCTIONS, &input).await.unwrap_err();
    assert!(other.message.contains("Value '[vpc-1]' at 'vpcConfig.subnetIds'"), "{other}");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_given_up_ends_although_there_is_no_queue() {
    let lambda = Fixture::with(|_, _| SimulatedRun::fails(&json!({"errorMessage": "no"})));
    let mut input = creation("f", "code");
    input["DeadLetterConfig"] = json!({"TargetArn": QUEUE});
    lambda.ask("POST", FUNCTIONS, &input).await;
    let none = json!({"MaximumRetryAttempts": 0});
    lambda.ask("PUT", "/2019-09-25/functions/f/event-invoke-config", &none).await;
    let request = super::request(
        &cloud_core::Location::default(),
        lambda.clock.now(),
        "POST",
        &format!("{FUNCTIONS}/f/invocations"),
        &json!({}),
    );
    let request = request.with_header("x-amz-invocation-type", "Event");
    super::answer(&lambda.functions, &lambda.faults, request).await.unwrap();
    come_to_rest().await;
    lambda.control.advance(Duration::from_secs(1));
    come_to_rest().await;
    let mut left = 0;
    let scanned = lambda.store.scan_keys(crate::ASYNC_EVENTS, cloud_store::Range::all(), |_| {
        left += 1;
        std::ops::ControlFlow::Continue(())
    });
    scanned.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(start_paused = true)]
async fn concurrency_is_provisioned_for_published_versions_and_aliases_of_them() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let versions = format!("{FUNCTIONS}/f/versions");
    lambda.ask("POST", &versions, &json!({})).await;
    let path = "/2019-09-30/functions/f/provisioned-concurrency";
    let put = async |qualifier: &str, executions: i64| {
        let input = json!({"ProvisionedConcurrentExecutions": executions});
        lambda.send("PUT", &format!("{path}?Qualifier={qualifier}"), &input).await.map(|answer| super::value(&answer))
    };
    let none = lambda.send("GET", &format!("{path}?Qualifier=1"), &Value::Null).await.unwrap_err();
    let text = "No Provisioned Concurrency Config found for this function";
    assert_eq!(error(&none), (404, "ProvisionedConcurrencyConfigNotFoundException", text));
    let latest = put("$LATEST", 1).await.unwrap_err();
    let text = "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    assert_eq!(error(&latest), (400, "InvalidParameterValueException", text));
    assert!(put("1", 0).await.unwrap_err().message.ends_with("Member must have value greater than or equal to 1"));
    assert_eq!(put("7", 1).await.unwrap_err().status, 404);
    let made = put("1", 5).await.unwrap();
    assert_eq!(made["AvailableProvisionedConcurrentExecutions"], 5);
    assert_eq!((&made["Status"], &made["LastModified"]), (&json!("READY"), &json!("2026-01-02T03:04:05+0000")));
    assert_eq!(lambda.ask("GET", &format!("{path}?Qualifier=1"), &Value::Null).await, made);
    lambda.ask("POST", &format!("{FUNCTIONS}/f/aliases"), &json!({"Name": "live", "FunctionVersion": "1"})).await;
    assert_eq!(put("live", 1).await.unwrap_err().code, "ResourceConflictException");
    let account = lambda.ask("GET", "/2016-08-19/account-settings", &Value::Null).await;
    assert_eq!(account["AccountLimit"]["UnreservedConcurrentExecutions"], 995);
    assert!(put("1", 901).await.unwrap_err().message.ends_with("below its minimum value of [100]."));
    let reserve = json!({"ReservedConcurrentExecutions": 4});
    let less = lambda.send("PUT", "/2017-10-31/functions/f/concurrency", &reserve).await.unwrap_err();
    assert!(less.message.ends_with("total provisioned concurrency [5]."), "{less}");
    let listed = lambda.ask("GET", &format!("{path}?List=ALL"), &Value::Null).await;
    let arn = &listed["ProvisionedConcurrencyConfigs"][0]["FunctionArn"];
    assert_eq!(*arn, "arn:aws:lambda:us-east-1:000000000000:function:f:1");
    lambda.ask("DELETE", &format!("{path}?Qualifier=1"), &Value::Null).await;
    assert!(put("live", 1).await.is_ok());
    assert_eq!(put("1", 1).await.unwrap_err().message, "Version is pointed to by a Provisioned Concurrency alias");
    lambda.ask("DELETE", &format!("{FUNCTIONS}/f/aliases/live"), &Value::Null).await;
    let listed = lambda.ask("GET", &format!("{path}?List=ALL"), &Value::Null).await;
    assert_eq!(listed, json!({"ProvisionedConcurrencyConfigs": []}), "it went with its alias");
}

#[tokio::test(start_paused = true)]
async fn runtimes_and_loops_have_settings() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let runtime = "/2021-07-20/functions/f/runtime-management-config";
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST";
    let shown = lambda.ask("GET", runtime, &Value::Null).await;
    assert_eq!(shown, json!({"UpdateRuntimeOn": "Auto", "FunctionArn": arn}));
    let version = format!("arn:aws:lambda:us-east-1::runtime:{}", "0".repeat(64));
    let manual = json!({"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": version});
    lambda.ask("PUT", runtime, &manual).await;
    assert_eq!(lambda.ask("GET", runtime, &Value::Null).await["RuntimeVersionArn"], manual["RuntimeVersionArn"]);
    for (input, told) in [
        (json!({"UpdateRuntimeOn": "Never"}), "'updateRuntimeOn'"),
        (json!({"UpdateRuntimeOn": "Manual"}), "You must specify a runtime version ARN"),
        (
            json!({"UpdateRuntimeOn": "Auto", "RuntimeVersionArn": manual["RuntimeVersionArn"]}),
            "Manual runtime update mode only",
        ),
    ] {
        let refused = lambda.send("PUT", runtime, &input).await.unwrap_err();
        assert!(refused.message.contains(told), "{refused}");
    }
    let recursion = "/2024-08-31/functions/f/recursion-config";
    assert_eq!(lambda.ask("GET", recursion, &Value::Null).await, json!({"RecursiveLoop": "Terminate"}));
    lambda.ask("PUT", recursion, &json!({"RecursiveLoop": "Allow"})).await;
    assert_eq!(lambda.ask("GET", recursion, &Value::Null).await, json!({"RecursiveLoop": "Allow"}));
    let refused = lambda.send("PUT", recursion, &json!({"RecursiveLoop": "x"})).await.unwrap_err();
    assert!(refused.message.contains("'recursiveLoop'"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn what_there_is_none_of_is_not_found() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    lambda.ask("DELETE", "/2020-06-30/functions/f/code-signing-config", &Value::Null).await;
    let configs = "/2020-04-22/code-signing-configs";
    assert_eq!(lambda.ask("GET", configs, &Value::Null).await, json!({"CodeSigningConfigs": []}));
    let config = "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdefg";
    for path in [
        format!("{configs}/{config}"),
        format!("{configs}/{config}/functions"),
        "/2015-03-31/event-source-mappings/01234567-89ab-cdef-0123-456789abcdef".to_owned(),
    ] {
        let refused = lambda.send("GET", &path, &Value::Null).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (404, "ResourceNotFoundException"), "{path}");
    }
}

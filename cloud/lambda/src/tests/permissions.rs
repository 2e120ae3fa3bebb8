//! Whom AddPermission takes, and how much.

use serde_json::{Value, json};

use super::Fixture;

const POLICY: &str = "/2015-03-31/functions/f/policy";

fn permission(id: &str, principal: &str) -> Value {
    json!({"StatementId": id, "Action": "lambda:InvokeFunction", "Principal": principal})
}

#[tokio::test(start_paused = true)]
async fn a_principal_is_an_account_a_service_or_an_identity() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    for (index, principal) in [
        "*",
        "000000000002",
        "logs.eu-west-1.amazonaws.com",
        "alexa-appkit.amazon.com",
        "arn:aws:iam::000000000002:root",
        "arn:aws:iam::000000000000:role/r",
        "arn:aws:sts::000000000002:assumed-role/r/s",
    ]
    .into_iter()
    .enumerate()
    {
        lambda.ask("POST", POLICY, &permission(&format!("s{index}"), principal)).await;
    }
    let before = lambda.ask("GET", POLICY, &Value::Null).await;
    for principal in ["foo", "amazonaws.com", "*.amazonaws.com", "123", "AIDACKCEVSQ6C2EXAMPLE", "arn:aws:s3:::bucket"]
    {
        let refused = lambda.send("POST", POLICY, &permission("s", principal)).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (400, "InvalidParameterValueException"), "{principal}");
        assert_eq!(refused.message, "The provided principal was invalid. Please check the principal and try again.");
    }
    assert_eq!(lambda.ask("GET", POLICY, &Value::Null).await, before);
}

#[tokio::test(start_paused = true)]
async fn a_policy_grows_to_its_limit_and_no_further() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let size = |shown: &Value| shown["Policy"].as_str().unwrap().len();
    let mut before = Value::Null;
    let refused = loop {
        let id = format!("{:0100}", before["Policy"].as_str().unwrap_or_default().len());
        match lambda.send("POST", POLICY, &permission(&id, "events.amazonaws.com")).await {
            Ok(_) => before = lambda.ask("GET", POLICY, &Value::Null).await,
            Err(refused) => break refused,
        }
        assert!(size(&before) <= 20_480);
    };
    assert_eq!((refused.status, refused.code.as_str()), (400, "PolicyLengthExceededException"));
    let size_bytes: usize = refused.message.split(['(', ')']).nth(1).unwrap().parse().unwrap();
    assert_eq!(refused.message, format!("The final policy size ({size_bytes}) is bigger than the limit (20480)."));
    assert!(size_bytes > 20_480 && size_bytes < 20_480 + 400, "{size_bytes}");
    assert_eq!(lambda.ask("GET", POLICY, &Value::Null).await, before);
    lambda.ask("POST", "/2015-03-31/functions/f/versions", &json!({})).await;
    lambda.ask("POST", &format!("{POLICY}?Qualifier=1"), &permission("s", "events.amazonaws.com")).await;
}

//! What others have in the account, some of it under names that begin as the stack's do.

use serde_json::json;

use crate::fault_matrix::scenario::STACK;
use crate::support::cloud::Cloud;

const ZIP: &str = "UEsDBBQAAAAAAAAAIQDGYBA6FQAAABUAAAAEAAAAYS5weWRlZiBiKGUsYyk6IHJldHVybiAxClBLAQIUAxQAAAAAAAAAIQDGYBA6FQAAABUAAAAEAAAAAAAAAAAAAACkAQAAAABhLnB5UEsFBgAAAAABAAEAMgAAADcAAAAAAA==";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;

/// A role, a function with its log group, and a state machine under each of two names, and an HTTP API.
pub fn settle(cloud: &Cloud) {
    let ok = |answer: (u16, String)| assert!((200..300).contains(&answer.0), "{answer:?}");
    for (role, name) in
        [("theirs".to_owned(), "theirs".to_owned()), (format!("{STACK}-us-east-1-theirs"), format!("{STACK}-theirs"))]
    {
        let form = format!("Action=CreateRole&Version=2010-05-08&RoleName={role}&AssumeRolePolicyDocument={TRUST}");
        ok(cloud.call("iam", "POST", "/", "", &form));
        let role = format!("arn:aws:iam::000000000000:role/{role}");
        let function = json!({
            "FunctionName": name, "Role": role, "Runtime": "python3.12", "Handler": "a.b", "Code": { "ZipFile": ZIP },
        });
        ok(cloud.call("lambda", "POST", "/2015-03-31/functions", "", &function.to_string()));
        let group = json!({ "logGroupName": format!("/aws/lambda/{name}") });
        ok(cloud.call("logs", "POST", "/", "Logs_20140328.CreateLogGroup", &group.to_string()));
        let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
        let machine = json!({ "name": name, "definition": definition, "roleArn": role });
        ok(cloud.call("states", "POST", "/", "AWSStepFunctions.CreateStateMachine", &machine.to_string()));
        let activity = json!({ "name": name });
        ok(cloud.call("states", "POST", "/", "AWSStepFunctions.CreateActivity", &activity.to_string()));
    }
    let api = json!({ "name": "theirs", "protocolType": "HTTP" });
    ok(cloud.call("apigateway", "POST", "/v2/apis", "", &api.to_string()));
}

//! What the role of a state machine may do: the statements of its own policies, and the names of those that are attached.

use cloud_core::{Location, Request, ServiceError};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use super::parameters::{asked, location_of};
use crate::cloud::Cloud;

/// `arn` is the role's. Each statement has `policy`, `effect`, `actions`, `resources` and `hasMore`: a condition, or what it excludes.
pub(super) async fn role(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = Location::new(location_of(&arn)?.account().clone(), Location::default().region());
    let name = arn.rsplit('/').next().unwrap_or_default();
    let own = call(cloud, &location, "ListRolePolicies", name, None).await?;
    let mut statements = Vec::new();
    for policy in texts(&own, "member") {
        let answer = call(cloud, &location, "GetRolePolicy", name, Some(&policy)).await?;
        let document = texts(&answer, "PolicyDocument").into_iter().next().unwrap_or_default();
        let document = percent_decode_str(&document).decode_utf8_lossy().into_owned();
        let document: Value = serde_json::from_str(&document).unwrap_or_default();
        statements.extend(list(&document["Statement"]).iter().map(|statement| shown(&policy, statement)));
    }
    let attached = call(cloud, &location, "ListAttachedRolePolicies", name, None).await?;
    Ok(json!({ "name": name, "statements": statements, "attached": texts(&attached, "PolicyName") }))
}

async fn call(
    cloud: &Cloud,
    location: &Location,
    action: &str,
    role: &str,
    policy: Option<&str>,
) -> Result<String, ServiceError> {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let policy = policy.map(|policy| format!("&PolicyName={}", encoded(policy))).unwrap_or_default();
    let form = format!("Action={action}&Version=2010-05-08&RoleName={}{policy}", encoded(role));
    cloud.iam(location, form).await
}

fn shown(policy: &str, statement: &Value) -> Value {
    let has_more = ["Condition", "NotAction", "NotResource"].iter().any(|member| !statement[*member].is_null());
    json!({
        "policy": policy,
        "effect": statement["Effect"],
        "actions": list(&statement["Action"]),
        "resources": list(&statement["Resource"]),
        "hasMore": has_more,
    })
}

/// One or many: policies say either.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.clone(),
        one => vec![one.clone()],
    }
}

/// The texts of all elements of a name in an answer of IAM, which has them without attributes.
fn texts(xml: &str, element: &str) -> Vec<String> {
    let begin = format!("<{element}>");
    let end = format!("</{element}>");
    let pieces = xml.split(&begin).skip(1).filter_map(|rest| rest.split_once(&end));
    pieces.map(|(text, _)| unescaped(text)).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_elements_are_found() {
        let xml = "<PolicyNames><member>a&amp;b</member><member>c</member></PolicyNames>";
        assert_eq!(texts(xml, "member"), ["a&b", "c"]);
        assert_eq!(texts(xml, "PolicyDocument"), Vec::<String>::new());
    }

    #[test]
    fn one_action_is_a_list_of_one() {
        let statement = json!({ "Effect": "Allow", "Action": "logs:*", "Resource": ["a", "b"], "Condition": {} });
        insta::assert_snapshot!(shown("p", &statement), @r#"{"policy":"p","effect":"Allow","actions":["logs:*"],"resources":["a","b"],"hasMore":true}"#);
    }
}

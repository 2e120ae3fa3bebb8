//! What is asked for: an action with a resource, and the condition keys.

use serde_json::{Map, Value, json};

use crate::draw::Draw;

pub(crate) const ACCOUNT: &str = "111111111111";
const OTHER: &str = "222222222222";
pub(crate) const ROLE: &str = "arn:aws:iam::111111111111:role/worker";
pub(crate) const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/worker/me";

/// A request.
pub(crate) struct Asked {
    pub(crate) action: &'static str,
    pub(crate) resource: String,
    /// Whose the resource is.
    pub(crate) account: &'static str,
    /// Whether such a resource can have a policy of its own.
    pub(crate) has_policy: bool,
    pub(crate) context: Map<String, Value>,
}

/// Actions with a resource of theirs; `{}` is the account.
const ACTIONS: [(&str, &str, bool); 7] = [
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:{}:function:send", true),
    ("lambda:GetFunction", "arn:aws:lambda:us-east-1:{}:function:send:live", true),
    ("states:StartExecution", "arn:aws:states:us-east-1:{}:stateMachine:order", false),
    ("states:DescribeExecution", "arn:aws:states:us-east-1:{}:execution:order:one", false),
    ("logs:PutLogEvents", "arn:aws:logs:us-east-1:{}:log-group:/aws/lambda/send:log-stream:s", false),
    ("s3:GetObject", "arn:aws:s3:::bucket/worker/key", true),
    ("sns:Publish", "arn:aws:sns:us-east-1:{}:news", true),
];

impl Asked {
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        let (action, resource, has_policy) = draw.pick(&ACTIONS);
        let account = if has_policy && draw.one_in(5) { OTHER } else { ACCOUNT };
        Self { action, resource: resource.replace("{}", account), account, has_policy, context: context(draw) }
    }
}

/// The keys that every request has, and some that it may lack.
fn context(draw: &mut Draw) -> Map<String, Value> {
    let mut context = Map::new();
    let mut set = |key: &str, value: Value| context.insert(key.to_owned(), value);
    set("aws:PrincipalArn", json!(ROLE));
    set("aws:PrincipalAccount", json!(ACCOUNT));
    set("aws:RequestedRegion", json!(draw.pick(&["us-east-1", "eu-west-1"])));
    set("aws:SourceIp", json!(draw.pick(&["203.0.113.7", "10.0.0.1", "2001:db8::1"])));
    set("aws:CurrentTime", json!(draw.pick(&["2026-01-02T03:04:05Z", "2027-06-01T00:00:00Z"])));
    set("aws:SecureTransport", json!(draw.pick(&["true", "false"])));
    for (key, values) in [
        ("aws:PrincipalTag/team", ["blue", "worker"]),
        ("aws:RequestTag/team", ["blue", "Blue"]),
        ("aws:MultiFactorAuthAge", ["30", "4000"]),
        ("aws:SourceArn", ["arn:aws:sns:us-east-1:111111111111:news", "arn:aws:s3:::bucket"]),
    ] {
        if draw.one_in(2) {
            set(key, json!(draw.pick(&values)));
        }
    }
    if draw.one_in(2) {
        let keys = ["team", "cost", "owner"];
        set("aws:TagKeys", json!(keys.into_iter().take(1 + draw.below(3)).collect::<Vec<_>>()));
    }
    context
}

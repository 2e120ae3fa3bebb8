//! Which IAM actions a request is checked for, on which resources: read off the request itself, as AWS does, and not off any
//! table of the program that sent it.

use crate::naming::{self, form_parameter, unescaped};
use crate::wire::Request;

/// An action that a request needs to be allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Such as `iam:CreateRole`.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The service that a role is given to.
    pub passed_to: Option<&'static str>,
}

impl Need {
    fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), passed_to: None }
    }

    fn pass(role: String, service: &'static str) -> Self {
        Self { passed_to: Some(service), ..Self::new("iam:PassRole", role) }
    }
}

/// Where a request goes, as its signature says.
struct Scope<'a> {
    region: &'a str,
    account: &'a str,
}

impl Scope<'_> {
    fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, self.account)
    }
}

/// What a request needs; nothing when it is not signed for a service.
pub(crate) fn of(request: &Request, account: &str) -> Vec<Need> {
    let Some((region, service)) = signed_for(request) else { return Vec::new() };
    let scope = Scope { region, account };
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match service {
        "iam" => iam(request, &scope),
        "lambda" => lambda(request, &body, &scope),
        "states" => states(request, &body, &scope),
        "logs" => logs(request, &body, &scope),
        "apigateway" => api_gateway(request, &body, &scope),
        // Everybody may ask who they are.
        _ => Vec::new(),
    }
}

/// Region and service of the credential scope.
fn signed_for(request: &Request) -> Option<(&str, &str)> {
    let (_, credential) = request.header("authorization")?.split_once("Credential=")?;
    let mut parts = credential.split(',').next()?.split('/').skip(2);
    Some((parts.next()?, parts.next()?))
}

fn iam(request: &Request, scope: &Scope<'_>) -> Vec<Need> {
    let form = request.text();
    let Some(action) = naming::action(request) else { return Vec::new() };
    let path = form_parameter(&form, "Path").unwrap_or_else(|| "/".to_owned());
    let name = form_parameter(&form, "RoleName").unwrap_or_default();
    let role = format!("arn:aws:iam::{}:role{path}{name}", scope.account);
    let mut needs = vec![Need::new(format!("iam:{action}"), role.clone())];
    if action == "CreateRole" && form.contains("Tags.member.1.Key=") {
        needs.push(Need::new("iam:TagRole", role));
    }
    needs
}

fn lambda(request: &Request, body: &serde_json::Value, scope: &Scope<'_>) -> Vec<Need> {
    let (operation, _) = naming::name(request, &naming::Names::new());
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let segments: Vec<String> = request.path().split('/').skip(2).map(unescaped).collect();
    let named = segments.get(1).cloned().unwrap_or_else(|| text("FunctionName"));
    let mut function =
        if named.starts_with("arn:") { named } else { scope.arn("lambda", &format!("function:{named}")) };
    if let Some(qualifier) = form_parameter(request.query(), "Qualifier") {
        function = format!("{function}:{qualifier}");
    }
    let action = if operation == "Invoke" { "InvokeFunction" } else { &operation };
    let mut needs = vec![Need::new(format!("lambda:{action}"), function.clone())];
    match operation.as_str() {
        "GetFunction" => needs.push(Need::new("lambda:ListTags", function)),
        "CreateFunction" if has_members(&body["Tags"]) => needs.push(Need::new("lambda:TagResource", function)),
        _ => {}
    }
    if body["Role"].is_string() {
        needs.push(Need::pass(text("Role"), "lambda.amazonaws.com"));
    }
    needs
}

fn states(request: &Request, body: &serde_json::Value, scope: &Scope<'_>) -> Vec<Need> {
    let Some(operation) = naming::target(request) else { return Vec::new() };
    const ARNS: [&str; 5] = ["stateMachineArn", "executionArn", "resourceArn", "stateMachineVersionArn", "activityArn"];
    let arn = ARNS.iter().find_map(|key| body[*key].as_str()).map(str::to_owned);
    let named = body["name"].as_str().unwrap_or("*");
    let kind = if operation == "CreateActivity" { "activity" } else { "stateMachine" };
    let resource = arn.unwrap_or_else(|| scope.arn("states", &format!("{kind}:{named}")));
    let mut needs = vec![Need::new(format!("states:{operation}"), resource.clone())];
    if ["CreateActivity", "CreateStateMachine"].contains(&operation.as_str()) && has_members(&body["tags"]) {
        needs.push(Need::new("states:TagResource", resource.clone()));
    }
    if body["publish"] == true {
        needs.push(Need::new("states:PublishStateMachineVersion", resource));
    }
    if let Some(role) = body["roleArn"].as_str() {
        needs.push(Need::pass(role.to_owned(), "states.amazonaws.com"));
    }
    needs
}

/// Groups are checked as `log-group:NAME`, and by some operations with the streams in it: a policy must have both.
fn logs(request: &Request, body: &serde_json::Value, scope: &Scope<'_>) -> Vec<Need> {
    let Some(operation) = naming::target(request) else { return Vec::new() };
    let action = format!("logs:{operation}");
    if operation == "DescribeLogGroups" {
        return vec![Need::new(action, scope.arn("logs", "log-group::log-stream:"))];
    }
    if let Some(arn) = body["resourceArn"].as_str() {
        return vec![Need::new(action, arn)];
    }
    let group = scope.arn("logs", &format!("log-group:{}", body["logGroupName"].as_str().unwrap_or_default()));
    let streams = format!("{group}:log-stream:");
    let mut needs = vec![Need::new(&action, &group), Need::new(&action, streams)];
    if has_members(&body["tags"]) {
        needs.push(Need::new("logs:TagResource", group));
    }
    needs
}

/// The action is the method and the resource the path; ARNs of what is in an API have no account.
fn api_gateway(request: &Request, body: &serde_json::Value, scope: &Scope<'_>) -> Vec<Need> {
    let start = format!("arn:aws:apigateway:{}::", scope.region);
    let path = request.path().trim_start_matches("/v2");
    let method = request.method();
    let mut needs = vec![Need::new(format!("apigateway:{method}"), format!("{start}{path}"))];
    if let Some(arn) = path.strip_prefix("/tags/") {
        needs.push(Need::new("apigateway:TagResource", unescaped(arn)));
    }
    if method == "POST" && has_members(&body["tags"]) && !path.starts_with("/tags/") {
        needs.push(Need::new("apigateway:TagResource", format!("{start}{path}")));
        needs.push(Need::new("apigateway:POST", format!("{start}/tags/{start}{path}")));
    }
    needs
}

fn has_members(value: &serde_json::Value) -> bool {
    value.as_object().is_some_and(|map| !map.is_empty()) || value.as_array().is_some_and(|list| !list.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(service: &str, first: &str, more: &str, body: &str) -> Vec<String> {
        let signed =
            format!("Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/{service}/aws4_request, S");
        let head = format!("{first} HTTP/1.1\r\n{signed}\r\n{more}\r\n\r\n");
        let request = Request { head, body: body.as_bytes().to_vec() };
        of(&request, "1").into_iter().map(|need| format!("{} {}", need.action, need.resource)).collect()
    }

    #[test]
    fn a_creation_needs_what_comes_with_it() {
        let function = r#"{"FunctionName":"f","Role":"arn:aws:iam::1:role/r","Tags":{"a":"b"}}"#;
        assert_eq!(
            needs("lambda", "POST /2015-03-31/functions", "", function),
            [
                "lambda:CreateFunction arn:aws:lambda:eu-west-1:1:function:f",
                "lambda:TagResource arn:aws:lambda:eu-west-1:1:function:f",
                "iam:PassRole arn:aws:iam::1:role/r"
            ]
        );
        let role = "Action=CreateRole&RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=b";
        assert_eq!(
            needs("iam", "POST /", "", role),
            ["iam:CreateRole arn:aws:iam::1:role/r", "iam:TagRole arn:aws:iam::1:role/r"]
        );
        let machine = r#"{"name":"m","roleArn":"arn:r","publish":true,"tags":[{"key":"a"}]}"#;
        let target = "X-Amz-Target: AWSStepFunctions.CreateStateMachine";
        let all = needs("states", "POST /", target, machine);
        assert_eq!(all.len(), 4, "{all:?}");
    }

    #[test]
    fn resources_are_those_of_the_request() {
        let get = needs("lambda", "GET /2015-03-31/functions/f/policy?Qualifier=live", "", "");
        assert_eq!(get, ["lambda:GetPolicy arn:aws:lambda:eu-west-1:1:function:f:live"]);
        let api = needs("apigateway", "DELETE /v2/apis/x/routes/y", "", "");
        assert_eq!(api, ["apigateway:DELETE arn:aws:apigateway:eu-west-1::/apis/x/routes/y"]);
        assert_eq!(needs("sts", "POST /", "", "Action=GetCallerIdentity"), Vec::<String>::new());
    }
}

//! A function's resource policies: who may do what with it, one of its versions or an alias, and for which source.

use policy::{Caller, Comparison, Condition, Context, Decision, Document, Effect, Principal, Request, decide};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The action that a service needs to invoke a function.
const INVOKE: &str = "lambda:InvokeFunction";

/// The statements that AddPermission has added, in order. Those of one resource (the function, a version or an alias)
/// are a policy of their own: nothing that one allows holds for another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResourcePolicy {
    /// One per permission.
    pub(crate) statements: Vec<Statement>,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Statement {
    /// Its id, unique among those of its resource.
    pub(crate) id: String,
    /// A service (`apigateway.amazonaws.com`), an account, an ARN or `*`.
    pub(crate) principal: String,
    /// `lambda:InvokeFunction`, with `*` allowed.
    pub(crate) action: String,
    /// The function's ARN, with a version or an alias where the permission is for one.
    pub(crate) resource: String,
    /// Only for this source; `*` and `?` match as in every ARN condition.
    pub(crate) source_arn: Option<String>,
    /// Only for this account's sources.
    pub(crate) source_account: Option<String>,
    /// What else has to hold.
    #[serde(flatten)]
    pub(crate) grant: Grant,
}

/// Further conditions of a permission: each narrows what it grants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// Only for principals of this organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) principal_org_id: Option<String>,
    /// Only through a function URL of this type, `AWS_IAM` or `NONE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) function_url_auth_type: Option<String>,
    /// Only through a function URL at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invoked_via_function_url: Option<bool>,
    /// Only with this token, which Alexa sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event_source_token: Option<String>,
}

impl Grant {
    /// Its conditions as AWS writes them.
    fn conditions(&self) -> impl Iterator<Item = Condition> {
        let equals = |key, value: &Option<String>| {
            value.as_deref().map(|value| Condition::new(Comparison::StringEquals, key, value))
        };
        let through_url = self.invoked_via_function_url.map(|through| {
            Condition::new(Comparison::Bool, "lambda:InvokedViaFunctionUrl", if through { "true" } else { "false" })
        });
        let all = [
            equals("aws:PrincipalOrgID", &self.principal_org_id),
            equals("lambda:FunctionUrlAuthType", &self.function_url_auth_type),
            through_url,
            equals("lambda:EventSourceToken", &self.event_source_token),
        ];
        all.into_iter().flatten()
    }
}

impl ResourcePolicy {
    /// The statements of one resource.
    pub(crate) fn of(&self, resource: &str) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(move |statement| statement.resource == resource)
    }

    /// Whether a service may invoke this resource for a source.
    pub(crate) fn allows_service(&self, resource: &str, service: &str, source_arn: &str) -> bool {
        let account = source_arn.split(':').nth(4).unwrap_or_default();
        let context = Context::default().with("aws:SourceArn", source_arn).with("aws:SourceAccount", account);
        let request = Request::new(Caller::Service(service), INVOKE, resource).with_context(context);
        self.allows(&request)
    }

    /// Whether a user of any account, named by ARN, may do something with this resource.
    #[cfg(test)]
    pub(crate) fn allows_user(&self, resource: &str, user_arn: &str, action: &str) -> bool {
        self.allows(&Request::new(Caller::Aws(user_arn), action, resource))
    }

    fn allows(&self, request: &Request<'_>) -> bool {
        self.document(request.resource).is_some_and(|document| decide([&document], request) == Decision::Allowed)
    }

    /// Removes the statements of a resource that is deleted.
    pub(crate) fn remove_resource(&mut self, resource: &str) {
        self.statements.retain(|statement| statement.resource != resource);
    }

    /// One resource's policy document as GetPolicy answers it; none when it has no statement.
    pub(crate) fn document(&self, resource: &str) -> Option<Document> {
        let statements: Vec<policy::Statement> = self.of(resource).map(Statement::to_policy).collect();
        (!statements.is_empty()).then(|| Document::new(statements).with_id("default"))
    }
}

impl Statement {
    /// The statement as AWS writes it.
    pub(crate) fn to_json(&self) -> Value {
        self.to_policy().to_json()
    }

    fn to_policy(&self) -> policy::Statement {
        let mut statement = policy::Statement::new(Effect::Allow)
            .with_sid(&self.id)
            .with_principal(self.policy_principal())
            .with_actions(self.action.as_str())
            .with_resources(self.resource.as_str());
        if let Some(account) = &self.source_account {
            let key = "AWS:SourceAccount";
            statement = statement.with_condition(Condition::new(Comparison::StringEquals, key, account.as_str()));
        }
        if let Some(arn) = &self.source_arn {
            statement = statement.with_condition(Condition::new(Comparison::ArnLike, "AWS:SourceArn", arn.as_str()));
        }
        for condition in self.grant.conditions() {
            statement = statement.with_condition(condition);
        }
        statement
    }

    fn policy_principal(&self) -> Principal {
        let principal = &self.principal;
        if principal == "*" {
            Principal::Everyone
        } else if principal.starts_with("arn:") {
            Principal::aws(principal)
        } else if principal.bytes().all(|byte| byte.is_ascii_digit()) {
            Principal::aws(format!("arn:aws:iam::{principal}:root"))
        } else {
            Principal::service(principal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            id: "api".to_owned(),
            principal: "apigateway.amazonaws.com".to_owned(),
            action: "lambda:InvokeFunction".to_owned(),
            resource: "arn:aws:lambda:us-east-1:000000000000:function:f".to_owned(),
            source_arn: Some("arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/start".to_owned()),
            source_account: None,
            grant: Grant::default(),
        }
    }

    #[test]
    fn allows_only_the_named_source() {
        let policy = ResourcePolicy { statements: vec![statement()] };
        let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let source = |text: &str| format!("arn:aws:execute-api:us-east-1:000000000000:{text}");
        assert!(policy.allows_service(function, "apigateway.amazonaws.com", &source("abc/dev/POST/start")));
        assert!(!policy.allows_service(function, "apigateway.amazonaws.com", &source("abc/dev/GET/start")));
        assert!(!policy.allows_service(function, "apigateway.amazonaws.com", &source("other/dev/POST/start")));
        assert!(!policy.allows_service(function, "s3.amazonaws.com", &source("abc/dev/POST/start")));
        assert!(!ResourcePolicy::default().allows_service(
            function,
            "apigateway.amazonaws.com",
            &source("abc/dev/POST/start")
        ));
    }

    #[test]
    fn every_resource_has_a_policy_of_its_own() {
        let arn = statement().resource;
        let alias = Statement { resource: format!("{arn}:live"), ..statement() };
        let mut policy = ResourcePolicy { statements: vec![alias] };
        let may = |policy: &ResourcePolicy, resource: &str| {
            let source = "arn:aws:execute-api:us-east-1:000000000000:abc/dev/POST/start";
            policy.allows_service(resource, "apigateway.amazonaws.com", source)
        };
        assert!(may(&policy, &format!("{arn}:live")));
        assert!(!may(&policy, &arn));
        assert!(!may(&policy, &format!("{arn}:1")));
        assert_eq!(policy.document(&arn), None);
        policy.statements.push(statement());
        policy.remove_resource(&format!("{arn}:live"));
        assert_eq!(policy.document(&arn).unwrap().to_json()["Statement"].as_array().unwrap().len(), 1);
        assert!(may(&policy, &arn) && !may(&policy, &format!("{arn}:live")));
    }

    /// Whether a policy of this one statement lets a service invoke its function.
    fn allows(only: Statement, service: &str, source_arn: &str) -> bool {
        let resource = only.resource.clone();
        ResourcePolicy { statements: vec![only] }.allows_service(&resource, service, source_arn)
    }

    #[test]
    fn account_conditions_hold_too() {
        let only = || Statement { source_account: Some("000000000000".to_owned()), source_arn: None, ..statement() };
        let service = "apigateway.amazonaws.com";
        assert!(allows(only(), service, "arn:aws:execute-api:us-east-1:000000000000:abc/dev"));
        assert!(!allows(only(), service, "arn:aws:execute-api:us-east-1:111111111111:abc/dev"));
    }

    #[test]
    fn accounts_are_let_in_by_name() {
        let policy = |principal: &str| {
            let statement = Statement {
                principal: principal.to_owned(),
                source_arn: None,
                action: "lambda:*".to_owned(),
                ..statement()
            };
            ResourcePolicy { statements: vec![statement] }
        };
        let arn = statement().resource;
        let user = "arn:aws:iam::000000000002:root";
        assert!(policy("000000000002").allows_user(&arn, user, "lambda:GetFunction"));
        assert!(policy(user).allows_user(&arn, user, "lambda:GetFunction"));
        assert!(policy("*").allows_user(&arn, user, "lambda:GetFunction"));
        assert!(!policy("000000000003").allows_user(&arn, user, "lambda:GetFunction"));
        assert!(!policy("000000000002").allows_user(&format!("{arn}:1"), user, "lambda:GetFunction"));
    }

    #[test]
    fn every_condition_is_written_and_narrows() {
        let grant = |grant: Grant| Statement { principal: "*".to_owned(), source_arn: None, grant, ..statement() };
        let some = |text: &str| Some(text.to_owned());
        for (given, written) in [
            (
                Grant { principal_org_id: some("o-a1"), ..Grant::default() },
                r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a1"}}"#,
            ),
            (
                Grant { function_url_auth_type: some("NONE"), ..Grant::default() },
                r#"{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}"#,
            ),
            (
                Grant { invoked_via_function_url: Some(true), ..Grant::default() },
                r#"{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}"#,
            ),
            (
                Grant { event_source_token: some("t"), ..Grant::default() },
                r#"{"StringEquals":{"lambda:EventSourceToken":"t"}}"#,
            ),
        ] {
            let statement = grant(given);
            assert_eq!(statement.to_json()["Condition"].to_string(), written);
            let arn = statement.resource.clone();
            let policy = ResourcePolicy { statements: vec![statement] };
            assert!(!policy.allows_user(&arn, "arn:aws:iam::000000000002:root", INVOKE), "{written}");
        }
    }

    #[test]
    fn looks_as_aws_writes_it() {
        insta::assert_snapshot!(statement().to_json(), @r#"{"Sid":"api","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/start"}}}"#);
    }

    #[test]
    fn globs_backtrack() {
        let source = |pattern: &str, source_arn: &str| {
            let only = Statement { source_arn: Some(pattern.to_owned()), ..statement() };
            allows(only, "apigateway.amazonaws.com", source_arn)
        };
        let action = |pattern: &str| {
            let only = Statement { action: pattern.to_owned(), source_arn: None, ..statement() };
            allows(only, "apigateway.amazonaws.com", "arn:aws:s3:::x")
        };
        assert!(source("arn:aws:s3:::*/*/b?", "arn:aws:s3:::x/y/z/bc"));
        assert!(action("lambda:*"));
        assert!(!source("arn:aws:s3:::a*b", "arn:aws:s3:::ac"));
        assert!(source("arn:aws:s3:::**", "arn:aws:s3:::"));
    }
}

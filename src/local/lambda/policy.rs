//! A function's resource policies: which service may invoke it, one of its versions or an alias, and for which source.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The statements that AddPermission has added, in order. Those of one resource (the function, a version or an alias)
/// are a policy of their own: nothing that one allows holds for another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Policy {
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
}

impl Policy {
    /// The statements of one resource.
    pub(crate) fn of(&self, resource: &str) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(move |statement| statement.resource == resource)
    }

    /// Whether a service may invoke this resource for a source.
    pub(crate) fn allows(&self, resource: &str, principal: &str, source_arn: &str) -> bool {
        self.of(resource).any(|statement| statement.allows(principal, source_arn))
    }

    /// Removes the statements of a resource that goes.
    pub(crate) fn forget(&mut self, resource: &str) {
        self.statements.retain(|statement| statement.resource != resource);
    }

    /// One resource's policy document as GetPolicy answers it; nothing when it has no statement.
    pub(crate) fn to_json(&self, resource: &str) -> Option<Value> {
        let statements: Vec<Value> = self.of(resource).map(Statement::to_json).collect();
        let document = || json!({"Version": "2012-10-17", "Id": "default", "Statement": statements});
        (!statements.is_empty()).then(document)
    }
}

impl Statement {
    fn allows(&self, principal: &str, source_arn: &str) -> bool {
        let account = source_arn.split(':').nth(4).unwrap_or_default();
        (self.principal == principal || self.principal == "*")
            && glob(&self.action, "lambda:InvokeFunction")
            && self.source_arn.as_deref().is_none_or(|pattern| glob(pattern, source_arn))
            && self.source_account.as_deref().is_none_or(|only| only == account)
    }

    /// The statement as AWS writes it.
    pub(crate) fn to_json(&self) -> Value {
        let mut statement = json!({
            "Sid": self.id,
            "Effect": "Allow",
            "Principal": self.principal_json(),
            "Action": self.action,
            "Resource": self.resource,
        });
        let mut condition = Map::new();
        if let Some(account) = &self.source_account {
            condition.insert("StringEquals".to_owned(), json!({"AWS:SourceAccount": account}));
        }
        if let Some(arn) = &self.source_arn {
            condition.insert("ArnLike".to_owned(), json!({"AWS:SourceArn": arn}));
        }
        if let (false, Some(members)) = (condition.is_empty(), statement.as_object_mut()) {
            members.insert("Condition".to_owned(), Value::Object(condition));
        }
        statement
    }

    fn principal_json(&self) -> Value {
        let principal = &self.principal;
        if principal == "*" {
            json!("*")
        } else if principal.starts_with("arn:") {
            json!({"AWS": principal})
        } else if principal.bytes().all(|byte| byte.is_ascii_digit()) {
            json!({"AWS": format!("arn:aws:iam::{principal}:root")})
        } else {
            json!({"Service": principal})
        }
    }
}

/// Matches IAM's wildcards: `*` any text, `?` any one character.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || Some(wanted) == text.get(from) => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    (at, from) = (after + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_none_or(|rest| rest.iter().all(|character| *character == '*'))
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
        }
    }

    #[test]
    fn allows_only_the_named_source() {
        let policy = Policy { statements: vec![statement()] };
        let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let source = |text: &str| format!("arn:aws:execute-api:us-east-1:000000000000:{text}");
        assert!(policy.allows(function, "apigateway.amazonaws.com", &source("abc/dev/POST/start")));
        assert!(!policy.allows(function, "apigateway.amazonaws.com", &source("abc/dev/GET/start")));
        assert!(!policy.allows(function, "apigateway.amazonaws.com", &source("other/dev/POST/start")));
        assert!(!policy.allows(function, "s3.amazonaws.com", &source("abc/dev/POST/start")));
        assert!(!Policy::default().allows(function, "apigateway.amazonaws.com", &source("abc/dev/POST/start")));
    }

    #[test]
    fn every_resource_has_a_policy_of_its_own() {
        let arn = statement().resource;
        let alias = Statement { resource: format!("{arn}:live"), ..statement() };
        let mut policy = Policy { statements: vec![alias] };
        let may = |policy: &Policy, resource: &str| {
            let source = "arn:aws:execute-api:us-east-1:000000000000:abc/dev/POST/start";
            policy.allows(resource, "apigateway.amazonaws.com", source)
        };
        assert!(may(&policy, &format!("{arn}:live")));
        assert!(!may(&policy, &arn));
        assert!(!may(&policy, &format!("{arn}:1")));
        assert_eq!(policy.to_json(&arn), None);
        policy.statements.push(statement());
        policy.forget(&format!("{arn}:live"));
        assert_eq!(policy.to_json(&arn).unwrap()["Statement"].as_array().unwrap().len(), 1);
        assert!(may(&policy, &arn) && !may(&policy, &format!("{arn}:live")));
    }

    #[test]
    fn account_conditions_hold_too() {
        let only = Statement { source_account: Some("000000000000".to_owned()), source_arn: None, ..statement() };
        assert!(only.allows("apigateway.amazonaws.com", "arn:aws:execute-api:us-east-1:000000000000:abc/dev"));
        assert!(!only.allows("apigateway.amazonaws.com", "arn:aws:execute-api:us-east-1:111111111111:abc/dev"));
    }

    #[test]
    fn looks_as_aws_writes_it() {
        insta::assert_snapshot!(statement().to_json(), @r#"{"Sid":"api","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/start"}}}"#);
    }

    #[test]
    fn globs_backtrack() {
        assert!(glob("*/*/b?", "x/y/z/bc"));
        assert!(glob("lambda:*", "lambda:InvokeFunction"));
        assert!(!glob("a*b", "ac"));
        assert!(glob("**", ""));
    }
}

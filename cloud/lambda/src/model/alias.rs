//! An alias: a name that points to a version of its function, or to two of them by weight.

use std::collections::BTreeMap;

use cloud_core::Random;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One alias of a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alias {
    /// Its name, unique among the function's aliases.
    pub(crate) name: String,
    /// The version it points to: `$LATEST` or a number.
    pub(crate) version: String,
    /// Free text.
    pub(crate) description: String,
    /// The share of the invocations that another version gets, from 0 to 1; at most one.
    pub(crate) weights: BTreeMap<String, f64>,
    /// Changes with every change of the alias or of its permissions.
    pub(crate) revision_id: String,
}

impl Alias {
    /// The version that an invocation runs; `fraction` is a random number from 0 up to 1, every one as likely as any other.
    pub(crate) fn route(&self, fraction: f64) -> &str {
        let mut reached = 0.0;
        for (version, weight) in &self.weights {
            reached += weight;
            if fraction < reached {
                return version;
            }
        }
        &self.version
    }

    /// Whether some invocation of the alias could run this version.
    pub(crate) fn points_to(&self, version: &str) -> bool {
        self.version == version || self.weights.contains_key(version)
    }

    /// Gives it a new revision, after a change.
    pub(crate) fn mark_changed(&mut self, random: &Random) {
        self.revision_id = random.uuid().to_string();
    }

    /// The API's `AliasConfiguration`; `function_arn` has no qualifier.
    pub(crate) fn to_json(&self, function_arn: &str) -> Value {
        let mut value = json!({
            "AliasArn": format!("{function_arn}:{}", self.name),
            "Name": self.name,
            "FunctionVersion": self.version,
            "Description": self.description,
            "RevisionId": self.revision_id,
        });
        if let (false, Some(members)) = (self.weights.is_empty(), value.as_object_mut()) {
            members.insert("RoutingConfig".to_owned(), json!({"AdditionalVersionWeights": self.weights}));
        }
        value
    }
}

/// Whether a qualifier can only name an alias: it is neither a number nor one of the names that begin with `$`.
pub(crate) fn is_alias_name(qualifier: &str) -> bool {
    !qualifier.starts_with('$') && !qualifier.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(weights: &[(&str, f64)]) -> Alias {
        Alias {
            name: "live".to_owned(),
            version: "7".to_owned(),
            description: String::new(),
            weights: weights.iter().map(|(version, weight)| ((*version).to_owned(), *weight)).collect(),
            revision_id: "r1".to_owned(),
        }
    }

    #[test]
    fn points_to_one_version_or_to_two_by_weight() {
        assert_eq!(live(&[]).route(0.0), "7");
        let split = live(&[("8", 0.25)]);
        assert_eq!([0.0, 0.24, 0.25, 0.99].map(|draw| split.route(draw)), ["8", "8", "7", "7"]);
        assert_eq!(live(&[("8", 1.0)]).route(0.999), "8");
        assert_eq!(live(&[("8", 0.0)]).route(0.0), "7");
        assert!(split.points_to("7") && split.points_to("8") && !split.points_to("9"));
    }

    #[test]
    fn looks_as_the_api_shows_it() {
        insta::assert_snapshot!(live(&[]).to_json("arn:f"), @r#"{"AliasArn":"arn:f:live","Name":"live","FunctionVersion":"7","Description":"","RevisionId":"r1"}"#);
        insta::assert_snapshot!(live(&[("8", 0.5)]).to_json("arn:f"), @r#"{"AliasArn":"arn:f:live","Name":"live","FunctionVersion":"7","Description":"","RevisionId":"r1","RoutingConfig":{"AdditionalVersionWeights":{"8":0.5}}}"#);
    }

    #[test]
    fn numbers_and_latest_are_no_aliases() {
        assert!(is_alias_name("live") && is_alias_name("7a") && is_alias_name("-"));
        assert!(!is_alias_name("7") && !is_alias_name("$LATEST"));
    }
}

//! Decisions that AWS documents, and that people report, row by row: each with its source, its documents and its request.
//!
//! A row's `source` is a page of the IAM User Guide (`IAM:`), of another guide below docs.aws.amazon.com, or a whole address.
//! What a row leaves out is that of an ordinary request: the user `ann` of the account 111122223333, whose own resource it is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at once")]

use policy::{Caller, Context, Document, Identity, Policies, Request, evaluate};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// All tables, by subject.
const TABLES: [(&str, &str); 7] = [
    ("logic", include_str!("logic.json")),
    ("elements", include_str!("elements.json")),
    ("operators", include_str!("operators.json")),
    ("keys", include_str!("keys.json")),
    ("variables", include_str!("variables.json")),
    ("roles", include_str!("roles.json")),
    ("services", include_str!("services.json")),
];

const USER: &str = "arn:aws:iam::111122223333:user/ann";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    source: String,
    /// What the row is about.
    what: String,
    /// The version of all documents of the row.
    #[serde(default = "newest")]
    version: String,
    /// The statements of each policy that is attached; without any the caller may do nothing by itself.
    #[serde(default)]
    identity: Vec<Value>,
    /// The caller is an account's root.
    #[serde(default)]
    root: bool,
    boundary: Option<Value>,
    session: Option<Value>,
    /// The resource's own policy.
    resource_policy: Option<Value>,
    #[serde(default = "same")]
    same_account: bool,
    #[serde(default)]
    caller: Map<String, Value>,
    action: String,
    #[serde(default = "any")]
    resource: String,
    /// Condition keys: a text, or several.
    #[serde(default)]
    context: Map<String, Value>,
    /// `allowed`; `denied by a KIND`; `no KIND`.
    decision: String,
}

fn newest() -> String {
    "2012-10-17".to_owned()
}

fn same() -> bool {
    true
}

fn any() -> String {
    "*".to_owned()
}

impl Row {
    /// A document of one statement, or of several.
    fn document(&self, statements: &Value) -> Document {
        let document = json!({ "Version": self.version, "Statement": statements });
        Document::read(&document.to_string()).unwrap_or_else(|error| panic!("{}: {error}: {document}", self.what))
    }

    fn caller(&self) -> Caller<'_> {
        let named = |kind: &str| self.caller.get(kind).and_then(Value::as_str);
        match (named("session"), named("service"), named("federated")) {
            (Some(session), ..) => Caller::Session { session, role: named("role").unwrap() },
            (_, Some(service), _) => Caller::Service(service),
            (_, _, Some(provider)) => Caller::Federated(provider),
            _ => Caller::Aws(named("aws").unwrap_or(USER)),
        }
    }

    fn context(&self) -> Context {
        let texts = |value: &Value| match value {
            Value::Array(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
            one => vec![one.as_str().unwrap().to_owned()],
        };
        self.context.iter().fold(Context::default(), |context, (key, value)| context.with_all(key, texts(value)))
    }

    fn decided(&self) -> String {
        let identity: Vec<Document> = self.identity.iter().map(|statements| self.document(statements)).collect();
        let boundary = self.boundary.as_ref().map(|statements| self.document(statements));
        let session = self.session.as_ref().map(|statements| self.document(statements));
        let resource = self.resource_policy.as_ref().map(|statements| self.document(statements));
        let attached = match self.caller() {
            Caller::Service(_) | Caller::Federated(_) => Identity::Nobody,
            _ if self.root => Identity::Everything,
            _ => Identity::Documents(identity.iter().collect()),
        };
        let mut policies = Policies::new(attached);
        policies.boundary = boundary.as_ref();
        policies.session = session.as_ref().map(|document| vec![document]);
        policies.resource = resource.as_ref();
        policies.is_same_account = self.same_account;
        let request = Request::new(self.caller(), &self.action, &self.resource).with_context(self.context());
        match evaluate(&policies, &request) {
            Ok(()) => "allowed".to_owned(),
            Err(denial) if denial.by.is_some() => format!("denied by a {}", denial.kind),
            Err(denial) => format!("no {}", denial.kind),
        }
    }
}

fn rows() -> Vec<(&'static str, Row)> {
    let tables = TABLES.iter().flat_map(|(subject, text)| {
        let rows: Vec<Row> = serde_json::from_str(text).unwrap_or_else(|error| panic!("{subject}: {error}"));
        rows.into_iter().map(move |row| (*subject, row))
    });
    tables.collect()
}

#[test]
fn every_row_is_decided_as_aws_decides_it() {
    let wrong: Vec<String> = rows()
        .iter()
        .filter(|(_, row)| row.decided() != row.decision)
        .map(|(subject, row)| format!("{subject}: {}: {} and not {}", row.what, row.decided(), row.decision))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_has_a_source_and_a_subject_of_its_own() {
    let rows = rows();
    assert!(rows.len() >= 90, "{} rows", rows.len());
    let mut seen = std::collections::BTreeSet::new();
    for (subject, row) in &rows {
        let is_page = row.source.starts_with("https://")
            || row.source.split_once(':').is_some_and(|(guide, page)| {
                ["IAM", "lambda", "step-functions", "apigateway", "sns", "STS"].contains(&guide)
                    && page.ends_with(".html")
            });
        assert!(is_page, "{subject}: {}", row.source);
        assert!(seen.insert(&row.what), "{subject}: {} stands twice", row.what);
    }
}

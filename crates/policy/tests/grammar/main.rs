//! Documents that IAM refuses, each with its text, and such that it takes although they look odd.
//!
//! The documents and texts are those that moto (Apache-2.0) has from AWS's answers to CreatePolicy, in short.

use policy::Document;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Refused {
    /// IAM's text.
    text: String,
    /// A text, or JSON.
    document: Value,
}

fn written(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}

#[test]
fn broken_documents_are_refused_with_awss_texts() {
    let rows: Vec<Refused> = serde_json::from_str(include_str!("refused.json")).unwrap();
    assert_eq!(rows.len(), 78);
    let mut wrong = Vec::new();
    for Refused { text, document } in rows {
        let told = Document::read_identity(&written(&document))
            .map_or_else(|reason| reason.to_string(), |_| "taken".to_owned());
        if told != text {
            wrong.push(format!("{document}\n  is: {told}\n  AWS: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn odd_documents_are_taken() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("taken.json")).unwrap();
    assert!(rows.len() > 30);
    for document in rows {
        let read = Document::read_identity(&document.to_string());
        assert!(read.is_ok(), "{document}: {}", read.unwrap_err());
    }
}

/// What these tables do not have of a resource's grammar, by the texts' own words.
#[test]
fn resources_of_other_partitions_and_unnamed_services_are_refused() {
    let told = |resource: &str| {
        let statement = serde_json::json!({ "Effect": "Allow", "Action": "s3:*", "Resource": resource });
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": statement });
        Document::read_identity(&document.to_string()).map_or_else(|reason| reason.to_string(), |_| String::new())
    };
    let vendor = "Resource vendor must be fully qualified and cannot contain regexes.";
    for resource in ["arn:aws:s*:::b", "arn:aws:*", "arn:aws:?3:::b", "arn:aws"] {
        assert_eq!(told(resource), vendor, "{resource}");
    }
    assert_eq!(told("arn:aws-cn:s3:::b"), "Partition \"aws-cn\" is not valid for resource \"arn:aws-cn:s3:::b\".");
    for resource in ["arn:*:s3:::b", "arn:aws:iam::*:*", "arn:aws:iam::111122223333:role/*", "arn:aws:s3:::b/*/x:y"] {
        assert_eq!(told(resource), "", "{resource}");
    }
}

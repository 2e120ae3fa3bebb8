//! Items from the objects of an `ItemReader`: JSON, JSON Lines, CSV, listings of buckets, and manifests.

mod csv;
mod manifest;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::document::Document;

pub(crate) use csv::rows;
pub(crate) use manifest::{File, manifest};

/// Why there are no items, as the cause of `States.ItemReaderFailed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

/// The items of a distributed Map state, and what the Context Object says of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ItemList {
    pub(crate) items: Vec<Document>,
    /// Whether they are the members of an object, as [`members`] writes them.
    pub(crate) are_members: bool,
    /// Where they come from, in order.
    pub(crate) origins: Vec<Origin>,
}

/// Where some items come from: `Map.Item.Source` of the Context Object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// How many items.
    pub(crate) items: usize,
    pub(crate) source: Arc<str>,
}

impl ItemList {
    /// Items that come from one place.
    pub(crate) fn from_one(items: Vec<Document>, are_members: bool, source: &str) -> Self {
        let origins = vec![Origin { items: items.len(), source: source.into() }];
        Self { items, are_members, origins }
    }

    /// The items, each with its source.
    pub(crate) fn into_sourced(self) -> impl Iterator<Item = (Document, Arc<str>)> {
        let sources = self.origins.into_iter().flat_map(|origin| std::iter::repeat_n(origin.source, origin.items));
        self.items.into_iter().zip(sources)
    }
}

/// The members of an object as items: "it runs an iteration for each key-value pair in the object, passing the pair to the
/// iteration as input" (developer guide, ItemsPath). The pair's form follows the Context Object's names.
pub(crate) fn members(object: Map<String, Value>) -> Vec<Document> {
    object.into_iter().map(|(key, value)| Document::of(json!({"Key": key, "Value": value}))).collect()
}

/// The items of a JSON file and whether they are members: those of the array that it is, or of the array or object that a JSON
/// pointer leads to.
pub(crate) fn json(text: &str, pointer: Option<&str>) -> Result<(Vec<Document>, bool), Unreadable> {
    let whole: Value =
        serde_json::from_str(text).map_err(|problem| Unreadable(format!("The file is not valid JSON: {problem}.")))?;
    let found = match pointer {
        None => Some(whole),
        Some(pointer) => whole.pointer(pointer).cloned(),
    };
    match found {
        Some(Value::Array(items)) => Ok((items.into_iter().map(Document::of).collect(), false)),
        Some(Value::Object(object)) if pointer.is_some() => Ok((members(object), true)),
        // AWS's own words; recorded of an object that is the whole file.
        _ => Err(Unreadable("Attempting to map over non-iterable node.".to_owned())),
    }
}

/// The items of a JSON Lines file: a value per line, blank lines aside.
pub(crate) fn json_lines(text: &str) -> Result<Vec<Document>, Unreadable> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let item: Value = serde_json::from_str(line)
                .map_err(|problem| Unreadable(format!("Line {number} of the file is not valid JSON: {problem}.")))?;
            Ok(Document::of(item))
        })
        .collect()
}

/// The objects of one page of a bucket's listing, and the token of the next page.
pub(crate) fn listing(answer: &Value) -> Result<(Vec<Document>, Option<String>), Unreadable> {
    let objects = match &answer["Contents"] {
        Value::Null => Vec::new(),
        Value::Array(objects) => objects.iter().map(listed).collect(),
        _ => return Err(Unreadable("The bucket's listing has Contents that is not an array.".to_owned())),
    };
    Ok((objects, answer["NextContinuationToken"].as_str().map(ToOwned::to_owned)))
}

/// An object of a listing, with the members that AWS gives an item and in their order.
fn listed(object: &Value) -> Document {
    let mut item = Map::new();
    for (name, spelt) in [
        ("Etag", "ETag"),
        ("Key", "Key"),
        ("LastModified", "LastModified"),
        ("Size", "Size"),
        ("StorageClass", "StorageClass"),
    ] {
        if let Some(value) = object.get(spelt).or_else(|| object.get(name)) {
            item.insert(name.to_owned(), value.clone());
        }
    }
    Document::of(Value::Object(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn texts(items: &[Document]) -> Vec<String> {
        items.iter().map(|item| item.text().to_string()).collect()
    }

    #[test]
    fn json_files_hold_an_array() {
        let read = |text: &str, pointer| json(text, pointer).map(|(items, are_members)| (texts(&items), are_members));
        let whole = read(r#"[{"a": 1}, [2], "three"]"#, None).unwrap();
        assert_eq!(whole, ([r#"{"a":1}"#, "[2]", "\"three\""].map(str::to_owned).to_vec(), false));
        assert_eq!(read(r#"{"a": {"b": [1, 2]}}"#, Some("/a/b")).unwrap().0, ["1", "2"]);
        let members = read(r#"{"a": {"c": 1, "b": [2]}}"#, Some("/a")).unwrap();
        assert_eq!(members.0, [r#"{"Key":"c","Value":1}"#, r#"{"Key":"b","Value":[2]}"#]);
        assert!(members.1);
        for (text, pointer) in [(r#"{"a": 1}"#, None), (r#"{"a": 1}"#, Some("/a")), ("[]", Some("/x"))] {
            let problem = json(text, pointer).unwrap_err();
            assert_eq!(problem.0, "Attempting to map over non-iterable node.");
        }
        assert!(json("[1,", None).unwrap_err().0.starts_with("The file is not valid JSON"));
    }

    #[test]
    fn json_lines_hold_a_value_each() {
        assert_eq!(texts(&json_lines("{\"a\": 1}\n\n 2\r\n[3]").unwrap()), [r#"{"a":1}"#, "2", "[3]"]);
        assert!(json_lines("1\n{\n").unwrap_err().0.starts_with("Line 2 of the file"));
    }

    #[test]
    fn listings_come_in_pages() {
        let answer = json!({
            "Contents": [{"Key": "a", "ETag": "\"e\"", "Size": 3, "LastModified": 1.5e9, "Owner": {}, "StorageClass": "STANDARD"}],
            "NextContinuationToken": "t",
        });
        let (items, next) = listing(&answer).unwrap();
        assert_eq!(
            texts(&items),
            [r#"{"Etag":"\"e\"","Key":"a","LastModified":1.5E9,"Size":3,"StorageClass":"STANDARD"}"#]
        );
        assert_eq!(next.as_deref(), Some("t"));
        assert_eq!(listing(&json!({"KeyCount": 0})).unwrap(), (Vec::new(), None));
        assert!(listing(&json!({"Contents": 1})).is_err());
    }
}

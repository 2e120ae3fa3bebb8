//! A test file as a JSON schema, which editors complete and check it with.

use serde_json::{Map, Value, json};

use super::keys::{Kind, MOCK, ROOT, Table};

/// The schema of a test file, as the text of a JSON file (JSON Schema, draft 7).
pub fn test_file_schema() -> String {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A test file of workshop (tests/NAME.test.toml)",
    });
    if let (Value::Object(schema), Value::Object(root)) = (&mut schema, table(&ROOT)) {
        schema.extend(root);
    }
    schema["required"] = json!(["cases"]);
    schema["properties"]["$schema"] = json!({"type": "string"});
    format!("{schema:#}\n")
}

fn table(table: &Table) -> Value {
    let mut properties = Map::new();
    for key in table.keys {
        let mut schema = of_kind(&key.kind);
        schema["description"] = json!(key.about);
        properties.insert(key.name.to_owned(), schema);
    }
    let mut schema = json!({"type": "object", "additionalProperties": false, "properties": properties});
    if !table.name.is_empty() {
        schema["title"] = json!(format!("[{}]", table.name));
    }
    schema
}

fn named(values: Value) -> Value {
    json!({"type": "object", "additionalProperties": values})
}

fn of_kind(kind: &Kind) -> Value {
    let text = || json!({"type": "string"});
    let whole = || json!({"type": "integer", "minimum": 0});
    match kind {
        Kind::Text => text(),
        Kind::Moment => json!({"type": "string", "format": "date-time"}),
        Kind::Texts => json!({"type": "array", "items": text()}),
        Kind::Conditions => {
            let one = || json!({"anyOf": [text(), {"type": "object"}]});
            json!({"anyOf": [text(), {"type": "object"}, {"type": "array", "items": one()}]})
        }
        Kind::Word(words) => json!({"type": "string", "enum": words()}),
        Kind::Whole => whole(),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Duration => json!({"anyOf": [text(), {"type": "number", "minimum": 0}]}),
        Kind::Data => json!({}),
        Kind::NamedData => named(json!({})),
        Kind::Counts => named(whole()),
        Kind::Calls => named(json!({"anyOf": [whole(), {"type": "array"}]})),
        Kind::Mocks => named(json!({"anyOf": [table(&MOCK), {"type": "array", "items": table(&MOCK)}]})),
        Kind::TextOr(inner) => json!({"anyOf": [text(), table(inner)]}),
        Kind::Table(inner) => table(inner),
        Kind::Tables(inner) => json!({"type": "array", "items": table(inner)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::TestFile;
    use crate::case::keys::tables;
    use model::source::Source;

    const PAGE: &str = include_str!("../../../../docs/testing.md");

    fn parse(text: &str) -> Result<TestFile, Vec<model::source::ModelError>> {
        TestFile::parse(Source::new("a.test.toml", text), &|path| Ok(Source::new(path, "{}")))
    }

    /// A file whose only fault is the key `zzz` in a table.
    fn with_unknown_key(table: &str) -> String {
        let case = "[[cases]]\nname = \"a\"\n";
        match table {
            "" => format!("zzz = 1\n{case}"),
            "cases" => format!("{case}zzz = 1\n"),
            "cases.rows" => format!("{case}rows = [{{ zzz = 1 }}]\n"),
            "cases.stop" => format!("{case}stop = {{ zzz = 1 }}\n"),
            "cases.expect" => format!("{case}[cases.expect]\nzzz = 1\n"),
            "mocks.STATE" => format!("{case}[cases.mocks.S]\nreturn = 1\nzzz = 1\n"),
            "mocks.STATE.throw" => format!("{case}[cases.mocks.S]\nthrow = {{ zzz = 1 }}\n"),
            _ => format!("{case}[cases.mocks.S]\nexecution = {{ output = 1, zzz = 1 }}\n"),
        }
    }

    #[test]
    fn the_reader_knows_the_same_keys() {
        for table in tables() {
            let errors = parse(&with_unknown_key(table.name)).unwrap_err();
            let error = errors.iter().find(|error| error.message.contains("no key `zzz`")).unwrap();
            let hint = error.hint.clone().unwrap();
            let listed = hint.rsplit_once("nown here are ").unwrap().1.trim_end_matches('.');
            let mut read: Vec<&str> = listed.split(", ").filter(|key| *key != "$schema").collect();
            let mut known: Vec<&str> = table.keys.iter().map(|key| key.name).collect();
            known.sort_unstable();
            read.sort_unstable();
            read.dedup();
            assert_eq!(read, known, "[{}]", table.name);
        }
    }

    #[test]
    fn the_page_explains_every_key() {
        for table in tables() {
            for key in table.keys {
                assert!(PAGE.contains(&format!("| `{}` |", key.name)), "[{}] {}", table.name, key.name);
            }
        }
    }

    #[test]
    fn every_example_of_the_page_is_read() {
        let examples: Vec<&str> =
            PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(examples.len() >= 4, "{examples:?}");
        for example in examples {
            let read = parse(example);
            assert!(read.is_ok(), "{example}\n{:?}", read.err());
        }
    }

    /// Set `WORKSHOP_UPDATE_DOCS=1` to write the schema into the documentation.
    #[test]
    fn the_schema_in_the_documentation_is_that_of_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/test-file.schema.json");
        if std::env::var_os("WORKSHOP_UPDATE_DOCS").is_some() {
            std::fs::write(path, test_file_schema()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == test_file_schema(), "run this test with WORKSHOP_UPDATE_DOCS=1 to write {path}");
    }
}

//! The service file as a JSON schema, which editors complete and check it with.

use serde_json::{Map, Value, json};

use super::keys::{Absent, KeyInfo, Kind, ROOT, Table};

/// What a name in the service file looks like.
const NAME: &str = "^[A-Za-z][A-Za-z0-9-]{0,39}$";
const KEY: &str = "^[A-Za-z][A-Za-z0-9_-]{0,39}$";

/// The schema of a service file, as the text of a JSON file (JSON Schema, draft 7).
pub fn service_file_schema() -> String {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The service file of workshop (service.toml)",
    });
    if let (Value::Object(schema), Value::Object(root)) = (&mut schema, table(&ROOT)) {
        schema.extend(root);
    }
    format!("{schema:#}\n")
}

fn table(table: &Table) -> Value {
    let properties: Map<String, Value> = table.keys.iter().map(|key| (key.name.to_owned(), of_key(key))).collect();
    let required: Vec<&str> =
        table.keys.iter().filter(|key| key.absent == Absent::Refused).map(|key| key.name).collect();
    let mut schema = json!({"type": "object", "additionalProperties": false, "properties": properties});
    if !table.name.is_empty() {
        schema["title"] = json!(format!("[{}]", table.name));
    }
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn of_key(key: &KeyInfo) -> Value {
    let mut schema = of_kind(&key.kind);
    schema["description"] = json!(key.about);
    match (key.absent, &key.kind) {
        (Absent::Text(word), Kind::Boolean) => schema["default"] = json!(word == "true"),
        (Absent::Text(word), _) => schema["default"] = json!(word),
        (Absent::Number(number), _) => schema["default"] = json!(number),
        (Absent::Refused | Absent::Nothing, _) => {}
    }
    schema
}

fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::ShortText(longest) => json!({"type": "string", "maxLength": longest}),
        Kind::Name => json!({"type": "string", "pattern": NAME}),
        Kind::Choice(words) => json!({"type": "string", "enum": words()}),
        Kind::Number(bounds) => json!({"type": "integer", "minimum": bounds.start, "maximum": bounds.end - 1}),
        Kind::NumberOr(numbers, word) => {
            let numbers = numbers.iter().map(|number| json!(number));
            json!({"enum": numbers.chain([json!(word)]).collect::<Vec<_>>()})
        }
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::BooleanOr(inner) => json!({"anyOf": [{"type": "boolean"}, table(inner)]}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}, "minItems": 1}),
        Kind::Choices(words) => {
            json!({"type": "array", "items": {"type": "string", "enum": words()}, "minItems": 1})
        }
        Kind::TextTable => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::Condition => json!({"type": "object"}),
        Kind::Table(inner) => table(inner),
        Kind::Tables(inner) => json!({"type": "array", "items": table(inner)}),
        Kind::Named(inner) => {
            json!({"type": "object", "additionalProperties": false, "patternProperties": {KEY: table(inner)}})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Service;
    use crate::service_file::keys::tables;
    use crate::source::Source;

    const PAGE: &str = include_str!("../../../../docs/service-file.md");

    /// A file whose only fault is the key `zzz` in a table.
    fn with_unknown_key(table: &str) -> String {
        let function = "[functions.f]\nsource = \"x\"\n";
        let route = "[[routes]]\nmethod = \"GET\"\npath = \"/\"\nfunction = \"f\"\n";
        let inner = match table {
            "" => "zzz = 1\n".to_owned(),
            "stack" | "throttle" => format!("[{table}]\nzzz = 1\n"),
            "functions.NAME" => format!("{function}zzz = 1\n"),
            "functions.NAME.bundle" => {
                format!("{function}runtime = \"nodejs22.x\"\nhandler = \"a.b\"\nbundle = {{ zzz = 1 }}\n")
            }
            "state_machines.NAME.logging" => {
                "[state_machines.m]\ndefinition = \"m\"\nlogging = { level = \"OFF\", zzz = 1 }\n".to_owned()
            }
            "activities.NAME" => "[activities.a]\nzzz = 1\n".to_owned(),
            "permissions" => {
                format!("{function}[[functions.f.permissions]]\nactions = [\"a\"]\nresources = [\"b\"]\nzzz = 1\n")
            }
            "routes" => format!("{function}{route}zzz = 1\n"),
            "routes.cors" => format!("{function}{route}cors = {{ zzz = 1 }}\n"),
            _ => "[state_machines.m]\ndefinition = \"m\"\nzzz = 1\n".to_owned(),
        };
        format!("service = \"a\"\n{inner}")
    }

    #[test]
    fn the_reader_knows_the_same_keys() {
        for table in tables() {
            let text = with_unknown_key(table.name);
            let errors = Service::parse(&Source::new("service.toml", text)).unwrap_err();
            let [error] = &errors[..] else { panic!("{errors:?}") };
            let mut known: Vec<&str> = table.keys.iter().map(|key| key.name).collect();
            let hint = error.hint.clone().unwrap();
            let mut read: Vec<&str> =
                hint.rsplit_once("here are ").unwrap().1.trim_end_matches('.').split(", ").collect();
            known.sort_unstable();
            read.sort_unstable();
            assert_eq!(read, known, "[{}]", table.name);
        }
    }

    #[test]
    fn the_page_explains_every_key() {
        for table in tables() {
            for key in table.keys {
                let rows = [format!("| `{}` |", key.name), format!("| `{}.NAME` |", key.name)];
                assert!(rows.iter().any(|row| PAGE.contains(row.as_str())), "[{}] {}", table.name, key.name);
            }
        }
    }

    #[test]
    fn every_example_of_the_page_is_read() {
        let examples: Vec<&str> =
            PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(examples.len() >= 6, "{examples:?}");
        for example in examples {
            let whole =
                if example.contains("service = ") { example.to_owned() } else { format!("service = \"a\"\n{example}") };
            let read = Service::parse(&Source::new("service.toml", whole.as_str()));
            assert!(read.is_ok(), "{example}\n{:?}", read.err());
        }
    }

    /// Set `WORKSHOP_UPDATE_DOCS=1` to write the schema into the documentation.
    #[test]
    fn the_schema_in_the_documentation_is_that_of_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/service-file.schema.json");
        if std::env::var_os("WORKSHOP_UPDATE_DOCS").is_some() {
            std::fs::write(path, service_file_schema()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == service_file_schema(), "run this test with WORKSHOP_UPDATE_DOCS=1 to write {path}");
    }
}

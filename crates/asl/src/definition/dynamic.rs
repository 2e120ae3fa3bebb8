//! Reads dynamic fields: a literal, a path or an expression.

use jiff::Timestamp;
use serde_json::Value;

use super::fields::Fields;
use super::{Dynamic, QueryLanguage};
use crate::finding::FindingKind;
use crate::intrinsic::Expression;
use crate::intrinsic::looks_computed;
use crate::timestamp;

/// What a field holds in JSONata.
enum Computed {
    Expression(jsonata::Expression),
    /// A malformed expression, which has been reported.
    Broken,
    /// A literal.
    No,
}

impl Fields<'_, '_> {
    /// A field with a literal, or in JSONata with an expression.
    pub(super) fn dynamic<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Dynamic<T>> {
        match self.computed(field) {
            Computed::Expression(expression) => Some(Dynamic::Expression { field, expression }),
            Computed::Broken => None,
            Computed::No => read(self).map(Dynamic::Literal),
        }
    }

    /// A field with a literal, or in JSONPath a second field with a path to the value.
    pub(super) fn dynamic_or_path<T>(
        &mut self,
        field: &'static str,
        path: &'static str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Dynamic<T>> {
        let given = self.dynamic(field, read);
        given.or(self.by_path(field, path))
    }

    /// A whole number between two bounds: a literal, an expression or a path.
    pub(super) fn dynamic_integer(
        &mut self,
        field: &'static str,
        path: &'static str,
        (least, most): (u64, u64),
    ) -> Option<Dynamic<u64>> {
        self.dynamic_or_path(field, path, |fields| fields.integer(field, least, most))
    }

    /// A text: a literal, an expression, a path or an intrinsic function.
    pub(super) fn dynamic_string(&mut self, field: &'static str, path: &'static str) -> Option<Dynamic<String>> {
        let given = self.dynamic(field, |fields| fields.plain_text(field).map(ToOwned::to_owned));
        self.only_in(QueryLanguage::JsonPath, &[path]);
        if self.language == QueryLanguage::Jsonata {
            return given;
        }
        let read = self.expression(path).map(|expression| Dynamic::Path { field: path, expression });
        self.only_one(field, path);
        given.or(read)
    }

    pub(super) fn dynamic_timestamp(&mut self, field: &'static str, path: &'static str) -> Option<Dynamic<Timestamp>> {
        self.dynamic_or_path(field, path, |fields| {
            let instant = timestamp::parse(fields.string(field)?);
            if instant.is_none() {
                fields.report(field, "String does not match RFC3339 timestamp");
            }
            instant
        })
    }

    /// A literal text; AWS warns of one that looks like a path in a JSONPath state.
    pub(super) fn plain_text(&mut self, field: &'static str) -> Option<&str> {
        let value = self.get(field)?;
        if self.language == QueryLanguage::JsonPath && looks_computed(value) {
            let message =
                format!("The value of '{field}' looks like a path, but the field's name does not end with 'Path'.");
            self.parser.findings.add(FindingKind::NoPath, Some(self.at(field)), message);
        }
        self.string(field)
    }

    fn by_path<T>(&mut self, field: &'static str, path: &'static str) -> Option<Dynamic<T>> {
        self.only_in(QueryLanguage::JsonPath, &[path]);
        if self.language == QueryLanguage::Jsonata {
            return None;
        }
        if field != "Seconds" && field != "Timestamp" {
            self.only_one(field, path);
        }
        self.path(path).map(|read| Dynamic::Path { field: path, expression: Expression::Path(read) })
    }

    fn computed(&mut self, field: &'static str) -> Computed {
        if self.language == QueryLanguage::JsonPath {
            return Computed::No;
        }
        match self.get(field) {
            Some(Value::String(text)) if text.starts_with("{%") => match self.jsonata_template(field) {
                Some(jsonata::Template::Expression(expression)) => Computed::Expression(expression),
                _ => Computed::Broken,
            },
            _ => Computed::No,
        }
    }
}

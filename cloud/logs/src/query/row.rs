//! A row of a query.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::record::Record;
use super::value::Value;

/// A row on its way.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// None behind `stats`.
    pub(super) record: Option<Arc<Record>>,
    pub(super) computed: BTreeMap<String, Value>,
}

impl Row {
    pub(super) fn field(&self, name: &str) -> Value {
        match (self.computed.get(name), &self.record) {
            (Some(value), _) => value.clone(),
            (None, Some(record)) => record.field(name),
            (None, None) => Value::Absent,
        }
    }

    /// The row as results show it, with these fields in this order.
    pub(super) fn shown(&self, columns: &[String]) -> QueryRow {
        let named = columns.iter().filter_map(|name| Some((name.clone(), self.field(name).text()?)));
        let pointer = self.record.as_ref().map(|record| ("@ptr".to_owned(), record.pointer.clone()));
        named.chain(pointer).collect()
    }
}

/// A row of results: names with their texts.
pub(crate) type QueryRow = Vec<(String, String)>;

//! Variables that `Assign` has set. They are visible in their own flow and in the flows inside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::Document;
use crate::quotas::MAX_PAYLOAD_BYTES;
use crate::quotas::MAX_VARIABLES_BYTES;

/// The variables that a branch sees. It can set its own, and read those of the flows around it as they were when it started.
///
/// Cloning shares everything. Only the branch's own variables are stored: those of the flows around it do not change while it runs,
/// so `with_outer_variables` restores them from the outer branches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Variables(Option<Arc<Level>>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Level {
    own: BTreeMap<Arc<str>, Document>,
    #[serde(skip)]
    outer: Variables,
}

impl Variables {
    /// The variables of a flow inside this one, with none of its own yet.
    pub(crate) fn inner(&self) -> Self {
        match &self.0 {
            Some(level) if !level.own.is_empty() => {
                Self(Some(Arc::new(Level { own: BTreeMap::new(), outer: self.clone() })))
            }
            _ => self.clone(),
        }
    }

    /// The same variables with `around` as the outer ones, which are not stored.
    pub(crate) fn within(&self, around: &Self) -> Self {
        let outer = match around.inner().0 {
            Some(level) => level.outer.clone(),
            None => return self.clone(),
        };
        let own = self.0.as_ref().map(|level| level.own.clone()).unwrap_or_default();
        Self(Some(Arc::new(Level { own, outer })))
    }

    /// The value of a variable, the innermost of its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let level = self.0.as_ref()?;
        level.own.get(name).map(Document::value).or_else(|| level.outer.get(name))
    }

    /// Sets variables of this flow.
    pub(crate) fn set(&mut self, assigned: impl IntoIterator<Item = (Arc<str>, Document)>) {
        let mut assigned = assigned.into_iter().peekable();
        if assigned.peek().is_none() {
            return;
        }
        Arc::make_mut(self.0.get_or_insert_default()).own.extend(assigned);
    }

    /// The variables of this flow, by name.
    pub(crate) fn own(&self) -> impl Iterator<Item = (&str, &Document)> {
        self.0.iter().flat_map(|level| level.own.iter().map(|(name, value)| (&**name, value)))
    }

    /// Bytes of JSON that a variable of this flow holds.
    fn size_bytes_of(&self, name: &str) -> usize {
        self.0.as_ref().and_then(|level| level.own.get(name)).map_or(0, Document::size_bytes)
    }

    /// Whether the quotas allow these assignments, given the bytes of variables in other branches.
    pub(crate) fn has_room_for(&self, assigned: &[(Arc<str>, Document)], others_bytes: usize) -> bool {
        let set: usize = assigned.iter().map(|(_, value)| value.size_bytes()).sum();
        let replaced: usize = assigned.iter().map(|(name, _)| self.size_bytes_of(name)).sum();
        let all = others_bytes + self.own_size_bytes() + set;
        set <= MAX_PAYLOAD_BYTES && all - replaced.min(all) <= MAX_VARIABLES_BYTES
    }

    /// Bytes of JSON that the variables of this flow hold, without the outer ones.
    pub(crate) fn own_size_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |level| level.own.values().map(Document::size_bytes).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(value: Value) -> Document {
        Document::of(value)
    }

    #[test]
    fn inner_scopes_read_outer_variables_and_set_their_own() {
        let mut outer = Variables::default();
        outer.set([("a".into(), document(json!(1))), ("b".into(), document(json!([2])))]);
        let mut inner = outer.inner();
        inner.set([("c".into(), document(json!("three")))]);
        outer.set([("a".into(), document(json!(0)))]);
        assert_eq!((inner.get("a"), inner.get("c")), (Some(&json!(1)), Some(&json!("three"))));
        assert_eq!((outer.get("a"), outer.get("c")), (Some(&json!(0)), None));
        assert_eq!((inner.own_size_bytes(), outer.own_size_bytes()), (7, 4));
    }

    #[test]
    fn quotas_count_what_is_held_and_not_what_is_replaced() {
        let large = Document::parse(format!("\"{}\"", "a".repeat(MAX_PAYLOAD_BYTES - 2))).unwrap();
        let mut scope = Variables::default();
        for i in 0..40 {
            let assigned = [(Arc::from(format!("v{i}")), large.clone())];
            assert!(scope.has_room_for(&assigned, 0), "{i}");
            scope.set(assigned);
        }
        let new = [("w".into(), document(json!(1)))];
        let old = [("v7".into(), large.clone())];
        assert!(scope.has_room_for(&old, 0) && !scope.has_room_for(&old, 1) && !scope.has_room_for(&new, 0));
        let both = [("v1".into(), large), ("v2".into(), document(json!(1)))];
        assert!(!Variables::default().has_room_for(&both, 0), "256 KiB for all of one Assign");
    }

    #[test]
    fn an_empty_scope_is_stored_as_nothing() {
        let mut scope = Variables::default();
        scope.set([]);
        assert_eq!(serde_json::to_string(&scope.inner().inner()).unwrap(), "null");
    }

    #[test]
    fn what_is_around_a_scope_is_found_again() {
        let reload =
            |scope: &Variables| serde_json::from_str::<Variables>(&serde_json::to_string(scope).unwrap()).unwrap();
        let mut outer = Variables::default();
        let bare = outer.inner();
        assert_eq!(reload(&bare).within(&outer), bare);
        outer.set([("a".into(), document(json!({"x": 1.0})))]);
        let middle = outer.inner();
        let mut inner = middle.inner();
        inner.set([("b".into(), document(json!(2)))]);
        assert_eq!(serde_json::to_string(&inner).unwrap(), r#"{"own":{"b":"2"}}"#);
        let outer = reload(&outer);
        let middle = reload(&middle);
        let inner = reload(&inner);
        let middle = middle.within(&outer);
        let inner = inner.within(&middle);
        assert_eq!((middle.get("a"), inner.get("a")), (Some(&json!({"x": 1.0})), Some(&json!({"x": 1.0}))));
        assert_eq!(inner.get("b"), Some(&json!(2)));
    }
}

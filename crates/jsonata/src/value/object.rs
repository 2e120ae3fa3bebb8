//! Members of an object that an expression makes: in the order in which they came, found quickly even when they are many.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Value;

pub(crate) type Key<'e> = Cow<'e, str>;

/// From how many members on they are found through an index.
const INDEXED_FROM: usize = 12;

#[derive(Clone, Debug, Default)]
pub(crate) struct Entries<'e> {
    members: Vec<(Key<'e>, Value<'e>)>,
    index: BTreeMap<Key<'e>, usize>,
}

impl<'e> Entries<'e> {
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    pub(crate) fn size_bytes(&self) -> usize {
        let owned = |key: &Key<'e>| if let Cow::Owned(text) = key { text.len() } else { 0 };
        self.members.iter().map(|(key, _)| owned(key) + 40).sum::<usize>() + 48
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.members.len() >= INDEXED_FROM {
            return self.index.get(key).copied();
        }
        self.members.iter().position(|(known, _)| known == key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<Value<'e>> {
        let at = self.position(key)?;
        self.members.get(at).map(|(_, value)| *value)
    }

    /// Sets a member. A known one keeps its place.
    pub(crate) fn set(&mut self, key: Key<'e>, value: Value<'e>) {
        if let Some(member) = self.position(&key).and_then(|at| self.members.get_mut(at)) {
            member.1 = value;
            return;
        }
        self.members.push((key, value));
        if self.members.len() > INDEXED_FROM {
            if let Some((key, _)) = self.members.last() {
                self.index.insert(key.clone(), self.members.len() - 1);
            }
        } else if self.members.len() == INDEXED_FROM {
            self.reindex();
        }
    }

    pub(crate) fn remove(&mut self, key: &str) {
        if let Some(at) = self.position(key) {
            self.members.remove(at);
            self.reindex();
        }
    }

    fn reindex(&mut self) {
        self.index.clear();
        if self.members.len() >= INDEXED_FROM {
            self.index = self.members.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect();
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<(Key<'e>, Value<'e>)> {
        self.members.clone()
    }
}

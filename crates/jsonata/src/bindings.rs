//! What an evaluation reads from its surroundings: variables, the present and chance.

use std::borrow::Cow;
use std::cell::Cell;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// What an expression reads from.
pub trait Bindings {
    /// The value of a variable, named without its `$`: `states`, or one that was assigned. Called only for names that the
    /// expression reads.
    fn value(&self, variable: &str) -> Option<Cow<'_, Value>>;
    /// A field of `states`; called instead of reading all of it when the expression reads nothing else of it.
    fn states(&self, field: &str) -> Option<Cow<'_, Value>> {
        match self.value("states")? {
            Cow::Borrowed(states) => states.get(field).map(Cow::Borrowed),
            Cow::Owned(states) => states.get(field).cloned().map(Cow::Owned),
        }
    }
    /// The present, for `$now` and `$millis`.
    fn now(&self) -> Timestamp;
    /// The next 64 random bits, for `$random`, `$shuffle` and `$uuid`.
    fn random(&self) -> u64;
    /// Told of each condition `?:` that an evaluation comes to: the expression's text, where in it the condition is
    /// ([`crate::Expression::conditions`]), and whether it is true.
    fn decided(&self, _expression: &str, _at: usize, _is_true: bool) {}
}

/// Bindings that hold their variables, a fixed present and a seed: the same variables, present and seed give the same result.
#[derive(Clone, Debug)]
pub struct Variables {
    values: Map<String, Value>,
    now: Timestamp,
    /// The state of the random number generator.
    state: Cell<u64>,
}

impl Variables {
    /// No variables.
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Self { values: Map::new(), now, state: Cell::new(seed) }
    }

    /// Adds a variable or replaces it; the name is given without its `$`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Value) -> Self {
        self.values.insert(name.into(), value);
        self
    }
}

impl Bindings for Variables {
    fn value(&self, variable: &str) -> Option<Cow<'_, Value>> {
        self.values.get(variable).map(Cow::Borrowed)
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    /// SplitMix64. Source: <https://prng.di.unimi.it/splitmix64.c>.
    fn random(&self) -> u64 {
        let state = self.state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

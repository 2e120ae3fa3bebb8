//! Whether a condition holds for a request.

use super::compare::matches;
use super::{Comparison, Condition, Quantifier};
use crate::context::Context;
use crate::variables::Variables;

impl Condition {
    /// Whether it holds. Without a quantifier, one match among several values of the key is enough, and a negated
    /// comparison needs all of them to differ.
    pub(crate) fn holds(&self, context: &Context, variables: Variables<'_>) -> bool {
        let values = context.get(&self.key).unwrap_or_default();
        if self.operator.comparison == Comparison::Null {
            return self.holds_as_null(values.is_empty());
        }
        let negated = self.operator.comparison.is_negated();
        if values.is_empty() {
            return match self.operator.quantifier {
                Some(Quantifier::ForAllValues) => true,
                Some(Quantifier::ForAnyValue) => self.operator.if_exists,
                None => self.operator.if_exists || negated,
            };
        }
        // A negated comparison with what has no value would hold for everything.
        if negated && self.values.iter().any(|wanted| variables.parts(wanted).is_none()) {
            return false;
        }
        let holds = |value: &String| self.matches_one(value, variables) != negated;
        match self.operator.quantifier {
            Some(Quantifier::ForAllValues) => values.iter().all(holds),
            Some(Quantifier::ForAnyValue) => values.iter().any(holds),
            None if negated => values.iter().all(holds),
            None => values.iter().any(holds),
        }
    }

    fn matches_one(&self, value: &str, variables: Variables<'_>) -> bool {
        self.values.iter().any(|wanted| matches(self.operator.comparison, wanted, value, variables))
    }

    /// `Null`: `true` holds when the key is absent, `false` when it is there.
    fn holds_as_null(&self, is_absent: bool) -> bool {
        let wanted = if is_absent { "true" } else { "false" };
        self.values.iter().any(|value| value.eq_ignore_ascii_case(wanted))
    }
}

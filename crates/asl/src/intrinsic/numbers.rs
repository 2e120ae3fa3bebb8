//! Functions on numbers.

use serde_json::Value;

use super::java::Random;

/// A number without its fraction, as most functions take it.
pub(super) fn truncated(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))
}

/// Rounds halves up, as Java's `Math.round` does, and takes what fits in 32 bits only.
pub(super) fn add(one: &Value, other: &Value) -> Option<Value> {
    let rounded = |value: &Value| {
        let number = value.as_i64().or_else(|| value.as_f64().map(|number| (number + 0.5).floor() as i64));
        i32::try_from(number?).ok()
    };
    rounded(one)?.checked_add(rounded(other)?).map(Value::from)
}

/// A number from the first to just before the second. A seed gives what it gives on AWS.
pub(super) fn random(from: &Value, to: &Value, seed: i64) -> Option<Value> {
    let from = i32::try_from(truncated(from)?).ok()?;
    let to = i32::try_from(truncated(to)?).ok()?;
    let below = to.checked_sub(from).filter(|below| *below > 0)?;
    from.checked_add(Random::new(seed).below(below)).map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn seeds_give_what_aws_gave() {
        for (from, to, seed, drawn) in [
            (1, 100, 42, 63),
            (1, 1000, 1, 106),
            (1, 1000, 2, 806),
            (1, 10, -10, 1),
            (2_147_483_640, 2_147_483_647, 1, 2_147_483_644),
        ] {
            assert_eq!(random(&json!(from), &json!(to), seed), Some(json!(drawn)));
        }
    }

    #[test]
    fn bounds_lose_their_fraction() {
        assert_eq!(random(&json!(1.4), &json!(1.6), 1), None);
        assert_eq!(random(&json!(1.6), &json!(2.4), 1), Some(json!(1)));
        assert_eq!(random(&json!(5), &json!(1), 1), None);
        assert_eq!(random(&json!(i32::MIN), &json!(i32::MAX), 1), None);
        assert_eq!(random(&json!(true), &json!(2), 1), None);
    }

    #[test]
    fn sums_round_and_stay_in_32_bits() {
        assert_eq!(add(&json!(-1.5), &json!(0.5)), Some(json!(0)));
        assert_eq!(add(&json!(i32::MAX), &json!(0)), Some(json!(i32::MAX)));
        assert_eq!(add(&json!(i32::MAX), &json!(1)), None);
        assert_eq!(add(&json!(3_000_000_000_u64), &json!(1)), None);
        assert_eq!(add(&json!("1"), &json!(1)), None);
    }
}

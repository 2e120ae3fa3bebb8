//! What Java does, where AWS's answers show it: texts of values, hash codes, the order of a set, random numbers.

use serde_json::Value;

use crate::intrinsic::java_double;

/// A value as `toString` shows what Jackson makes of it: `{Arg1=1, Arg2=[]}` (recorded from AWS).
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name}={}", text(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        scalar => json(scalar),
    }
}

/// A value as Jackson writes it.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_f64() => number.as_f64().map(java_double::text).unwrap_or_default(),
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), json(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// `hashCode` of what Jackson makes of a value.
fn hash_code(value: &Value) -> i32 {
    let fold = |bits: u64| (bits ^ (bits >> 32)) as u32;
    match value {
        Value::Null => 0,
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => i32::try_from(whole).unwrap_or_else(|_| fold(whole.cast_unsigned()).cast_signed()),
            (None, fraction) => fold(fraction.unwrap_or_default().to_bits()).cast_signed(),
        },
        Value::String(text) => hash_text(text),
        Value::Array(items) => {
            items.iter().fold(1, |hash: i32, item| hash.wrapping_mul(31).wrapping_add(hash_code(item)))
        }
        Value::Object(members) => {
            members.iter().fold(0, |hash: i32, (name, value)| hash.wrapping_add(hash_text(name) ^ hash_code(value)))
        }
    }
}

fn hash_text(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

/// Puts different values in the order in which a `HashSet` made of a collection of `size` values goes through them.
pub(super) fn order_as_set(values: &mut [&Value], size: usize) {
    let buckets = (size * 4 / 3 + 1).max(16).next_power_of_two();
    values.sort_by_cached_key(|value| {
        let hash = hash_code(value).cast_unsigned();
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    });
}

/// `java.util.Random`.
pub(super) struct Random(u64);

impl Random {
    const MASK: u64 = (1 << 48) - 1;

    pub(super) fn new(seed: i64) -> Self {
        Self((seed.cast_unsigned() ^ 0x5_DEEC_E66D) & Self::MASK)
    }

    fn next_31_bits(&mut self) -> i32 {
        self.0 = self.0.wrapping_mul(0x5_DEEC_E66D).wrapping_add(0xB) & Self::MASK;
        (self.0 >> 17) as i32
    }

    /// `nextInt(bound)`; the bound is positive.
    pub(super) fn below(&mut self, bound: i32) -> i32 {
        if bound & (bound - 1) == 0 {
            return ((i64::from(bound) * i64::from(self.next_31_bits())) >> 31) as i32;
        }
        loop {
            let bits = self.next_31_bits();
            let drawn = bits % bound;
            // Numbers from the last, incomplete run of `bound` would come more often: draw again.
            if bits.checked_sub(drawn).and_then(|run| run.checked_add(bound - 1)).is_some() {
                return drawn;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shows_as_java_does() {
        let value = json!({"Arg1": 1, "Arg2": [], "s": "x", "n": null, "l": [1, "a"]});
        assert_eq!(text(&value), "{Arg1=1, Arg2=[], s=x, n=null, l=[1, a]}");
        assert_eq!(json(&value), r#"{"Arg1":1,"Arg2":[],"s":"x","n":null,"l":[1,"a"]}"#);
    }

    #[test]
    fn hashes_as_java_does() {
        assert_eq!(hash_code(&json!("hello")), 99_162_322);
        assert_eq!(hash_code(&json!([1, 2])), 994);
        assert_eq!(hash_code(&json!(1.5)), 1_073_217_536);
        assert_eq!(hash_code(&json!(-4_294_967_295_i64)), -2);
    }
}

//! Rules of Choice states, as far as a value can be found that makes them true.

use serde_json::{Map, Value, json};

use super::values::flows;

/// What a rule asks of one place in its input.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wish {
    /// The members that lead to the place.
    path: Vec<String>,
    /// The value to put there; none to have nothing there.
    value: Option<Value>,
}

/// What makes a rule true, or false: all of these.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wishes(Vec<Wish>);

/// For each rule that can be read what makes it true, and what makes it false.
pub(super) fn of(definition: &Value) -> Vec<Wishes> {
    let mut all = Vec::new();
    for flow in flows(definition) {
        for (_, state) in flow.get("States").and_then(Value::as_object).into_iter().flatten() {
            for rule in state.get("Choices").and_then(Value::as_array).into_iter().flatten() {
                for truth in [true, false] {
                    all.extend(of_rule(rule, truth).map(Wishes));
                }
            }
        }
    }
    all
}

impl Wishes {
    /// A value with everything in its place; none where something else is in the way.
    pub(super) fn satisfied(&self, base: &Value) -> Option<Value> {
        let mut value = if base.is_object() { base.clone() } else { json!({}) };
        for wish in &self.0 {
            put(&mut value, &wish.path, wish.value.as_ref())?;
        }
        Some(value)
    }
}

fn put(value: &mut Value, path: &[String], wished: Option<&Value>) -> Option<()> {
    let (first, rest) = path.split_first()?;
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let members = value.as_object_mut()?;
    match (rest.is_empty(), wished) {
        (true, Some(wished)) => drop(members.insert(first.clone(), wished.clone())),
        (true, None) => drop(members.remove(first)),
        (false, _) => put(members.entry(first.clone()).or_insert_with(|| json!({})), rest, wished)?,
    }
    Some(())
}

fn of_rule(rule: &Value, truth: bool) -> Option<Vec<Wish>> {
    if let Some(condition) = rule.get("Condition") {
        return jsonata(condition.as_str()?, truth);
    }
    if let Some(inner) = rule.get("Not") {
        return of_rule(inner, !truth);
    }
    let list = |field: &str| rule.get(field).and_then(Value::as_array);
    if let Some(all) = list("And") {
        return if truth { every(all, true) } else { of_rule(all.first()?, false) };
    }
    if let Some(any) = list("Or") {
        return if truth { of_rule(any.first()?, true) } else { every(any, false) };
    }
    let path = json_path(rule.get("Variable")?.as_str()?)?;
    let (operator, operand) = rule.as_object()?.iter().find(|(key, _)| is_operator(key))?;
    Some(vec![Wish { path, value: wished(operator, operand, truth)? }])
}

fn every(rules: &[Value], truth: bool) -> Option<Vec<Wish>> {
    let wishes: Option<Vec<Vec<Wish>>> = rules.iter().map(|rule| of_rule(rule, truth)).collect();
    Some(wishes?.concat())
}

/// The members of a plain path such as `$.a.b`.
fn json_path(text: &str) -> Option<Vec<String>> {
    let rest = text.strip_prefix("$.")?;
    let is_plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    rest.split('.').map(|part| is_plain(part).then(|| part.to_owned())).collect()
}

fn is_operator(key: &str) -> bool {
    ["Is", "String", "Numeric", "Boolean", "Timestamp"].iter().any(|start| key.starts_with(start))
        && !key.ends_with("Path")
}

/// The value that makes a comparison true or false; an inner none is for nothing at the place.
fn wished(operator: &str, operand: &Value, truth: bool) -> Option<Option<Value>> {
    let is_wanted = operand.as_bool().unwrap_or(true) == truth;
    Some(match operator {
        "IsPresent" => is_wanted.then(|| json!("x")),
        "IsNull" => Some(if is_wanted { Value::Null } else { json!("x") }),
        "IsString" => Some(if is_wanted { json!("x") } else { json!(1) }),
        "IsNumeric" => Some(if is_wanted { json!(1) } else { json!("x") }),
        "IsBoolean" => Some(if is_wanted { json!(true) } else { json!("x") }),
        "IsTimestamp" => Some(if is_wanted { json!("2026-01-01T00:00:00Z") } else { json!("x") }),
        "BooleanEquals" => Some(json!(is_wanted)),
        "StringMatches" => Some(json!(if truth { operand.as_str()?.replace('*', "x") } else { "-".to_owned() })),
        _ if operator.starts_with("Numeric") => Some(number(operand.as_f64()?, comparison(operator)?, truth)),
        _ if operator.starts_with("Timestamp") => Some(moment(operand.as_str()?, comparison(operator)?, truth)?),
        _ if operator.starts_with("String") => Some(json!(string(operand.as_str()?, comparison(operator)?, truth))),
        _ => return None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    /// Less, or less or equal.
    Less,
    /// Greater, or greater or equal.
    Greater,
}

fn comparison(operator: &str) -> Option<Comparison> {
    if operator.contains("LessThan") {
        Some(Comparison::Less)
    } else if operator.contains("GreaterThan") {
        Some(Comparison::Greater)
    } else {
        operator.ends_with("Equals").then_some(Comparison::Equal)
    }
}

/// By how much a value is to be moved: below the operand, onto it, or above.
fn shift(comparison: Comparison, truth: bool) -> i8 {
    match (comparison, truth) {
        (Comparison::Equal, true) => 0,
        (Comparison::Less, true) | (Comparison::Greater, false) => -1,
        (Comparison::Greater, true) | (Comparison::Less | Comparison::Equal, false) => 1,
    }
}

fn number(operand: f64, comparison: Comparison, truth: bool) -> Value {
    let moved = operand + f64::from(shift(comparison, truth));
    #[allow(clippy::cast_possible_truncation, reason = "what is whole and small is written as a whole number")]
    if moved.fract() == 0.0 && moved.abs() < 1e15 { json!(moved as i64) } else { json!(moved) }
}

fn moment(operand: &str, comparison: Comparison, truth: bool) -> Option<Value> {
    let operand: jiff::Timestamp = operand.parse().ok()?;
    let moved = operand.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(shift(comparison, truth)))).ok()?;
    Some(moved.to_string().into())
}

fn string(operand: &str, comparison: Comparison, truth: bool) -> String {
    match shift(comparison, truth) {
        0 => operand.to_owned(),
        1 => format!("{operand}x"),
        // Nothing is less than an empty text.
        _ => String::new(),
    }
}

/// The simple conditions of JSONata: a place in `$states.input` by itself, in `$exists()`, or compared with a literal.
fn jsonata(condition: &str, truth: bool) -> Option<Vec<Wish>> {
    let inner = condition.trim().strip_prefix("{%")?.strip_suffix("%}")?.trim();
    if let Some(inner) = inner.strip_prefix("$not(").and_then(|rest| rest.strip_suffix(')')) {
        return jsonata(&format!("{{% {inner} %}}"), !truth);
    }
    if let Some((first, rest)) = inner.split_once(" and ") {
        let first = jsonata(&format!("{{% {first} %}}"), truth)?;
        if !truth {
            return Some(first);
        }
        return Some([first, jsonata(&format!("{{% {rest} %}}"), true)?].concat());
    }
    if let Some((first, rest)) = inner.split_once(" or ") {
        let first = jsonata(&format!("{{% {first} %}}"), truth)?;
        if truth {
            return Some(first);
        }
        return Some([first, jsonata(&format!("{{% {rest} %}}"), false)?].concat());
    }
    if let Some(place) = inner.strip_prefix("$exists(").and_then(|rest| rest.strip_suffix(')')) {
        return Some(vec![Wish { path: input_path(place)?, value: truth.then(|| json!("x")) }]);
    }
    for operator in ["!=", "<=", ">=", "=", "<", ">"] {
        let Some((place, literal)) = inner.split_once(operator) else { continue };
        let path = input_path(place)?;
        let literal = literal.trim().replace('\'', "\"");
        let operand: Value = serde_json::from_str(&literal).ok()?;
        let truth = if operator == "!=" { !truth } else { truth };
        let comparison = match operator {
            "=" | "!=" => Comparison::Equal,
            "<" | "<=" => Comparison::Less,
            _ => Comparison::Greater,
        };
        let value = match &operand {
            Value::Number(number) => self::number(number.as_f64()?, comparison, truth),
            Value::String(text) => json!(string(text, comparison, truth)),
            Value::Bool(value) => json!(*value == truth),
            _ => return None,
        };
        return Some(vec![Wish { path, value: Some(value) }]);
    }
    Some(vec![Wish { path: input_path(inner)?, value: Some(json!(truth)) }])
}

fn input_path(text: &str) -> Option<Vec<String>> {
    json_path(&format!("$.{}", text.trim().strip_prefix("$states.input.")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: &Value, truth: bool) -> Option<Value> {
        Wishes(of_rule(rule, truth)?).satisfied(&json!({"other": 1}))
    }

    #[test]
    fn a_value_is_found_that_makes_a_rule_true_or_false() {
        let rule = json!({"And": [{"Variable": "$.a.n", "NumericGreaterThan": 5}, {"Not": {"Variable": "$.s", "StringEquals": "no"}}]});
        assert_eq!(found(&rule, true), Some(json!({"other": 1, "a": {"n": 6}, "s": "nox"})));
        assert_eq!(found(&rule, false), Some(json!({"other": 1, "a": {"n": 4}})));
        assert_eq!(found(&json!({"Variable": "$.other", "IsPresent": false}), true), Some(json!({})));
        assert_eq!(found(&json!({"Variable": "$.a[0]", "IsPresent": false}), true), None);
    }

    #[test]
    fn simple_conditions_of_jsonata_are_read() {
        let condition = |text: &str| json!({"Condition": format!("{{% {text} %}}")});
        assert_eq!(
            found(&condition("$states.input.n >= 3 and $states.input.ok"), true),
            Some(json!({"other": 1, "n": 4, "ok": true}))
        );
        assert_eq!(found(&condition("$states.input.s = 'yes'"), true), Some(json!({"other": 1, "s": "yes"})));
        assert_eq!(found(&condition("$exists($states.input.x)"), false), Some(json!({"other": 1})));
        assert_eq!(found(&condition("$count($states.input.x) > 1"), true), None);
    }
}

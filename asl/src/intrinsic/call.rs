//! Calling a function.

use serde_json::{Map, Value};

use super::{Argument, Call, Function, arrays, strings};
use crate::MAX_PAYLOAD_BYTES;
use crate::document::least_size_bytes;
use crate::path::Scope;

/// What is wrong with a call, in a sentence.
pub(super) type Problem = String;

impl Call {
    pub(super) fn evaluate(&self, scope: Scope<'_>) -> Result<Value, Problem> {
        let values = self.arguments.iter().map(|argument| argument.evaluate(scope));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        if values.iter().map(least_size_bytes).sum::<usize>() > MAX_PAYLOAD_BYTES {
            return Err("The arguments are larger than a payload may be.".to_owned());
        }
        let (first, second) = (values.first().unwrap_or(&Value::Null), values.get(1).unwrap_or(&Value::Null));
        match self.function {
            Function::Format => self.format(&values),
            Function::StringToJson => strings::to_json(text(first)?),
            Function::JsonToString => Ok(first.to_string().into()),
            Function::StringSplit => Ok(strings::split(text(first)?, text(second)?)),
            Function::Base64Encode => Ok(strings::encode_base64(text(first)?).into()),
            Function::Base64Decode => strings::decode_base64(text(first)?).map(Value::from),
            Function::Uuid => Ok(strings::uuid(scope.context.random(), scope.context.random()).into()),
            Function::JsonMerge => merge(&values),
            Function::Array => Ok(Value::Array(values)),
            Function::ArrayPartition => arrays::partition(array(first)?, integer(second)?),
            Function::ArrayContains => Ok(array(first)?.contains(second).into()),
            Function::ArrayRange => {
                let step = values.get(2).unwrap_or(&Value::Null);
                arrays::range(integer(first)?, integer(second)?, integer(step)?)
            }
            Function::ArrayGetItem => arrays::get(array(first)?, integer(second)?),
            Function::ArrayLength => Ok(array(first)?.len().into()),
            Function::ArrayUnique => Ok(arrays::unique(array(first)?)),
            Function::MathAdd => add(first, second),
            Function::MathRandom => random(first, second, values.get(2), scope),
        }
    }

    /// The template is read as it was written, because `\{` is only meaningful here.
    fn format(&self, values: &[Value]) -> Result<Value, Problem> {
        let (template, values) = values.split_first().ok_or("A template is required.")?;
        match self.arguments.first() {
            Some(Argument::Text(raw)) => strings::format(raw, values),
            _ => strings::format(text(template)?, values),
        }
    }
}

impl Argument {
    fn evaluate(&self, scope: Scope<'_>) -> Result<Value, Problem> {
        match self {
            Self::Path(path) => path.read(scope).map_err(|_| {
                format!(
                    "The JsonPath argument for the field '{}' could not be found in the input '{}'",
                    path.text(),
                    path.root_value(scope)
                )
            }),
            Self::Call(call) => call.evaluate(scope),
            Self::Text(raw) => Ok(strings::unescape(raw).into()),
            Self::Literal(value) => Ok(value.clone()),
        }
    }
}

fn text(value: &Value) -> Result<&str, Problem> {
    value.as_str().ok_or_else(|| format!("A text was expected, but the argument was {value}"))
}

fn array(value: &Value) -> Result<&[Value], Problem> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(format!("An array was expected, but the argument was {other}")),
    }
}

/// A number as a whole one; fractions are rounded half up, as Java's `Math.round` does.
fn integer(value: &Value) -> Result<i64, Problem> {
    let rounded = |number: f64| (number + 0.5).floor() as i64;
    let number = value.as_i64().or_else(|| value.as_f64().map(rounded));
    number.ok_or_else(|| format!("A number was expected, but the argument was {value}"))
}

fn add(first: &Value, second: &Value) -> Result<Value, Problem> {
    let sum = integer(first)?.checked_add(integer(second)?);
    sum.map(Value::from).ok_or_else(|| "The sum is too large.".to_owned())
}

/// A number from the first to just before the second.
fn random(from: &Value, to: &Value, seed: Option<&Value>, scope: Scope<'_>) -> Result<Value, Problem> {
    let (from, to) = (integer(from)?, integer(to)?);
    if from >= to {
        return Err("The end must be greater than the start.".to_owned());
    }
    let drawn = match seed {
        Some(seed) => crate::execution::number(integer(seed)?.cast_unsigned(), 0),
        None => scope.context.random(),
    };
    let offset = (u128::from(drawn) * u128::from(from.abs_diff(to))) >> 64;
    let offset = u64::try_from(offset).unwrap_or_default();
    Ok(from.saturating_add_unsigned(offset).into())
}

fn merge(values: &[Value]) -> Result<Value, Problem> {
    match values {
        [Value::Object(one), Value::Object(other), Value::Bool(false)] => {
            let both = one.iter().chain(other).map(|(name, value)| (name.clone(), value.clone()));
            Ok(Value::Object(both.collect::<Map<_, _>>()))
        }
        [_, _, Value::Bool(true)] => Err("Deep merging is not supported.".to_owned()),
        _ => Err("Two objects and false were expected.".to_owned()),
    }
}

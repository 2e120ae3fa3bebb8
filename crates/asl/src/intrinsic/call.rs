//! Calling a function.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Argument, Call, Function, arrays, base64, java, numbers, strings};
use crate::path::PathScope;
use crate::quotas::MAX_PAYLOAD_BYTES;
use jsonata::min_json_size_bytes;

/// What is wrong with a call, in AWS's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// A path among the arguments has no value.
    Argument(String),
    /// The function refuses what it was given.
    Refused(String),
}

impl Problem {
    /// The whole sentence. It names the outermost call, also when the problem is in one inside it.
    pub(super) fn in_expression(self, text: &str) -> String {
        match self {
            Self::Argument(problem) => format!("The function '{text}' had the following error: {problem}"),
            Self::Refused(problem) => {
                format!("There was an error while evaluating the intrinsic function: {text}. {problem}")
            }
        }
    }

    fn invalid(function: Function) -> Self {
        let more = if function == Function::JsonToString { ": only a single argument is allowed." } else { "" };
        Self::Refused(format!("Invalid arguments in {}{more}", function.name()))
    }
}

impl Call {
    /// A wrong number of arguments is no error before the call is made, as on AWS.
    pub(super) fn evaluate(&self, scope: PathScope<'_>) -> Result<Value, Problem> {
        let values = self.arguments.iter().map(|argument| argument.evaluate(scope));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        if values.iter().map(|value| min_json_size_bytes(value)).sum::<usize>() > MAX_PAYLOAD_BYTES {
            return Err(Problem::invalid(self.function));
        }
        let values: Vec<&Value> = values.iter().map(Cow::as_ref).collect();
        match self.function {
            Function::Format => self.format(&values),
            Function::StringToJson => match values.as_slice() {
                [Value::String(text)] => strings::to_json(text).map_err(Problem::Refused),
                _ => Err(Problem::invalid(self.function)),
            },
            Function::Uuid => Ok(strings::uuid(scope.context.random(), scope.context.random()).into()),
            function => simple(function, &values, scope).ok_or_else(|| Problem::invalid(function)),
        }
    }

    /// The template is read as it was written, because `\{` is only meaningful here.
    fn format(&self, values: &[&Value]) -> Result<Value, Problem> {
        let (template, values) = values.split_first().ok_or_else(|| Problem::invalid(self.function))?;
        let template = match self.arguments.first() {
            Some(Argument::Text(raw)) => Cow::Borrowed(raw.as_str()),
            _ => Cow::Owned(java::text(template)),
        };
        let shown = self.arguments.iter().skip(1).zip(values).map(|(argument, value)| match argument {
            // What was parsed from a text stays in the form of the parser, which shows itself as JSON.
            Argument::Call(call) if call.function == Function::StringToJson => java::json(value),
            _ => java::text(value),
        });
        strings::format(&template, shown.collect()).map(Value::from).map_err(Problem::Refused)
    }
}

/// The functions that AWS gives one text for all that may be wrong with their arguments: `None`.
fn simple(function: Function, values: &[&Value], scope: PathScope<'_>) -> Option<Value> {
    match (function, values) {
        (Function::JsonToString, [value]) => Some(java::json(value).into()),
        (Function::StringSplit, [Value::String(text), Value::String(separators)]) => {
            Some(strings::split(text, separators))
        }
        (Function::Base64Encode, [Value::String(text)]) => base64::encode(text).map(Value::from),
        (Function::Base64Decode, [Value::String(text)]) => base64::decode(text).map(Value::from),
        (Function::Hash, [data, Value::String(algorithm)]) => strings::hash(data, algorithm).map(Value::from),
        (Function::JsonMerge, [Value::Object(one), Value::Object(other), deep]) if **deep != Value::Bool(true) => {
            Some(merge(one, other))
        }
        (Function::Array, values) => Some(values.iter().map(|value| (*value).clone()).collect()),
        (Function::ArrayPartition, [Value::Array(items), size]) => arrays::partition(items, numbers::truncated(size)?),
        (Function::ArrayContains, [Value::Array(items), wanted]) => Some(arrays::contains(items, wanted).into()),
        (Function::ArrayRange, [from, to, step]) => {
            arrays::range(numbers::truncated(from)?, numbers::truncated(to)?, numbers::truncated(step)?)
        }
        (Function::ArrayGetItem, [Value::Array(items), index]) => arrays::get(items, numbers::truncated(index)?),
        (Function::ArrayLength, [Value::Array(items)]) => Some(items.len().into()),
        (Function::ArrayUnique, [Value::Array(items)]) => Some(arrays::unique(items)),
        (Function::MathAdd, [one, other]) => numbers::add(one, other),
        (Function::MathRandom, [from, to]) => numbers::random(from, to, scope.context.random().cast_signed()),
        (Function::MathRandom, [from, to, seed]) => numbers::random(from, to, numbers::truncated(seed)?),
        _ => None,
    }
}

fn merge(one: &Map<String, Value>, other: &Map<String, Value>) -> Value {
    let both = one.iter().chain(other).map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(both.collect())
}

impl Argument {
    fn evaluate<'a>(&'a self, scope: PathScope<'a>) -> Result<Cow<'a, Value>, Problem> {
        match self {
            Self::Path(path) => path.find(scope).map_err(|missing| {
                Problem::Argument(if missing.is_misapplied {
                    missing.reason
                } else {
                    // A path on the Context Object is shown as if it were one on the input.
                    let text = path.text().replacen("$$", "$", 1);
                    format!(
                        "The JsonPath argument for the field '{text}' could not be found in the input '{}'",
                        scope.payload_text()
                    )
                })
            }),
            Self::Call(call) => call.evaluate(scope).map(Cow::Owned),
            Self::Text(raw) => Ok(Cow::Owned(strings::unescape(raw).into())),
            Self::Literal(value) => Ok(Cow::Borrowed(value)),
        }
    }
}

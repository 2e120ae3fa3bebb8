//! Checks arguments against a signature: which fit, what the context fills in, what becomes an array.

use crate::failure::{Evaluated, Failure};
use crate::syntax::quoted;
use crate::syntax::signature::{Parameter, Signature};
use crate::value::{Heap, Value};

/// The symbol of a value's type; `m` is missing.
fn symbol(value: Value<'_>) -> char {
    match value {
        Value::Function(_) => 'f',
        Value::Text(_) => 's',
        Value::Number(_) | Value::Long(_) => 'n',
        Value::Bool(_) => 'b',
        Value::Null => 'l',
        Value::Array(_) => 'a',
        Value::Object(_) | Value::Tuple(_) => 'o',
        Value::Undefined | Value::TailCall => 'm',
    }
}

impl Signature {
    /// Checks arguments, and fills in and wraps what the signature says.
    ///
    /// # Errors
    /// When they don't fit; the function's name is left to the caller.
    pub(super) fn validate<'e>(
        &self,
        arguments: &[Value<'e>],
        context: Value<'e>,
        heap: &mut Heap<'e>,
    ) -> Evaluated<Vec<Value<'e>>> {
        let supplied: Vec<char> = arguments.iter().map(|value| symbol(*value)).collect();
        let Some(counts) = fit(&self.parameters, &supplied, true) else {
            return Err(self.mismatch(&supplied));
        };
        let mut valid = Vec::with_capacity(self.parameters.len());
        let mut next = 0;
        for (parameter, count) in self.parameters.iter().zip(counts) {
            if count == 0 && parameter.context {
                if !parameter.accepts.contains(symbol(context)) {
                    let before =
                        format!("Context value is not a compatible type with argument {} of function ", next + 1);
                    return Err(Failure::of_function("T0411", before, ""));
                }
                valid.push(context);
            } else if count == 0 {
                valid.push(arguments.get(next).copied().unwrap_or(Value::Undefined));
                next += 1;
            }
            for _ in 0..count {
                let value = arguments.get(next).copied().unwrap_or(Value::Undefined);
                valid.push(if parameter.array { parameter.array_of(value, next, heap)? } else { value });
                next += 1;
            }
        }
        Ok(valid)
    }

    fn mismatch(&self, supplied: &[char]) -> Failure {
        let mut good = 0;
        for known in 1..=self.parameters.len() {
            let Some(counts) = fit(self.parameters.get(..known).unwrap_or_default(), supplied, false) else { break };
            good = counts.iter().sum();
        }
        Failure::of_function(
            "T0410",
            format!("Argument {} of function ", good + 1),
            " does not match function signature",
        )
    }
}

/// How many arguments each parameter takes: as many as it can, fewer if the rest needs them.
fn fit(parameters: &[Parameter], supplied: &[char], whole: bool) -> Option<Vec<usize>> {
    let Some((first, rest)) = parameters.split_first() else {
        return (!whole || supplied.is_empty()).then(Vec::new);
    };
    let fitting = supplied.iter().take(first.most).take_while(|c| first.accepts.contains(**c)).count();
    (first.least..=fitting).rev().find_map(|count| {
        let mut counts = fit(rest, supplied.get(count..)?, whole)?;
        counts.insert(0, count);
        Some(counts)
    })
}

impl Parameter {
    fn array_of<'e>(&self, value: Value<'e>, index: usize, heap: &mut Heap<'e>) -> Evaluated<Value<'e>> {
        let symbol_of = symbol(value);
        if symbol_of == 'm' {
            return Ok(Value::Undefined);
        }
        if let Some(subtype) = &self.subtype {
            let fits = match value {
                Value::Array(array) => {
                    let mut kinds = heap.items(array).map(symbol);
                    kinds.next().is_none_or(|kind| subtype.starts_with(kind) && kinds.all(|other| other == kind))
                }
                _ => subtype.chars().eq([symbol_of]),
            };
            if !fits {
                let before = format!("Argument {} of function ", index + 1);
                let after = format!(" must be an array of {}", quoted(plural(subtype)));
                return Err(Failure::of_function("T0412", before, after));
            }
        }
        if matches!(value, Value::Array(_)) {
            return Ok(value);
        }
        heap.array(vec![value])
    }
}

fn plural(subtype: &str) -> &'static str {
    match subtype {
        "a" => "arrays",
        "b" => "booleans",
        "f" => "functions",
        "n" => "numbers",
        "o" => "objects",
        _ => "strings",
    }
}

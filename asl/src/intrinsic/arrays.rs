//! Functions on arrays.

use serde_json::Value;

use super::call::Problem;

/// The longest array that `States.ArrayRange` makes.
const MAX_RANGE: usize = 1000;

pub(super) fn partition(items: &[Value], size: i64) -> Result<Value, Problem> {
    match usize::try_from(size) {
        Ok(size) if size > 0 => Ok(items.chunks(size).map(|chunk| Value::from(chunk.to_vec())).collect()),
        _ => Err(format!("The chunk size must be a positive number, but was {size}")),
    }
}

pub(super) fn get(items: &[Value], index: i64) -> Result<Value, Problem> {
    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
    item.cloned().ok_or_else(|| format!("Index {index} is out of bounds for length {}", items.len()))
}

/// Both ends belong to the range.
pub(super) fn range(from: i64, to: i64, step: i64) -> Result<Value, Problem> {
    if step == 0 {
        return Err("The step must not be 0.".to_owned());
    }
    let mut items = Vec::new();
    let mut next = Some(from);
    while let Some(number) = next.filter(|number| if step > 0 { *number <= to } else { *number >= to }) {
        if items.len() == MAX_RANGE {
            return Err(format!("A range has at most {MAX_RANGE} items."));
        }
        items.push(Value::from(number));
        next = number.checked_add(step);
    }
    Ok(Value::Array(items))
}

/// The first of every group of equal items, in their order.
pub(super) fn unique(items: &[Value]) -> Value {
    let firsts = items.iter().enumerate();
    let firsts = firsts.filter(|(i, item)| !items.iter().take(*i).any(|earlier| earlier == *item));
    firsts.map(|(_, item)| item.clone()).collect()
}

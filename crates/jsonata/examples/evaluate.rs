//! Evaluates an expression over a document, and shows what is wrong with one that can't be read.

use std::error::Error;

use jsonata::{Expression, StatesRead, Variables};
use serde_json::json;

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn Error>> {
    let document = json!({"order": [{"price": 30, "quantity": 2}, {"price": 20, "quantity": 1}]});
    let variables = Variables::new("2026-03-01T09:00:00Z".parse()?, 1).with("discount", json!(0.5));

    let total = Expression::parse("$sum(order.(price * quantity)) * $discount")?;
    let result = total.evaluate_over(&document, &variables)?;
    println!("{} = {result:?}", total.text());
    assert_eq!(result, Some(json!(40)));
    assert_eq!(total.reads().variables(), ["discount"]);

    let error = Expression::parse("order[0").err().ok_or("a bracket is missing")?;
    println!("{error}, at byte {}", error.at());

    let step = Expression::parse("$states.input.name & ' ' & $now()")?;
    let Some(StatesRead::Fields(fields)) = step.reads().states() else { return Err("it reads one field".into()) };
    println!("reads {fields:?} of $states");
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_expression_is_evaluated() {
        super::main().unwrap();
    }
}

//! Dynamic fields, whose value is a literal, a path or an expression: seconds, counts, texts, instants, conditions.
//!
//! The texts of JSONPath are recorded from AWS but for the percentage's, and for a Map state's number that is not there. Of JSONata's, those about an expression that gave
//! nothing, failed or has the wrong type are recorded; those about a number's range follow what public emulators took over.

use std::borrow::Cow;

use jiff::Timestamp;
use jsonata::FieldError;
use serde_json::Value;

use crate::definition::Dynamic;
use crate::document::Document;
use crate::execution::data::bindings::{StateBindings, StatesVariable};
use crate::execution::data::dataflow::StateScope;
use crate::execution::fault::Fault;
use crate::intrinsic::Expression;
use crate::quotas::MAX_SECONDS;
use crate::template;
use crate::timestamp;

impl StateScope<'_> {
    /// `TimeoutSeconds`, `HeartbeatSeconds`.
    pub(crate) fn seconds(&self, dynamic: Option<&Dynamic<u64>>, payload: &Document) -> Result<Option<u64>, Fault> {
        let Some(dynamic) = dynamic else {
            return Ok(None);
        };
        let seconds = match dynamic {
            Dynamic::Literal(seconds) => *seconds,
            Dynamic::Path { field, expression } => {
                let value = self.read_number(expression, payload)?;
                let seconds = value.as_u64().filter(|seconds| *seconds > 0);
                seconds.ok_or_else(|| self.not_a(&value, field, expression, "integer"))?
            }
            Dynamic::Expression { field, expression } => self.computed_seconds(expression, field, 1)?,
        };
        Ok(Some(seconds))
    }

    /// `MaxConcurrency`, `ToleratedFailureCount`, `MaxItems` and such: whole numbers from 0. By a path AWS takes them as
    /// texts, too.
    pub(crate) fn count(&self, dynamic: &Dynamic<u64>, payload: &Document) -> Result<u64, Fault> {
        let (number, field) = match dynamic {
            Dynamic::Literal(number) => return Ok(*number),
            Dynamic::Path { field, expression } => {
                let value = self.read_named(field, expression, payload)?;
                let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
                (number.ok_or_else(|| self.not_a(&value, field, expression, "integer"))?, *field)
            }
            Dynamic::Expression { field, expression } => (self.computed_whole(expression, field)?, *field),
        };
        let problem = |name: &str| format!("{name} cannot be negative.");
        u64::try_from(number).map_err(|_| self.out_of_range(dynamic, field, problem))
    }

    /// `ToleratedFailurePercentage`.
    pub(crate) fn percentage(&self, dynamic: &Dynamic<f64>, payload: &Document) -> Result<f64, Fault> {
        let (value, field) = match dynamic {
            Dynamic::Literal(percentage) => return Ok(*percentage),
            Dynamic::Path { field, expression } => {
                let value = self.read_named(field, expression, payload)?;
                let percentage = value.as_f64().or_else(|| value.as_str()?.parse().ok());
                (percentage.ok_or_else(|| self.not_a(&value, field, expression, "float"))?, *field)
            }
            Dynamic::Expression { field, expression } => (self.computed_number(expression, field)?, *field),
        };
        if (0.0..=100.0).contains(&value) {
            return Ok(value);
        }
        Err(self.out_of_range(dynamic, field, |name| format!("{name} must be between 0 and 100.")))
    }

    /// `Items`: an array with expressions in it, or an expression that gives one.
    pub(crate) fn items(&self, template: &jsonata::Template) -> Result<Value, Fault> {
        match template {
            jsonata::Template::Expression(expression) => {
                let items = expression.array("Items", &self.input_bindings());
                items.map(Value::Array).map_err(|failure| Fault::evaluation(self.branch, failure))
            }
            written => self.fill_jsonata(written, "Items", self.input_states()).map(Document::into_value),
        }
    }

    /// `Error`, `Cause`, `RoleArn`.
    pub(crate) fn text(&self, dynamic: Option<&Dynamic<String>>, payload: &Document) -> Result<Option<String>, Fault> {
        match dynamic {
            None => Ok(None),
            Some(Dynamic::Literal(text)) => Ok(Some(text.clone())),
            Some(Dynamic::Expression { field, expression }) => {
                let text = expression.string(field, &self.input_bindings());
                text.map(Some).map_err(|failure| Fault::evaluation(self.branch, failure))
            }
            Some(Dynamic::Path { field, expression }) => {
                let value = template::evaluate(expression, field, self.path_scope(payload));
                match value.map_err(|failure| Fault::template(self.branch, failure))? {
                    Value::String(text) => Ok(Some(text)),
                    other => {
                        let path = expression.text();
                        let problem =
                            format!("The {field} field refers to value \"{other}\" which is not a string: {path}");
                        Err(Fault::runtime(self.branch, problem))
                    }
                }
            }
        }
    }

    /// `Seconds` of a Wait state.
    pub(crate) fn wait_seconds(&self, dynamic: &Dynamic<u64>, payload: &Document) -> Result<u64, Fault> {
        match dynamic {
            Dynamic::Literal(seconds) => Ok(*seconds),
            Dynamic::Path { field, expression } => {
                let value = self.read_named(field, expression, payload)?;
                // AWS takes a text that is a number, too (reported by others).
                let written = value.as_str().and_then(|text| text.parse::<i64>().ok());
                let seconds = value.as_u64().or_else(|| written?.try_into().ok());
                seconds.ok_or_else(|| {
                    let is_negative = value.is_i64() || written.is_some();
                    let wrong =
                        if is_negative { "references a negative value" } else { "cannot be parsed as a long value" };
                    let problem = format!("The {field} parameter {wrong}: {} == {value}", expression.text());
                    Fault::runtime(self.branch, problem)
                })
            }
            Dynamic::Expression { field, expression } => self.computed_seconds(expression, field, 0),
        }
    }

    /// `Timestamp` of a Wait state.
    pub(crate) fn wait_timestamp(&self, dynamic: &Dynamic<Timestamp>, payload: &Document) -> Result<Timestamp, Fault> {
        match dynamic {
            Dynamic::Literal(instant) => Ok(*instant),
            Dynamic::Path { field, expression } => {
                let value = self.read_named(field, expression, payload)?;
                value.as_str().and_then(timestamp::parse_lenient).ok_or_else(|| {
                    let problem = format!(
                        "The {field} parameter does not reference a valid ISO-8601 extended offset date-time format string: {} == {}",
                        expression.text(),
                        shown(&value)
                    );
                    Fault::runtime(self.branch, problem)
                })
            }
            Dynamic::Expression { field, expression } => {
                let instant = self.computed_timestamp(expression, field);
                instant.map_err(|failure| Fault::evaluation(self.branch, failure))
            }
        }
    }

    /// `Condition` of a Choice rule.
    pub(crate) fn truth(&self, dynamic: &Dynamic<bool>, index: usize) -> Result<bool, Fault> {
        match dynamic {
            Dynamic::Literal(truth) => Ok(*truth),
            Dynamic::Expression { expression, .. } => {
                let bindings = self.input_bindings();
                if let Ok(Some(Value::Bool(truth))) = expression.evaluate(&bindings) {
                    return Ok(truth);
                }
                // Only one that has no truth needs to say where it is.
                let truth = expression.boolean(&format!("Choices[{index}]/Condition"), &bindings);
                truth.map_err(|failure| Fault::evaluation(self.branch, failure))
            }
            Dynamic::Path { field, .. } => Err(Fault::runtime(self.branch, format!("{field} cannot be a path."))),
        }
    }

    fn input_states(&self) -> StatesVariable<'_> {
        StatesVariable::of_input(&self.branch.input)
    }

    fn input_bindings(&self) -> StateBindings<'_> {
        self.bindings(self.input_states())
    }

    /// AWS's text for a string that is no timestamp is not recorded.
    fn computed_timestamp(&self, expression: &jsonata::Expression, field: &str) -> Result<Timestamp, FieldError> {
        let text = expression.string(field, &self.input_bindings())?;
        let unreadable = || expression.unexpected_type(field, "timestamp", &Value::String(text.clone()));
        timestamp::parse_lenient(&text).ok_or_else(unreadable)
    }

    fn computed_number(&self, expression: &jsonata::Expression, field: &str) -> Result<f64, Fault> {
        let number = expression.number(field, &self.input_bindings());
        number.map_err(|failure| Fault::evaluation(self.branch, failure))
    }

    fn computed_whole(&self, expression: &jsonata::Expression, field: &str) -> Result<i64, Fault> {
        let number = self.computed_number(expression, field)?;
        if number.fract() == 0.0 {
            return Ok(number as i64);
        }
        Err(self.unusable(field, format!("The {field} field cannot be parsed as an integer: {number}")))
    }

    fn computed_seconds(&self, expression: &jsonata::Expression, field: &str, least: u64) -> Result<u64, Fault> {
        let number = self.computed_whole(expression, field)?;
        let seconds = u64::try_from(number).ok().filter(|seconds| (least..=MAX_SECONDS).contains(seconds));
        seconds.ok_or_else(|| {
            self.unusable(field, format!("{field} must be between {least} and {MAX_SECONDS} but was: {number}"))
        })
    }

    fn read_number(&self, expression: &Expression, payload: &Document) -> Result<Value, Fault> {
        match expression {
            Expression::Path(path) => self.read(path, payload).map(Cow::into_owned),
            Expression::Call { .. } => {
                let value = template::evaluate(expression, expression.text(), self.path_scope(payload));
                value.map_err(|failure| Fault::template(self.branch, failure))
            }
        }
    }

    /// What a path gives that AWS names the field of when it finds nothing. The text is recorded of Wait states; of a Map state's
    /// numbers only that it names the field.
    fn read_named(&self, field: &str, expression: &Expression, payload: &Document) -> Result<Value, Fault> {
        expression.evaluate(self.path_scope(payload)).map(Cow::into_owned).map_err(|_| {
            let problem = format!("The {field} parameter does not reference an input value: {}", expression.text());
            Fault::runtime(self.branch, problem)
        })
    }

    fn not_a(&self, value: &Value, field: &str, expression: &Expression, what: &str) -> Fault {
        let problem = format!(
            "The {field} field refers to value \"{}\" which is not a valid {what}: {}",
            shown(value),
            expression.text()
        );
        Fault::runtime(self.branch, problem)
    }

    /// A number of the right type that the field cannot have.
    fn out_of_range<T>(&self, dynamic: &Dynamic<T>, field: &str, problem: impl Fn(&str) -> String) -> Fault {
        match dynamic {
            Dynamic::Expression { .. } => self.unusable(field, problem(field)),
            _ => Fault::runtime(self.branch, problem(field.strip_suffix("Path").unwrap_or(field))),
        }
    }

    fn unusable(&self, field: &str, cause: String) -> Fault {
        Fault::evaluation(self.branch, FieldError { cause, location: field.to_owned() })
    }
}

/// A text as it is, anything else as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

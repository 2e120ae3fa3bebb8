//! State machines from bytes: mostly well formed, with every field that the language has.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const PATHS: &[&str] = &[
    "$",
    "$.a",
    "$.b",
    "$.n",
    "$.a[0]",
    "$.a[*].b",
    "$..b",
    "$.missing",
    "$$",
    "$$.State.Name",
    "$v",
    "$w.x",
    "$$.Map.Item.Index",
];
const TEMPLATES: &[&str] = &[
    "$.a",
    "$$.Execution.Id",
    "States.Format('{}', $.n)",
    "States.MathAdd(1, $.n)",
    "States.Array($.a, 1)",
    "$v",
    "States.UUID()",
];
const EXPRESSIONS: &[&str] = &[
    "{% $states.input %}",
    "{% $states.input.n + 1 %}",
    "{% $v %}",
    "{% [1..5] %}",
    "{% $states.result %}",
    "{% $count($states.input.a) > 1 %}",
    "{% $states.errorOutput %}",
    "{% 1/0 %}",
    "{% $states.context.State.Name %}",
    "{% {'a': $v} %}",
];
const ERRORS: &[&str] =
    &["States.ALL", "Oops", "States.Timeout", "States.TaskFailed", "States.Runtime", "States.QueryEvaluationError"];
const RESOURCES: &[&str] = &[
    "arn:aws:lambda:eu-west-1:000000000000:function:f",
    "arn:aws:states:::lambda:invoke",
    "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "arn:aws:states:::states:startExecution.sync:2",
    "arn:aws:states:eu-west-1:000000000000:activity:a",
];

/// A definition; some are refused by the parser, most are not.
pub fn definition(bytes: &mut Unstructured<'_>) -> Result<Value> {
    let mut maker = Maker { states: 0, jsonata: bytes.arbitrary()? };
    let mut machine = maker.flow(bytes, 3)?;
    if maker.jsonata {
        machine.insert("QueryLanguage".into(), "JSONata".into());
    }
    if bytes.ratio(1, 4)? {
        machine.insert("TimeoutSeconds".into(), bytes.int_in_range(1..=900)?.into());
    }
    Ok(Value::Object(machine))
}

/// Some JSON, as deep as that.
pub fn value(bytes: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=if depth == 0 { 4 } else { 6 })? {
        0 => Value::Null,
        1 => bytes.arbitrary::<bool>()?.into(),
        2 => bytes.arbitrary::<i16>()?.into(),
        3 => bytes.arbitrary::<f64>()?.into(),
        4 => (*bytes.choose(&["", "x", "2026-01-01T00:00:00Z", "é\u{1F600}", "$.a", "{\"a\":1}"])?).into(),
        5 => {
            let count = bytes.int_in_range(0..=4)?;
            (0..count).map(|_| value(bytes, depth - 1)).collect::<Result<_>>().map(Value::Array)?
        }
        _ => {
            let names = ["a", "b", "n", "x"];
            let count = bytes.int_in_range(0..=names.len())?;
            let members = names[..count].iter().map(|name| Ok(((*name).to_owned(), value(bytes, depth - 1)?)));
            members.collect::<Result<Map<_, _>>>().map(Value::Object)?
        }
    })
}

struct Maker {
    states: usize,
    jsonata: bool,
}

impl Maker {
    fn flow(&mut self, bytes: &mut Unstructured<'_>, depth: u32) -> Result<Map<String, Value>> {
        let count = bytes.int_in_range(1..=4)?;
        let names: Vec<String> = (0..count).map(|i| format!("S{}", self.states + i)).collect();
        self.states += count;
        let mut states = Map::new();
        for name in &names {
            states.insert(name.clone(), self.state(bytes, &names, depth)?.into());
        }
        let mut flow = Map::new();
        flow.insert("StartAt".into(), names[0].as_str().into());
        flow.insert("States".into(), states.into());
        Ok(flow)
    }

    fn state(&mut self, bytes: &mut Unstructured<'_>, names: &[String], depth: u32) -> Result<Map<String, Value>> {
        let mut state = Map::new();
        let kind = bytes.int_in_range(0..=if depth == 0 { 5 } else { 7 })?;
        let kinds = ["Pass", "Task", "Wait", "Choice", "Succeed", "Fail", "Parallel", "Map"];
        state.insert("Type".into(), kinds[kind].into());
        match kind {
            0 if !self.jsonata && bytes.arbitrary()? => drop(state.insert("Result".into(), value(bytes, 2)?)),
            0 => {}
            1 => {
                let resource = *bytes.choose(RESOURCES)?;
                state.insert("Resource".into(), resource.into());
                if resource.contains(":::") {
                    let name = if self.jsonata { "Arguments" } else { "Parameters" };
                    state.insert(name.into(), Value::Object(required()));
                }
                if bytes.arbitrary()? {
                    state.insert("TimeoutSeconds".into(), bytes.int_in_range(1..=90)?.into());
                }
            }
            2 => self.wait(bytes, &mut state)?,
            3 => self.choice(bytes, names, &mut state)?,
            4 => {}
            5 => drop(state.insert("Error".into(), (*bytes.choose(ERRORS)?).into())),
            6 => {
                let count = bytes.int_in_range(0..=3)?;
                let branches = (0..count).map(|_| self.flow(bytes, depth - 1).map(Value::Object));
                state.insert("Branches".into(), branches.collect::<Result<_>>().map(Value::Array)?);
            }
            _ => self.map(bytes, depth, &mut state)?,
        }
        if !matches!(kind, 3..=5) {
            match bytes.arbitrary()? {
                true => state.insert("End".into(), true.into()),
                false => state.insert("Next".into(), bytes.choose(names)?.as_str().into()),
            };
        }
        if matches!(kind, 1 | 6 | 7) {
            self.recovery(bytes, names, &mut state)?;
        }
        if kind != 5 {
            self.data(bytes, kind, depth, &mut state)?;
        }
        Ok(state)
    }

    fn wait(&self, bytes: &mut Unstructured<'_>, state: &mut Map<String, Value>) -> Result<()> {
        let (name, value) = match (bytes.int_in_range(0..=2)?, self.jsonata) {
            (0, _) => ("Seconds", bytes.int_in_range(0..=100)?.into()),
            (1, _) => ("Timestamp", json!("1970-01-01T00:01:00Z")),
            (_, true) => ("Seconds", self.expression(bytes)?),
            (_, false) => ("SecondsPath", (*bytes.choose(PATHS)?).into()),
        };
        state.insert(name.into(), value);
        Ok(())
    }

    fn choice(&self, bytes: &mut Unstructured<'_>, names: &[String], state: &mut Map<String, Value>) -> Result<()> {
        let mut rules = Vec::new();
        for _ in 0..bytes.int_in_range(1..=2)? {
            let next = bytes.choose(names)?.as_str();
            rules.push(match self.jsonata {
                true => json!({ "Condition": self.expression(bytes)?, "Next": next }),
                false => {
                    let operator = *bytes.choose(&["IsPresent", "IsNull", "BooleanEquals"])?;
                    json!({ "Variable": *bytes.choose(PATHS)?, operator: bytes.arbitrary::<bool>()?, "Next": next })
                }
            });
        }
        state.insert("Choices".into(), rules.into());
        if bytes.ratio(3, 4)? {
            state.insert("Default".into(), bytes.choose(names)?.as_str().into());
        }
        Ok(())
    }

    fn map(&mut self, bytes: &mut Unstructured<'_>, depth: u32, state: &mut Map<String, Value>) -> Result<()> {
        let mut processor = self.flow(bytes, depth - 1)?;
        if bytes.ratio(1, 3)? {
            processor.insert("ProcessorConfig".into(), json!({ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }));
            if bytes.arbitrary()? {
                state.insert("ItemBatcher".into(), json!({ "MaxItemsPerBatch": bytes.int_in_range(1..=3)? }));
            }
            if bytes.arbitrary()? {
                state.insert("ToleratedFailureCount".into(), bytes.int_in_range(0..=3)?.into());
            }
        }
        state.insert("ItemProcessor".into(), processor.into());
        if bytes.arbitrary()? {
            state.insert("MaxConcurrency".into(), bytes.int_in_range(0..=3)?.into());
        }
        if self.jsonata {
            state.insert("Items".into(), self.expression(bytes)?);
        } else if bytes.arbitrary()? {
            state.insert("ItemsPath".into(), (*bytes.choose(PATHS)?).into());
        }
        if bytes.ratio(1, 3)? {
            state.insert("ItemSelector".into(), self.template(bytes)?);
        }
        Ok(())
    }

    fn recovery(&self, bytes: &mut Unstructured<'_>, names: &[String], state: &mut Map<String, Value>) -> Result<()> {
        if bytes.arbitrary()? {
            let retrier = json!({ "ErrorEquals": [*bytes.choose(ERRORS)?], "MaxAttempts": bytes.int_in_range(0..=2)?, "JitterStrategy": "FULL" });
            state.insert("Retry".into(), json!([retrier]));
        }
        if bytes.arbitrary()? {
            let catcher = json!({ "ErrorEquals": [*bytes.choose(ERRORS)?], "Next": bytes.choose(names)?.as_str() });
            state.insert("Catch".into(), json!([catcher]));
        }
        Ok(())
    }

    /// The fields that shape payloads.
    fn data(
        &self,
        bytes: &mut Unstructured<'_>,
        kind: usize,
        depth: u32,
        state: &mut Map<String, Value>,
    ) -> Result<()> {
        if !matches!(kind, 4 | 5) && bytes.ratio(1, 3)? {
            state.insert("Assign".into(), self.assigned(bytes, depth)?);
        }
        if self.jsonata {
            if bytes.ratio(1, 2)? {
                state.insert("Output".into(), self.expression(bytes)?);
            }
            if matches!(kind, 1 | 6) && bytes.arbitrary()? {
                state.insert("Arguments".into(), with_required(self.template(bytes)?));
            }
            return Ok(());
        }
        for name in ["InputPath", "OutputPath"] {
            if bytes.ratio(1, 4)? {
                state.insert(name.into(), (*bytes.choose(PATHS)?).into());
            }
        }
        if matches!(kind, 0 | 1 | 6 | 7) && bytes.ratio(1, 4)? {
            state.insert("ResultPath".into(), (*bytes.choose(PATHS)?).into());
        }
        if matches!(kind, 0 | 1 | 6) && bytes.ratio(1, 3)? {
            state.insert("Parameters".into(), with_required(self.template(bytes)?));
        }
        if matches!(kind, 1 | 6 | 7) && bytes.ratio(1, 4)? {
            state.insert("ResultSelector".into(), self.template(bytes)?);
        }
        Ok(())
    }

    /// Variables: a flow must not assign what one around it assigns.
    fn assigned(&self, bytes: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
        let fixed = value(bytes, 1)?;
        let name = if depth == 3 { "v".to_owned() } else { format!("v{depth}") };
        Ok(match self.jsonata {
            true => json!({ name: self.expression(bytes)?, format!("w{depth}"): fixed }),
            false => json!({ format!("{name}.$"): *bytes.choose(TEMPLATES)?, format!("w{depth}"): fixed }),
        })
    }

    fn template(&self, bytes: &mut Unstructured<'_>) -> Result<Value> {
        let fixed = value(bytes, 1)?;
        Ok(match self.jsonata {
            true => json!({ "v": self.expression(bytes)?, "w": fixed }),
            false => json!({ "v.$": *bytes.choose(TEMPLATES)?, "w": fixed, "t.$": "$$.Execution.Name" }),
        })
    }

    fn expression(&self, bytes: &mut Unstructured<'_>) -> Result<Value> {
        Ok((*bytes.choose(EXPRESSIONS)?).into())
    }
}

/// What the integrations in [`RESOURCES`] must be given.
fn required() -> Map<String, Value> {
    let names = ["FunctionName", "QueueUrl", "MessageBody", "StateMachineArn"];
    names.iter().map(|name| ((*name).to_owned(), "x".into())).collect()
}

fn with_required(template: Value) -> Value {
    match template {
        Value::Object(mut members) => {
            members.extend(required());
            Value::Object(members)
        }
        other => other,
    }
}

//! Every constraint of every operation's input in the API's model, broken once.

use api_models::{Kind, Shape, Structure, action_name, requests};
use serde_json::{Map, Value, json};

use crate::operations::OPERATIONS;
use crate::tests::fixture::Fixture;

/// A request that breaks a constraint, and what is said of it.
struct Broken {
    request: Value,
    said: String,
}

/// A value that keeps all constraints.
fn example(shape: &Shape<'_>) -> Value {
    match &shape.kind {
        Kind::Enumeration(values) => json!(values.split('|').next()),
        Kind::Number => json!(shape.range.least.unwrap_or_default() as i64),
        Kind::Boolean => json!(true),
        Kind::List(inner) => json!([example(&inner.shape())]),
        Kind::Structure(structure) => Value::Object(required(structure)),
        Kind::Map(_) | Kind::Anything => json!({}),
        Kind::Text | Kind::Moment | Kind::Bytes => {
            json!("a".repeat(shape.range.least.unwrap_or(1.0).max(1.0) as usize))
        }
    }
}

fn required(structure: &Structure<'_>) -> Map<String, Value> {
    let members = structure.members().filter(|member| member.is_required);
    members.map(|member| (member.name.to_owned(), example(&member.shape))).collect()
}

/// Values that each break one constraint of a plain shape, with the constraint.
fn breaking(shape: &Shape<'_>) -> Vec<(Value, String)> {
    let mut all = Vec::new();
    let is_number = matches!(shape.kind, Kind::Number);
    let of = if is_number { "value" } else { "length" };
    if let Some(most) = shape.range.most {
        let value = if is_number { json!(most as i64 + 1) } else { json!("a".repeat(most as usize + 1)) };
        all.push((value, format!("Member must have {of} less than or equal to {most}")));
    }
    match shape.range.least {
        Some(least) if is_number => {
            all.push((json!(least as i64 - 1), format!("Member must have value greater than or equal to {least}")));
        }
        // No text is shorter than nothing, and one that breaks a pattern too breaks two.
        Some(least) if least > 0.0 && shape.pattern.is_none() => {
            all.push((json!(""), format!("Member must have length greater than or equal to {least}")));
        }
        _ => {}
    }
    if let Kind::Enumeration(values) = shape.kind {
        all.push((
            json!("none of them"),
            format!("Member must satisfy enum value set: [{}]", values.replace('|', ", ")),
        ));
    }
    // Only Java reads the pattern of an alias's name, which is checked for itself.
    if let Some(pattern) = shape.pattern.filter(|pattern| !pattern.contains("(?=")) {
        all.push((json!("é ü"), format!("Member must satisfy regular expression pattern: {pattern}")));
    }
    all
}

/// Everything that can be broken in a structure; `around` puts a structure where it belongs in the request.
fn broken_in(at: &str, structure: &Structure<'_>, around: &dyn Fn(Map<String, Value>) -> Value, all: &mut Vec<Broken>) {
    for member in structure.members() {
        let at = if at.is_empty() { member.name.to_owned() } else { format!("{at}.{}", member.name) };
        let with = |value: Value| {
            let mut members = required(structure);
            members.insert(member.name.to_owned(), value);
            around(members)
        };
        if member.is_required {
            let mut members = required(structure);
            members.remove(member.name);
            let said = format!("Value null at '{at}' failed to satisfy constraint: Member must not be null");
            all.push(Broken { request: around(members), said });
        }
        match &member.shape.kind {
            Kind::Structure(inner) => broken_in(&at, inner, &|members| with(Value::Object(members)), all),
            Kind::List(inner) => match inner.shape().kind {
                Kind::Structure(inner) => {
                    broken_in(&format!("{at}.1.member"), &inner, &|members| with(json!([members])), all);
                }
                _ => all.extend(breaking(&inner.shape()).into_iter().map(|(value, constraint)| Broken {
                    said: format!("' at '{at}' failed to satisfy constraint: Member must satisfy constraint: [")
                        + if constraint.contains("less") { constraint.as_str() } else { "" },
                    request: with(json!([value])),
                })),
            },
            _ => all.extend(breaking(&member.shape).into_iter().map(|(value, constraint)| {
                let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let shown = if member.shape.is_secret { String::new() } else { format!("'{written}' ") };
                Broken {
                    said: format!("Value {shown}at '{at}' failed to satisfy constraint: {constraint}"),
                    request: with(value),
                }
            })),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_constraint_of_the_model_is_told_in_awss_words() {
    let fixture = Fixture::new().await;
    let model = requests("sfn").unwrap();
    let mut count = 0;
    for served in OPERATIONS {
        let name = served.info.name;
        let operation = model.operation(&action_name(name)).unwrap_or_else(|| panic!("{name} is not in the model"));
        let Some(Kind::Structure(input)) = operation.input().map(|shape| shape.kind) else {
            panic!("{name} takes nothing");
        };
        let mut all = Vec::new();
        broken_in("", &input, &|members| Value::Object(members), &mut all);
        for Broken { request, said } in all {
            count += 1;
            let refused = fixture.call(name, request).await.unwrap_err();
            let told = format!("{}: {}", refused.code, refused.message);
            assert!(told.starts_with("ValidationException: 1 validation error detected: Value "), "{name}: {told}");
            assert!(told.contains(&said), "{name}: {told}\nnot: {said}");
        }
    }
    assert!(count > 200, "{count} constraints");
}

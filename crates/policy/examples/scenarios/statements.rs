//! Documents: statements that are about a request, or nearly.

use serde_json::{Map, Value, json};

use crate::conditions;
use crate::draw::Draw;
use crate::request::{Asked, ROLE, SESSION};

/// A document of one to three statements; one of a resource names principals.
pub(crate) fn document(draw: &mut Draw, asked: &Asked, is_of_resource: bool) -> Value {
    let statements: Vec<Value> = (0..1 + draw.below(3)).map(|_| statement(draw, asked, is_of_resource)).collect();
    json!({"Version": draw.pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]), "Statement": statements})
}

fn statement(draw: &mut Draw, asked: &Asked, is_of_resource: bool) -> Value {
    let mut members = Map::new();
    let mut set = |key: &str, value: Value| members.insert(key.to_owned(), value);
    set("Effect", json!(if draw.one_in(5) { "Deny" } else { "Allow" }));
    if is_of_resource {
        set("Principal", principal(draw));
    }
    let negated = draw.one_in(8);
    set(if negated { "NotAction" } else { "Action" }, list(draw, asked, action));
    let negated = draw.one_in(8);
    set(if negated { "NotResource" } else { "Resource" }, list(draw, asked, resource));
    if draw.one_in(2) {
        set("Condition", conditions::block(draw));
    }
    Value::Object(members)
}

fn principal(draw: &mut Draw) -> Value {
    let named = draw.pick(&[
        "*",
        SESSION,
        ROLE,
        "111111111111",
        "arn:aws:iam::111111111111:root",
        "arn:aws:iam::111111111111:role/other",
        "222222222222",
    ]);
    match named {
        "*" if draw.one_in(2) => json!("*"),
        named if draw.one_in(3) => json!({"AWS": ["arn:aws:iam::333333333333:root", named]}),
        named => json!({"AWS": named}),
    }
}

/// One value, or a list of up to three.
fn list(draw: &mut Draw, asked: &Asked, one: fn(&mut Draw, &Asked) -> String) -> Value {
    if draw.one_in(2) {
        return json!(one(draw, asked));
    }
    json!((0..1 + draw.below(3)).map(|_| one(draw, asked)).collect::<Vec<_>>())
}

fn action(draw: &mut Draw, asked: &Asked) -> String {
    let (service, name) = asked.action.split_once(':').unwrap_or((asked.action, ""));
    match draw.below(8) {
        0 => "*".to_owned(),
        1 => format!("{service}:*"),
        2 => asked.action.to_uppercase(),
        3 => format!("{service}:{}*", name.get(..3).unwrap_or(name)),
        4 => format!("{service}:?{}", name.get(1..).unwrap_or(name)),
        5 => "ec2:RunInstances".to_owned(),
        _ => asked.action.to_owned(),
    }
}

fn resource(draw: &mut Draw, asked: &Asked) -> String {
    let arn = asked.resource.as_str();
    let start = |length: usize| arn.get(..arn.len().saturating_sub(length)).unwrap_or(arn);
    match draw.below(10) {
        0 | 1 => "*".to_owned(),
        2 => format!("{}*", start(3)),
        3 => format!("{}?", start(1)),
        4 => arn.replace("us-east-1", "*"),
        5 => arn.replace("111111111111", "*"),
        6 => arn.replace("worker", "${aws:PrincipalTag/team}"),
        7 => format!("{arn}/more"),
        8 => arn.replace("us-east-1", "eu-west-1"),
        _ => arn.to_owned(),
    }
}

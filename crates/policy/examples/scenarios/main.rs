//! Prints random requests with the policies that have a say in them, and what this crate decides: one JSON a line, so that
//! another simulator can judge them too (`cargo xtask policies`). `scenarios COUNT SEED`.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

mod conditions;
mod draw;
mod request;
mod statements;

use policy::{Caller, Context, Denial, Document, Identity, Malformed, Policies, Request, evaluate};
use serde_json::{Value, json};

use draw::Draw;
use request::Asked;

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let count = arguments.next().unwrap_or(2000);
    let mut draw = Draw::seeded(arguments.next().unwrap_or(1));
    for number in 0..count {
        match scenario(&mut draw) {
            Ok(scenario) => println!("{scenario}"),
            Err(error) => {
                println!("scenario {number} is none: {error}");
                return std::process::ExitCode::FAILURE;
            }
        }
    }
    std::process::ExitCode::SUCCESS
}

/// One scenario, with what is decided.
fn scenario(draw: &mut Draw) -> Result<Value, Malformed> {
    let asked = Asked::draw(draw);
    let identity: Vec<Value> = (0..draw.below(3)).map(|_| statements::document(draw, &asked, false)).collect();
    let boundary = draw.one_in(4).then(|| statements::document(draw, &asked, false));
    let session = draw.one_in(4).then(|| statements::document(draw, &asked, false));
    // Of these resources only a function, a bucket and a topic have policies.
    let resource_policy = (asked.has_policy && draw.one_in(2)).then(|| statements::document(draw, &asked, true));
    let ours = decide(&asked, &identity, boundary.as_ref(), session.as_ref(), resource_policy.as_ref())?;
    Ok(json!({
        "principal": request::SESSION, "action": asked.action, "resource": asked.resource, "account": asked.account,
        "context": asked.context, "identity": identity, "boundary": boundary, "session": session,
        "resourcePolicy": resource_policy, "ours": ours,
    }))
}

fn decide(
    asked: &Asked,
    identity: &[Value],
    boundary: Option<&Value>,
    session: Option<&Value>,
    resource: Option<&Value>,
) -> Result<&'static str, Malformed> {
    let read = |value: &Value| Document::read(&value.to_string());
    let identity = identity.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let boundary = boundary.map(read).transpose()?;
    let session = session.map(read).transpose()?;
    let resource = resource.map(read).transpose()?;
    let mut policies = Policies::new(Identity::Documents(identity.iter().collect()));
    policies.boundary = boundary.as_ref();
    policies.session = session.as_ref().map(|document| vec![document]);
    policies.resource = resource.as_ref();
    policies.is_same_account = asked.account == request::ACCOUNT;
    let mut context = Context::default();
    for (key, value) in &asked.context {
        let values = match value {
            Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            value => vec![value.as_str().unwrap_or_default().to_owned()],
        };
        context = context.with_all(key, values);
    }
    let caller = Caller::Session { session: request::SESSION, role: request::ROLE };
    let request = Request::new(caller, asked.action, &asked.resource).with_context(context);
    Ok(match evaluate(&policies, &request) {
        Ok(()) => "Allowed",
        Err(Denial { by: Some(_), .. }) => "Denied",
        Err(Denial { by: None, .. }) => "NotAllowed",
    })
}

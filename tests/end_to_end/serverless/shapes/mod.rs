//! Shapes that public projects of Step Functions have: each is deployed as it says, or refused with every line that stands in
//! the way and what to do; nothing is changed or dropped without a word.

mod deployed;
mod refused;

use crate::support::Ended;
use crate::support::sandbox::Sandbox;

const HANDLER: (&str, &str) =
    ("src/orders.js", "exports.place = exports.mail = exports.check = async (event) => event;\n");

const FLOW: &str = r#"{
  "StartAt": "Place",
  "States": {
    "Place": {"Type": "Task", "Resource": {"Fn::GetAtt": ["place", "Arn"]}, "End": true}
  }
}
"#;

/// A folder with a service file and others.
fn folder(service: &str, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("serverless.yml", service);
    files.iter().chain([&HANDLER]).for_each(|(path, text)| sandbox.write(path, text));
    sandbox
}

fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    Ended::of(sandbox.workshop(arguments).output().unwrap())
}

/// What refuses a folder: the same for `validate` and for `deploy`, which changes nothing.
fn refused(service: &str, files: &[(&str, &str)]) -> String {
    let sandbox = folder(service, files);
    let validated = run(&sandbox, "validate");
    assert_eq!(validated.code, Some(3), "{validated:#?}");
    let deployed = run(&sandbox, "deploy --local");
    assert_eq!(deployed.code, Some(3), "{deployed:#?}");
    assert_eq!(deployed.stderr, validated.stderr);
    validated.stderr
}

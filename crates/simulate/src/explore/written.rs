//! A finding as a case to keep: it shows what happens, and passes.

use std::fmt::Write;

use asl::{FieldValidation, Outcome, TaskResource};

use crate::case::{Answer, Case, ExecutionEnd, Mock};
use crate::run::Run;
use crate::toml_text::{toml_data, toml_key, toml_text};

/// The case in TOML.
pub(super) fn case(name: &str, machine: &str, case: &Case, ran: &Run) -> String {
    let mut text = format!(
        "# of the state machine {}\n[[cases]]\nname = {}\n",
        machine.replace(char::is_control, " "),
        toml_text(name)
    );
    // Writing to a string can't fail.
    let _ = writeln!(text, "input = {}", toml_data(&case.input));
    for (state, mocks) in &case.mocks {
        let Some(call) = ran.calls.iter().find(|call| call.state == *state) else { continue };
        let answers: Vec<String> = mocks.answers.iter().map(|answer| mock(answer, &call.resource)).collect();
        let _ = match answers.as_slice() {
            [only] => writeln!(text, "mocks.{} = {only}", toml_key(state)),
            several => writeln!(text, "mocks.{} = [{}]", toml_key(state), several.join(", ")),
        };
    }
    let expect = match &ran.outcome {
        Some(Outcome::Failed(failure)) => {
            let error = failure.error.as_ref().map(|error| format!(", error = {}", toml_text(error)));
            format!("status = \"FAILED\"{}", error.unwrap_or_default())
        }
        Some(outcome) => format!("status = {}", toml_text(outcome.status().api_name())),
        None => String::new(),
    };
    let _ = writeln!(text, "expect = {{ {expect} }}");
    text
}

fn mock(mock: &Mock, resource: &TaskResource) -> String {
    let answer = match &mock.answer {
        Answer::Return(value) => format!("return = {}", toml_data(value)),
        Answer::Payload(value) => format!("payload = {}", toml_data(value)),
        Answer::Throw { error, .. } => format!("throw = {}", toml_text(error.as_deref().unwrap_or_default())),
        Answer::Execution(ExecutionEnd::Succeeded(output)) => {
            format!("execution = {{ output = {} }}", toml_data(output))
        }
        Answer::Execution(ExecutionEnd::Failed { error, .. }) => {
            format!("execution = {{ error = {} }}", toml_text(error.as_deref().unwrap_or_default()))
        }
        Answer::Never => "never = true".to_owned(),
        Answer::Function(function) => format!("function = {}", toml_text(function)),
        Answer::Cloud => "cloud = true".to_owned(),
    };
    let index = mock.index.map(|index| format!("index = {index}, ")).unwrap_or_default();
    // What it answers may be made up.
    let any = match &mock.answer {
        Answer::Return(value) if resource.check_mock_result(value, FieldValidation::Strict).is_err() => {
            ", validate = \"NONE\""
        }
        _ => "",
    };
    format!("{{ {index}{answer}{any} }}")
}

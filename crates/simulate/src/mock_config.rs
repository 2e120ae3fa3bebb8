//! `MockConfigFile.json` of Step Functions Local: its test cases as cases without expectations.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html> describes the file. Responses are
//! counted by the calls of a state in an execution: loops, retries and iterations alike.

use std::collections::BTreeMap;

use asl::FieldValidation;
use jiff::SignedDuration;
use model::document::{Content, Document, Member, Node};
use model::nearest;
use model::source::{ModelError, Source};
use serde_json::Value;

use crate::case::{Answer, Case, Expectation, Located, MachineChoice, Mock, StateMocks, TestFile, default_start};

/// The keys of the whole file.
const MACHINES: &str = "StateMachines";
const RESPONSES: &str = "MockedResponses";

impl TestFile {
    /// Reads a mock configuration. `input` is what its executions are started with: the file does not say.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn of_mock_config(source: Source, input: &Value) -> Result<Self, Vec<ModelError>> {
        let document = Document::parse(&source).map_err(|error| {
            vec![
                source
                    .error_at(error.offset, format!("The file is not valid: {}.", error.message))
                    .with_hint(error.hint),
            ]
        })?;
        let mut reader = Reader { source: &source, errors: Vec::new() };
        let cases = reader.cases(&document.root, input);
        let mut errors = reader.errors;
        errors.sort_by_key(|error| error.position.map(|position| (position.line, position.column)));
        if errors.is_empty() { Ok(Self { source, cases }) } else { Err(errors) }
    }
}

struct Reader<'s> {
    source: &'s Source,
    errors: Vec<ModelError>,
}

impl<'s> Reader<'s> {
    fn refuse(&mut self, offset: usize, message: impl Into<String>, hint: impl Into<String>) {
        self.errors.push(self.source.error_at(offset, message).with_hint(hint));
    }

    /// The members of an object.
    fn members<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Member] {
        match &node.content {
            Content::Table(members) => members,
            _ => {
                self.refuse(node.span.start, format!("{what} must be an object."), "See Step Functions Local's guide.");
                &[]
            }
        }
    }

    fn cases(&mut self, root: &Node, input: &Value) -> Vec<Case> {
        self.known(root, "the file", &[MACHINES, RESPONSES]);
        let mut responses: BTreeMap<&str, Vec<Mock>> = BTreeMap::new();
        if let Some(member) = root.member(RESPONSES) {
            for response in self.members(&member.value, RESPONSES) {
                responses.insert(&response.key, self.response(&response.value));
            }
        }
        let Some(machines) = root.member(MACHINES) else {
            self.refuse(
                root.span.start,
                format!("There is no `{MACHINES}`."),
                "It names machines with their test cases.",
            );
            return Vec::new();
        };
        let mut cases = Vec::new();
        for machine in self.members(&machines.value, MACHINES) {
            self.known(&machine.value, &format!("`{}`", machine.key), &["TestCases"]);
            let Some(tests) = machine.value.member("TestCases") else { continue };
            for test in self.members(&tests.value, "`TestCases`") {
                cases.extend(self.case(machine, test, &responses, input));
            }
        }
        cases
    }

    fn case(
        &mut self,
        machine: &Member,
        test: &Member,
        responses: &BTreeMap<&str, Vec<Mock>>,
        input: &Value,
    ) -> Option<Case> {
        let mut mocks = BTreeMap::new();
        for state in self.members(&test.value, "A test case") {
            let Some(name) = state.value.value().as_str().map(str::to_owned) else {
                self.refuse(state.value.span.start, "A state names a mocked response.", "Write its name as a text.");
                continue;
            };
            let Some(answers) = responses.get(name.as_str()) else {
                let known: Vec<&str> = responses.keys().copied().collect();
                let hint = nearest(&name, &known)
                    .map_or_else(|| format!("Put it under `{RESPONSES}`."), |near| format!("Did you mean `{near}`?"));
                self.refuse(state.value.span.start, format!("There is no mocked response `{name}`."), hint);
                continue;
            };
            let offset = state.key_span.start;
            mocks.insert(state.key.clone(), StateMocks { offset, is_shared: false, answers: answers.clone() });
        }
        Some(Case {
            name: format!("{}#{}", machine.key, test.key),
            line: self.source.position(test.key_span.start).line,
            machine: MachineChoice::Named(Located { value: machine.key.clone(), offset: machine.key_span.start }),
            input: input.clone(),
            start: default_start()?,
            seed: None,
            stop: None,
            mocks,
            expect: Expectation { is_any_end: true, ..Expectation::default() },
        })
    }

    /// A mocked response: what each call gives, by its number or a range of numbers.
    fn response(&mut self, node: &Node) -> Vec<Mock> {
        let mut numbered: Vec<(u64, u64, Mock)> = Vec::new();
        for member in self.members(node, "A mocked response") {
            let offset = member.key_span.start;
            let Some((first, last)) = range(&member.key) else {
                let message = format!("`{}` is no number of a call.", member.key);
                self.refuse(offset, message, "Write \"0\", or a range such as \"1-2\".");
                continue;
            };
            if let Some(answer) = self.answer(&member.value) {
                let line = self.source.position(offset).line;
                let times = Some(last - first + 1);
                let after = SignedDuration::ZERO;
                let mock = Mock {
                    line,
                    index: None,
                    attempt: None,
                    times,
                    after,
                    submitted: None,
                    heartbeat: None,
                    validation: FieldValidation::None,
                    answer,
                };
                numbered.push((first, last, mock));
            }
        }
        numbered.sort_by_key(|(first, ..)| *first);
        let mut expected = 0;
        for (first, last, mock) in &numbered {
            if *first != expected {
                let offset = self.source.offset(model::source::Position { line: mock.line, column: 1 });
                let message = format!("Call {expected} has no response, or several: the next one is for {first}.");
                self.refuse(offset, message, "Number the calls from 0, without a gap.");
            }
            expected = last + 1;
        }
        numbered.into_iter().map(|(_, _, mock)| mock).collect()
    }

    fn answer(&mut self, node: &Node) -> Option<Answer> {
        self.known(node, "a response", &["Return", "Throw"]);
        match (node.member("Return"), node.member("Throw")) {
            (Some(returned), None) => Some(Answer::Return(returned.value.value())),
            (None, Some(thrown)) => {
                let value = thrown.value.value();
                let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
                self.known(&thrown.value, "`Throw`", &["Error", "Cause"]);
                Some(Answer::Throw { error: text("Error"), cause: text("Cause") })
            }
            _ => {
                let hint = "Give it one of the two.";
                self.refuse(node.span.start, "A response has either `Return` or `Throw`.", hint);
                None
            }
        }
    }

    /// Refuses the members that are none of these.
    fn known(&mut self, node: &Node, place: &str, known: &[&str]) {
        for member in self.members(node, place).iter().filter(|member| !known.contains(&member.key.as_str())) {
            let hint = match nearest(&member.key, known) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("It has {}.", known.join(" and ")),
            };
            self.refuse(member.key_span.start, format!("There is no key `{}` in {place}.", member.key), hint);
        }
    }
}

/// The first and the last call that a response is for.
fn range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let first = first.trim().parse().ok()?;
    let last = last.trim().parse().ok()?;
    // A file that counts further than this means nothing by it.
    (first <= last && last < 1_000_000).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Subject, run};
    use asl::Outcome;
    use serde_json::json;

    fn config() -> Value {
        json!({
            "StateMachines": {"Shop": {"TestCases": {
                "Happy": {"Call": "Success"}, "Retry": {"Call": "Later"}, "Down": {"Call": "Never"},
            }}},
            "MockedResponses": {
                "Success": {"0": {"Return": {"StatusCode": 200, "Payload": {"ok": true}}}},
                "Later": {"0": {"Throw": {"Error": "Busy", "Cause": "c"}}, "1-2": {"Throw": {"Error": "Busy"}}, "3": {"Return": {"Payload": 1}}},
                "Never": {"0-9": {"Throw": {"Error": "Busy"}}},
            }
        })
    }

    fn parse(config: &Value) -> Result<TestFile, String> {
        let source = Source::new("MockConfigFile.json", format!("{config:#}"));
        let shown = |errors: Vec<ModelError>| {
            errors.iter().map(|it| format!("{it} {}\n", it.hint.clone().unwrap_or_default())).collect()
        };
        TestFile::of_mock_config(source, &json!({"id": 1})).map_err(shown)
    }

    #[test]
    fn responses_are_counted_by_the_calls_of_a_state() {
        let definition = json!({"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
            "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 4}]}}});
        let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:Shop";
        let subject = Subject::parse(&definition.to_string(), arn, false).unwrap();
        let file = parse(&config()).unwrap();
        let ends: Vec<String> = file
            .cases
            .iter()
            .map(|case| match run(&subject, case, 0).outcome {
                Some(Outcome::Succeeded { output }) => format!("{} {output}", case.name),
                other => format!("{} {}", case.name, other.unwrap().status().api_name()),
            })
            .collect();
        assert_eq!(
            ends,
            [
                r#"Shop#Happy {"StatusCode":200,"Payload":{"ok":true}}"#,
                r#"Shop#Retry {"Payload":1}"#,
                "Shop#Down FAILED"
            ]
        );
    }

    #[test]
    fn mistakes_are_told_with_their_places() {
        let mut wrong = config();
        wrong["StateMachines"]["Shop"]["TestCases"]["Happy"]["Call"] = json!("Sucess");
        wrong["MockedResponses"]["Later"] = json!({"0": {"Return": 1, "Throw": {}}, "2": {"Retrun": 1}, "x": {}});
        wrong["MockedResponse"] = json!({});
        insta::assert_snapshot!(parse(&wrong).unwrap_err(), @r#"
        MockConfigFile.json:6:19: There is no mocked response `Sucess`. Did you mean `Success`?
        MockConfigFile.json:29:12: A response has either `Return` or `Throw`. Give it one of the two.
        MockConfigFile.json:33:12: A response has either `Return` or `Throw`. Give it one of the two.
        MockConfigFile.json:34:9: There is no key `Retrun` in a response. Did you mean `Return`?
        MockConfigFile.json:36:7: `x` is no number of a call. Write "0", or a range such as "1-2".
        MockConfigFile.json:46:3: There is no key `MockedResponse` in the file. Did you mean `MockedResponses`?
        "#);
    }
}

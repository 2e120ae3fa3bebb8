//! Parses one state.

use std::sync::Arc;

use serde_json::Value;

use super::fields::Fields;
use super::machine::{Parser, flow, query_language};
use super::{
    DataFlow, DataPath, FlowIndex, JsonPathFlow, JsonataFlow, LanguageTemplate, NextOrEnd, Parallel, QueryLanguage,
    ResultPath, Rule, State, StateIndex, StateKind, StateType, Target, WaitUntil, choice, map, task,
};
use crate::document::Document;
use crate::finding::FindingKind;
use crate::intrinsic::looks_computed;
use crate::path::{Path, ReferencePath};
use crate::quotas::MAX_SECONDS;
use crate::template::Template;

const TYPES: [(&str, StateType); 8] = [
    ("Task", StateType::Task),
    ("Wait", StateType::Wait),
    ("Pass", StateType::Pass),
    ("Succeed", StateType::Succeed),
    ("Fail", StateType::Fail),
    ("Choice", StateType::Choice),
    ("Parallel", StateType::Parallel),
    ("Map", StateType::Map),
];

pub(super) fn read(name: &str, value: &Value, location: String, flow: FlowIndex, parser: &mut Parser) -> Option<State> {
    let language = parser.language;
    let mut fields = Fields::of(value, location, language, parser)?;
    fields.require(&["Type"]);
    let state_type = state_type(&mut fields)?;
    fields.string("Comment");
    own_language(&mut fields);
    let data = data_flow(&mut fields, state_type);
    let kind = kind(&mut fields, state_type);
    fields.finish();
    Some(State { name: Arc::from(name), flow, data, kind: kind? })
}

fn state_type(fields: &mut Fields<'_, '_>) -> Option<StateType> {
    let text = fields.string("Type")?;
    let state_type = TYPES.iter().find(|(name, _)| *name == text);
    if state_type.is_none() {
        let all: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
        fields.report("Type", format!("The field 'Type' should have one of these values: [{}]", all.join(", ")));
    }
    state_type.map(|(_, state_type)| *state_type)
}

/// `QueryLanguage` of the state: what it says, or what the machine says. A JSONata machine has no JSONPath states.
fn own_language(fields: &mut Fields<'_, '_>) {
    let Some(own) = query_language(fields) else {
        return;
    };
    if own == QueryLanguage::JsonPath && fields.language == QueryLanguage::Jsonata {
        fields.report_here("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
    }
    fields.language = own;
}

fn kind(fields: &mut Fields<'_, '_>, state_type: StateType) -> Option<StateKind> {
    match state_type {
        StateType::Pass => Some(pass(fields)),
        StateType::Task => task::read(fields),
        StateType::Wait => wait(fields),
        StateType::Choice => choice(fields),
        StateType::Succeed => Some(StateKind::Succeed),
        StateType::Fail => Some(StateKind::Fail {
            error: fields.dynamic_string("Error", "ErrorPath"),
            cause: fields.dynamic_string("Cause", "CausePath"),
        }),
        StateType::Parallel => parallel(fields),
        StateType::Map => map::read(fields),
    }
}

/// What happens to the payload, of which every type of state has its own part.
fn data_flow(fields: &mut Fields<'_, '_>, of: StateType) -> DataFlow {
    use StateType::{Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait};
    let calls = matches!(of, Task | Parallel);
    let has_result = calls || of == Map;
    if of != Fail {
        fields.only_in(QueryLanguage::JsonPath, &["InputPath", "OutputPath"]);
        fields.only_in(QueryLanguage::Jsonata, &["Output"]);
    }
    if calls || of == Pass {
        fields.only_in(QueryLanguage::JsonPath, &["Parameters"]);
    }
    if calls {
        fields.only_in(QueryLanguage::Jsonata, &["Arguments"]);
    }
    if has_result {
        fields.only_in(QueryLanguage::JsonPath, &["ResultSelector"]);
    }
    if has_result || of == Pass {
        fields.only_in(QueryLanguage::JsonPath, &["ResultPath"]);
    }
    let assigns = matches!(of, Pass | Task | Parallel | Map | Wait | Choice);
    fields.outcome = has_result.then_some("result");
    let assign = assigns.then(|| fields.assign()).flatten();
    let has_output = of != Fail && fields.language == QueryLanguage::Jsonata;
    let output = has_output.then(|| fields.jsonata_template("Output")).flatten();
    fields.outcome = None;
    match fields.language {
        QueryLanguage::JsonPath => {
            let whole = DataPath::Path(Path::whole());
            let place = ResultPath::Path(ReferencePath::whole());
            let has_data = matches!(of, Succeed) || assigns;
            DataFlow::JsonPath(Box::new(JsonPathFlow {
                input_path: if has_data { fields.data_path("InputPath") } else { whole.clone() },
                parameters: (calls || of == Pass).then(|| fields.json_path_template("Parameters")).flatten(),
                result_selector: has_result.then(|| fields.json_path_template("ResultSelector")).flatten(),
                result_path: if has_result || of == Pass { fields.result_path() } else { place },
                output_path: if has_data { fields.data_path("OutputPath") } else { whole },
                assign: json_path(assign),
            }))
        }
        QueryLanguage::Jsonata => DataFlow::Jsonata(Box::new(JsonataFlow {
            arguments: calls.then(|| fields.jsonata_template("Arguments")).flatten(),
            output,
            assign: jsonata(assign),
        })),
    }
}

fn json_path(template: Option<LanguageTemplate>) -> Option<Template> {
    match template? {
        LanguageTemplate::JsonPath(template) => Some(template),
        LanguageTemplate::Jsonata(_) => None,
    }
}

fn jsonata(template: Option<LanguageTemplate>) -> Option<jsonata::Template> {
    match template? {
        LanguageTemplate::Jsonata(template) => Some(template),
        LanguageTemplate::JsonPath(_) => None,
    }
}

fn pass(fields: &mut Fields<'_, '_>) -> StateKind {
    fields.only_in(QueryLanguage::JsonPath, &["Result"]);
    let result = fields.get("Result");
    if fields.language == QueryLanguage::JsonPath && result.is_some_and(reads_like_a_path) {
        let message = "The Result of a Pass state is static: a path or an intrinsic function in it is not evaluated.";
        let location = Some(fields.at("Result"));
        fields.parser.findings.add(FindingKind::PassResultIsStatic, location, message);
    }
    let result = result.cloned().map(Document::of);
    StateKind::Pass { result, then: fields.transition() }
}

fn reads_like_a_path(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(reads_like_a_path),
        Value::Object(members) => members.values().any(reads_like_a_path),
        scalar => looks_computed(scalar),
    }
}

fn wait(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    const FORMS: [&str; 4] = ["SecondsPath", "Seconds", "TimestampPath", "Timestamp"];
    let forms = match fields.language {
        QueryLanguage::JsonPath => FORMS.as_slice(),
        QueryLanguage::Jsonata => &["Seconds", "Timestamp"],
    };
    let all = forms.join(", ");
    match forms.iter().filter(|form| fields.has(form)).count() {
        0 => fields.report_here(format!("This object should have only one of the following fields: [{all}]")),
        1 => {}
        _ => fields.report_here(format!("There should only be one of the following fields: [{all}]")),
    }
    let seconds = fields.dynamic_integer("Seconds", "SecondsPath", (0, MAX_SECONDS)).map(WaitUntil::Seconds);
    let timestamp = fields.dynamic_timestamp("Timestamp", "TimestampPath").map(WaitUntil::Timestamp);
    let then = fields.transition();
    Some(StateKind::Wait { until: seconds.or(timestamp)?, then })
}

fn choice(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    fields.require(&["Choices"]);
    let default = fields.string("Default").map(Target::named);
    let given = fields.array("Choices")?;
    if given.is_empty() {
        fields.report("Choices", "Value cannot be empty");
    }
    let place = fields.at("Choices");
    let language = fields.language;
    let rules: Vec<Rule> = given
        .iter()
        .enumerate()
        .filter_map(|(i, value)| choice::read_rule(value, format!("{place}[{i}]"), language, fields.parser))
        .collect();
    Some(StateKind::Choice { rules, default })
}

fn parallel(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    fields.require(&["Branches"]);
    let given = fields.array("Branches").unwrap_or_default();
    if given.is_empty() && fields.has("Branches") {
        fields.report("Branches", "Value cannot be empty");
    }
    let place = fields.at("Branches");
    let mut branches = Vec::with_capacity(given.len());
    for (i, value) in given.iter().enumerate() {
        let Some(mut branch) = Fields::of(value, format!("{place}[{i}]"), fields.language, fields.parser) else {
            continue;
        };
        branch.require(&["StartAt", "States"]);
        branch.string("Comment");
        branches.extend(flow(&mut branch));
        branch.finish();
    }
    let recovery = task::recovery(fields);
    let then = fields.transition();
    Some(StateKind::Parallel(Box::new(Parallel { branches, recovery, then })))
}

impl NextOrEnd {
    pub(crate) fn target(&self) -> Option<&Target> {
        match self {
            Self::Next(target) => Some(target),
            Self::End => None,
        }
    }
}

impl Target {
    /// A target whose state is not known yet.
    pub(super) fn named(name: &str) -> Self {
        Self { name: Arc::from(name), state: StateIndex(u32::MAX) }
    }
}

//! Reads an object of a definition field by field and reports what is missing, wrong or unknown.

use std::collections::BTreeSet;

use jsonata::{StatesRead, TemplatePath};
use serde_json::{Map, Value};

use super::machine::Parser;
use super::{DataPath, LanguageTemplate, NextOrEnd, QueryLanguage, ResultPath, Target};
use crate::finding::{FindingKind, Findings};
use crate::intrinsic::Expression;
use crate::path::{Path, PathSyntax, ReferencePath};
use crate::template::Template;

/// The fields of an object that is being read: those that are known, and the location of the object.
pub(super) struct Fields<'a, 'r> {
    members: &'a Map<String, Value>,
    pub(super) location: String,
    /// The query language of the state that the object belongs to.
    pub(super) language: QueryLanguage,
    /// What `$states` has here beside `input` and `context`: `result` where the state has one, `errorOutput` where an error was
    /// caught.
    pub(super) outcome: Option<&'static str>,
    known: BTreeSet<&'static str>,
    pub(super) parser: &'r mut Parser,
}

impl<'a, 'r> Fields<'a, 'r> {
    /// Starts on a value; a finding and `None` when it is no object.
    pub(super) fn of(
        value: &'a Value,
        location: String,
        language: QueryLanguage,
        parser: &'r mut Parser,
    ) -> Option<Self> {
        match value {
            Value::Object(members) => {
                Some(Self { members, location, language, outcome: None, known: BTreeSet::new(), parser })
            }
            _ => {
                parser.findings.schema(&location, "Expected value of type [OBJECT]");
                None
            }
        }
    }

    /// Reads a field that is an object itself.
    pub(super) fn object<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Fields<'_, '_>) -> T) -> Option<T> {
        let value = self.get(name)?;
        let location = self.at(name);
        let mut inner = Fields::of(value, location, self.language, self.parser)?;
        let result = read(&mut inner);
        inner.finish();
        Some(result)
    }

    pub(super) fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.insert(name);
        self.members.get(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The first field whose name is one of these.
    pub(super) fn first_of<T: Copy>(&mut self, names: &[(&'static str, T)]) -> Option<(&'static str, T, &'a Value)> {
        names.iter().find_map(|(name, meaning)| Some((*name, *meaning, self.get(name)?)))
    }

    pub(super) fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.location)
    }

    pub(super) fn report(&mut self, name: &str, message: impl Into<String>) {
        let location = self.at(name);
        self.parser.findings.schema(&location, message);
    }

    /// Reports a finding about the object as a whole.
    pub(super) fn report_here(&mut self, message: impl Into<String>) {
        self.parser.findings.schema(&self.location, message);
    }

    pub(super) fn string(&mut self, name: &'static str) -> Option<&'a str> {
        let value = self.get(name)?;
        if value.is_string() {
            return value.as_str();
        }
        self.report(name, "Expected value of type [STRING]");
        None
    }

    pub(super) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.get(name)?;
        if value.is_boolean() {
            return value.as_bool();
        }
        self.report(name, "Expected value of type [BOOLEAN]");
        None
    }

    /// A whole number between two bounds.
    pub(super) fn integer(&mut self, name: &'static str, least: u64, most: u64) -> Option<u64> {
        let value = self.get(name)?;
        match value.as_u64() {
            Some(number) if (least..=most).contains(&number) => Some(number),
            Some(number) if number > most => {
                self.report(name, format!("Maximum value is {most}"));
                None
            }
            _ if value.is_i64() || value.is_u64() => {
                self.report(name, format!("Minimum value is {least}"));
                None
            }
            _ => {
                self.report(name, "Expected value of type Integer");
                None
            }
        }
    }

    pub(super) fn array(&mut self, name: &'static str) -> Option<&'a [Value]> {
        match self.get(name)? {
            Value::Array(items) => Some(items),
            _ => {
                self.report(name, "Expected value of type [ARRAY]");
                None
            }
        }
    }

    /// An array of texts that is not empty.
    pub(super) fn strings(&mut self, name: &'static str) -> Option<Vec<String>> {
        let given = self.array(name)?;
        if given.is_empty() {
            self.report(name, "Value cannot be empty");
        }
        let texts: Vec<_> = given.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
        if texts.len() != given.len() {
            self.report(name, "Expected value of type [STRING]");
        }
        Some(texts)
    }

    /// A number from 0 to 100.
    pub(super) fn percentage(&mut self, name: &'static str) -> Option<f64> {
        let number = self.get(name)?.as_f64();
        match number {
            Some(number) if (0.0..=100.0).contains(&number) => Some(number),
            Some(number) => {
                self.report(name, if number < 0.0 { "Minimum value is 0.0" } else { "Maximum value is 100.0" });
                None
            }
            None => {
                self.report(name, "Expected value of type [NUMBER]");
                None
            }
        }
    }

    pub(super) fn path(&mut self, name: &'static str) -> Option<Path> {
        let text = self.string(name)?;
        Path::parse(text).or_else(|_| self.bad_path(name)).ok()
    }

    /// Refuses a path to a Map state's number that does not name one place in the input or in a variable (measured on AWS by others: it
    /// takes none into the Context Object either).
    pub(super) fn require_one_place(&mut self, name: &'static str) {
        let Some(Value::String(text)) = self.get(name) else {
            return;
        };
        if self.language == QueryLanguage::JsonPath && Path::parse(text).is_ok_and(|path| !path.names_one_place()) {
            self.report(name, "Value is not a Reference Path");
        }
    }

    /// A path of a Choice rule: a Reference Path, AWS says, and means one that starts with `$`.
    pub(super) fn rule_path(&mut self, name: &'static str) -> Option<Path> {
        let text = self.string(name)?;
        let problem = match Path::parse(text) {
            Ok(path) => return Some(path),
            Err(_) if !text.starts_with('$') => "Reference path didn't start with '$'".to_owned(),
            Err(PathSyntax(reason)) => reason,
        };
        self.report(name, format!("Value is not a Reference Path: {problem}"));
        None
    }

    /// Marks fields as known without parser them.
    pub(super) fn ignore(&mut self, names: impl IntoIterator<Item = &'static str>) {
        self.known.extend(names);
    }

    /// A path or an intrinsic function.
    pub(super) fn expression(&mut self, name: &'static str) -> Option<Expression> {
        let text = self.string(name)?;
        Expression::parse(text).or_else(|_| self.bad_path(name)).ok()
    }

    fn bad_path<T>(&mut self, name: &'static str) -> Result<T, ()> {
        self.report(name, "Value must be a valid JSONPath.");
        Err(())
    }

    /// `InputPath` or `OutputPath`.
    pub(super) fn data_path(&mut self, name: &'static str) -> DataPath {
        match self.get(name) {
            Some(Value::Null) => DataPath::Null,
            None => DataPath::Path(Path::whole()),
            Some(_) => DataPath::Path(self.path(name).unwrap_or_else(Path::whole)),
        }
    }

    /// `ResultPath`.
    pub(super) fn result_path(&mut self) -> ResultPath {
        const NAME: &str = "ResultPath";
        if self.get(NAME) == Some(&Value::Null) {
            return ResultPath::Discard;
        }
        let path = self.string(NAME).and_then(|text| match ReferencePath::parse(text) {
            Ok(path) => Some(path),
            Err(_) => {
                let is_path = Path::parse(text).is_ok();
                self.report(
                    NAME,
                    if is_path { "Value is not a Reference Path" } else { "Value must be a valid JSONPath." },
                );
                None
            }
        });
        ResultPath::Path(path.unwrap_or_else(ReferencePath::whole))
    }

    /// A template in JSONPath: names that end in `.$` have their values computed.
    pub(super) fn json_path_template(&mut self, name: &'static str) -> Option<Template> {
        let value = self.get(name)?;
        let location = self.at(name);
        Some(Template::parse(value, &location, &mut self.parser.findings))
    }

    /// A template in JSONata: texts between `{%` and `%}` are computed.
    pub(super) fn jsonata_template(&mut self, name: &'static str) -> Option<jsonata::Template> {
        let value = self.get(name)?;
        let location = self.at(name);
        check_marks(value, &TemplatePath::Field(&location), &mut self.parser.findings);
        let findings = &mut self.parser.findings;
        let template = jsonata::Template::parse(value, &location, |problem| findings.add_template_problem(&problem));
        check_reads(&template, self.outcome, &TemplatePath::Field(&location), &mut self.parser.findings);
        Some(template)
    }

    /// A template in the state's language.
    pub(super) fn template(&mut self, name: &'static str) -> Option<LanguageTemplate> {
        match self.language {
            QueryLanguage::JsonPath => self.json_path_template(name).map(LanguageTemplate::JsonPath),
            QueryLanguage::Jsonata => self.jsonata_template(name).map(LanguageTemplate::Jsonata),
        }
    }

    /// What a service is called with: `Parameters` in JSONPath, `Arguments` in JSONata.
    pub(super) fn arguments(&mut self) -> Option<LanguageTemplate> {
        self.only_in(QueryLanguage::JsonPath, &["Parameters"]);
        self.only_in(QueryLanguage::Jsonata, &["Arguments"]);
        self.template(self.language.arguments())
    }

    /// Refuses fields that the rest of the object makes no sense of.
    pub(super) fn refuse(&mut self, names: &[&'static str]) {
        for name in names.iter().filter(|name| self.has(name)).copied().collect::<Vec<_>>() {
            self.report_here(format!("Field '{name}' is not supported"));
        }
    }

    /// Refuses fields of one query language in a state of the other.
    pub(super) fn only_in(&mut self, language: QueryLanguage, names: &[&'static str]) {
        if self.language == language {
            return;
        }
        for name in names {
            if self.get(name).is_some() {
                self.report_here(format!(
                    "The QueryLanguage is set to '{}', but field '{name}' is only supported for the '{}' QueryLanguage",
                    self.language.name(),
                    language.name()
                ));
            }
        }
    }

    /// `Next` or `End`: exactly one of them.
    pub(super) fn transition(&mut self) -> NextOrEnd {
        let next = self.string("Next");
        let end = self.boolean("End").unwrap_or(false);
        match next {
            Some(_) if end => {
                self.report_here("There should only be one of the following fields: [Next, End]");
                NextOrEnd::End
            }
            Some(next) => NextOrEnd::Next(Target::named(next)),
            None => {
                let is_wrong = self.has("Next") || self.get("End").is_some_and(|end| !end.is_boolean());
                if !end && !is_wrong {
                    self.report_here("This object should have only one of the following fields: [Next, End]");
                }
                NextOrEnd::End
            }
        }
    }

    /// Notes those of the required fields that are missing, in the order given.
    pub(super) fn require(&mut self, names: &[&'static str]) {
        let missing: Vec<_> = names.iter().filter(|name| !self.has(name)).copied().collect();
        if !missing.is_empty() {
            self.report_here(format!("These fields are required: [{}]", missing.join(", ")));
        }
    }

    /// Notes when both of two fields are there.
    pub(super) fn only_one(&mut self, one: &str, other: &str) {
        if self.has(one) && self.has(other) {
            self.report_here(format!("There should only be one of the following fields: [{one}, {other}]"));
        }
    }

    /// One of a few texts, with what each means.
    pub(super) fn one_of<T: Copy>(&mut self, name: &'static str, meanings: &[(&str, T)]) -> Option<T> {
        let text = self.string(name)?;
        let meaning = meanings.iter().find(|(spelling, _)| *spelling == text);
        if meaning.is_none() {
            let allowed: Vec<_> = meanings.iter().map(|(spelling, _)| *spelling).collect();
            let message = format!("Value should be one of the following: [{}]", allowed.join(", "));
            self.report(name, message);
        }
        meaning.map(|(_, meaning)| *meaning)
    }

    /// Notes fields that nobody known for.
    pub(super) fn finish(self) {
        for name in self.members.keys().filter(|name| !self.known.contains(name.as_str())) {
            self.parser.findings.schema(&self.location, format!("Field '{name}' is not supported"));
        }
    }
}

/// Refuses expressions that read what `$states` does not have where they are; reported by others, who measured it on AWS.
fn check_reads(template: &jsonata::Template, outcome: Option<&str>, place: &TemplatePath<'_>, findings: &mut Findings) {
    match template {
        jsonata::Template::Expression(expression) => {
            let Some(StatesRead::Fields(fields)) = expression.reads().states() else { return };
            let is_there = |field: &str| matches!(field, "input" | "context") || Some(field) == outcome;
            for field in fields.iter().filter(|field| !is_there(field)) {
                let message = format!("Field '$states.{field}' does not exist.");
                findings.add_at(FindingKind::UnsupportedJsonataExpression, place, message);
            }
        }
        jsonata::Template::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                check_reads(item, outcome, &TemplatePath::Item(place, i), findings);
            }
        }
        jsonata::Template::Object(members) => {
            for (name, member) in members {
                check_reads(member, outcome, &TemplatePath::Member(place, name), findings);
            }
        }
        jsonata::Template::Literal(_) => {}
    }
}

/// Refuses expressions without a closing mark.
fn check_marks(value: &Value, place: &TemplatePath<'_>, findings: &mut Findings) {
    match value {
        Value::String(text) if text.strip_prefix("{%").is_some_and(|rest| !rest.ends_with("%}")) => {
            let message = "JSONata string must start with {% and end with %}";
            findings.add_at(FindingKind::SchemaValidationFailed, place, message);
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                check_marks(item, &TemplatePath::Item(place, i), findings);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                check_marks(member, &TemplatePath::Member(place, name), findings);
            }
        }
        _ => {}
    }
}

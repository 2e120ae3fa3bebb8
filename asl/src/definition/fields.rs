//! Reading an object of a definition field by field, noting what is missing, wrong or unknown.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{DataPath, Findings, ResultPath, Transition};
use crate::intrinsic::Expression;
use crate::path::{Path, PathSyntax, ReferencePath};

/// An object under way: which fields were asked for, and where it is.
pub(super) struct Fields<'a, 'f> {
    members: &'a Map<String, Value>,
    pub(super) location: String,
    asked: BTreeSet<&'static str>,
    pub(super) findings: &'f mut Findings,
}

impl<'a, 'f> Fields<'a, 'f> {
    /// Starts on a value; a finding and `None` when it is no object.
    pub(super) fn of(value: &'a Value, location: String, findings: &'f mut Findings) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self { members, location, asked: BTreeSet::new(), findings }),
            _ => {
                findings.schema(&location, "Expected value of type Object");
                None
            }
        }
    }

    pub(super) fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.insert(name);
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

    pub(super) fn wrong(&mut self, name: &str, message: impl Into<String>) {
        let location = self.at(name);
        self.findings.schema(&location, message);
    }

    pub(super) fn string(&mut self, name: &'static str) -> Option<&'a str> {
        let value = self.get(name)?;
        if value.is_string() {
            return value.as_str();
        }
        self.wrong(name, "Expected value of type String");
        None
    }

    pub(super) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.get(name)?;
        if value.is_boolean() {
            return value.as_bool();
        }
        self.wrong(name, "Expected value of type Boolean");
        None
    }

    /// A whole number between two bounds.
    pub(super) fn integer(&mut self, name: &'static str, least: u64, most: u64) -> Option<u64> {
        let value = self.get(name)?;
        match value.as_u64() {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ if value.is_i64() || value.is_u64() => {
                self.wrong(name, format!("Value must be between {least} and {most}"));
                None
            }
            _ => {
                self.wrong(name, "Expected value of type Integer");
                None
            }
        }
    }

    pub(super) fn array(&mut self, name: &'static str) -> Option<&'a [Value]> {
        match self.get(name)? {
            Value::Array(items) => Some(items),
            _ => {
                self.wrong(name, "Expected value of type Array");
                None
            }
        }
    }

    pub(super) fn path(&mut self, name: &'static str) -> Option<Path> {
        let text = self.string(name)?;
        Path::parse(text).or_else(|problem| self.bad_path(name, problem).ok_or(())).ok()
    }

    /// A path or an intrinsic function.
    pub(super) fn expression(&mut self, name: &'static str) -> Option<Expression> {
        let text = self.string(name)?;
        Expression::parse(text).or_else(|problem| self.bad_path(name, problem).ok_or(())).ok()
    }

    fn bad_path<T>(&mut self, name: &'static str, problem: PathSyntax) -> Option<T> {
        let location = self.at(name);
        match problem {
            PathSyntax::Malformed(reason) => {
                self.findings.schema(&location, format!("Value is not a valid JSONPath: {reason}"));
            }
            PathSyntax::NotImplemented(feature) => self.findings.not_implemented(&location, feature),
        }
        None
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
            Err(PathSyntax::NotImplemented(feature)) => self.bad_path(NAME, PathSyntax::NotImplemented(feature)),
            Err(PathSyntax::Malformed(reason)) => {
                self.wrong(NAME, format!("Value is not a Reference Path: {reason}"));
                None
            }
        });
        ResultPath::Path(path.unwrap_or_else(ReferencePath::whole))
    }

    /// `Next` or `End`: exactly one of them.
    pub(super) fn transition(&mut self) -> Transition {
        let next = self.string("Next");
        let end = self.boolean("End").unwrap_or(false);
        match next {
            Some(_) if end => {
                let location = self.location.clone();
                self.findings.schema(&location, "Only one of the fields [Next, End] can be set");
                Transition::End
            }
            Some(next) => Transition::Next(next.to_owned()),
            None => {
                if !end && !self.has("Next") {
                    let location = self.location.clone();
                    self.findings.schema(&location, "One of these fields is required: [Next, End]");
                }
                Transition::End
            }
        }
    }

    /// Notes those of the required fields that are missing, in the order given.
    pub(super) fn require(&mut self, names: &[&'static str]) {
        let missing: Vec<_> = names.iter().filter(|name| !self.has(name)).copied().collect();
        if !missing.is_empty() {
            let location = self.location.clone();
            self.findings.schema(&location, format!("These fields are required: [{}]", missing.join(", ")));
        }
    }

    /// Refuses fields that AWS has and this library has not yet, each with what it belongs to.
    pub(super) fn not_implemented(&mut self, names: &[&'static str]) {
        for name in names {
            if self.get(name).is_some() {
                let location = self.at(name);
                self.findings.not_implemented(&location, format!("the field '{name}'"));
            }
        }
    }

    /// Notes fields that nobody asked for.
    pub(super) fn finish(self) {
        for name in self.members.keys().filter(|name| !self.asked.contains(name.as_str())) {
            self.findings.schema(&self.location, format!("Field '{name}' is not supported"));
        }
    }
}

//! Whether a task's parameters are those of an operation, as far as Step Functions looks when it checks a definition.

use std::fmt;

use serde_json::{Map, Value};

use crate::service::Operation;
use crate::shape::{Kind, Shape, Structure};
use crate::spelling::Spelling;

/// What is wrong with the parameters of a call; shown in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterProblem {
    /// The operation requires this member, which is not given.
    Missing(String),
    /// The operation has no such member, wherever in the parameters it stands.
    Unknown(String),
}

impl fmt::Display for ParameterProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(formatter, "The field '{name}' is required but was missing"),
            Self::Unknown(name) => write!(formatter, "The field \"{name}\" is not supported by Step Functions"),
        }
    }
}

/// How values that are not known yet are written.
#[derive(Debug, Clone, Copy)]
struct Reader {
    spelling: Spelling,
    /// Whether a name that ends in `.$` has a path.
    has_paths: bool,
}

impl Operation<'_> {
    /// Checks the names in a call's parameters: those that are required and missing at the top, and those that the operation
    /// does not have at any depth. Values are not looked at, and neither is what a path or an expression gives. `has_paths` says
    /// whether a name that ends in `.$` has a path.
    pub fn check_parameters(
        &self,
        given: &Map<String, Value>,
        spelling: Spelling,
        has_paths: bool,
    ) -> Vec<ParameterProblem> {
        let reader = Reader { spelling, has_paths };
        let mut problems = Vec::new();
        match self.input().map(|shape| shape.kind) {
            Some(Kind::Structure(structure)) => {
                for member in structure.members().filter(|member| member.is_required) {
                    if !given.keys().any(|name| spelling.is_spelt(member.name, reader.name(name))) {
                        problems.push(ParameterProblem::Missing(spelling.of(member.name)));
                    }
                }
                reader.members(given, &structure, &mut problems);
            }
            _ => problems.extend(given.keys().map(|name| ParameterProblem::Unknown(reader.name(name).to_owned()))),
        }
        problems
    }
}

impl Reader {
    fn name(self, written: &str) -> &str {
        match self.has_paths {
            true => written.strip_suffix(".$").unwrap_or(written),
            false => written,
        }
    }

    fn members(self, given: &Map<String, Value>, structure: &Structure<'_>, problems: &mut Vec<ParameterProblem>) {
        for (written, value) in given {
            let name = self.name(written);
            match structure.members().find(|member| self.spelling.is_spelt(member.name, name)) {
                Some(member) => self.value(value, &member.shape, problems),
                None => problems.push(ParameterProblem::Unknown(name.to_owned())),
            }
        }
    }

    fn value(self, value: &Value, shape: &Shape<'_>, problems: &mut Vec<ParameterProblem>) {
        match (&shape.kind, value) {
            (Kind::Structure(structure), Value::Object(members)) => self.members(members, structure, problems),
            (Kind::List(inner), Value::Array(items)) => {
                let inner = inner.shape();
                items.iter().for_each(|item| self.value(item, &inner, problems));
            }
            (Kind::Map(inner), Value::Object(members)) => {
                let inner = inner.shape();
                members.values().for_each(|value| self.value(value, &inner, problems));
            }
            _ => {}
        }
    }
}

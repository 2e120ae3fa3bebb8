//! What an expression reads, found without evaluating it.

use std::collections::BTreeSet;

use crate::native;
use crate::syntax::ast::{Kind, Node, Pairs, Stage};

/// The variables of an expression that come from outside.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// Every name that an evaluation may look up.
    requested: Vec<String>,
    variables: Vec<String>,
    states: Option<StatesRead>,
    top_level: Vec<String>,
}

/// What an expression reads of `$states`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatesRead {
    /// These fields only: `input`, `result`, `errorOutput`, `context`, or one that is never there.
    Fields(BTreeSet<String>),
    /// The whole of it.
    All,
}

impl Reads {
    pub(super) fn of(root: &Node) -> Self {
        let mut walk = Walk::default();
        walk.node(root, true);
        let requested: Vec<String> = walk.free.into_iter().collect();
        let variables =
            requested.iter().filter(|name| *name != "states" && native::find(name).is_none()).cloned().collect();
        Self { variables, states: walk.states, top_level: walk.top_level.into_iter().collect(), requested }
    }

    /// The names to look up in the bindings: all but `states` when it is read by field.
    pub(super) fn requested(&self) -> impl Iterator<Item = &str> {
        let by_field = matches!(self.states, Some(StatesRead::Fields(_)));
        self.requested.iter().map(String::as_str).filter(move |name| !(by_field && *name == "states"))
    }

    /// The fields of `states` to look up.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        match &self.states {
            Some(StatesRead::Fields(fields)) => Some(fields.iter().map(String::as_str)),
            _ => None,
        }
        .into_iter()
        .flatten()
    }

    /// Variables that have to be assigned before, without their `$`, in alphabetical order.
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// What is read of `$states`; `None` when nothing is.
    pub fn states(&self) -> Option<&StatesRead> {
        self.states.as_ref()
    }

    /// Names, `$` and `$$` that read a context value at the top level. AWS refuses these.
    pub fn top_level(&self) -> &[String] {
        &self.top_level
    }
}

#[derive(Default)]
struct Walk<'n> {
    /// Names bound by the expression, innermost last.
    bound: Vec<&'n str>,
    free: BTreeSet<String>,
    states: Option<StatesRead>,
    top_level: BTreeSet<String>,
}

impl<'n> Walk<'n> {
    /// `top`: there is no context.
    fn node(&mut self, node: &'n Node, top: bool) {
        match &node.kind {
            Kind::Path { steps, .. } => self.path(node, steps, top),
            Kind::Name(name) if top => {
                self.top_level.insert(name.to_string());
            }
            Kind::Variable(name) => self.variable(name, None, top),
            Kind::Negate(operand) => self.node(operand, top),
            Kind::Array(items) => items.iter().for_each(|item| self.node(item, top)),
            Kind::Object(pairs) => self.pairs(pairs, top),
            Kind::Binary(_, sides) | Kind::Apply(sides) => {
                self.node(&sides.0, top);
                self.node(&sides.1, top);
            }
            Kind::Bind(name, value) => {
                // A function may call itself by the name that it is bound to.
                let recursive = matches!(value.kind, Kind::Lambda(_));
                if recursive {
                    self.bound.push(name);
                }
                self.node(value, top);
                if !recursive {
                    self.bound.push(name);
                }
            }
            Kind::Condition(_, parts) => {
                self.node(&parts.0, top);
                self.node(&parts.1, top);
                parts.2.iter().for_each(|otherwise| self.node(otherwise, top));
            }
            Kind::Block(expressions) => {
                let outer = self.bound.len();
                expressions.iter().for_each(|expression| self.node(expression, top));
                self.bound.truncate(outer);
            }
            Kind::Call(call) => {
                self.procedure(&call.procedure, top);
                call.arguments.iter().for_each(|argument| self.node(argument, top));
            }
            Kind::Partial(procedure, arguments) => {
                self.procedure(procedure, top);
                arguments.iter().flatten().for_each(|argument| self.node(argument, top));
            }
            Kind::Lambda(lambda) => {
                let outer = self.bound.len();
                self.bound.extend(lambda.parameters.iter().map(|name| &**name));
                self.node(&lambda.body, top);
                self.bound.truncate(outer);
            }
            Kind::Transform(transform) => {
                self.node(&transform.pattern, false);
                self.node(&transform.update, false);
                transform.delete.iter().for_each(|delete| self.node(delete, false));
            }
            Kind::Sort(terms) => terms.iter().for_each(|term| self.node(&term.expression, false)),
            Kind::Name(_)
            | Kind::Text(_)
            | Kind::Number(_)
            | Kind::Literal(_)
            | Kind::Wildcard
            | Kind::Descendant
            | Kind::Parent(_)
            | Kind::Regex(_)
            | Kind::TooDeep => {}
        }
        self.suffixes(node);
    }

    /// A bare name that is called is a mistake that evaluation reports.
    fn procedure(&mut self, procedure: &'n Node, top: bool) {
        if !(matches!(procedure.kind, Kind::Path { .. }) && procedure.called().is_some()) {
            self.node(procedure, top);
        }
    }

    fn suffixes(&mut self, node: &'n Node) {
        self.bound.extend(node.focus.iter().chain(&node.index).map(|name| &**name));
        for stage in node.predicates.iter().chain(&node.stages) {
            match stage {
                Stage::Filter(predicate) => self.node(predicate, false),
                Stage::Index(name) => self.bound.push(name),
            }
        }
        if let Some(pairs) = &node.group
            && !matches!(node.kind, Kind::Path { .. })
        {
            self.pairs(pairs, false);
        }
    }

    fn pairs(&mut self, pairs: &'n Pairs, top: bool) {
        for (key, value) in pairs {
            self.node(key, top);
            self.node(value, top);
        }
    }

    fn path(&mut self, path: &'n Node, steps: &'n [Node], top: bool) {
        let outer = self.bound.len();
        let mut rest = steps;
        if let [first, second, ..] = steps
            && let (Kind::Variable(variable), Kind::Name(field)) = (&first.kind, &second.kind)
            && first.stages.is_empty()
            && first.predicates.is_empty()
        {
            self.variable(variable, Some(field), top);
            self.suffixes(first);
            rest = steps.get(1..).unwrap_or_default();
        }
        for (at, step) in rest.iter().enumerate() {
            let first = at == 0 && rest.len() == steps.len();
            self.node(step, top && first);
        }
        // What stands after the path sees its variables; what stands beside it does not.
        if let Some(pairs) = &path.group {
            self.pairs(pairs, false);
        }
        self.bound.truncate(outer);
    }

    fn variable(&mut self, name: &'n str, field: Option<&str>, top: bool) {
        if (name.is_empty() && top) || name == "$" {
            self.top_level.insert(format!("${name}"));
        }
        if name.is_empty() || name == "$" || self.bound.contains(&name) {
            return;
        }
        self.free.insert(name.to_owned());
        if name != "states" {
            return;
        }
        match (field, &mut self.states) {
            (Some(field), Some(StatesRead::Fields(fields))) => {
                fields.insert(field.to_owned());
            }
            (Some(field), None) => self.states = Some(StatesRead::Fields(BTreeSet::from([field.to_owned()]))),
            (_, states) => *states = Some(StatesRead::All),
        }
    }
}

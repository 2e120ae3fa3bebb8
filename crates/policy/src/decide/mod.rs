//! Whether a request is allowed: an explicit deny wins, then an allow; without either it is not allowed ([evaluation]).
//!
//! [evaluation]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

use crate::context::Context;
use crate::document::{Document, Effect, Statement};
use crate::one_or_many::{OneOrMany, Selection};
use crate::pattern;
use crate::principal::{Caller, Naming, Principal};
use crate::variables::Variables;

/// A request to decide on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request<'a> {
    /// Who asks.
    pub caller: Caller<'a>,
    /// For what, such as `states:StartExecution`; actions have no case.
    pub action: &'a str,
    /// On which resource, by ARN; `*` where the action knows no resources.
    pub resource: &'a str,
    /// The condition keys.
    pub context: Context,
}

/// What the documents say about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    /// A statement allows it and none denies it.
    Allowed,
    /// This statement denies it.
    DeniedBy(StatementRef<'a>),
    /// No statement is about it; [`Request::missing_statement`] would allow it.
    NotAllowed,
}

/// One statement of the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementRef<'a> {
    /// Which document it stands in; the first is 0.
    pub document: usize,
    /// Which of its statements it is; the first is 0.
    pub index: usize,
    /// The statement.
    pub statement: &'a Statement,
}

impl<'a> Request<'a> {
    /// A request without condition keys.
    pub fn new(caller: Caller<'a>, action: &'a str, resource: &'a str) -> Self {
        Self { caller, action, resource, context: Context::default() }
    }

    /// The request with its condition keys.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// The smallest statement of an identity policy that allows the request.
    pub fn missing_statement(&self) -> Statement {
        Statement::new(Effect::Allow).with_actions(self.action).with_resources(self.resource)
    }
}

/// Decides over documents of one kind: all policies of an identity, or the policy of a resource. Statements without a
/// principal hold for every caller, those without a resource for every resource.
pub fn decide<'a>(documents: impl IntoIterator<Item = &'a Document>, request: &Request<'_>) -> Decision<'a> {
    let mut decision = Decision::NotAllowed;
    for (position, document) in documents.into_iter().enumerate() {
        let variables = Variables::new(document.has_variables(), &request.context);
        for (index, statement) in document.statements.iter().enumerate() {
            if !matches(statement, request, variables) {
                continue;
            }
            match statement.effect {
                Effect::Deny => return Decision::DeniedBy(StatementRef { document: position, index, statement }),
                Effect::Allow => decision = Decision::Allowed,
            }
        }
    }
    decision
}

/// All statements that are about a request, in their order.
pub fn matching<'a>(documents: impl IntoIterator<Item = &'a Document>, request: &Request<'_>) -> Vec<StatementRef<'a>> {
    let documents = documents.into_iter().enumerate();
    let statements = documents.flat_map(|(document, read)| {
        let variables = Variables::new(read.has_variables(), &request.context);
        let statements = read.statements.iter().enumerate();
        let about = statements.filter(move |(_, statement)| matches(statement, request, variables));
        about.map(move |(index, statement)| StatementRef { document, index, statement })
    });
    statements.collect()
}

/// Decides over the policy of a resource: how closely its statements name the caller that they allow, or which one denies.
pub(crate) fn decide_resource<'a>(
    document: &'a Document,
    request: &Request<'_>,
) -> Result<Option<Naming>, StatementRef<'a>> {
    let variables = Variables::new(document.has_variables(), &request.context);
    let mut allowed = None;
    for (index, statement) in document.statements.iter().enumerate() {
        if !matches(statement, request, variables) {
            continue;
        }
        match statement.effect {
            Effect::Deny => return Err(StatementRef { document: 0, index, statement }),
            Effect::Allow => allowed = allowed.max(naming(statement, request)),
        }
    }
    Ok(allowed)
}

/// How a statement that is about a request names its caller. One that names whom it leaves out names everybody else.
fn naming(statement: &Statement, request: &Request<'_>) -> Option<Naming> {
    match &statement.principal {
        Some(Selection::Only(principal)) => principal.naming(&request.caller),
        Some(Selection::Except(_)) | None => Some(Naming::Caller),
    }
}

/// Whether a statement is about a request.
fn matches(statement: &Statement, request: &Request<'_>, variables: Variables<'_>) -> bool {
    let is_caller = |principal: &Selection<Principal>| principal.selects(|named| named.includes(&request.caller));
    let is_resource = |resources: &Selection<OneOrMany<String>>| {
        // What is left out has to be known: a statement whose variable has no value is about nothing.
        let is_known = matches!(resources, Selection::Only(_))
            || resources.named().iter().all(|pattern| variables.parts(pattern).is_some());
        is_known && resources.selects(|named| named.iter().any(|pattern| is_resource(pattern, request, variables)))
    };
    statement.principal.as_ref().is_none_or(is_caller)
        && statement.actions.as_ref().is_some_and(|actions| is_action(actions, request))
        && statement.resources.as_ref().is_none_or(is_resource)
        && statement.conditions.iter().all(|condition| condition.holds(&request.context, variables))
}

fn is_action(actions: &Selection<OneOrMany<String>>, request: &Request<'_>) -> bool {
    actions.selects(|named| named.iter().any(|pattern| pattern::matches_action(pattern, request.action)))
}

fn is_resource(pattern: &str, request: &Request<'_>, variables: Variables<'_>) -> bool {
    pattern::matches_resource(pattern, variables, request.resource)
}

#[cfg(test)]
mod tests;

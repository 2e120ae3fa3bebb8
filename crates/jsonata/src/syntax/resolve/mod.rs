//! From the tree as written to the tree that is evaluated: operators of a path become its steps.

mod ancestry;
mod path;

use self::ancestry::Ancestry;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Call, Kind, Lambda, Node, Pairs, Term, Transform};
use crate::syntax::parser::{Raw, RawKind, RawPairs};
use crate::syntax::signature::Signature;

/// A tree ready for evaluation, with the label under which each slot of a `%` is bound.
pub(crate) struct Resolved {
    pub(crate) root: Node,
    pub(crate) labels: Vec<usize>,
    /// Where in the text each `?` of a condition is.
    pub(crate) conditions: Vec<usize>,
}

/// Resolves a whole expression.
///
/// # Errors
/// A construct in a place where it means nothing.
pub(crate) fn resolve(raw: Raw) -> Result<Resolved, SyntaxError> {
    let mut resolver = Resolver { ancestry: Ancestry::default(), conditions: Vec::new() };
    let at = raw.at;
    let root = resolver.node(raw)?;
    if matches!(root.kind, Kind::Parent(_)) || !root.seeking.is_empty() {
        return Err(no_parent(at));
    }
    let mut conditions = resolver.conditions;
    conditions.sort_unstable();
    Ok(Resolved { root: *root, labels: resolver.ancestry.into_labels(), conditions })
}

struct Resolver {
    ancestry: Ancestry,
    conditions: Vec<usize>,
}

/// The slots that a part leaves for what stands around it.
fn pass_up(into: &mut Node, part: &Node) {
    into.seeking.extend(&part.seeking);
    if let Kind::Parent(slot) = part.kind {
        into.seeking.push(slot);
    }
}

fn no_parent(at: usize) -> SyntaxError {
    SyntaxError::new("S0217", "The object representing the 'parent' cannot be derived from this expression", at)
}

impl Resolver {
    fn node(&mut self, raw: Raw) -> Result<Box<Node>, SyntaxError> {
        let keep_array = raw.keep_array;
        let mut node = self.plain(raw)?;
        node.keep_array |= keep_array;
        Ok(node)
    }

    fn nodes(&mut self, raws: Vec<Raw>) -> Result<Vec<Node>, SyntaxError> {
        raws.into_iter().map(|raw| self.node(raw).map(|node| *node)).collect()
    }

    /// Boxed, and one function for each kind: little of the stack is taken for each level of the tree.
    fn plain(&mut self, raw: Raw) -> Result<Box<Node>, SyntaxError> {
        let Raw { kind, at, keep_array, .. } = raw;
        match kind {
            RawKind::Negate(operand) => self.negate(*operand),
            RawKind::Array(items) => self.array(items),
            RawKind::Object(pairs) => self.object(pairs),
            RawKind::Binary("@", sides) => self.focus(sides.0, &sides.1, keep_array, at),
            RawKind::Binary(op, sides) => self.binary(op, *sides, at),
            RawKind::Group(left, pairs) => self.group(*left, pairs, at),
            RawKind::Sort(left, terms) => self.sort(*left, terms, at),
            RawKind::Call(procedure, arguments) => self.call(*procedure, arguments),
            RawKind::Partial(procedure, arguments) => self.partial(*procedure, arguments),
            RawKind::Lambda { parameters, signature, body } => self.lambda(parameters, signature, *body),
            RawKind::Condition(parts) => self.condition(*parts, at),
            RawKind::Block(expressions) => self.block(expressions),
            RawKind::Transform(parts) => self.transform(*parts),
            leaf => self.leaf(leaf, at, keep_array),
        }
    }

    fn leaf(&mut self, kind: RawKind, at: usize, keep_array: bool) -> Result<Box<Node>, SyntaxError> {
        Ok(Box::new(Node::new(match kind {
            RawKind::Name(name) => {
                let mut step = Node::new(Kind::Name(name.into_boxed_str()));
                step.keep_array = keep_array;
                Kind::Path { steps: vec![step], keep_singleton: keep_array }
            }
            RawKind::Variable(name) => Kind::Variable(name.into_boxed_str()),
            RawKind::Text(text) => Kind::Text(text.into_boxed_str()),
            RawKind::Number(number) => Kind::Number(number),
            RawKind::Literal(literal) => Kind::Literal(literal),
            RawKind::Regex(regex) => Kind::Regex(regex),
            RawKind::Wildcard => Kind::Wildcard,
            RawKind::Descendant => Kind::Descendant,
            RawKind::Parent => Kind::Parent(self.ancestry.slot()),
            RawKind::End => return Err(SyntaxError::new("S0207", "Unexpected end of expression", at)),
            _ => return Err(SyntaxError::new("S0201", "SyntaxError error: \"?\"", at)),
        })))
    }

    fn array(&mut self, items: Vec<Raw>) -> Result<Box<Node>, SyntaxError> {
        let items = self.nodes(items)?;
        let mut node = Box::new(Node::new(Kind::Array(Vec::new())));
        items.iter().for_each(|item| pass_up(&mut node, item));
        node.kind = Kind::Array(items);
        Ok(node)
    }

    fn object(&mut self, pairs: RawPairs) -> Result<Box<Node>, SyntaxError> {
        let pairs = self.pairs(pairs)?;
        let mut node = Box::new(Node::new(Kind::Object(Vec::new())));
        for (key, value) in &pairs {
            pass_up(&mut node, key);
            pass_up(&mut node, value);
        }
        node.kind = Kind::Object(pairs);
        Ok(node)
    }

    fn lambda(
        &mut self,
        parameters: Vec<Box<str>>,
        signature: Option<Signature>,
        body: Raw,
    ) -> Result<Box<Node>, SyntaxError> {
        let mut body = *self.node(body)?;
        mark_tail(&mut body);
        Ok(Box::new(Node::new(Kind::Lambda(Box::new(Lambda { parameters, signature, body })))))
    }

    fn transform(&mut self, parts: (Raw, Raw, Option<Raw>)) -> Result<Box<Node>, SyntaxError> {
        let pattern = *self.node(parts.0)?;
        let update = *self.node(parts.1)?;
        let delete = parts.2.map(|node| self.node(node)).transpose()?.map(|node| *node);
        Ok(Box::new(Node::new(Kind::Transform(Box::new(Transform { pattern, update, delete })))))
    }

    fn pairs(&mut self, pairs: RawPairs) -> Result<Pairs, SyntaxError> {
        pairs.into_iter().map(|(key, value)| Ok((*self.node(key)?, *self.node(value)?))).collect()
    }

    fn negate(&mut self, operand: Raw) -> Result<Box<Node>, SyntaxError> {
        let mut operand = self.node(operand)?;
        if let Kind::Number(number) = &mut operand.kind {
            *number = -*number;
            return Ok(operand);
        }
        let mut node = Box::new(Node::new(Kind::Wildcard));
        pass_up(&mut node, &operand);
        node.kind = Kind::Negate(operand);
        Ok(node)
    }

    fn block(&mut self, expressions: Vec<Raw>) -> Result<Box<Node>, SyntaxError> {
        let parts = self.nodes(expressions)?;
        let mut node = Box::new(Node::new(Kind::Block(Vec::new())));
        for part in &parts {
            pass_up(&mut node, part);
            let first = match &part.kind {
                Kind::Path { steps, .. } => steps.first().is_some_and(|step| step.cons_array),
                _ => false,
            };
            node.cons_array |= part.cons_array || first;
        }
        node.kind = Kind::Block(parts);
        Ok(node)
    }

    fn condition(&mut self, parts: (Raw, Raw, Option<Raw>), at: usize) -> Result<Box<Node>, SyntaxError> {
        let condition = *self.node(parts.0)?;
        let then = *self.node(parts.1)?;
        let otherwise = parts.2.map(|node| self.node(node)).transpose()?.map(|node| *node);
        let mut node = Box::new(Node::new(Kind::Wildcard));
        pass_up(&mut node, &condition);
        pass_up(&mut node, &then);
        if let Some(otherwise) = &otherwise {
            pass_up(&mut node, otherwise);
        }
        self.conditions.push(at);
        node.kind = Kind::Condition(at, Box::new((condition, then, otherwise)));
        Ok(node)
    }

    fn call(&mut self, procedure: Raw, arguments: Vec<Raw>) -> Result<Box<Node>, SyntaxError> {
        let arguments = self.nodes(arguments)?;
        let mut node = Box::new(Node::new(Kind::Wildcard));
        arguments.iter().for_each(|argument| pass_up(&mut node, argument));
        let procedure = *self.node(procedure)?;
        node.kind = Kind::Call(Box::new(Call { procedure, arguments, tail: false }));
        Ok(node)
    }

    fn partial(&mut self, procedure: Raw, arguments: Vec<Raw>) -> Result<Box<Node>, SyntaxError> {
        let mut node = Box::new(Node::new(Kind::Wildcard));
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            if matches!(argument.kind, RawKind::Placeholder) {
                given.push(None);
                continue;
            }
            let argument = *self.node(argument)?;
            pass_up(&mut node, &argument);
            given.push(Some(argument));
        }
        node.kind = Kind::Partial(self.node(procedure)?, given);
        Ok(node)
    }

    fn group(&mut self, left: Raw, pairs: RawPairs, at: usize) -> Result<Box<Node>, SyntaxError> {
        let mut node = self.node(left)?;
        if node.group.is_some() {
            return Err(SyntaxError::new("S0210", "Each step can only have one grouping expression", at));
        }
        node.group = Some(self.pairs(pairs)?);
        Ok(node)
    }

    fn sort(&mut self, left: Raw, terms: Vec<(bool, Raw)>, at: usize) -> Result<Box<Node>, SyntaxError> {
        let mut path = into_path(self.node(left)?);
        let mut step = Node::new(Kind::Sort(Vec::new()));
        let mut sorted = Vec::with_capacity(terms.len());
        for (descending, expression) in terms {
            let expression = *self.node(expression)?;
            pass_up(&mut step, &expression);
            sorted.push(Term { descending, expression });
        }
        step.kind = Kind::Sort(sorted);
        if let Kind::Path { steps, .. } = &mut path.kind {
            steps.push(step);
        }
        self.ancestry.resolve(&mut path).map_err(|()| no_parent(at))?;
        Ok(path)
    }

    fn binary(&mut self, op: &'static str, sides: (Raw, Raw), at: usize) -> Result<Box<Node>, SyntaxError> {
        let (left, right) = sides;
        match op {
            "." => self.step(left, right, at),
            "[" => self.predicate(left, right, at),
            "#" => self.index(left, right),
            ":=" => self.bind(left, right),
            _ => self.sides(op, left, right),
        }
    }

    fn bind(&mut self, left: Raw, right: Raw) -> Result<Box<Node>, SyntaxError> {
        let name = right_name(&left).into();
        let value = self.node(right)?;
        let mut node = Box::new(Node::new(Kind::Wildcard));
        pass_up(&mut node, &value);
        node.kind = Kind::Bind(name, value);
        Ok(node)
    }

    fn sides(&mut self, op: &'static str, left: Raw, right: Raw) -> Result<Box<Node>, SyntaxError> {
        let left = self.node(left)?;
        let right = self.node(right)?;
        let mut node = Box::new(Node::new(Kind::Wildcard));
        if op == "~>" {
            node.keep_array = left.keep_array || right.keep_array;
            node.kind = Kind::Apply(Box::new((*left, *right)));
        } else {
            pass_up(&mut node, &left);
            pass_up(&mut node, &right);
            node.kind = Kind::Binary(op, Box::new((*left, *right)));
        }
        Ok(node)
    }
}

fn right_name(raw: &Raw) -> &str {
    match &raw.kind {
        RawKind::Variable(name) => name,
        _ => "",
    }
}

/// A path of one step, unless it is a path already.
fn into_path(node: Box<Node>) -> Box<Node> {
    if matches!(node.kind, Kind::Path { .. }) {
        return node;
    }
    let seeking = if let Kind::Parent(slot) = node.kind { vec![slot] } else { Vec::new() };
    let mut path = Box::new(Node::new(Kind::Path { steps: vec![*node], keep_singleton: false }));
    path.seeking = seeking;
    path
}

/// Marks the calls that are the last thing a function does.
fn mark_tail(node: &mut Node) {
    if !node.predicates.is_empty() || node.group.is_some() {
        return;
    }
    match &mut node.kind {
        Kind::Call(call) => call.tail = true,
        Kind::Condition(_, parts) => {
            mark_tail(&mut parts.1);
            if let Some(otherwise) = &mut parts.2 {
                mark_tail(otherwise);
            }
        }
        Kind::Block(expressions) => {
            if let Some(last) = expressions.last_mut() {
                mark_tail(last);
            }
        }
        _ => {}
    }
}

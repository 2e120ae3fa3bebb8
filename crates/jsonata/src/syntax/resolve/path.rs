//! What follows a step of a path: the next step, predicates, `@$v` and `#$i`.

use super::{Resolver, into_path, no_parent, pass_up, right_name};
use crate::number::to_text;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Kind, Literal, Node, Stage};
use crate::syntax::parser::Raw;

fn is_array(node: &Node) -> bool {
    matches!(node.kind, Kind::Array(_))
}

/// The steps of a path; nothing else has any.
fn steps(node: &mut Node) -> &mut [Node] {
    if let Kind::Path { steps, .. } = &mut node.kind { steps } else { &mut [] }
}

/// The step that a suffix applies to: the last of a path, or the node itself.
fn last_step(node: &mut Node) -> &mut Node {
    match steps(node).len().checked_sub(1) {
        Some(last) => &mut steps(node)[last],
        None => node,
    }
}

impl Resolver {
    pub(super) fn step(&mut self, left: Raw, right: Raw, at: usize) -> Result<Box<Node>, SyntaxError> {
        let right_at = right.at;
        let left_at = left.at;
        let mut path = into_path(self.node(left)?);
        let mut rest = *self.node(right)?;
        let Kind::Path { steps, keep_singleton } = &mut path.kind else {
            return Ok(path);
        };
        match rest.kind {
            Kind::Path { steps: more, .. } => steps.extend(more),
            _ => {
                rest.stages.append(&mut rest.predicates);
                steps.push(rest);
            }
        }
        for (i, step) in steps.iter_mut().enumerate() {
            let literal = match &mut step.kind {
                Kind::Text(text) => {
                    step.kind = Kind::Name(std::mem::take(text));
                    continue;
                }
                Kind::Number(number) => to_text(*number),
                Kind::Literal(Literal::Null) => "null".to_owned(),
                Kind::Literal(Literal::True) => "true".to_owned(),
                Kind::Literal(Literal::False) => "false".to_owned(),
                _ => continue,
            };
            let message = format!("The literal value {literal} cannot be used as a step within a path expression");
            return Err(SyntaxError::new("S0213", message, if i == 0 { left_at } else { right_at }));
        }
        *keep_singleton |= steps.iter().any(|step| step.keep_array);
        for end in [0, steps.len() - 1] {
            if let Some(step) = steps.get_mut(end).filter(|step| is_array(step)) {
                step.cons_array = true;
            }
        }
        self.ancestry.resolve(&mut path).map_err(|()| no_parent(at))?;
        Ok(path)
    }

    pub(super) fn predicate(&mut self, left: Raw, right: Raw, at: usize) -> Result<Box<Node>, SyntaxError> {
        let mut node = self.node(left)?;
        let in_path = matches!(node.kind, Kind::Path { .. });
        if last_step(&mut node).group.is_some() {
            return Err(SyntaxError::new("S0209", "A predicate cannot follow a grouping expression in a step", at));
        }
        let predicate = *self.node(right)?;
        let step = last_step(&mut node);
        if !predicate.seeking.is_empty() {
            for slot in &predicate.seeking {
                self.ancestry.seek_from_predicate(step, *slot).map_err(|()| no_parent(at))?;
            }
            pass_up(step, &predicate);
        }
        let list = if in_path { &mut step.stages } else { &mut step.predicates };
        list.push(Stage::Filter(Box::new(predicate)));
        Ok(node)
    }

    pub(super) fn focus(
        &mut self,
        left: Raw,
        right: &Raw,
        keep_array: bool,
        at: usize,
    ) -> Result<Box<Node>, SyntaxError> {
        let mut node = self.node(left)?;
        let step = last_step(&mut node);
        if !step.stages.is_empty() || !step.predicates.is_empty() {
            let message = "A context variable binding must precede any predicates on a step";
            return Err(SyntaxError::new("S0215", message, at));
        }
        if matches!(step.kind, Kind::Sort(_)) {
            let message = "A context variable binding must precede the 'order-by' clause on a step";
            return Err(SyntaxError::new("S0216", message, at));
        }
        // `[]` behind it, or behind its predicates, is the step's.
        step.keep_array |= keep_array;
        step.focus = Some(right_name(right).into());
        step.tuple = true;
        Ok(node)
    }

    pub(super) fn index(&mut self, left: Raw, right: Raw) -> Result<Box<Node>, SyntaxError> {
        let mut node = self.node(left)?;
        if !matches!(node.kind, Kind::Path { .. }) {
            node.stages.append(&mut node.predicates);
            node = into_path(node);
        }
        let step = last_step(&mut node);
        let name = right_name(&right).into();
        if step.stages.is_empty() {
            step.index = Some(name);
        } else {
            step.stages.push(Stage::Index(name));
        }
        step.tuple = true;
        Ok(node)
    }
}

//! The parts of the grammar with brackets and lists.

use super::{Parser, Raw, RawKind, RawPairs};
use crate::syntax::SyntaxError;
use crate::syntax::lexer::Token;
use crate::syntax::signature::Signature;

/// The highest of several.
fn highest(nodes: &[Raw]) -> u32 {
    nodes.iter().map(|node| node.height).max().unwrap_or(0)
}

impl Parser<'_> {
    pub(super) fn block(&mut self, at: usize) -> Result<Raw, SyntaxError> {
        let mut expressions = Vec::new();
        while !self.is(")") {
            expressions.push(self.expression(0)?);
            if !self.is(";") {
                break;
            }
            self.expect(";", false)?;
        }
        self.expect(")", true)?;
        let below = highest(&expressions);
        self.node(RawKind::Block(expressions), at, below)
    }

    pub(super) fn array(&mut self, at: usize) -> Result<Raw, SyntaxError> {
        let mut items = Vec::new();
        if !self.is("]") {
            loop {
                let mut item = self.expression(0)?;
                if self.is("..") {
                    let range_at = self.at;
                    self.expect("..", false)?;
                    item = self.binary("..", range_at, item, 0)?;
                }
                items.push(item);
                if !self.is(",") {
                    break;
                }
                self.expect(",", false)?;
            }
        }
        self.expect("]", true)?;
        let below = highest(&items);
        self.node(RawKind::Array(items), at, below)
    }

    pub(super) fn pairs(&mut self) -> Result<(RawPairs, u32), SyntaxError> {
        let mut pairs = Vec::new();
        let mut height = 0;
        if !self.is("}") {
            loop {
                let key = self.expression(0)?;
                self.expect(":", false)?;
                let value = self.expression(0)?;
                height = height.max(key.height).max(value.height);
                pairs.push((key, value));
                if !self.is(",") {
                    break;
                }
                self.expect(",", false)?;
            }
        }
        self.expect("}", true)?;
        Ok((pairs, height))
    }

    pub(super) fn transform(&mut self, at: usize) -> Result<Raw, SyntaxError> {
        let pattern = self.expression(0)?;
        self.expect("|", false)?;
        let update = self.expression(0)?;
        let mut delete = None;
        if self.is(",") {
            self.expect(",", false)?;
            delete = Some(self.expression(0)?);
        }
        self.expect("|", false)?;
        let below = pattern.height.max(update.height).max(delete.as_ref().map_or(0, |node| node.height));
        self.node(RawKind::Transform(Box::new((pattern, update, delete))), at, below)
    }

    pub(super) fn condition(&mut self, at: usize, condition: Raw) -> Result<Raw, SyntaxError> {
        let then = self.expression(0)?;
        let mut otherwise = None;
        if self.is(":") {
            self.expect(":", false)?;
            otherwise = Some(self.expression(0)?);
        }
        let below = condition.height.max(then.height).max(otherwise.as_ref().map_or(0, |node| node.height));
        self.node(RawKind::Condition(Box::new((condition, then, otherwise))), at, below)
    }

    pub(super) fn sort(&mut self, at: usize, left: Raw) -> Result<Raw, SyntaxError> {
        self.expect("(", false)?;
        let mut terms = Vec::new();
        let mut below = left.height;
        loop {
            let descending = self.is(">");
            if descending {
                self.expect(">", false)?;
            } else if self.is("<") {
                self.expect("<", false)?;
            }
            let term = self.expression(0)?;
            below = below.max(term.height);
            terms.push((descending, term));
            if !self.is(",") {
                break;
            }
            self.expect(",", false)?;
        }
        self.expect(")", false)?;
        self.node(RawKind::Sort(Box::new(left), terms), at, below)
    }

    pub(super) fn predicate(&mut self, at: usize, mut left: Raw) -> Result<Raw, SyntaxError> {
        if self.is("]") {
            let mut step = &mut left;
            while matches!(step.kind, RawKind::Binary("[", _)) {
                let RawKind::Binary(_, sides) = &mut step.kind else { break };
                step = &mut sides.0;
            }
            step.keep_array = true;
            self.expect("]", false)?;
            return Ok(left);
        }
        let right = self.expression(0)?;
        self.expect("]", true)?;
        let below = left.height.max(right.height);
        self.node(RawKind::Binary("[", Box::new((left, right))), at, below)
    }

    pub(super) fn call(&mut self, at: usize, procedure: Raw) -> Result<Raw, SyntaxError> {
        let mut arguments = Vec::new();
        let mut partial = false;
        if !self.is(")") {
            loop {
                if self.is("?") {
                    partial = true;
                    arguments.push(self.node(RawKind::Placeholder, self.at, 0)?);
                    self.expect("?", false)?;
                } else {
                    arguments.push(self.expression(0)?);
                }
                if !self.is(",") {
                    break;
                }
                self.expect(",", false)?;
            }
        }
        self.expect(")", true)?;
        if matches!(&procedure.kind, RawKind::Name(name) if name == "function" || name == "λ") {
            return self.lambda(at, arguments);
        }
        let below = highest(&arguments).max(procedure.height);
        let procedure = Box::new(procedure);
        let kind = if partial { RawKind::Partial(procedure, arguments) } else { RawKind::Call(procedure, arguments) };
        self.node(kind, at, below)
    }

    fn lambda(&mut self, at: usize, arguments: Vec<Raw>) -> Result<Raw, SyntaxError> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let RawKind::Variable(name) = argument.kind else {
                let message = format!(
                    "Parameter {} of function definition must be a variable name (start with $)",
                    parameters.len() + 1
                );
                return Err(SyntaxError::new("S0208", message, argument.at));
            };
            parameters.push(name.into_boxed_str());
        }
        let signature = if self.is("<") { Some(self.signature()?) } else { None };
        self.expect("{", false)?;
        let body = self.expression(0)?;
        self.expect("}", false)?;
        let below = body.height;
        self.node(RawKind::Lambda { parameters, signature, body: Box::new(body) }, at, below)
    }

    fn signature(&mut self) -> Result<Signature, SyntaxError> {
        let start = self.at;
        let mut depth = 1;
        let mut text = String::from("<");
        while depth > 0 && !self.is("{") && self.token != Token::End {
            self.advance(false)?;
            match &self.token {
                Token::Op(">") => depth -= 1,
                Token::Op("<") => depth += 1,
                _ => {}
            }
            match &self.token {
                Token::Op(op) => text.push_str(op),
                Token::Name(name) => text.push_str(name),
                _ => {}
            }
        }
        self.expect(">", false)?;
        Signature::parse(&text).map_err(|problem| match problem {
            crate::syntax::signature::BadSignature::TypeParameter => {
                SyntaxError::new("S0401", "Type parameters can only be applied to functions and arrays", start)
            }
            crate::syntax::signature::BadSignature::Choice => {
                let message = "Choice groups containing parameterized types are not supported";
                SyntaxError::new("S0402", message, start)
            }
        })
    }
}

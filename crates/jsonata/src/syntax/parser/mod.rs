//! From tokens to a tree, by operator precedence.
//!
//! A tree is never higher than [`MAX_HEIGHT`], so that what walks it (this parser too) needs a bounded stack.

use crate::regex::Regex;
use crate::syntax::ast::Literal;
use crate::syntax::lexer::{Lexer, Token};
use crate::syntax::signature::Signature;
use crate::syntax::{SyntaxError, quoted};

mod compound;

/// How high a tree may be. An expression that evaluates is far lower: evaluation nests 100 levels at most.
pub(crate) const MAX_HEIGHT: u32 = 120;

/// The code of the error that stands for a tree that is too high.
pub(crate) const TOO_DEEP: &str = "U1001";

/// A node as it was written.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) kind: RawKind,
    pub(crate) at: usize,
    pub(crate) keep_array: bool,
    height: u32,
}

pub(crate) type RawPairs = Vec<(Raw, Raw)>;

#[derive(Debug)]
pub(crate) enum RawKind {
    Name(String),
    Variable(String),
    Text(String),
    Number(f64),
    Literal(Literal),
    Regex(Regex),
    /// The `?` of a partial application.
    Placeholder,
    End,
    Wildcard,
    Descendant,
    Parent,
    Negate(Box<Raw>),
    Array(Vec<Raw>),
    Object(RawPairs),
    Binary(&'static str, Box<(Raw, Raw)>),
    Group(Box<Raw>, RawPairs),
    Sort(Box<Raw>, Vec<(bool, Raw)>),
    Call(Box<Raw>, Vec<Raw>),
    Partial(Box<Raw>, Vec<Raw>),
    Lambda {
        parameters: Vec<Box<str>>,
        signature: Option<Signature>,
        body: Box<Raw>,
    },
    Condition(Box<(Raw, Raw, Option<Raw>)>),
    Block(Vec<Raw>),
    Transform(Box<(Raw, Raw, Option<Raw>)>),
}

/// Parses a whole text.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn parse(text: &str) -> Result<Raw, SyntaxError> {
    let mut parser = Parser { lexer: Lexer::new(text), token: Token::End, at: 0, depth: 0 };
    parser.advance(false)?;
    let tree = parser.expression(0)?;
    if parser.token != Token::End {
        let message = format!("SyntaxError error: {}", parser.shown());
        return Err(SyntaxError::new("S0201", message, parser.at));
    }
    Ok(tree)
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    /// The token that comes next.
    token: Token,
    at: usize,
    depth: u32,
}

/// How tightly an operator binds what stands before it.
fn binding_power(token: &Token) -> u32 {
    let Token::Op(op) = token else { return 0 };
    match *op {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" | "**" => 60,
        "+" | "-" | "&" => 50,
        "=" | "<" | ">" | "^" | "!=" | "<=" | ">=" | "~>" | "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

impl Parser<'_> {
    /// The present token as messages show it.
    fn shown(&self) -> String {
        match &self.token {
            Token::Op(op) => quoted(op),
            Token::Name(text) | Token::Variable(text) | Token::Text(text) => quoted(text),
            Token::Number(number) => crate::number::to_text(*number),
            Token::True => "true".to_owned(),
            Token::False => "false".to_owned(),
            Token::Null => "null".to_owned(),
            Token::Regex { .. } => "{}".to_owned(),
            Token::End => quoted("(end)"),
        }
    }

    fn advance(&mut self, infix: bool) -> Result<(Token, usize), SyntaxError> {
        let (token, at) = self.lexer.next(infix)?;
        let before = std::mem::replace(&mut self.token, token);
        let before_at = std::mem::replace(&mut self.at, at);
        if self.token == Token::Op("!") || self.token == Token::Op("~") {
            return Err(SyntaxError::new("S0204", format!("Unknown operator: {}", self.shown()), at));
        }
        Ok((before, before_at))
    }

    fn is(&self, op: &str) -> bool {
        matches!(&self.token, Token::Op(token) if *token == op)
    }

    fn expect(&mut self, op: &'static str, infix: bool) -> Result<(), SyntaxError> {
        if self.is(op) {
            return self.advance(infix).map(|_| ());
        }
        if self.token == Token::End {
            let message = format!("Expected {} before end of expression", quoted(op));
            return Err(SyntaxError::new("S0203", message, self.at));
        }
        Err(SyntaxError::new("S0202", format!("Expected {}, got {}", quoted(op), self.shown()), self.at))
    }

    /// Makes a node over its parts.
    fn node(&self, kind: RawKind, at: usize, below: u32) -> Result<Raw, SyntaxError> {
        let height = below + 1;
        if height > MAX_HEIGHT {
            return Err(self.too_deep(at));
        }
        Ok(Raw { kind, at, keep_array: false, height })
    }

    /// No error to JSONata or AWS, which find out when they evaluate the expression.
    fn too_deep(&self, at: usize) -> SyntaxError {
        SyntaxError::new(TOO_DEEP, format!("The expression nests more than {MAX_HEIGHT} levels deep"), at)
    }

    fn expression(&mut self, right: u32) -> Result<Raw, SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_HEIGHT {
            return Err(self.too_deep(self.at));
        }
        let (token, at) = self.advance(true)?;
        let mut left = self.prefix(token, at)?;
        while right < binding_power(&self.token) {
            let (token, at) = self.advance(false)?;
            left = self.infix(token, at, left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self, token: Token, at: usize) -> Result<Raw, SyntaxError> {
        let kind = match token {
            Token::Name(name) => RawKind::Name(name),
            Token::Variable(name) => RawKind::Variable(name),
            Token::Text(text) => RawKind::Text(text),
            Token::Number(number) => RawKind::Number(number),
            Token::True => RawKind::Literal(Literal::True),
            Token::False => RawKind::Literal(Literal::False),
            Token::Null => RawKind::Literal(Literal::Null),
            Token::Regex { pattern, flags } => {
                RawKind::Regex(Regex::new(&pattern, &flags).map_err(|problem| SyntaxError::new("S0303", problem, at))?)
            }
            Token::End => RawKind::End,
            Token::Op(op) => return self.prefix_operator(op, at),
        };
        self.node(kind, at, 0)
    }

    fn prefix_operator(&mut self, op: &'static str, at: usize) -> Result<Raw, SyntaxError> {
        match op {
            "and" | "or" | "in" => self.node(RawKind::Name(op.to_owned()), at, 0),
            "*" => self.node(RawKind::Wildcard, at, 0),
            "**" => self.node(RawKind::Descendant, at, 0),
            "%" => self.node(RawKind::Parent, at, 0),
            "-" => {
                let operand = self.expression(70)?;
                let height = operand.height;
                self.node(RawKind::Negate(Box::new(operand)), at, height)
            }
            "(" => self.block(at),
            "[" => self.array(at),
            "{" => {
                let (pairs, height) = self.pairs()?;
                self.node(RawKind::Object(pairs), at, height)
            }
            "|" => self.transform(at),
            _ => {
                let message = format!("The symbol {} cannot be used as a unary operator", quoted(op));
                Err(SyntaxError::new("S0211", message, at))
            }
        }
    }

    fn infix(&mut self, token: Token, at: usize, left: Raw) -> Result<Raw, SyntaxError> {
        let power = binding_power(&token);
        let Token::Op(op) = token else {
            return Err(SyntaxError::new("S0201", "SyntaxError error", at));
        };
        match op {
            "(" => self.call(at, left),
            "[" => self.predicate(at, left),
            "{" => {
                let (pairs, height) = self.pairs()?;
                let below = height.max(left.height);
                self.node(RawKind::Group(Box::new(left), pairs), at, below)
            }
            "^" => self.sort(at, left),
            "?" => self.condition(at, left),
            ":=" => {
                if !matches!(left.kind, RawKind::Variable(_)) {
                    let message = "The left side of := must be a variable name (start with $)";
                    return Err(SyntaxError::new("S0212", message, left.at));
                }
                self.binary(op, at, left, power - 1)
            }
            "@" | "#" => {
                let node = self.binary(op, at, left, power)?;
                match &node.kind {
                    RawKind::Binary(_, sides) if matches!(sides.1.kind, RawKind::Variable(_)) => Ok(node),
                    RawKind::Binary(_, sides) => {
                        let message =
                            format!("The right side of {} must be a variable name (start with $)", quoted(op));
                        Err(SyntaxError::new("S0214", message, sides.1.at))
                    }
                    _ => Ok(node),
                }
            }
            // `**` binds but stands between nothing.
            "**" => Err(SyntaxError::new("S0201", format!("SyntaxError error: {}", quoted(op)), at)),
            _ => self.binary(op, at, left, power),
        }
    }

    fn binary(&mut self, op: &'static str, at: usize, left: Raw, power: u32) -> Result<Raw, SyntaxError> {
        let right = self.expression(power)?;
        let below = left.height.max(right.height);
        self.node(RawKind::Binary(op, Box::new((left, right))), at, below)
    }
}

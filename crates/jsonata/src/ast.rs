//! The tree that is evaluated: paths are lists of steps, and every `%` is bound to the step that it refers to.

use super::regex::Regex;
use super::signature::Signature;

/// An expression, with what may follow any of them.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// `[]` follows: a single result stays an array.
    pub(super) keep_array: bool,
    /// An array constructor at an end of a path: its arrays are not flattened away.
    pub(super) cons_array: bool,
    /// The step keeps variables (`@`, `#`, `%`) beside its values.
    pub(super) tuple: bool,
    pub(super) predicates: Vec<Stage>,
    /// As predicates, of a step of a path.
    pub(super) stages: Vec<Stage>,
    pub(super) group: Option<Pairs>,
    /// `@$name`
    pub(super) focus: Option<Box<str>>,
    /// `#$name`
    pub(super) index: Option<Box<str>>,
    /// The slot in which a later `%` finds this step's context.
    pub(super) ancestor: Option<usize>,
    /// Slots of `%` below that have not found their step.
    pub(super) seeking: Vec<usize>,
}

pub(super) type Pairs = Vec<(Node, Node)>;

#[derive(Debug)]
pub(super) enum Stage {
    Filter(Box<Node>),
    Index(Box<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    True,
    False,
}

#[derive(Debug)]
pub(super) enum Kind {
    Path {
        steps: Vec<Node>,
        keep_singleton: bool,
    },
    Name(Box<str>),
    Text(Box<str>),
    Number(f64),
    Literal(Literal),
    Wildcard,
    Descendant,
    Parent(usize),
    Regex(Regex),
    Variable(Box<str>),
    Negate(Box<Node>),
    Array(Vec<Node>),
    Object(Pairs),
    Binary(&'static str, Box<(Node, Node)>),
    Bind(Box<str>, Box<Node>),
    Condition(Box<(Node, Node, Option<Node>)>),
    Block(Vec<Node>),
    Call(Box<Call>),
    /// `None` is a `?`.
    Partial(Box<Node>, Vec<Option<Node>>),
    Lambda(Box<Lambda>),
    Apply(Box<(Node, Node)>),
    Transform(Box<Transform>),
    Sort(Vec<Term>),
    /// An expression that nests deeper than any that can be evaluated.
    TooDeep,
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) procedure: Node,
    pub(super) arguments: Vec<Node>,
    /// The last thing that a function does: it takes no room on the stack.
    pub(super) tail: bool,
}

#[derive(Debug)]
pub(super) struct Lambda {
    pub(super) parameters: Vec<Box<str>>,
    pub(super) signature: Option<Signature>,
    pub(super) body: Node,
}

#[derive(Debug)]
pub(super) struct Transform {
    pub(super) pattern: Node,
    pub(super) update: Node,
    pub(super) delete: Option<Node>,
}

#[derive(Debug)]
pub(super) struct Term {
    pub(super) descending: bool,
    pub(super) expression: Node,
}

impl Node {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            keep_array: false,
            cons_array: false,
            tuple: false,
            predicates: Vec::new(),
            stages: Vec::new(),
            group: None,
            focus: None,
            index: None,
            ancestor: None,
            seeking: Vec::new(),
        }
    }

    /// The name under which a procedure is called, for the text of an error.
    pub(super) fn called(&self) -> Option<&str> {
        match &self.kind {
            Kind::Variable(name) => Some(name),
            Kind::Path { steps, .. } => match steps.first().map(|step| &step.kind) {
                Some(Kind::Name(name)) => Some(name),
                _ => None,
            },
            _ => None,
        }
    }
}

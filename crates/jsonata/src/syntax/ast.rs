//! The tree that is evaluated: paths are lists of steps, and every `%` is bound to the step that it refers to.

use crate::regex::Regex;
use crate::syntax::signature::Signature;

/// An expression, with what may follow any of them.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// `[]` follows: a single result stays an array.
    pub(crate) keep_array: bool,
    /// An array constructor at an end of a path: its arrays are not flattened away.
    pub(crate) cons_array: bool,
    /// The step keeps variables (`@`, `#`, `%`) beside its values.
    pub(crate) tuple: bool,
    pub(crate) predicates: Vec<Stage>,
    /// As predicates, of a step of a path.
    pub(crate) stages: Vec<Stage>,
    pub(crate) group: Option<Pairs>,
    /// `@$name`
    pub(crate) focus: Option<Box<str>>,
    /// `#$name`
    pub(crate) index: Option<Box<str>>,
    /// The slot in which a later `%` finds this step's context.
    pub(crate) ancestor: Option<usize>,
    /// Slots of `%` below that have not found their step.
    pub(crate) seeking: Vec<usize>,
}

pub(crate) type Pairs = Vec<(Node, Node)>;

#[derive(Debug)]
pub(crate) enum Stage {
    Filter(Box<Node>),
    Index(Box<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Null,
    True,
    False,
}

#[derive(Debug)]
pub(crate) enum Kind {
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
    /// With where in the text its `?` is.
    Condition(usize, Box<(Node, Node, Option<Node>)>),
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
pub(crate) struct Call {
    pub(crate) procedure: Node,
    pub(crate) arguments: Vec<Node>,
    /// The last thing that a function does: it takes no room on the stack.
    pub(crate) tail: bool,
}

#[derive(Debug)]
pub(crate) struct Lambda {
    pub(crate) parameters: Vec<Box<str>>,
    pub(crate) signature: Option<Signature>,
    pub(crate) body: Node,
}

#[derive(Debug)]
pub(crate) struct Transform {
    pub(crate) pattern: Node,
    pub(crate) update: Node,
    pub(crate) delete: Option<Node>,
}

#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) descending: bool,
    pub(crate) expression: Node,
}

impl Node {
    pub(crate) fn new(kind: Kind) -> Self {
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
    pub(crate) fn called(&self) -> Option<&str> {
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

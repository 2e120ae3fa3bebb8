//! The order of the lines: a state, what it decides or catches, and then where those ways come together again.

use std::collections::{BTreeMap, BTreeSet};

use super::dominators::{dominators, reverse_post_order};
use crate::definition::{Graph, Transition, TransitionKind};
use crate::shown::columns as columns_of;

/// A line before it is fitted.
pub(super) struct Row {
    /// What ties it to the lines above.
    pub(super) lead: String,
    pub(super) what: What,
}

pub(super) enum What {
    /// By its number.
    State(usize),
    /// A condition, with the state that it leads to where that stands elsewhere.
    Way { label: String, to: Option<String> },
    /// The state that comes next, which stands elsewhere.
    Next(usize),
    /// States that no way leads to follow.
    Unreached,
}

/// A flow's states by what every way to them leads through.
struct FlowTree {
    /// The states below each, in the order of their ways.
    children: BTreeMap<usize, Vec<usize>>,
    unreached: Vec<usize>,
}

enum Task {
    /// A state and what follows it.
    State {
        state: usize,
        lead: String,
    },
    Flow {
        flow: usize,
        lead: String,
    },
    Row(Row),
}

struct Walk<'a> {
    graph: &'a Graph,
    children: BTreeMap<usize, Vec<usize>>,
    /// How many transitions lead to each state.
    ways_to: Vec<usize>,
    /// By the state that they leave.
    transitions: Vec<Vec<&'a Transition>>,
    shown: BTreeSet<usize>,
    rows: Vec<Row>,
    /// Deeper than this nothing is indented.
    deepest: usize,
}

/// The rows of an outline that is to fit into some columns.
pub(super) fn walk(graph: &Graph, columns: usize) -> Vec<Row> {
    let mut transitions = vec![Vec::new(); graph.states.len()];
    let mut ways_to = vec![0; graph.states.len()];
    for it in graph.flows.iter().flat_map(|flow| &flow.transitions) {
        transitions[it.from].push(it);
        ways_to[it.to] += 1;
    }
    for start in graph.flows.iter().filter_map(|flow| flow.start) {
        ways_to[start] += 1;
    }
    let children = BTreeMap::new();
    let mut walk =
        Walk { graph, children, ways_to, transitions, shown: BTreeSet::new(), rows: Vec::new(), deepest: columns / 3 };
    let mut open = Vec::from_iter((!graph.flows.is_empty()).then(|| Task::Flow { flow: 0, lead: String::new() }));
    while let Some(task) = open.pop() {
        let mut next = match task {
            Task::Row(row) => {
                walk.rows.push(row);
                Vec::new()
            }
            Task::Flow { flow, lead } => walk.flow(flow, &lead),
            Task::State { state, lead } => walk.state(state, lead),
        };
        next.reverse();
        open.extend(next);
    }
    let mut rows = walk.rows;
    let follows: Vec<bool> =
        rows.windows(2).map(|pair| matches!(pair, [one, other] if one.is_followed_by(other))).collect();
    let mut follows = follows.into_iter().chain([false]);
    rows.retain(|_| !follows.next().unwrap_or(false));
    rows
}

impl Row {
    /// Whether it names the state that stands right below it anyway.
    fn is_followed_by(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Next(next), What::State(state)) => next == state && self.lead == other.lead,
            _ => false,
        }
    }
}

impl Walk<'_> {
    fn flow(&mut self, number: usize, lead: &str) -> Vec<Task> {
        let tree = self.tree(number);
        self.children.extend(tree.children);
        let start = self.graph.flows.get(number).and_then(|flow| flow.start);
        let mut tasks: Vec<Task> =
            start.into_iter().map(|state| Task::State { state, lead: lead.to_owned() }).collect();
        if !tree.unreached.is_empty() {
            tasks.push(Task::Row(Row { lead: lead.to_owned(), what: What::Unreached }));
            tasks.extend(tree.unreached.into_iter().map(|state| Task::State { state, lead: lead.to_owned() }));
        }
        tasks
    }

    fn tree(&self, number: usize) -> FlowTree {
        let mut tree = FlowTree { children: BTreeMap::new(), unreached: Vec::new() };
        let Some(flow) = self.graph.flows.get(number) else { return tree };
        let numbers: BTreeMap<usize, usize> = flow.states.iter().enumerate().map(|(at, state)| (*state, at)).collect();
        let successors: Vec<Vec<usize>> = flow
            .states
            .iter()
            .map(|state| self.transitions[*state].iter().filter_map(|it| numbers.get(&it.to).copied()).collect())
            .collect();
        let Some(root) = flow.start.and_then(|start| numbers.get(&start).copied()) else {
            tree.unreached.clone_from(&flow.states);
            return tree;
        };
        let order = reverse_post_order(root, &successors);
        let above = dominators(root, &successors);
        for node in &order {
            if let Some(above) = above[*node] {
                tree.children.entry(flow.states[above]).or_default().push(flow.states[*node]);
            }
        }
        let reached: BTreeSet<usize> = order.into_iter().collect();
        tree.unreached = (0..flow.states.len()).filter(|at| !reached.contains(at)).map(|at| flow.states[at]).collect();
        tree
    }

    /// A state, the ways that it may take, and what comes after all of them.
    fn state(&mut self, state: usize, lead: String) -> Vec<Task> {
        if !self.shown.insert(state) {
            return Vec::new();
        }
        self.rows.push(Row { lead: lead.clone(), what: What::State(state) });
        let mut below: Vec<usize> = self.children.get(&state).cloned().unwrap_or_default();
        let transitions = self.transitions[state].clone();
        let is_deep = columns_of(&lead) >= self.deepest;
        let (onwards, ways): (Vec<&Transition>, Vec<&Transition>) =
            transitions.into_iter().partition(|it| it.kind == TransitionKind::Next);
        let mut branches: Vec<(String, Vec<Task>)> = self.inner(state);
        let mut later: Vec<usize> = Vec::new();
        for way in ways {
            let label = way_label(way);
            let is_own = below.contains(&way.to) && self.ways_to[way.to] == 1;
            if is_own && !is_deep {
                below.retain(|it| *it != way.to);
                branches.push((label, vec![Task::State { state: way.to, lead: String::new() }]));
            } else {
                later.push(way.to);
                let to = Some(self.graph.states[way.to].shown.clone());
                branches
                    .push((String::new(), vec![Task::Row(Row { lead: String::new(), what: What::Way { label, to } })]));
            }
        }
        let mut tasks = hung(branches, &lead);
        // What comes next stands right below where it can, and is named where it stands elsewhere.
        let next = onwards.first().map(|it| it.to);
        match next {
            Some(next) if below.contains(&next) => {
                below.retain(|it| *it != next);
                below.insert(0, next);
            }
            Some(next) => {
                tasks.push(Task::Row(Row { lead: lead.clone(), what: What::Next(next) }));
            }
            None => {}
        }
        tasks.extend(below.into_iter().map(|state| Task::State { state, lead: lead.clone() }));
        tasks
    }

    /// The flows inside a state.
    fn inner(&self, state: usize) -> Vec<(String, Vec<Task>)> {
        let inner = &self.graph.states[state].inner;
        let is_map = self.graph.states[state].kind == Some(asl::StateType::Map);
        let name = |place: usize| if is_map { "each item".to_owned() } else { format!("branch {}", place + 1) };
        let flows = inner.iter().enumerate();
        flows.map(|(place, flow)| (name(place), vec![Task::Flow { flow: *flow, lead: String::new() }])).collect()
    }
}

/// Hangs ways below a state: the first line of each with a corner, the others further in.
fn hung(branches: Vec<(String, Vec<Task>)>, lead: &str) -> Vec<Task> {
    let count = branches.len();
    let mut tasks = Vec::new();
    for (place, (label, inside)) in branches.into_iter().enumerate() {
        let (corner, line) = if place + 1 == count { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        for task in inside {
            match task {
                Task::Row(row) => tasks.push(Task::Row(Row { lead: format!("{lead}{corner}"), ..row })),
                Task::State { state, .. } => {
                    tasks.push(way(format!("{lead}{corner}"), label.clone()));
                    tasks.push(Task::State { state, lead: format!("{lead}{line}") });
                }
                Task::Flow { flow, .. } => {
                    tasks.push(way(format!("{lead}{corner}"), label.clone()));
                    tasks.push(Task::Flow { flow, lead: format!("{lead}{line}") });
                }
            }
        }
    }
    tasks
}

fn way(lead: String, label: String) -> Task {
    Task::Row(Row { lead, what: What::Way { label, to: None } })
}

fn way_label(way: &Transition) -> String {
    let conditions = way.conditions.join(" or ");
    match way.kind {
        TransitionKind::Caught => format!("catch {conditions}"),
        _ => conditions,
    }
}

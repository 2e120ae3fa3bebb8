//! Which layer each state of a flow is in: cycles are cut where they lead back, and every transition then leads down.

use std::collections::BTreeSet;

/// A transition between two nodes of a flow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    pub(super) from: usize,
    pub(super) to: usize,
    /// How many layers it takes at least: two where a label lies on it.
    pub(super) span: usize,
}

/// For each arc, whether it leads back: to a node that it was come from.
pub(super) fn back_arcs(count: usize, roots: &[usize], arcs: &[Arc]) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let out = outgoing(count, arcs);
    let mut seen = vec![Seen::No; count];
    let mut back = vec![false; arcs.len()];
    for root in roots.iter().copied().chain(0..count) {
        if seen[root] != Seen::No {
            continue;
        }
        seen[root] = Seen::Open;
        let mut open = vec![(root, 0)];
        while let Some((node, at)) = open.last_mut() {
            let Some(arc) = out[*node].get(*at).copied() else {
                seen[*node] = Seen::Done;
                open.pop();
                continue;
            };
            *at += 1;
            let target = arcs[arc].to;
            match seen[target] {
                Seen::No => {
                    seen[target] = Seen::Open;
                    open.push((target, 0));
                }
                Seen::Open => back[arc] = true,
                Seen::Done => {}
            }
        }
    }
    back
}

/// A node's layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rank {
    pub(super) layer: usize,
    /// It would lie higher if there was room.
    pub(super) is_moved: bool,
}

/// The nodes' layers, each as high as it can be where there is room: nodes are as wide as `widths`, with the gaps beside them.
/// Arcs have no cycle.
pub(super) fn ranks(widths: &[i32], arcs: &[Arc], room: i32) -> Vec<Rank> {
    let out = outgoing(widths.len(), arcs);
    let mut missing = vec![0; widths.len()];
    let mut steps = vec![1; widths.len()];
    for arc in arcs {
        missing[arc.to] += 1;
        steps[arc.to] = steps[arc.to].max(arc.span);
    }
    let mut ranks = vec![Rank::default(); widths.len()];
    let mut used: Vec<i32> = Vec::new();
    let mut ready: BTreeSet<(usize, usize)> =
        (0..widths.len()).filter(|node| missing[*node] == 0).map(|node| (0, node)).collect();
    while let Some((earliest, node)) = ready.pop_first() {
        let mut layer = earliest;
        while used.get(layer).is_some_and(|used| *used > 0 && used + widths[node] > room) {
            layer += steps[node];
        }
        if used.len() <= layer {
            used.resize(layer + 1, 0);
        }
        used[layer] += widths[node];
        ranks[node] = Rank { layer, is_moved: layer > earliest };
        for arc in out[node].iter().map(|arc| arcs[*arc]) {
            ranks[arc.to].layer = ranks[arc.to].layer.max(layer + arc.span);
            missing[arc.to] -= 1;
            if missing[arc.to] == 0 {
                ready.insert((ranks[arc.to].layer, arc.to));
            }
        }
    }
    ranks
}

/// For each node, the arcs that leave it, in their order.
fn outgoing(count: usize, arcs: &[Arc]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); count];
    for (number, arc) in arcs.iter().enumerate() {
        out[arc.from].push(number);
    }
    out
}

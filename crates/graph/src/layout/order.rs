//! The order of the items in each layer: with few crossings, and as the definition has it where that is the same.

use super::layers::{ItemKind, Layers};

/// How often all layers are gone through.
const SWEEPS: usize = 8;
/// The same for large pictures.
const SWEEPS_OF_MANY: usize = 4;
/// From how many items on a picture is large.
const MANY: usize = 2_500;
/// How often neighbours are tried the other way round.
const EXCHANGES: usize = 4;

/// Layers with an order in each.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    pub(super) layers: Vec<Vec<usize>>,
    /// For each item, its place in its layer.
    pub(super) places: Vec<usize>,
    /// For each item, those of the layer below that it is tied to, and those above.
    pub(super) below: Vec<Vec<usize>>,
    pub(super) above: Vec<Vec<usize>>,
}

/// Orders the items of each layer.
pub(super) fn order(layers: &Layers) -> Ordered {
    let mut ordered = Ordered::of(layers);
    let mut best = ordered.crossings();
    let mut kept = ordered.layers.clone();
    let is_large = layers.items.len() > MANY;
    for sweep in 0..if is_large { SWEEPS_OF_MANY } else { SWEEPS } {
        if best == 0 {
            break;
        }
        ordered.sweep(sweep % 2 == 0);
        if !is_large {
            ordered.exchange();
        }
        let crossings = ordered.crossings();
        if crossings < best {
            best = crossings;
            kept.clone_from(&ordered.layers);
        }
    }
    ordered.layers = kept;
    ordered.place();
    ordered
}

impl Ordered {
    /// The first order: depth first from above, as the definition lists its transitions.
    fn of(layers: &Layers) -> Self {
        let count = layers.items.len();
        let mut below = vec![Vec::new(); count];
        let mut above = vec![Vec::new(); count];
        for segment in &layers.segments {
            below[segment.upper].push(segment.lower);
            above[segment.lower].push(segment.upper);
        }
        let mut rows = vec![Vec::new(); layers.count];
        let mut seen = vec![false; count];
        let mut tops: Vec<usize> = (0..count).filter(|item| above[*item].is_empty()).collect();
        // What no way leads to comes after all else.
        tops.sort_by_key(|item| (layers.items[*item].layer, !matches!(layers.items[*item].kind, ItemKind::Start)));
        for top in tops {
            let mut open = vec![top];
            while let Some(item) = open.pop() {
                if std::mem::replace(&mut seen[item], true) {
                    continue;
                }
                rows[layers.items[item].layer].push(item);
                open.extend(below[item].iter().rev());
            }
        }
        let mut ordered = Self { layers: rows, places: vec![0; count], below, above };
        ordered.place();
        ordered
    }

    fn place(&mut self) {
        for layer in &self.layers {
            for (place, item) in layer.iter().enumerate() {
                self.places[*item] = place;
            }
        }
    }

    /// Moves each item to the middle of those that it is tied to in the layer before: downwards, or upwards.
    fn sweep(&mut self, downwards: bool) {
        let count = self.layers.len();
        for step in 0..count {
            let layer = if downwards { step } else { count - 1 - step };
            let ties = if downwards { &self.above } else { &self.below };
            let row = &self.layers[layer];
            let mut keyed: Vec<(usize, usize, usize)> = row
                .iter()
                .map(|item| {
                    let place = self.places[*item];
                    let tied = &ties[*item];
                    let sum: usize = tied.iter().map(|tie| self.places[*tie]).sum();
                    let middle = if tied.is_empty() { place * 1024 } else { sum * 1024 / tied.len() };
                    (middle, place, *item)
                })
                .collect();
            keyed.sort_unstable();
            for (place, (_, _, item)) in keyed.iter().enumerate() {
                self.places[*item] = place;
            }
            self.layers[layer] = keyed.into_iter().map(|(_, _, item)| item).collect();
        }
    }

    /// Exchanges neighbours as long as that leaves fewer crossings.
    fn exchange(&mut self) {
        for _ in 0..EXCHANGES {
            let mut changed = false;
            for layer in 0..self.layers.len() {
                for at in 1..self.layers[layer].len() {
                    let left = self.layers[layer][at - 1];
                    let right = self.layers[layer][at];
                    if self.crossings_of(right, left) < self.crossings_of(left, right) {
                        self.layers[layer].swap(at - 1, at);
                        self.places[left] = at;
                        self.places[right] = at - 1;
                        changed = true;
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// How often the segments of two neighbours cross when one is left of the other.
    fn crossings_of(&self, left: usize, right: usize) -> usize {
        let between = |ties: &[Vec<usize>]| -> usize {
            let places = |item: usize| ties[item].iter().map(|tie| self.places[*tie]);
            places(left).map(|at| places(right).filter(|other| *other < at).count()).sum()
        };
        between(&self.above) + between(&self.below)
    }

    /// How many pairs of segments cross.
    fn crossings(&self) -> usize {
        let mut found = 0;
        for pair in self.layers.windows(2) {
            let [upper, lower] = pair else { continue };
            // Counted by a Fenwick tree over the places below: how many of the segments so far end further right.
            let mut tree = vec![0_usize; lower.len() + 1];
            let mut total = 0;
            for item in upper {
                let mut ends: Vec<usize> = self.below[*item].iter().map(|tie| self.places[*tie]).collect();
                ends.sort_unstable();
                for end in &ends {
                    let mut at = end + 1;
                    let mut not_right = 0;
                    while at > 0 {
                        not_right += tree[at];
                        at &= at - 1;
                    }
                    found += total - not_right;
                }
                for end in ends {
                    total += 1;
                    let mut at = end + 1;
                    while at < tree.len() {
                        tree[at] += 1;
                        at += at & at.wrapping_neg();
                    }
                }
            }
        }
        found
    }
}

//! Where each item of a layer is from left to right: straight lines first, then the middle of what it is tied to. The method is
//! Brandes and Köpf's ("Fast and Simple Horizontal Coordinate Assignment", 2001): four layouts, one leaning to each corner,
//! and for each item the middle of them.

use std::collections::BTreeSet;

use super::layers::{Item, ItemKind};
use super::order::Ordered;
use super::size::{BEND_GAP, BOX_GAP};

/// The middles of all items; the leftmost edge is at 0.
pub(super) fn positions(items: &[Item], ordered: &Ordered) -> Vec<i32> {
    if items.is_empty() {
        return Vec::new();
    }
    let crossed = crossed_lines(items, ordered);
    let mut leaning: Vec<Vec<i32>> = Vec::new();
    for downwards in [true, false] {
        for leftwards in [true, false] {
            leaning.push(lean(items, ordered, &crossed, downwards, leftwards));
        }
    }
    let edges = |middles: &[i32]| {
        let left = items.iter().zip(middles).map(|(item, at)| at - item.width / 2).min().unwrap_or(0);
        let right = items.iter().zip(middles).map(|(item, at)| at + item.width / 2).max().unwrap_or(0);
        (left, right)
    };
    let narrowest =
        leaning.iter().map(|middles| edges(middles)).min_by_key(|(left, right)| right - left).unwrap_or((0, 0));
    for (number, middles) in leaning.iter_mut().enumerate() {
        let (left, right) = edges(middles);
        let by = if number % 2 == 0 { narrowest.0 - left } else { narrowest.1 - right };
        middles.iter_mut().for_each(|at| *at += by);
    }
    let mut middles: Vec<i32> = (0..items.len())
        .map(|item| {
            let mut all: Vec<i32> = leaning.iter().map(|middles| middles[item]).collect();
            all.sort_unstable();
            (all[1] + all[2]) / 2
        })
        .collect();
    let (left, _) = edges(&middles);
    middles.iter_mut().for_each(|at| *at -= left);
    middles
}

/// Segments that cross one between two bends: they give way, so that long lines are straight.
fn crossed_lines(items: &[Item], ordered: &Ordered) -> BTreeSet<(usize, usize)> {
    let is_bend = |item: usize| matches!(items[item].kind, ItemKind::Bend);
    let mut crossed = BTreeSet::new();
    for lower in ordered.layers.iter().skip(1) {
        let inner = |item: usize| {
            let above = ordered.above[item].iter().copied().find(|above| is_bend(*above));
            above.filter(|_| is_bend(item)).map(|above| ordered.places[above])
        };
        let mut left = 0;
        let mut scanned = 0;
        for (at, item) in lower.iter().enumerate() {
            let bound = inner(*item);
            if bound.is_none() && at + 1 < lower.len() {
                continue;
            }
            let right = bound.unwrap_or(usize::MAX);
            for other in &lower[scanned..=at] {
                for above in &ordered.above[*other] {
                    let place = ordered.places[*above];
                    if (place < left || place > right) && !(is_bend(*other) && is_bend(*above)) {
                        crossed.insert((*above, *other));
                    }
                }
            }
            scanned = at + 1;
            left = bound.unwrap_or(left);
        }
    }
    crossed
}

/// One of the four layouts.
fn lean(
    items: &[Item],
    ordered: &Ordered,
    crossed: &BTreeSet<(usize, usize)>,
    downwards: bool,
    leftwards: bool,
) -> Vec<i32> {
    let mut rows: Vec<Vec<usize>> = ordered.layers.clone();
    if !downwards {
        rows.reverse();
    }
    let mut places = ordered.places.clone();
    if !leftwards {
        for row in &mut rows {
            row.reverse();
            row.iter().enumerate().for_each(|(place, item)| places[*item] = place);
        }
    }
    let ties = if downwards { &ordered.above } else { &ordered.below };
    let is_crossed = |item: usize, tie: usize| crossed.contains(&if downwards { (tie, item) } else { (item, tie) });
    let roots = align(&rows, &places, ties, is_crossed);
    let middles = compact(items, &rows, &roots);
    if leftwards { middles } else { middles.into_iter().map(|at| -at).collect() }
}

/// For each item the first of the block that it is in: items above each other on one straight line.
fn align(
    rows: &[Vec<usize>],
    places: &[usize],
    ties: &[Vec<usize>],
    is_crossed: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut roots: Vec<usize> = (0..places.len()).collect();
    let mut next: Vec<usize> = (0..places.len()).collect();
    for row in rows {
        let mut taken: Option<usize> = None;
        for item in row.iter().copied() {
            let mut tied = ties[item].clone();
            tied.sort_unstable_by_key(|tie| places[*tie]);
            let Some(last) = tied.len().checked_sub(1) else { continue };
            for tie in tied[last / 2..=last.div_ceil(2)].iter().copied() {
                let is_free = taken.is_none_or(|taken| taken < places[tie]);
                if next[item] == item && is_free && !is_crossed(item, tie) {
                    next[tie] = item;
                    roots[item] = roots[tie];
                    next[item] = roots[item];
                    taken = Some(places[tie]);
                }
            }
        }
    }
    roots
}

/// Puts the blocks as far left as they go, then each as near to its right neighbour as it is kept away from the left one.
fn compact(items: &[Item], rows: &[Vec<usize>], roots: &[usize]) -> Vec<i32> {
    let count = items.len();
    let mut right: Vec<Vec<(usize, i32)>> = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for row in rows {
        for pair in row.windows(2) {
            let [a, b] = pair else { continue };
            right[roots[*a]].push((roots[*b], apart(&items[*a], &items[*b])));
            waiting[roots[*b]] += 1;
        }
    }
    let mut at = vec![0_i32; count];
    let mut sorted: Vec<usize> = (0..count).filter(|block| roots[*block] == *block && waiting[*block] == 0).collect();
    let mut done = 0;
    while let Some(block) = sorted.get(done).copied() {
        done += 1;
        for (neighbour, apart) in &right[block] {
            at[*neighbour] = at[*neighbour].max(at[block] + apart);
            waiting[*neighbour] -= 1;
            if waiting[*neighbour] == 0 {
                sorted.push(*neighbour);
            }
        }
    }
    for block in sorted.iter().rev() {
        let room = right[*block].iter().map(|(neighbour, apart)| at[*neighbour] - apart).min();
        at[*block] = room.map_or(at[*block], |room| room.max(at[*block]));
    }
    (0..count).map(|item| at[roots[item]]).collect()
}

/// How far the middles of neighbours are apart at least.
fn apart(left: &Item, right: &Item) -> i32 {
    let is_line = |item: &Item| matches!(item.kind, ItemKind::Bend | ItemKind::Label { .. });
    let gap = if is_line(left) || is_line(right) { BEND_GAP } else { BOX_GAP };
    left.width / 2 + gap + right.width / 2
}

//! Which state every way to another one leads through last. The method is Cooper, Harvey and Kennedy's ("A Simple, Fast
//! Dominance Algorithm", 2001).

/// For each node, the nearest other one that every way from `root` leads through; none for the root and what is not reached.
pub(super) fn dominators(root: usize, successors: &[Vec<usize>]) -> Vec<Option<usize>> {
    let order = reverse_post_order(root, successors);
    let mut numbers = vec![usize::MAX; successors.len()];
    for (number, node) in order.iter().enumerate() {
        numbers[*node] = number;
    }
    let mut predecessors = vec![Vec::new(); successors.len()];
    for node in &order {
        for next in &successors[*node] {
            predecessors[*next].push(*node);
        }
    }
    let mut found: Vec<Option<usize>> = vec![None; successors.len()];
    found[root] = Some(root);
    let mut changed = true;
    while changed {
        changed = false;
        for node in order.iter().skip(1) {
            let mut common: Option<usize> = None;
            for before in predecessors[*node].iter().filter(|before| found[**before].is_some()) {
                common = Some(common.map_or(*before, |other| meet(*before, other, &found, &numbers)));
            }
            if found[*node] != common {
                found[*node] = common;
                changed = true;
            }
        }
    }
    found[root] = None;
    found
}

/// Where two ways up meet.
fn meet(one: usize, other: usize, found: &[Option<usize>], numbers: &[usize]) -> usize {
    let mut one = one;
    let mut other = other;
    while one != other {
        if numbers[one] > numbers[other] {
            one = found[one].unwrap_or(other);
        } else {
            other = found[other].unwrap_or(one);
        }
    }
    one
}

/// The nodes that are reached, each before those that it leads to as far as there is no loop.
pub(super) fn reverse_post_order(root: usize, successors: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; successors.len()];
    let mut order = Vec::new();
    let mut open = vec![(root, 0)];
    seen[root] = true;
    while let Some((node, at)) = open.last_mut() {
        // From the last on, so that the first of several comes first when the order is turned round.
        let next = successors[*node].len().checked_sub(*at + 1).map(|place| successors[*node][place]);
        *at += 1;
        match next {
            Some(next) if !seen[next] => {
                seen[next] = true;
                open.push((next, 0));
            }
            Some(_) => {}
            None => {
                order.push(*node);
                open.pop();
            }
        }
    }
    order.reverse();
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_meet_in_what_they_have_in_common() {
        // 0 leads to 1 and 2, both to 3, which leads back to 1 and on to 4; nothing leads to 5.
        let successors = [vec![1, 2], vec![3], vec![3], vec![1, 4], vec![], vec![4]];
        assert_eq!(dominators(0, &successors), [None, Some(0), Some(0), Some(0), Some(3), None]);
        assert_eq!(reverse_post_order(0, &successors), [0, 2, 3, 1, 4]);
    }
}

//! A sample of the cases, drawn with a seed: some of everything, and the same again with the same seed.

use std::collections::BTreeSet;
use std::time::SystemTime;

/// What `WORKSHOP_SEED` says, or a seed that differs from run to run.
pub fn seed() -> u64 {
    let given = std::env::var("WORKSHOP_SEED").ok().map(|seed| seed.parse().expect("WORKSHOP_SEED is a whole number"));
    given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
        u64::from(now.subsec_nanos())
    })
}

/// The places of the cases that are drawn: at least one of each kind that a case has, and `size` of them if there are so many.
pub fn of(kinds: &[Vec<String>], size: usize, seed: u64) -> BTreeSet<usize> {
    let order = shuffled(kinds.len(), seed);
    let mut taken = BTreeSet::new();
    let mut covered = BTreeSet::new();
    for place in &order {
        if kinds[*place].iter().any(|kind| !covered.contains(kind)) {
            covered.extend(&kinds[*place]);
            taken.insert(*place);
        }
    }
    let others: Vec<usize> = order.into_iter().filter(|place| !taken.contains(place)).collect();
    let missing = size.saturating_sub(taken.len());
    taken.extend(others.into_iter().take(missing));
    taken
}

/// The numbers below `count` in an order that the seed alone decides (Fisher and Yates, with SplitMix64).
fn shuffled(count: usize, mut seed: u64) -> Vec<usize> {
    let mut random = move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let below = u64::try_from(last).expect("a place") + 1;
        order.swap(last, usize::try_from(random() % below).expect("a place"));
    }
    order
}

#[test]
fn a_sample_has_some_of_everything_and_can_be_drawn_again() {
    let kinds: Vec<Vec<String>> =
        (0..400).map(|case| vec![format!("call {}", case / 10), format!("fault {}", case % 10)]).collect();
    let sample = of(&kinds, 100, 7);
    assert_eq!(sample.len(), 100);
    let covered: BTreeSet<&String> = sample.iter().flat_map(|place| &kinds[*place]).collect();
    assert_eq!(covered.len(), 50);
    assert_eq!(sample, of(&kinds, 100, 7));
    assert_ne!(sample, of(&kinds, 100, 8));
    assert_eq!(of(&kinds, 1, 7).iter().flat_map(|place| &kinds[*place]).collect::<BTreeSet<_>>().len(), 50);
}

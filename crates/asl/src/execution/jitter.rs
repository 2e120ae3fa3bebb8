//! What an execution makes of random numbers: jitter, task tokens, ids.

use crate::random::number;

/// A delay between 0 and `most_ms`: `JitterStrategy` `FULL`.
pub(super) fn full(seed: u64, n: u64, most_ms: u64) -> u64 {
    let share = (u128::from(number(seed, n)) * (u128::from(most_ms) + 1)) >> 64;
    u64::try_from(share).unwrap_or(most_ms)
}

/// A task token: the same for the same seed and task, different for any other.
pub(super) fn token(seed: u64, task: u64) -> String {
    let base = number(seed, task);
    (0..4).map(|part| format!("{:016x}", number(base, part))).collect()
}

/// An id that looks like AWS's for Map Runs and their children, a UUID of version 3: the same for the same seed and numbers.
pub(super) fn uuid(seed: u64, a: u64, b: u64) -> String {
    let base = number(number(seed, a), b);
    as_uuid(number(base, 0), number(base, 1))
}

/// The label of a Map state that has none: the same for the state in every execution of its machine.
pub(super) fn label(machine_arn: &str, state: &str) -> String {
    let bytes = machine_arn.bytes().chain([0]).chain(state.bytes());
    let base = bytes.fold(0, |hash, byte| number(hash, byte.into()));
    as_uuid(number(base, 0), number(base, 1))
}

fn as_uuid(high: u64, low: u64) -> String {
    let high = (high & !0xf000) | 0x3000;
    let low = (low & (u64::MAX >> 2)) | (1 << 63);
    let group = |value: u64, from: u32, digits: u32| (value >> from) & ((1 << (digits * 4)) - 1);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        group(high, 32, 8),
        group(high, 16, 4),
        group(high, 0, 4),
        group(low, 48, 4),
        group(low, 0, 12)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_bounds_and_covers_them() {
        let drawn: Vec<u64> = (0..1000).map(|n| full(7, n, 9)).collect();
        assert!(drawn.iter().all(|ms| *ms <= 9));
        assert!((0..=9).all(|ms| drawn.contains(&ms)));
        assert_eq!(full(7, 3, 0), 0);
        assert_eq!(full(1, 1, u64::MAX), full(1, 1, u64::MAX));
    }

    #[test]
    fn tokens_differ() {
        assert_eq!(token(1, 1), token(1, 1));
        assert_ne!(token(1, 1), token(1, 2));
        assert_ne!(token(1, 1), token(2, 1));
        assert_eq!(token(1, 1).len(), 64);
    }

    #[test]
    fn ids_look_like_those_of_aws() {
        let id = uuid(1, 2, 3);
        assert_eq!(id, uuid(1, 2, 3));
        assert!(id != uuid(1, 2, 4) && id != uuid(1, 3, 3) && id != uuid(2, 2, 3));
        let shape: String = id.chars().map(|c| if c.is_ascii_hexdigit() { 'x' } else { c }).collect();
        assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assert_eq!(id.as_bytes()[14], b'3');
        assert!(label("m", "s") == label("m", "s") && label("m", "s") != label("m", "t"));
    }
}

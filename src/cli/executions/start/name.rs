//! Names for executions that were given none.

use aws::random::Random;

/// The longest name that StartExecution takes, in characters.
const LIMIT: usize = 80;

/// How many random characters a name ends in: 40 bits, so that two executions of one machine hardly ever meet.
const RANDOM: usize = 8;

/// Digits and letters without those that are read for another one.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A name that nobody has: the state machine's, and something random that is easily typed.
pub(in crate::cli::executions) fn invented(machine: &str, random: &Random) -> String {
    let mut name: String = machine.chars().take(LIMIT - RANDOM - 1).collect();
    name.push('-');
    for _ in 0..RANDOM {
        // A fraction below 1 times 32 is below 32.
        let letter = LETTERS.get((random.fraction() * 32.0) as usize).copied().unwrap_or(b'0');
        name.push(char::from(letter));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_machines_with_something_random() {
        let random = Random::from_seed(1);
        let names = [invented("order", &random), invented("order", &random)];
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| name.starts_with("order-") && name.len() == 14), "{names:?}");
        assert_eq!(invented(&"x".repeat(100), &random).len(), LIMIT);
    }
}

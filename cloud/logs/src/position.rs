//! Where an event stands in its group.

/// The last millisecond that a key can hold, in the year 10889.
const MAX_TIMESTAMP_MS: i64 = (1 << 48) - 1;

/// Where an event stands in its group: by time, then by arrival. The sequence is the wall clock's nanosecond at which the
/// event arrived, or the next free one, so it is unique across restarts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) timestamp_ms: i64,
    pub(crate) sequence: u64,
}

impl Position {
    /// Before every event of a moment.
    pub(crate) const fn at(timestamp_ms: i64) -> Self {
        Self { timestamp_ms, sequence: 0 }
    }

    /// The 56 digits that AWS's event ids and tokens have.
    pub(crate) fn digits(self) -> String {
        format!("{:026}{:030}", self.timestamp_ms, self.sequence)
    }

    /// Reads what [`Position::digits`] wrote.
    pub(crate) fn parse(digits: &str) -> Option<Self> {
        let (timestamp, sequence) = digits.split_at_checked(26).filter(|_| digits.len() == 56)?;
        Some(Self { timestamp_ms: timestamp.parse().ok()?, sequence: sequence.parse().ok()? })
    }

    /// The position as the end of a key: hexadecimal, in the order of positions.
    pub(crate) fn to_key(self) -> String {
        format!("{:012x}{:016x}", self.timestamp_ms.clamp(0, MAX_TIMESTAMP_MS), self.sequence)
    }

    /// Reads the end of a key.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        let (timestamp, sequence) = key.split_at_checked(12).filter(|_| key.len() == 28)?;
        Some(Self {
            timestamp_ms: i64::from_str_radix(timestamp, 16).ok()?,
            sequence: u64::from_str_radix(sequence, 16).ok()?,
        })
    }

    /// When the event arrived.
    pub(crate) fn ingestion_ms(self) -> i64 {
        i64::try_from(self.sequence / 1_000_000).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn positions_are_56_digits_and_come_back() {
        let position = Position { timestamp_ms: 1_510_842_801_000, sequence: 1_800_000_000_123_456_789 };
        assert_eq!(position.digits().len(), 56);
        assert_eq!(Position::parse(&position.digits()), Some(position));
        assert_eq!(Position::parse("12"), None);
        assert_eq!(Position::parse(&"x".repeat(56)), None);
    }

    #[test]
    fn a_key_holds_the_nearest_moment_it_can() {
        assert_eq!(Position::from_key(&Position::at(-5).to_key()), Some(Position::at(0)));
        assert_eq!(Position::from_key(&Position::at(i64::MAX).to_key()), Some(Position::at(MAX_TIMESTAMP_MS)));
        assert_eq!(Position::from_key("12"), None);
        assert_eq!(Position::from_key(&"x".repeat(28)), None);
    }

    fn position() -> impl Strategy<Value = Position> {
        (0..MAX_TIMESTAMP_MS, any::<u64>()).prop_map(|(timestamp_ms, sequence)| Position { timestamp_ms, sequence })
    }

    proptest! {
        #[test]
        fn keys_come_back_and_have_the_order_of_positions(one in position(), other in position()) {
            prop_assert_eq!(Position::from_key(&one.to_key()), Some(one));
            prop_assert_eq!(one.to_key().cmp(&other.to_key()), one.cmp(&other));
        }
    }
}

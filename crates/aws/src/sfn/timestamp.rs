//! From the SDK's timestamps to ours.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// A moment from the SDK's own type, to the millisecond that Step Functions counts in; one beyond what a calendar holds is
/// the calendar's end. (The wire has seconds with a fraction, whose last digits are noise.)
pub(crate) fn timestamp(moment: &DateTime) -> Timestamp {
    let millis =
        moment.secs().saturating_mul(1000).saturating_add(i64::from(moment.subsec_nanos() + 500_000) / 1_000_000);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rounded_to_milliseconds() {
        let shown = |secs, nanos| timestamp(&DateTime::from_secs_and_nanos(secs, nanos)).to_string();
        assert_eq!(shown(1_510_842_801, 720_000_028), "2017-11-16T14:33:21.72Z");
        assert_eq!(shown(1_510_842_801, 871_999_979), "2017-11-16T14:33:21.872Z");
        assert_eq!(shown(1_510_842_801, 999_999_999), "2017-11-16T14:33:22Z");
    }
}

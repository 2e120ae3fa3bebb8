//! Timestamps as the States Language writes them: RFC 3339 with an uppercase `T` and `Z`; and sums of an instant and a delay.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Reads a timestamp, or `None` when the text is none.
///
/// Accepted: `2016-03-14T01:59:00Z`, up to nine digits of fraction, and a numeric offset such as `+00:00`, which AWS takes at
/// run time although its documentation asks for `Z`. Refused: lower-case letters, a blank for the `T`, a missing zone.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    well_formed(text.as_bytes()).then(|| text.parse().ok())?
}

/// Reads a timestamp that a Wait state works out at run time, or `None` when the text is none.
///
/// AWS reads it as Java's `ISO_OFFSET_DATE_TIME` does, which its error names: what [`parse`] takes, and lower-case letters, no
/// seconds, and a fraction without digits. Others measured the first two on AWS.
pub(crate) fn parse_lenient(text: &str) -> Option<Timestamp> {
    const TO_THE_MINUTE: usize = "2016-12-05T21:29".len();
    let mut text = text.to_ascii_uppercase();
    if matches!(text.as_bytes().get(TO_THE_MINUTE), Some(b'Z' | b'+' | b'-')) {
        text.insert_str(TO_THE_MINUTE, ":00");
    }
    let fraction = TO_THE_MINUTE + ":00".len();
    if text.as_bytes().get(fraction) == Some(&b'.')
        && matches!(text.as_bytes().get(fraction + 1), Some(b'Z' | b'+' | b'-'))
    {
        text.remove(fraction);
    }
    parse(&text)
}

fn well_formed(bytes: &[u8]) -> bool {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let Some((head, rest)) = bytes.split_at_checked(SHAPE.len()) else {
        return false;
    };
    let matches = |shape: &[u8], text: &[u8]| {
        shape.len() == text.len()
            && shape.iter().zip(text).all(|(s, t)| if *s == b'd' { t.is_ascii_digit() } else { s == t })
    };
    // The reader below takes a leap second for the one before it; Java, which AWS uses, knows none.
    if !matches(SHAPE, head) || head.ends_with(b":60") {
        return false;
    }
    let zone = match rest.split_first() {
        Some((b'.', fraction)) => {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            if !(1..=9).contains(&digits) {
                return false;
            }
            fraction.get(digits..).unwrap_or_default()
        }
        _ => rest,
    };
    zone == b"Z" || matches(b"+dd:dd", zone) || matches(b"-dd:dd", zone)
}

/// `2019-03-26T20:14:13.192Z`: the form of the Context Object, always with milliseconds.
pub(crate) fn with_milliseconds(instant: Timestamp) -> String {
    let truncated = Timestamp::from_millisecond(instant.as_millisecond()).unwrap_or(instant);
    truncated.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// An instant so many milliseconds later, or the last one there is.
pub(crate) fn later(instant: Timestamp, delay_ms: u64) -> Timestamp {
    let delay = SignedDuration::from_millis(i64::try_from(delay_ms).unwrap_or(i64::MAX));
    instant.checked_add(delay).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_aws_takes_and_nothing_else() {
        for good in [
            "2016-12-05T21:29:29Z",
            "2016-12-05T21:29:29.1Z",
            "2016-12-05T21:29:29.123456789Z",
            "2016-12-05T21:29:29+00:00",
            "2016-12-05T21:29:29-03:30",
        ] {
            assert!(parse(good).is_some(), "{good}");
        }
        for bad in [
            "2016-12-05 21:29:29Z",
            "2016-12-05t21:29:29Z",
            "2016-12-05T21:29:29z",
            "2016-12-05T21:29:29",
            "2016-13-05T21:29:29Z",
            "2016-12-05T25:29:29Z",
            "2016-12-05T21:29:60Z",
            "05-12-2016T21:29:29Z",
            "2016-12-05T21:29:29.Z",
            "2016-12-05T21:29:29.1234567890Z",
            "2016-12-05",
            "",
            "é016-12-05T21:29:29Z",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_wait_takes_what_java_takes() {
        let whole = parse("2016-12-05T21:29:00Z");
        for good in ["2016-12-05T21:29Z", "2016-12-05t21:29:00z", "2016-12-05T22:29+01:00", "2016-12-05T21:29:00.Z"] {
            assert_eq!(parse_lenient(good), whole, "{good}");
            assert_eq!(parse(good), None, "{good}");
        }
        for bad in [
            "2016-12-05 21:29Z",
            "2016-12-05T21Z",
            "2016-12-05T21:29",
            "2016-02-30T21:29Z",
            "2016-12-05T25:29Z",
            "",
            "é",
        ] {
            assert_eq!(parse_lenient(bad), None, "{bad}");
        }
    }

    #[test]
    fn milliseconds_are_always_written() {
        assert_eq!(with_milliseconds(parse("2019-03-26T20:14:13.1929Z").unwrap()), "2019-03-26T20:14:13.192Z");
        assert_eq!(with_milliseconds(parse("2019-03-26T20:14:13Z").unwrap()), "2019-03-26T20:14:13.000Z");
    }
}

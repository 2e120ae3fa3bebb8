//! `startAt`: milliseconds since 1970, and the mistakes that people make with them.

use crate::refusal::Refusal;
use jiff::{SignedDuration, Timestamp};

/// What an epoch in seconds looks like when it is read as one: from 1973 to 5138. Read as milliseconds, the same numbers
/// all lie between 2 January 1970 and March 1973, where nobody schedules anything.
const SECONDS: std::ops::Range<f64> = 100_000_000.0..100_000_000_000.0;

/// The longest that a standard execution, and so a Wait state, lasts: a year (Step Functions' quotas).
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Reads the JSON text of `startAt`. It takes the text, not a parsed number, because JSON can write numbers that no
/// number type holds (`1e400`), and these deserve their own sentence.
pub(crate) fn parse(json: &str) -> Result<Timestamp, Refusal> {
    let number = json.parse::<f64>().map_err(|_| mistyped(json))?;
    if !number.is_finite() {
        return Err(Refusal::bad_request(
            "not_finite",
            format!("\"startAt\" is {json}, which no clock can reach; send milliseconds since 1970: 1510842801000"),
        ));
    }
    if number < 0.0 {
        return Err(Refusal::bad_request(
            "negative",
            format!("\"startAt\" is {json}, which lies before 1970; send milliseconds since 1970: 1510842801000"),
        ));
    }
    if SECONDS.contains(&number) {
        let milliseconds = number * 1000.0;
        return Err(Refusal::bad_request(
            "looks_like_seconds",
            format!("{json} looks like seconds; send milliseconds: {milliseconds:.0}"),
        ));
    }
    // The cast drops a fraction of a millisecond, as JavaScript's Date does, and saturates far past the calendar's end.
    Timestamp::from_millisecond(number as i64).map_err(|_| past_year_9999(json))
}

/// Refuses a moment that no execution lives to see. The past is taken: the wait then passes at once.
pub(crate) fn check_ahead(start_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if start_at.duration_since(now) <= LONGEST_WAIT {
        return Ok(());
    }
    Err(Refusal::bad_request(
        "too_far_ahead",
        format!(
            "\"startAt\" is {start_at:.3}, more than 365 days ahead, the longest that Step Functions waits; send an earlier moment"
        ),
    ))
}

fn past_year_9999(json: &str) -> Refusal {
    Refusal::bad_request(
        "past_year_9999",
        format!(
            "\"startAt\" is {json}, which lies past the end of the calendar, the year 9999; send milliseconds since 1970: 1510842801000"
        ),
    )
}

fn mistyped(json: &str) -> Refusal {
    let hint = match json.trim_matches('"').parse::<f64>() {
        Ok(_) => "; send it without quotes",
        Err(_) => ", such as 1510842801000",
    };
    Refusal::bad_request(
        "wrong_type",
        format!("\"startAt\" must be a number of milliseconds since 1970, not {}{hint}", crate::json_kind::of(json)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_ahead_is_the_most() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let ahead = |moment: &str| check_ahead(moment.parse().unwrap(), now).map_err(|refusal| refusal.code);
        for taken in ["1970-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"] {
            assert_eq!(ahead(taken), Ok(()), "{taken}");
        }
        for refused in ["2027-01-01T00:00:00.001Z", "2028-01-01T00:00:00Z", "9999-12-30T22:00:00Z"] {
            assert_eq!(ahead(refused), Err("too_far_ahead"), "{refused}");
        }
    }

    fn code(json: &str) -> &'static str {
        parse(json).unwrap_err().code
    }

    #[test]
    fn milliseconds_are_taken_as_they_are() {
        let cases = [
            ("1510842801000", "2017-11-16T14:33:21Z"),
            ("1.510842801e12", "2017-11-16T14:33:21Z"),
            ("1510842801000.9", "2017-11-16T14:33:21Z"),
            ("0", "1970-01-01T00:00:00Z"),
            ("-0", "1970-01-01T00:00:00Z"),
            ("253402207200000", "9999-12-30T22:00:00Z"),
        ];
        for (json, expected) in cases {
            assert_eq!(parse(json).unwrap().to_string(), expected, "{json}");
        }
    }

    #[test]
    fn seconds_are_named_with_the_number_to_send() {
        let refusal = parse("1510842801").unwrap_err();
        assert_eq!(refusal.code, "looks_like_seconds");
        assert_eq!(refusal.message, "1510842801 looks like seconds; send milliseconds: 1510842801000");
        assert_eq!(code("1510842801.5"), "looks_like_seconds");
        assert_eq!(code("99999999999"), "looks_like_seconds");
        assert!(parse("100000000000").is_ok());
    }

    #[test]
    fn moments_that_cannot_be_are_refused() {
        assert_eq!(code("-1"), "negative");
        assert_eq!(code("-1510842801000"), "negative");
        assert_eq!(code("1e400"), "not_finite");
        assert_eq!(code("-1e400"), "not_finite");
        assert_eq!(code("253402300800000"), "past_year_9999");
        assert_eq!(code("1510842801000000000"), "past_year_9999");
    }

    #[test]
    fn other_types_are_named() {
        let quoted = parse("\"1510842801000\"").unwrap_err();
        assert_eq!(quoted.code, "wrong_type");
        assert!(quoted.message.contains("not a string; send it without quotes"), "{}", quoted.message);
        for json in ["null", "true", "[]", "{}", "\"tomorrow\""] {
            assert_eq!(code(json), "wrong_type", "{json}");
        }
    }
}

//! What IAM takes for a date in a condition. It is less strict than what a condition then compares: a text that is taken and is
//! no date holds for nothing.

/// The years that IAM knows.
const YEARS: std::ops::RangeInclusive<i64> = -292_275_054..=292_278_993;

/// Whether IAM takes a text: seconds since 1970, or a date of ISO 8601, perhaps with a time and a zone, whose parts may be left
/// out from the end.
pub(super) fn is_taken(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if !text.contains(['t', '-']) {
        return text.parse::<i64>().is_ok_and(|seconds| seconds >= 0);
    }
    let (date, time) = text.split_once('t').unwrap_or((&text, ""));
    is_date(date) && is_time(time)
}

fn is_date(text: &str) -> bool {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let parts: Vec<&str> = rest.split('-').collect();
    let within =
        |part: Option<&&str>, most: u32| part.is_none_or(|part| number(part).is_some_and(|n| n >= 1 && n <= most));
    let year = parts.first().and_then(|year| year.parse::<i64>().ok());
    parts.len() <= 3
        && year.is_some_and(|year| YEARS.contains(&(sign * year)))
        && within(parts.get(1), 12)
        && within(parts.get(2), 31)
}

fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let hours = parts.next().unwrap_or_default();
    let minutes = parts.next();
    (hours.is_empty() || at_most(hours, 23))
        && minutes.is_none_or(|minutes| at_most(minutes, 59))
        && parts.next().is_none_or(is_seconds)
}

/// Seconds, perhaps with a fraction, and a zone: `z`, or `+` with two digits of hours and perhaps of minutes.
fn is_seconds(text: &str) -> bool {
    let (seconds, zone) = match (text.split_once('z'), text.split_once('+')) {
        (Some((seconds, rest)), _) => (seconds, rest.is_empty()),
        (None, Some((seconds, zone))) => (seconds, is_zone(zone)),
        (None, None) => (text, true),
    };
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    zone && at_most(whole, 59) && at_most(fraction, 999_999_999)
}

fn is_zone(text: &str) -> bool {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "00"));
    hours.len() == 2 && minutes.len() == 2 && at_most(hours, 23) && at_most(minutes, 59)
}

fn at_most(text: &str, most: u32) -> bool {
    number(text).is_some_and(|number| number <= most)
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_iam_takes_and_what_not() {
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02",
            "2026",
            "01T",
            "1767323045",
            "2016-12-13T21:20:37.593194+00:00",
            "2016-12-13t2:00:00.593194+23",
            "-292275054",
            "9223372036854775807",
        ] {
            assert!(is_taken(text), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "234-13",
            "2016-12-13t2:00:00.593194+1",
            "2016-12-13t2:00:00.1999999999+10:59",
            "9223372036854775808",
            "2026-01-32",
            "2026-01-02t24",
            "2026-01-02t03:60",
            "2026-01-02t03:04:05zz",
            "2026-01-02-03",
            "-292275055",
            "1.5",
        ] {
            assert!(!is_taken(text), "{text}");
        }
    }
}

//! `--startTime`: how far back, as `sls logs` takes it: 30m, 2h, 3d, a date, a Unix timestamp.

use jiff::{Timestamp, Zoned};

use crate::cli::time::when;
use crate::cli::time::words::delay;

/// What `--startTime` accepts.
pub(crate) const ACCEPTED: &str =
    "Write how far back (30m, 2h, 3d), a date and time (`2026-11-22 09:00`, 2026-11-22T09:00:00Z) or a Unix timestamp.";

/// The moment that `--startTime` means; none when the text is none.
pub(crate) fn parse(text: &str, now: &Zoned) -> Option<Timestamp> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let back = lower.strip_prefix('-').unwrap_or(&lower);
    let back = back.strip_suffix("ago").unwrap_or(back);
    if let Some(span) = delay(back.trim()) {
        return now.checked_sub(span).ok().map(|moment| moment.timestamp());
    }
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && !text.contains(':')
        && when::number(text).is_none()
    {
        return date.to_zoned(now.time_zone().clone()).ok().map(|moment| moment.timestamp());
    }
    // A day's name or a time alone means what is to come.
    let is_dated = text.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    let found = when::number(text).or_else(|| is_dated.then(|| when::date_and_time(text, now)).flatten());
    found?.ok().map(|when| when.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let now: Zoned = "2026-11-22T08:30:00+01:00[Europe/Paris]".parse().unwrap();
        parse(text, &now).map(|moment| moment.to_string())
    }

    #[test]
    fn how_far_back() {
        for (text, moment) in [
            ("30m", "2026-11-22T07:00:00Z"),
            ("2h", "2026-11-22T05:30:00Z"),
            ("3d", "2026-11-19T07:30:00Z"),
            ("-30m", "2026-11-22T07:00:00Z"),
            ("5 minutes ago", "2026-11-22T07:25:00Z"),
            ("2026-11-22", "2026-11-21T23:00:00Z"),
            ("2026-11-22 08:00", "2026-11-22T07:00:00Z"),
            ("2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z"),
            ("1510842801000", "2017-11-16T14:33:21Z"),
            ("1510842801", "2017-11-16T14:33:21Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(moment), "{text}");
        }
        for text in ["", "yesterday", "90", "2026-13-01", "-"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! A moment as people read it: on their own clock, in UTC, and how far away it is.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
const YEAR_MS: i64 = 365 * DAY_MS;

/// A duration in milliseconds in its two largest units: `850 ms`, `12 s`, `3 m 12 s`, `2 d 4 h`.
pub(crate) fn duration(ms: i64) -> String {
    let two = |large: i64, large_name: &str, small: i64, small_name: &str| match small {
        0 => format!("{large} {large_name}"),
        _ => format!("{large} {large_name} {small} {small_name}"),
    };
    match ms.saturating_abs() {
        ms if ms < SECOND_MS => format!("{ms} ms"),
        ms if ms < MINUTE_MS => format!("{} s", ms / SECOND_MS),
        ms if ms < HOUR_MS => two(ms / MINUTE_MS, "m", ms % MINUTE_MS / SECOND_MS, "s"),
        ms if ms < DAY_MS => two(ms / HOUR_MS, "h", ms % HOUR_MS / MINUTE_MS, "m"),
        ms if ms < YEAR_MS => two(ms / DAY_MS, "d", ms % DAY_MS / HOUR_MS, "h"),
        ms => two(ms / YEAR_MS, "y", ms % YEAR_MS / DAY_MS, "d"),
    }
}

/// A duration as measured: with milliseconds below a minute.
pub(crate) fn measured(ms: i64) -> String {
    match ms.saturating_abs() {
        ms if (SECOND_MS..MINUTE_MS).contains(&ms) => format!("{}.{:03} s", ms / SECOND_MS, ms % SECOND_MS),
        ms => duration(ms),
    }
}

/// Milliseconds from one moment to another; negative when `to` lies before.
pub(crate) fn ms_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millisecond().saturating_sub(from.as_millisecond())
}

/// How far away a moment is: `in 3 m 12 s`, `12 s ago`. What is to come is rounded up to a second, so that a countdown
/// ends at 1 s and not at 0 s.
pub(crate) fn relative(moment: Timestamp, now: Timestamp) -> String {
    match ms_between(now, moment) {
        0 => "now".to_owned(),
        ms if ms > SECOND_MS => format!("in {}", duration(ms.saturating_add(SECOND_MS - 1))),
        ms if ms > 0 => format!("in {}", duration(ms)),
        ms => format!("{} ago", duration(ms)),
    }
}

/// A moment on the local clock, with the weekday and the zone: `Sun 2026-11-22 09:00:00 CET`.
pub(crate) fn local(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M:%S %Z").to_string()
}

/// A moment on the local clock for a table: `2026-11-22 09:00:00`.
pub(crate) fn local_short(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What the zone is called at a moment: `CET`, `CEST`.
pub(crate) fn zone_name(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Z").to_string()
}

/// A moment on the local clock for a log line: `2026-11-22 09:00:00.123`.
pub(crate) fn local_exact(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S.%3f").to_string()
}

/// A time of day on the local clock, where the date is told elsewhere: `09:00:00.123`.
pub(crate) fn local_time(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M:%S.%3f").to_string()
}

/// A moment in UTC as AWS writes it: `2026-11-22T08:00:00.000Z`.
pub(crate) fn utc(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

/// The moment of a count of milliseconds since 1970; one beyond the calendar is its end.
pub(crate) fn from_ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units() {
        let shown: Vec<String> =
            [0, 850, 12_000, 192_000, 180_000, 3_900_000, 187_200_000, -12_000].map(duration).into();
        assert_eq!(shown, ["0 ms", "850 ms", "12 s", "3 m 12 s", "3 m", "1 h 5 m", "2 d 4 h", "12 s"]);
        assert_eq!(measured(241), "241 ms");
        assert_eq!(measured(12_005), "12.005 s");
        assert_eq!(measured(192_005), "3 m 12 s");
        assert!(!duration(i64::MIN).is_empty());
    }

    #[test]
    fn a_countdown_is_rounded_up() {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let shown: Vec<String> =
            [191_001, 1_001, 1_000, 850, 0, -12_900].map(|ms| relative(from_ms(now.as_millisecond() + ms), now)).into();
        assert_eq!(shown, ["in 3 m 12 s", "in 2 s", "in 1 s", "in 850 ms", "now", "12 s ago"]);
    }

    #[test]
    fn a_moment_is_shown_on_both_clocks() {
        let moment: Timestamp = "2026-11-22T08:00:00.123Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Paris").unwrap();
        assert_eq!(local(moment, &zone), "Sun 2026-11-22 09:00:00 CET");
        assert_eq!(local_short(moment, &zone), "2026-11-22 09:00:00");
        assert_eq!(local_exact(moment, &zone), "2026-11-22 09:00:00.123");
        assert_eq!(utc(moment), "2026-11-22T08:00:00.123Z");
        assert_eq!(from_ms(i64::MAX), Timestamp::MAX);
    }
}

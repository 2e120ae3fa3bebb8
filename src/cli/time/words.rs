//! The words of a moment: weekdays, times of day, delays.

use jiff::Span;
use jiff::civil::{Time, Weekday};
use jiff::fmt::friendly::SpanParser;

/// A day as people name it, seen from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// Today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// The next one of that weekday, today included while the time is still to come.
    Next(Weekday),
}

/// A day's word, in lower case.
pub(super) fn day(word: &str) -> Option<Day> {
    Some(match word {
        "today" => Day::Today,
        "tomorrow" => Day::Tomorrow,
        "monday" | "mon" => Day::Next(Weekday::Monday),
        "tuesday" | "tue" => Day::Next(Weekday::Tuesday),
        "wednesday" | "wed" => Day::Next(Weekday::Wednesday),
        "thursday" | "thu" => Day::Next(Weekday::Thursday),
        "friday" | "fri" => Day::Next(Weekday::Friday),
        "saturday" | "sat" => Day::Next(Weekday::Saturday),
        "sunday" | "sun" => Day::Next(Weekday::Sunday),
        _ => return None,
    })
}

/// A time of day in lower case: `9am`, `9:30 pm`, `17:30`, `17:30:15`, `noon`, `midnight`.
pub(super) fn time_of_day(text: &str) -> Option<Time> {
    let text: String = text.split_whitespace().collect();
    match text.as_str() {
        "noon" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Some(Time::midnight()),
        _ => {}
    }
    let (clock, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (text.as_str(), None),
    };
    let numbers: Vec<i8> = clock.split(':').map(two_digits).collect::<Option<_>>()?;
    let (hour, minute, second) = match numbers[..] {
        [hour] if half.is_some() => (hour, 0, 0),
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

fn two_digits(text: &str) -> Option<i8> {
    let well_formed = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| text.parse().ok()).flatten()
}

/// A delay in lower case without its `+` or `in`: `90s`, `1h30m`, `2 minutes`, `an hour and 30 minutes`.
pub(super) fn delay(text: &str) -> Option<Span> {
    let words = text.split_whitespace().filter(|word| *word != "and").map(|word| match word {
        "a" | "an" | "one" => "1",
        other => other,
    });
    let text = words.collect::<Vec<_>>().join(" ");
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    SpanParser::new().parse_span(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        let read = |text| time_of_day(text).map(|time| time.to_string());
        for (text, time) in [
            ("9am", "09:00:00"),
            ("9:30 pm", "21:30:00"),
            ("12am", "00:00:00"),
            ("12pm", "12:00:00"),
            ("17:30", "17:30:00"),
            ("7:05:09", "07:05:09"),
            ("noon", "12:00:00"),
        ] {
            assert_eq!(read(text).as_deref(), Some(time), "{text}");
        }
        for text in ["", "9", "13pm", "0am", "24:00", "9:60", "+9:00", "am", "9:", "é"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn delays() {
        for (text, seconds) in [("90s", 90), ("1h30m", 5400), ("2 minutes", 120), ("an hour and 30 minutes", 5400)] {
            let span = delay(text).unwrap();
            assert_eq!(span.total(jiff::Unit::Second).unwrap(), f64::from(seconds), "{text}");
        }
        for text in ["", "90", "s", "-5m", "soon", "two minutes"] {
            assert!(delay(text).is_none(), "{text}");
        }
    }
}

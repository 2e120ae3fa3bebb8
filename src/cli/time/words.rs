//! The words of a moment: weekdays, times of day, delays.

use jiff::Span;
use jiff::civil::{Time, Weekday};
use jiff::fmt::friendly::SpanParser;

/// A day as people name it, seen from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// Today.
    Today,
    /// The night that begins today.
    Tonight,
    /// Tomorrow.
    Tomorrow,
    /// The next one of that weekday, today included while the time is still to come.
    Next(Weekday),
    /// The next one of that weekday after today.
    After(Weekday),
}

/// A day's word, in lower case.
pub(super) fn day(word: &str) -> Option<Day> {
    Some(match word {
        "today" => Day::Today,
        "tonight" => Day::Tonight,
        "tomorrow" => Day::Tomorrow,
        "monday" | "mon" => Day::Next(Weekday::Monday),
        "tuesday" | "tue" | "tues" => Day::Next(Weekday::Tuesday),
        "wednesday" | "wed" | "weds" => Day::Next(Weekday::Wednesday),
        "thursday" | "thu" | "thur" | "thurs" => Day::Next(Weekday::Thursday),
        "friday" | "fri" => Day::Next(Weekday::Friday),
        "saturday" | "sat" => Day::Next(Weekday::Saturday),
        "sunday" | "sun" => Day::Next(Weekday::Sunday),
        _ => return None,
    })
}

/// A month's number by its name or the first letters of it, in lower case.
pub(super) fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.');
    let is_meant = |name: &&str| *name == word || word == "sept" && *name == "september" || name.get(..3) == Some(word);
    let place = NAMES.iter().position(is_meant)?;
    i8::try_from(place + 1).ok()
}

/// A time of day in lower case: `9am`, `9:30 p.m.`, `17:30`, `17:30:15.25`, `noon`, `midnight`.
pub(super) fn time_of_day(text: &str) -> Option<Time> {
    let text: String = text.split_whitespace().collect();
    let text = text.replace("a.m.", "am").replace("p.m.", "pm");
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
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let numbers: Vec<i8> = clock.split(':').map(two_digits).collect::<Option<_>>()?;
    let (hour, minute, second) = match numbers[..] {
        [hour] if half.is_some() && fraction.is_none() => (hour, 0, 0),
        [hour, minute] if fraction.is_none() => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, second, fraction.map_or(Some(0), nanoseconds)?).ok()
}

/// The nanoseconds of a fraction of a second.
fn nanoseconds(fraction: &str) -> Option<i32> {
    let well_formed = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| format!("{fraction:0<9}").parse().ok()).flatten()
}

fn two_digits(text: &str) -> Option<i8> {
    let well_formed = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| text.parse().ok()).flatten()
}

/// Words for amounts, and phrases that are one.
const AMOUNTS: [(&str, &str); 16] = [
    ("three quarters of an hour", "45 minutes"),
    ("quarter of an hour", "15 minutes"),
    ("an hour and a half", "1 hour 30 minutes"),
    ("half an hour", "30 minutes"),
    ("half a minute", "30 seconds"),
    ("half a day", "12 hours"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("ten", "10"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("sixty", "60"),
];

/// A delay in lower case without its `+` or `in`: `90s`, `1h30m`, `2 minutes`, `half an hour`, `an hour and 30 minutes`.
pub(super) fn delay(text: &str) -> Option<Span> {
    let text = text.strip_prefix("a ").filter(|rest| rest.starts_with("quarter")).unwrap_or(text);
    let amount = AMOUNTS.iter().find_map(|(words, amount)| {
        let rest = text.strip_prefix(words)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| format!("{amount}{rest}"))
    });
    let text = amount.as_deref().unwrap_or(text);
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
        for (text, seconds) in [
            ("two minutes", 120),
            ("half an hour", 1800),
            ("a quarter of an hour", 900),
            ("1.5 hours", 5400),
            ("5 min", 300),
        ] {
            let span = delay(text).unwrap();
            assert_eq!(span.total(jiff::Unit::Second).unwrap(), f64::from(seconds), "{text}");
        }
        for text in ["", "90", "s", "-5m", "soon", "tensecs", "half"] {
            assert!(delay(text).is_none(), "{text}");
        }
    }
}

//! `--at WHEN`: from what people type to a moment. Pure: the present comes in as a value.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{RoundMode, Timestamp, ToSpan, Unit, Zoned, ZonedRound};

use crate::cli::time::words::{Day, day, delay, time_of_day};

/// What `--at` accepts, for help and errors.
pub(crate) const ACCEPTED: &str = "Write a Unix timestamp in milliseconds (1510842801000) or seconds (1510842801), a date \
    and time (`2026-11-22 09:00` on your clock, 2026-11-22T09:00:00Z), a delay (+90s, +1h30m, `in 2 minutes`), or a time \
    (now, 9am, `today 17:30`, `tomorrow 9am`, `friday 9am`).";

/// A moment, and what the text was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct When {
    /// The moment.
    pub(crate) at: Timestamp,
    /// What the text was read as, such as `seconds since 1970`.
    pub(crate) read_as: String,
    /// What is odd about it: a local time that does not exist or comes twice.
    pub(crate) note: Option<String>,
}

/// Why a text is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WhenError {
    /// Nothing that is accepted looks like it.
    #[error("`{0}` can't be read as a moment.")]
    Unknown(String),
    /// A number of the wrong length.
    #[error("`{text}` has {digits} digits; a Unix timestamp has 10 in seconds or 13 in milliseconds.")]
    Digits {
        /// What was typed.
        text: String,
        /// How many digits it has.
        digits: usize,
    },
    /// It looks like a date, and there is no such date or time.
    #[error("`{0}` is no date and time of the calendar (years 1970 to 9999).")]
    NoSuchDate(String),
    /// A day without a time.
    #[error("`{0}` names a day; say at what time, such as `{0} 9am`.")]
    NeedsTime(String),
    /// A day with something that is no time.
    #[error("`{0}` is no time of day; write 9am, 9:30pm or 17:30.")]
    NoSuchTime(String),
    /// Beyond what Step Functions and the calendar hold.
    #[error("`{0}` lies outside the years 1970 to 9999.")]
    OutOfRange(String),
}

type Found = Option<Result<When, WhenError>>;

/// The moment that a text means at the moment `now`, on the clock of `now`'s time zone.
///
/// # Errors
/// A text that is no moment; the sentence says what is wrong with it, [`ACCEPTED`] what is accepted.
pub(crate) fn parse(text: &str, now: &Zoned) -> Result<When, WhenError> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let words = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = keyword(&words, now)
        .or_else(|| number(text))
        .or_else(|| date_and_time(text, now))
        .or_else(|| day_and_time(&words, now))
        .or_else(|| delayed(&words, now))
        .unwrap_or_else(|| Err(WhenError::Unknown(text.to_owned())))?;
    if found.at < Timestamp::UNIX_EPOCH { Err(WhenError::OutOfRange(text.to_owned())) } else { Ok(found) }
}

fn plain(at: Timestamp, read_as: impl Into<String>) -> Found {
    Some(Ok(When { at, read_as: read_as.into(), note: None }))
}

fn keyword(words: &str, now: &Zoned) -> Found {
    (words == "now").then(|| plain(now.timestamp(), "now")).flatten()
}

/// A Unix timestamp; its length says its unit.
pub(super) fn number(text: &str) -> Found {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = text.len();
    let out_of_range = || WhenError::OutOfRange(text.to_owned());
    let Ok(count) = text.parse::<i64>() else { return Some(Err(out_of_range())) };
    let (moment, read_as) = match digits {
        10 | 11 => (Timestamp::from_second(count), "seconds since 1970"),
        13..=15 => (Timestamp::from_millisecond(count), "milliseconds since 1970"),
        _ => return Some(Err(WhenError::Digits { text: text.to_owned(), digits })),
    };
    match moment {
        Ok(at) => plain(at, read_as),
        Err(_) => Some(Err(out_of_range())),
    }
}

/// RFC 3339, or a date and time on the local clock.
pub(super) fn date_and_time(text: &str, now: &Zoned) -> Found {
    let looks_like_a_date = text.len() >= 5
        && text.bytes().take(4).all(|byte| byte.is_ascii_digit())
        && text.as_bytes().get(4) == Some(&b'-');
    if !looks_like_a_date {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return plain(at, "a date and time with its offset from UTC");
    }
    if let (Ok(date), false) = (text.parse::<Date>(), text.contains(':')) {
        return Some(Err(WhenError::NeedsTime(date.to_string())));
    }
    let local = text.parse::<DateTime>().ok().or_else(|| {
        let (date, time) = text.split_once(char::is_whitespace)?;
        Some(date.parse::<Date>().ok()?.to_datetime(time_of_day(&time.to_lowercase())?))
    });
    match local {
        Some(local) => Some(on_the_clock(local, now.time_zone(), "a date and time on your clock".to_owned())),
        None => Some(Err(WhenError::NoSuchDate(text.to_owned()))),
    }
}

/// `9am`, `tomorrow 9am`, `friday at 17:30`.
fn day_and_time(words: &str, now: &Zoned) -> Found {
    let words: Vec<&str> = words.split(' ').filter(|word| !matches!(*word, "at" | "on")).collect();
    let (named, rest) = match words[..] {
        [] => return None,
        [first, ..] if day(first).is_some() => (day(first), &words[1..]),
        [.., last] if day(last).is_some() => (day(last), &words[..words.len() - 1]),
        _ => (None, &words[..]),
    };
    let rest = rest.join(" ");
    match (named, time_of_day(&rest)) {
        (None, None) => None,
        (Some(_), None) if rest.is_empty() => Some(Err(WhenError::NeedsTime(words.join(" ")))),
        (Some(_), None) => Some(Err(WhenError::NoSuchTime(rest))),
        (named, Some(time)) => Some(next(named, time, now)),
    }
}

/// The first moment to come on that day at that time.
fn next(named: Option<Day>, time: Time, now: &Zoned) -> Result<When, WhenError> {
    let (first, last) = match named {
        Some(Day::Today) => (0, 0),
        Some(Day::Tomorrow) => (1, 1),
        Some(Day::Next(_)) => (0, 7),
        None => (0, 1),
    };
    let out_of_range = || WhenError::OutOfRange(time.to_string());
    let mut found = Err(out_of_range());
    for ahead in first..=last {
        let date = now.date().checked_add(i64::from(ahead).days()).map_err(|_| out_of_range())?;
        if let Some(Day::Next(weekday)) = named
            && date.weekday() != weekday
        {
            continue;
        }
        let read_as = format!("{} at {} on your clock", day_name(ahead, date), time.strftime("%H:%M"));
        found = on_the_clock(date.to_datetime(time), now.time_zone(), read_as);
        if found.as_ref().is_ok_and(|found| found.at > now.timestamp()) {
            break;
        }
    }
    found
}

fn day_name(ahead: i32, date: Date) -> String {
    match ahead {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ => date.strftime("%A").to_string(),
    }
}

/// A local time in its zone. Where the clocks change it may not exist (the moment after the gap is taken) or come twice
/// (the first is taken).
fn on_the_clock(local: DateTime, zone: &TimeZone, read_as: String) -> Result<When, WhenError> {
    let ambiguous = zone.to_ambiguous_zoned(local);
    let offset = ambiguous.offset();
    let zoned = ambiguous.compatible().map_err(|_| WhenError::OutOfRange(local.to_string()))?;
    let time = |zoned: &Zoned| zoned.strftime("%H:%M").to_string();
    let note = match offset {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => Some(format!(
            "The clocks go forward on that day and skip {}; {} is taken.",
            local.strftime("%H:%M"),
            time(&zoned)
        )),
        AmbiguousOffset::Fold { .. } => {
            Some(format!("The clocks go back on that day and {} comes twice; the first is taken.", time(&zoned)))
        }
    };
    Ok(When { at: zoned.timestamp(), read_as, note })
}

/// The moment so far ahead of `now`: `90s`, `2h`, `in 3 days`, exactly. None when the text is no delay.
pub(crate) fn ahead(text: &str, now: &Zoned) -> Option<Timestamp> {
    let words = text.trim().to_lowercase();
    let bare = words.strip_prefix('+').or_else(|| words.strip_prefix("in ")).unwrap_or(&words);
    now.checked_add(delay(bare.trim())?).ok().map(|moment| moment.timestamp())
}

/// `+90s`, `in 2 minutes`, and a bare `2 minutes`; up to the next full second, because AWS cuts the fraction off the
/// timestamp of a Wait state (its documentation says), which would then end too early.
fn delayed(words: &str, now: &Zoned) -> Found {
    let bare = words.strip_prefix('+').or_else(|| words.strip_prefix("in ")).unwrap_or(words);
    let span = delay(bare.trim())?;
    let up = ZonedRound::new().smallest(Unit::Second).mode(RoundMode::Ceil);
    match now.checked_add(span).and_then(|moment| moment.round(up)) {
        Ok(moment) => plain(moment.timestamp(), "a delay from now"),
        Err(_) => Some(Err(WhenError::OutOfRange(words.to_owned()))),
    }
}

#[cfg(test)]
mod tests;

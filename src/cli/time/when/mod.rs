//! `--at WHEN`: from what people type to a moment. Pure: the present comes in as a value.
//!
//! Libraries for it (`parse_datetime`, `interim`) follow `date -d`, which reads `9` as nine o'clock, `m` as a time zone and 14
//! digits as a year of many digits: here a text that is not understood is refused, and the reason is told.

mod calendar;
mod clock;
mod number;

use jiff::{RoundMode, Span, Timestamp, Unit, Zoned, ZonedRound};

use crate::cli::time::words::delay;

pub(super) use calendar::date_and_time;
pub(super) use number::number;

/// What `--at` accepts, for help and errors.
pub(crate) const ACCEPTED: &str = "Write a Unix timestamp (1510842801000, 1510842801), a date and time \
    (`2026-11-22 09:00` on your clock, 2026-11-22T09:00:00Z, `24 Dec 2026 18:00 Europe/Paris`), a delay (+90s, +1h30m, \
    `in half an hour`, PT5M), or a time (now, 9am, `today 17:30`, `tonight 8pm`, `next friday 5pm`, `18:00 UTC`).";

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
    /// A part of it is not understood; holds the text and the part.
    #[error("`{1}` in `{0}` can't be read as part of a moment.")]
    Part(String, String),
    /// A number of the wrong length.
    #[error(
        "`{text}` has {digits} digits; a Unix timestamp has 10 in seconds, 13 in milliseconds, 16 in microseconds or 19 in \
         nanoseconds, and a date and time without signs (YYYYMMDDhhmmss) has 14."
    )]
    Digits {
        /// What was typed.
        text: String,
        /// How many digits it has.
        digits: usize,
    },
    /// It looks like a date, and there is no such date.
    #[error("`{0}` names no date of the calendar (years 1970 to 9999).")]
    NoSuchDate(String),
    /// Days and months in an order that countries write differently.
    #[error("`{0}` may begin with the month or with the day; write the date as 2026-11-22 or `22 Nov 2026`.")]
    AmbiguousDate(String),
    /// A date that is another day of the week; holds the text and the day it is.
    #[error("`{0}` names a day of the week that is not the date's, which is a {1}.")]
    OtherWeekday(String, String),
    /// A day without a time.
    #[error("`{0}` names a day; say at what time, such as `{0} 6pm`.")]
    NeedsTime(String),
    /// A day with something that is no time.
    #[error("`{0}` is no time of day; write 9am, 9:30pm or 17:30.")]
    NoSuchTime(String),
    /// A time zone that nobody knows, or that several use.
    #[error("`{0}` is no time zone known here; write UTC, +01:00 or a name such as Europe/Paris.")]
    NoSuchZone(String),
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
        .or_else(|| delayed(&words, now))
        .or_else(|| date_and_time(text, now))
        .unwrap_or_else(|| Err(WhenError::Unknown(text.to_owned())))?;
    if found.at < Timestamp::UNIX_EPOCH { Err(WhenError::OutOfRange(text.to_owned())) } else { Ok(found) }
}

fn plain(at: Timestamp, read_as: impl Into<String>) -> Found {
    Some(Ok(When { at, read_as: read_as.into(), note: None }))
}

fn keyword(words: &str, now: &Zoned) -> Found {
    (words == "now").then(|| plain(now.timestamp(), "now")).flatten()
}

/// The moment so far ahead of `now`: `90s`, `2h`, `in 3 days`, exactly. None when the text is no delay.
pub(crate) fn ahead(text: &str, now: &Zoned) -> Option<Timestamp> {
    let words = text.trim().to_lowercase();
    now.checked_add(span(&words)?).ok().map(|moment| moment.timestamp())
}

/// A delay: `+90s`, `-5m`, `in 2 minutes`, `2 minutes`, `PT5M`.
fn span(words: &str) -> Option<Span> {
    let (sign, bare) = match (words.strip_prefix('-'), words.strip_prefix('+').or_else(|| words.strip_prefix("in "))) {
        (Some(bare), _) => (-1, bare.trim()),
        (None, Some(bare)) => (1, bare.trim()),
        (None, None) => (1, words),
    };
    Some(delay(bare).or_else(|| iso_duration(bare))? * sign)
}

/// `PT5M`, `P1DT12H` (ISO 8601).
fn iso_duration(text: &str) -> Option<Span> {
    let begins = |rest: &str| rest.starts_with(|first: char| first == 't' || first.is_ascii_digit());
    if !text.strip_prefix('p').is_some_and(begins) {
        return None;
    }
    text.parse().ok()
}

/// A delay from now, up to the next full second, because AWS cuts the fraction off the timestamp of a Wait state (its
/// documentation says), which would then end too early.
fn delayed(words: &str, now: &Zoned) -> Found {
    let span = span(words)?;
    let up = ZonedRound::new().smallest(Unit::Second).mode(RoundMode::Ceil);
    match now.checked_add(span).and_then(|moment| moment.round(up)) {
        Ok(moment) => plain(moment.timestamp(), "a delay from now"),
        Err(_) => Some(Err(WhenError::OutOfRange(words.to_owned()))),
    }
}

#[cfg(test)]
mod tests;

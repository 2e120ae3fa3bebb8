//! Moments as one number: Unix timestamps, whose length says their unit, and dates without signs.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::{Found, When, WhenError, plain};

/// A Unix timestamp, with a fraction and an `@` as `date` writes it or without. A date and time without signs is left to the
/// calendar.
pub(in crate::cli::time) fn number(text: &str) -> Found {
    let bare = text.strip_prefix('@').unwrap_or(text);
    let (whole, fraction) = bare.split_once('.').map_or((bare, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || fraction.is_some_and(|fraction| !is_number(fraction)) {
        return None;
    }
    let out_of_range = || WhenError::OutOfRange(text.to_owned());
    let digits = whole.len();
    if let Some(fraction) = fraction {
        return (digits == 10 && fraction.len() <= 9).then(|| with_fraction(whole, fraction).ok_or_else(out_of_range));
    }
    let Ok(count) = whole.parse::<i128>() else { return Some(Err(out_of_range())) };
    let (per_second, read_as) = match digits {
        1 | 2 => return Some(Err(WhenError::NoSuchTime(text.to_owned()))),
        10 => (1, "seconds since 1970"),
        13 => (1_000, "milliseconds since 1970"),
        16 => (1_000_000, "microseconds since 1970"),
        19 => (1_000_000_000, "nanoseconds since 1970"),
        12 | 14 if stamp(whole).is_some() => return None,
        _ => return Some(Err(WhenError::Digits { text: text.to_owned(), digits })),
    };
    match Timestamp::from_nanosecond(count * (1_000_000_000 / per_second)) {
        Ok(at) => plain(at, read_as),
        Err(_) => Some(Err(out_of_range())),
    }
}

fn with_fraction(seconds: &str, fraction: &str) -> Option<When> {
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    let at = Timestamp::new(seconds.parse().ok()?, nanoseconds).ok()?;
    Some(When { at, read_as: "seconds since 1970".to_owned(), note: None })
}

/// A date and time as digits: YYYYMMDDhhmm or YYYYMMDDhhmmss.
pub(super) fn stamp(text: &str) -> Option<DateTime> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(text.len(), 12 | 14) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("00").parse::<i16>().ok();
    let small = |from: usize, to: usize| i8::try_from(part(from, to)?).ok();
    let year = part(0, 4).filter(|year| *year >= 1970)?;
    DateTime::new(year, small(4, 6)?, small(6, 8)?, small(8, 10)?, small(10, 12)?, small(12, 14)?, 0).ok()
}

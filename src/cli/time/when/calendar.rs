//! Dates, days and times of day, in the words and orders in which people write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ToSpan, Zoned};

use super::clock::{self, Clock};
use super::number::stamp;
use super::{Found, When, WhenError, plain};
use crate::cli::time::words::{Day, day, month, time_of_day};

/// What was found in a text.
#[derive(Default)]
struct Said {
    day: Option<Day>,
    year: Option<i16>,
    month: Option<i8>,
    day_of_month: Option<i8>,
    time: Option<Time>,
    clock: Option<Clock>,
    /// What is none of these.
    rest: Vec<String>,
}

/// A date and a time, a day and a time, or a time alone; none when nothing of the text is one of them.
pub(in crate::cli::time) fn date_and_time(text: &str, now: &Zoned) -> Found {
    if let Some(found) = exact(text) {
        return Some(found);
    }
    let words = text.to_lowercase().replace(',', " ");
    match Said::of(text, &words, now) {
        Ok(said) if said.is_nothing() => None,
        Ok(said) => Some(said.moment(text, now)),
        Err(error) => Some(Err(error)),
    }
}

/// What other programs write: RFC 3339, RFC 9557 with a zone's name, RFC 2822.
fn exact(text: &str) -> Option<Result<When, WhenError>> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return plain(at, "a date and time with its offset from UTC");
    }
    if let Ok(zoned) = text.parse::<Zoned>() {
        return plain(zoned.timestamp(), "a date and time with its zone");
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    plain(at, "a date and time with its offset from UTC")
}

impl Said {
    fn of(text: &str, words: &str, now: &Zoned) -> Result<Self, WhenError> {
        let words: Vec<&str> = words.split_whitespace().collect();
        let has_month = words.iter().any(|word| month(word).is_some());
        let mut said = Self::default();
        let mut place = 0;
        while let Some(word) = words.get(place).copied() {
            let next = words.get(place + 1).copied();
            place += match () {
                () if matches!(word, "at" | "on" | "the" | "of" | "this" | "o'clock") => 1,
                () if said.take_day(word, next) => usize::from(word == "next") + 1,
                () if said.take_date(text, word, now)? || said.take_of_month(word, next, has_month) => 1,
                () if next.is_some_and(|next| said.take_half(word, next)) => 2,
                () if said.take_time(word, now)? => 1,
                () if said.take_zone(word, now)? => 1,
                () => {
                    said.rest.push(word.to_owned());
                    1
                }
            };
        }
        Ok(said)
    }

    fn is_nothing(&self) -> bool {
        self.day.is_none() && self.month.is_none() && self.time.is_none()
    }

    fn take_day(&mut self, word: &str, next: Option<&str>) -> bool {
        let found = match (word, next.and_then(day)) {
            ("next", Some(Day::Next(weekday))) => Some(Day::After(weekday)),
            _ => day(word),
        };
        let is_new = found.is_some() && self.day.is_none();
        self.day = self.day.or(found);
        is_new
    }

    /// `2026-11-22`, `2026/11/22`, `22.11.2026`, and with a `T` and a time after it.
    fn take_date(&mut self, text: &str, word: &str, now: &Zoned) -> Result<bool, WhenError> {
        if let Some(stamp) = stamp(word) {
            self.set_date(stamp.date());
            self.time = Some(stamp.time());
            return Ok(true);
        }
        let (word, time) = word.split_once('t').map_or((word, None), |(date, time)| (date, Some(time)));
        let separator = word.chars().find(|character| !character.is_ascii_digit());
        let Some(separator @ ('-' | '/' | '.')) = separator else { return Ok(false) };
        let parts: Vec<&str> = word.split(separator).collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let [first, second, third] = parts[..] else { return Ok(false) };
        let (year, month, day) = match (lengths.as_slice(), separator) {
            ([4, 1 | 2, 1 | 2], _) => (first, second, third),
            ([1 | 2, 1 | 2, 4], '.') => (third, second, first),
            ([1 | 2, 1 | 2, 4 | 2], '/' | '-') => return Err(WhenError::AmbiguousDate(text.to_owned())),
            _ => return Ok(false),
        };
        let numbers = (|| Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)))();
        let date = numbers.and_then(|(year, month, day)| Date::new(year, month, day).ok());
        let date = date.ok_or_else(|| WhenError::NoSuchDate(text.to_owned()))?;
        self.set_date(date);
        match time {
            Some(time) if !self.take_time(time, now)? => Err(WhenError::NoSuchTime(time.to_owned())),
            _ => Ok(true),
        }
    }

    fn set_date(&mut self, date: Date) {
        (self.year, self.month, self.day_of_month) = (Some(date.year()), Some(date.month()), Some(date.day()));
    }

    /// A month's name, and in a text that has one, the day and the year.
    fn take_of_month(&mut self, word: &str, next: Option<&str>, has_month: bool) -> bool {
        if let (Some(found), None) = (month(word), self.month) {
            self.month = Some(found);
            return true;
        }
        if !has_month || next.is_some_and(is_half) {
            return false;
        }
        let digits = ["st", "nd", "rd", "th", "."].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        match digits.len() {
            1 | 2 if self.day_of_month.is_none() => {
                self.day_of_month = digits.parse().ok().filter(|day| *day > 0);
                self.day_of_month.is_some()
            }
            4 if self.year.is_none() && digits == word => {
                self.year = digits.parse().ok().filter(|year| *year > 0);
                self.year.is_some()
            }
            _ => false,
        }
    }

    /// A time, and a zone that is written to it: `18:00`, `9am`, `18:00z`, `18:00+01:00`.
    fn take_time(&mut self, word: &str, now: &Zoned) -> Result<bool, WhenError> {
        if self.time.is_some() {
            return Ok(false);
        }
        if let Some(time) = time_of_day(word) {
            self.time = Some(time);
            return Ok(true);
        }
        let Some(end) = word.find(['+', '-', 'z', '[']).filter(|end| *end > 0) else { return Ok(false) };
        let (time, zone) = word.split_at(end);
        let (Some(time), Some(clock)) = (time_of_day(time), clock::zone(zone, now.time_zone())) else {
            return Ok(false);
        };
        (self.time, self.clock) = (Some(time), Some(clock?));
        Ok(true)
    }

    /// `9 am`, `9:30 p.m.`.
    fn take_half(&mut self, word: &str, next: &str) -> bool {
        let found = is_half(next).then(|| time_of_day(&format!("{word}{next}"))).flatten();
        let is_new = found.is_some() && self.time.is_none();
        self.time = self.time.or(found);
        is_new
    }

    /// A zone stands behind something that it is the zone of.
    fn take_zone(&mut self, word: &str, now: &Zoned) -> Result<bool, WhenError> {
        if self.clock.is_some() || self.time.is_none() {
            return Ok(false);
        }
        let Some(found) = clock::zone(word, now.time_zone()) else { return Ok(false) };
        self.clock = Some(found?);
        Ok(true)
    }

    fn moment(self, text: &str, now: &Zoned) -> Result<When, WhenError> {
        let named = text.to_owned();
        let Some(time) = self.time else {
            let missing = if self.rest.is_empty() {
                WhenError::NeedsTime(named)
            } else {
                WhenError::NoSuchTime(self.rest.join(" "))
            };
            return Err(missing);
        };
        if !self.rest.is_empty() {
            return Err(WhenError::Part(named, self.rest.join(" ")));
        }
        let clock = self.clock.clone().unwrap_or_else(|| Clock::Own(now.time_zone().clone()));
        match (self.month, self.day_of_month) {
            (None, None) => next(self.day, time, now, &clock),
            (Some(month), Some(day)) => self.on_date(text, (month, day), time, now, &clock),
            _ => Err(WhenError::NoSuchDate(named)),
        }
    }

    /// On a date; without a year, the next one to come.
    fn on_date(
        &self,
        text: &str,
        (month, day): (i8, i8),
        time: Time,
        now: &Zoned,
        clock: &Clock,
    ) -> Result<When, WhenError> {
        let no_such = || WhenError::NoSuchDate(text.to_owned());
        let read_as = || format!("a date and time {}", clock.name());
        let this_year = clock.now(now.timestamp()).year();
        // A 29th of February may be some years ahead.
        let years = self.year.map_or(this_year..=this_year.saturating_add(8), |year| year..=year);
        let mut found = Err(no_such());
        for date in years.filter_map(|year| Date::new(year, month, day).ok()) {
            self.check_weekday(text, date)?;
            found = clock.moment(date.to_datetime(time), read_as()).map_err(|error| match error {
                WhenError::OutOfRange(_) => WhenError::OutOfRange(text.to_owned()),
                other => other,
            });
            if found.as_ref().is_ok_and(|found| found.at > now.timestamp()) {
                break;
            }
        }
        found
    }

    fn check_weekday(&self, text: &str, date: Date) -> Result<(), WhenError> {
        match self.day {
            None => Ok(()),
            Some(Day::Next(weekday)) if weekday == date.weekday() => Ok(()),
            Some(_) => Err(WhenError::OtherWeekday(text.to_owned(), date.strftime("%A").to_string())),
        }
    }
}

fn is_half(word: &str) -> bool {
    matches!(word, "am" | "pm" | "a.m." | "p.m.")
}

/// Nights end with this hour.
const MORNING: i8 = 5;

/// The first moment to come on that day at that time.
fn next(named: Option<Day>, time: Time, now: &Zoned, clock: &Clock) -> Result<When, WhenError> {
    let (first, last) = match named {
        Some(Day::Tonight) if time.hour() < MORNING => (1, 1),
        Some(Day::Today | Day::Tonight) => (0, 0),
        Some(Day::Tomorrow) => (1, 1),
        Some(Day::Next(_)) => (0, 7),
        Some(Day::After(_)) => (1, 7),
        None => (0, 1),
    };
    let out_of_range = || WhenError::OutOfRange(time.to_string());
    let today = clock.now(now.timestamp()).date();
    let mut found = Err(out_of_range());
    for ahead in first..=last {
        let date = today.checked_add(i64::from(ahead).days()).map_err(|_| out_of_range())?;
        if let Some(Day::Next(weekday) | Day::After(weekday)) = named
            && date.weekday() != weekday
        {
            continue;
        }
        let day = match clock {
            // Its day may be another one than the reader's.
            Clock::Of(..) => date.strftime("%A %-d %B").to_string(),
            Clock::Own(_) | Clock::OwnNamed(..) => day_name(ahead, date),
        };
        let read_as = format!("{day} at {} {}", time.strftime("%H:%M"), clock.name());
        found = clock.moment(DateTime::from_parts(date, time), read_as);
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

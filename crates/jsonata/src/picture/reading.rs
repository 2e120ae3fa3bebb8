//! Reads timestamps: with a picture, or in ISO 8601.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::date::calendar::{DAYS, Date, MONTHS, days_from};
use super::date::{Marker, Part, nameless, parse};
use super::integer::{Case, Form, Grouping, Picture, unsupported, whole};
use super::words;
use crate::failure::{Evaluated, Failure};

/// Components that have been read, by their letters.
type Components = BTreeMap<char, f64>;

fn missing() -> Failure {
    Failure::new("D3136", "The date/time picture string is missing specifiers required to parse the timestamp")
}

/// Reads a timestamp with a picture. `None` when it doesn't fit. What is more than the picture has comes from `now`.
///
/// # Errors
/// A picture that leaves out something between what it has.
pub(crate) fn read(text: &str, picture: &str, now: f64) -> Evaluated<Option<f64>> {
    let parts = parse(picture)?;
    let mut pattern = String::from("^");
    for part in &parts {
        pattern.push_str(&format!("({})", part_pattern(part)?));
    }
    pattern.push('$');
    let mut builder = regex_lite::RegexBuilder::new(&pattern);
    let Ok(engine) = builder.case_insensitive(true).size_limit(1 << 20).build() else { return Err(missing()) };
    let Some(captures) = engine.captures(text) else { return Ok(None) };
    let mut components = Components::new();
    for (at, part) in parts.iter().enumerate() {
        let (Part::Marker(marker), Some(found)) = (part, captures.get(at + 1)) else { continue };
        if let Some(value) = marker.read(found.as_str())? {
            components.insert(marker.component, value);
        }
    }
    if components.is_empty() { Ok(None) } else { instant(components, now).map(Some) }
}

fn part_pattern(part: &Part) -> Evaluated<String> {
    let marker = match part {
        Part::Literal(text) => return Ok(regex_lite::escape(text)),
        Part::Marker(marker) => marker,
    };
    Ok(match (&marker.integer, marker.component) {
        (Some(picture), 'Z' | 'z') => {
            let gmt = if marker.component == 'z' { "GMT" } else { "" };
            let minutes = match separator(picture) {
                Some(separator) => format!("{}[0-9]+", regex_lite::escape(&separator.to_string())),
                None => String::new(),
            };
            format!("{gmt}[-+][0-9]+{minutes}")
        }
        (Some(picture), _) => integer_pattern(picture, marker.digits)?,
        (None, 'M' | 'x' | 'F' | 'P') => "[a-zA-Z]+".to_owned(),
        (None, component) => return Err(nameless(component)),
    })
}

fn separator(picture: &Picture) -> Option<char> {
    match &picture.form {
        Form::Decimal { grouping: Grouping::Regular { separator, .. }, .. } => Some(*separator),
        _ => None,
    }
}

fn integer_pattern(picture: &Picture, digits: Option<usize>) -> Evaluated<String> {
    Ok(match &picture.form {
        Form::Letters => "[a-z]+".to_owned(),
        Form::Roman => "[mdclxvi]+".to_owned(),
        Form::Words => format!("(?:{}|and|[-, ])+", words::all().join("|")),
        Form::Decimal { .. } => {
            let count = match digits {
                Some(count) if count > 0 && picture.optional == 0 => format!("{{{count}}}"),
                Some(count) if count > 0 => format!("{{{},{count}}}", count.saturating_sub(picture.optional)),
                _ => "+".to_owned(),
            };
            let suffix = if picture.ordinal { "(?:th|st|nd|rd)" } else { "" };
            format!("[0-9]{count}{suffix}")
        }
        Form::Sequence(token) => return Err(unsupported(token)),
    })
}

impl Marker {
    fn read(&self, text: &str) -> Evaluated<Option<f64>> {
        if self.component == 'Z' || self.component == 'z' {
            let picture = self.integer.as_ref();
            return Ok(Some(zone(text.get(if self.component == 'z' { 3 } else { 0 }..).unwrap_or_default(), picture)));
        }
        if let Some(picture) = &self.integer {
            let text = match (&picture.form, picture.case) {
                (Form::Letters, Case::Upper) => text.to_uppercase(),
                (Form::Letters, _) => text.to_lowercase(),
                _ => text.to_owned(),
            };
            return picture.read(&text).map(Some);
        }
        let names: &[&str] = match self.component {
            'M' | 'x' => &MONTHS,
            'F' => &DAYS,
            _ => {
                let halves = [("am", 0.0), ("AM", 0.0), ("pm", 1.0), ("PM", 1.0)];
                return Ok(halves.into_iter().find(|(half, _)| *half == text).map(|(_, value)| value));
            }
        };
        let width = self.most_width.filter(|width| *width > 0).unwrap_or(usize::MAX);
        let place = names.iter().rposition(|name| name.chars().take(width).eq(text.chars()));
        Ok(place.and_then(|at| u32::try_from(at + 1).ok()).map(f64::from))
    }
}

/// An offset in minutes.
fn zone(text: &str, picture: Option<&Picture>) -> f64 {
    if let Some((hours, minutes)) = picture.and_then(separator).and_then(|separator| text.split_once(separator)) {
        return whole(hours) * 60.0 + whole(minutes);
    }
    if text.len() <= 3 {
        return whole(text) * 60.0;
    }
    let (hours, minutes) = text.split_at_checked(3).unwrap_or((text, "0"));
    whole(hours) * 60.0 + whole(minutes)
}

/// The instant that components make up.
fn instant(mut components: Components, now: f64) -> Evaluated<f64> {
    // A component of value zero counts as absent here, as in JSONata.
    let has = |letter: char| components.get(&letter).is_some_and(|value| *value != 0.0 && !value.is_nan());
    let mask = |letters: &str| letters.chars().fold(0_u32, |mask, letter| mask << 1 | u32::from(has(letter)));
    let fits = |mask: u32, allowed: u32| !allowed & mask == 0 && allowed & mask != 0;
    let dates = mask("YXMxWwdD");
    let times = mask("PHhmsf");
    let day_of_year = !fits(dates, 161) && fits(dates, 130);
    if fits(dates, 84) || fits(dates, 72) {
        return Err(missing());
    }
    let half_days = !fits(times, 23) && fits(times, 47);
    let order = format!("{}{}", if day_of_year { "YD" } else { "YMD" }, if half_days { "Phmsf" } else { "Hmsf" });
    let present = Date::of_millis(now);
    let mut started = false;
    let mut ended = false;
    for letter in order.chars() {
        let absent = match components.entry(letter) {
            Entry::Occupied(_) if ended => return Err(missing()),
            Entry::Occupied(_) => {
                started = true;
                continue;
            }
            Entry::Vacant(absent) => absent,
        };
        ended = started;
        let from_present = present.map_or(0, |date| date.component(letter)) as f64;
        absent.insert(match started {
            true if "MDd".contains(letter) => 1.0,
            true => 0.0,
            false => from_present,
        });
    }
    let value = |letter: char| components.get(&letter).copied().unwrap_or(0.0);
    let (month, day) = if day_of_year { (1.0, value('d')) } else { (value('M').max(1.0), value('D')) };
    let hour = match value('h') {
        _ if !half_days => value('H'),
        hour => hour % 12.0 + if value('P') == 1.0 { 12.0 } else { 0.0 },
    };
    let zone = [value('Z'), value('z')].into_iter().find(|zone| *zone != 0.0).unwrap_or(0.0);
    let ms = ((hour * 60.0 + value('m') - zone) * 60.0 + value('s')) * 1000.0 + value('f');
    Ok(days(value('Y'), month, day) * 86_400_000.0 + ms)
}

/// Days since 1970. Years of two digits are of the twentieth century, as for `Date.UTC`.
fn days(year: f64, month: f64, day: f64) -> f64 {
    let year = if (0.0..100.0).contains(&year) { year + 1900.0 } else { year };
    let clamp = |value: f64| value.clamp(-300_000.0, 300_000.0) as i64;
    days_from(clamp(year), clamp(month), clamp(day)) as f64
}

/// Reads an ISO 8601 timestamp. A time without zone is UTC.
pub(crate) fn read_iso(text: &str) -> Option<f64> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse::<f64>().ok()
    };
    let is = |at: usize, c: char| text.get(at..).is_some_and(|rest| rest.starts_with(c));
    let mut end = 4;
    let year = number(0, 4)?;
    let mut month = 1.0;
    let mut day = 1.0;
    if is(end, '-') && number(end + 1, end + 3).is_some() {
        month = number(end + 1, end + 3)?;
        end += 3;
        if is(end, '-') && number(end + 1, end + 3).is_some() {
            day = number(end + 1, end + 3)?;
            end += 3;
        }
    }
    let mut seconds = 0.0;
    let mut millis = 0.0;
    if is(end, 'T') {
        if !is(end + 3, ':') || !is(end + 6, ':') {
            return None;
        }
        let hour = number(end + 1, end + 3)?;
        let minute = number(end + 4, end + 6)?;
        let second = number(end + 7, end + 9)?;
        if hour > 24.0 || minute > 59.0 || second > 59.0 || (hour == 24.0 && minute + second > 0.0) {
            return None;
        }
        seconds = (hour * 60.0 + minute) * 60.0 + second;
        end += 9;
        if is(end, '.') {
            let count = text.get(end + 1..)?.bytes().take_while(u8::is_ascii_digit).count();
            let digits = text.get(end + 1..end + 1 + count.min(3)).filter(|digits| !digits.is_empty())?;
            millis = format!("{digits:0<3}").parse().ok()?;
            end += 1 + count;
        }
    }
    let zone = text.get(end..)?;
    if !(1.0..=12.0).contains(&month) || !(1.0..=31.0).contains(&day) {
        return None;
    }
    let offset = iso_zone(zone)?;
    Some(days_of_iso(year, month, day) * 86_400_000.0 + seconds * 1000.0 + millis - offset * 60_000.0)
}

fn days_of_iso(year: f64, month: f64, day: f64) -> f64 {
    days_from(year as i64, month as i64, day as i64) as f64
}

/// `Z`, `+01:00`, `-0330` or nothing, in minutes.
fn iso_zone(text: &str) -> Option<f64> {
    if text.is_empty() || text == "Z" {
        return Some(0.0);
    }
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let digits = text.strip_prefix(['+', '-'])?.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: f64 = digits.get(..2)?.parse().ok()?;
    let minutes: f64 = digits.get(2..)?.parse().ok()?;
    Some(sign * (hours * 60.0 + minutes))
}

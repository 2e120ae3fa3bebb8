//! From a time of a clock to a moment: zones, and the days on which clocks change.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::{When, WhenError};

/// Whose clock a time is of.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    /// The reader's own.
    Own(TimeZone),
    /// That of a zone, with its name as it was typed.
    Of(TimeZone, String),
    /// The reader's own, with what its zone is called then: `CET`.
    OwnNamed(TimeZone, String),
}

/// Names of RFC 2822 with their offsets in hours.
const AMERICAN: [(&str, i8); 8] =
    [("est", -5), ("edt", -4), ("cst", -6), ("cdt", -5), ("mst", -7), ("mdt", -6), ("pst", -8), ("pdt", -7)];

/// A zone's name in lower case: `utc`, `z`, `+01:00`, `europe/paris`, `est`. None for what looks like none.
pub(super) fn zone(word: &str, own: &TimeZone) -> Option<Result<Clock, WhenError>> {
    let name = word.trim_start_matches('[').trim_end_matches(']');
    let of = |zone: TimeZone| Some(Ok(Clock::Of(zone, name.to_uppercase())));
    if matches!(name, "utc" | "gmt" | "z" | "ut") {
        return of(TimeZone::UTC);
    }
    let bare = name.strip_prefix("utc").or_else(|| name.strip_prefix("gmt")).unwrap_or(name);
    if let Some(offset) = offset(bare) {
        return of(TimeZone::fixed(offset));
    }
    if name.contains('/') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte)) {
        let found = TimeZone::get(name).map_err(|_| WhenError::NoSuchZone(word.to_owned()));
        return Some(found.map(|zone| {
            let name = zone.iana_name().unwrap_or(name).to_owned();
            Clock::Of(zone, name)
        }));
    }
    if let Some((_, hours)) = AMERICAN.iter().find(|(american, _)| *american == name) {
        return of(TimeZone::fixed(Offset::constant(*hours)));
    }
    let is_short = (3..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_short.then(|| Ok(Clock::OwnNamed(own.clone(), name.to_uppercase())))
}

/// `+01:00`, `-0530`, `+1`.
fn offset(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|character| *character != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()).flatten()
}

impl Clock {
    /// The zone that it shows the time of.
    pub(super) fn zone(&self) -> &TimeZone {
        match self {
            Self::Own(zone) | Self::Of(zone, _) | Self::OwnNamed(zone, _) => zone,
        }
    }

    /// How it is spoken of.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Own(_) | Self::OwnNamed(..) => "on your clock".to_owned(),
            Self::Of(_, name) => format!("in {name}"),
        }
    }

    /// The moment at which it shows this. Where the clocks change it may not exist (the moment after the gap is taken) or come
    /// twice (the first is taken, unless the zone's name says which one is meant).
    pub(super) fn moment(&self, local: DateTime, read_as: String) -> Result<When, WhenError> {
        let zone = self.zone();
        let out_of_range = || WhenError::OutOfRange(local.to_string());
        if let Self::OwnNamed(_, name) = self {
            let ambiguous = || zone.to_ambiguous_zoned(local);
            let readings = [ambiguous().earlier(), ambiguous().later()];
            let meant = readings.into_iter().flatten().find(|reading| is_called(reading, name));
            let found = meant.map(|meant| When { at: meant.timestamp(), read_as, note: None });
            return found.ok_or_else(|| WhenError::NoSuchZone(name.clone()));
        }
        let ambiguous = zone.to_ambiguous_zoned(local);
        let offset = ambiguous.offset();
        let zoned = ambiguous.compatible().map_err(|_| out_of_range())?;
        Ok(When { at: zoned.timestamp(), read_as, note: note(offset, local, &zoned) })
    }

    /// What it shows now.
    pub(super) fn now(&self, now: Timestamp) -> Zoned {
        now.to_zoned(self.zone().clone())
    }
}

fn is_called(reading: &Zoned, name: &str) -> bool {
    reading.time_zone().to_offset_info(reading.timestamp()).abbreviation().eq_ignore_ascii_case(name)
}

fn note(offset: AmbiguousOffset, local: DateTime, zoned: &Zoned) -> Option<String> {
    let taken = zoned.strftime("%H:%M");
    match offset {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => {
            Some(format!("The clocks go forward on that day and skip {}; {taken} is taken.", local.strftime("%H:%M")))
        }
        AmbiguousOffset::Fold { .. } => {
            Some(format!("The clocks go back on that day and {taken} comes twice; the first is taken."))
        }
    }
}

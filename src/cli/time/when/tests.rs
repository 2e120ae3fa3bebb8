//! What `--at` accepts and refuses, seen from a Sunday morning in Paris.

use jiff::Zoned;

use super::*;

fn at(now: &str, text: &str) -> Result<When, WhenError> {
    parse(text, &now.parse::<Zoned>().unwrap())
}

/// A Sunday, 08:30 local time.
fn read(text: &str) -> String {
    match at("2026-11-22T08:30:00+01:00[Europe/Paris]", text) {
        Ok(When { at, read_as, note: None }) => format!("{at} ({read_as})"),
        Ok(When { at, read_as, note: Some(note) }) => format!("{at} ({read_as}) {note}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn numbers() {
    insta::assert_snapshot!(read("1510842801000"), @"2017-11-16T14:33:21Z (milliseconds since 1970)");
    insta::assert_snapshot!(read(" 1510842801 "), @"2017-11-16T14:33:21Z (seconds since 1970)");
    insta::assert_snapshot!(read("253402300800000"), @"`253402300800000` has 15 digits; a Unix timestamp has 10 in seconds, 13 in milliseconds, 16 in microseconds or 19 in nanoseconds, and a date and time without signs (YYYYMMDDhhmmss) has 14.");
    insta::assert_snapshot!(read("90"), @"`90` is no time of day; write 9am, 9:30pm or 17:30.");
    insta::assert_snapshot!(read("1510842801000000"), @"2017-11-16T14:33:21Z (microseconds since 1970)");
    insta::assert_snapshot!(read("99999999999999999999"), @"`99999999999999999999` has 20 digits; a Unix timestamp has 10 in seconds, 13 in milliseconds, 16 in microseconds or 19 in nanoseconds, and a date and time without signs (YYYYMMDDhhmmss) has 14.");
}

#[test]
fn dates() {
    insta::assert_snapshot!(read("2026-11-22T09:00:00Z"), @"2026-11-22T09:00:00Z (a date and time with its offset from UTC)");
    insta::assert_snapshot!(read("2026-11-22T09:00:00.5+01:00"), @"2026-11-22T08:00:00.5Z (a date and time with its offset from UTC)");
    insta::assert_snapshot!(read("2026-11-22 09:00"), @"2026-11-22T08:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("2026-11-22T09:00:15"), @"2026-11-22T08:00:15Z (a date and time on your clock)");
    insta::assert_snapshot!(read("2026-11-22 9am"), @"2026-11-22T08:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("2026-11-22"), @"`2026-11-22` names a day; say at what time, such as `2026-11-22 6pm`.");
    insta::assert_snapshot!(read("2026-02-30 09:00"), @"`2026-02-30 09:00` names no date of the calendar (years 1970 to 9999).");
    insta::assert_snapshot!(read("2026-11-22 25:00"), @"`25:00` is no time of day; write 9am, 9:30pm or 17:30.");
    insta::assert_snapshot!(read("9999-12-31T23:59:59Z"), @"`9999-12-31T23:59:59Z` lies outside the years 1970 to 9999.");
    insta::assert_snapshot!(read("1969-12-31T23:59:59Z"), @"`1969-12-31T23:59:59Z` lies outside the years 1970 to 9999.");
}

#[test]
fn delays() {
    insta::assert_snapshot!(read("+90s"), @"2026-11-22T07:31:30Z (a delay from now)");
    insta::assert_snapshot!(read("+1h30m"), @"2026-11-22T09:00:00Z (a delay from now)");
    insta::assert_snapshot!(read("in 2 minutes"), @"2026-11-22T07:32:00Z (a delay from now)");
    insta::assert_snapshot!(read("In an Hour"), @"2026-11-22T08:30:00Z (a delay from now)");
    insta::assert_snapshot!(read("1 day"), @"2026-11-23T07:30:00Z (a delay from now)");
    insta::assert_snapshot!(read("5 minutes ago"), @"2026-11-22T07:25:00Z (a delay from now)");
    insta::assert_snapshot!(read("+9000y"), @"`+9000y` lies outside the years 1970 to 9999.");
    insta::assert_snapshot!(read("+soon"), @"`+soon` can't be read as a moment.");
}

#[test]
fn a_delay_ends_on_a_full_second() {
    let now = "2026-11-22T08:30:00.001+01:00[Europe/Paris]";
    assert_eq!(at(now, "+2s").unwrap().at.to_string(), "2026-11-22T07:30:03Z");
}

#[test]
fn days_and_times() {
    insta::assert_snapshot!(read("now"), @"2026-11-22T07:30:00Z (now)");
    insta::assert_snapshot!(read("9am"), @"2026-11-22T08:00:00Z (today at 09:00 on your clock)");
    insta::assert_snapshot!(read("8am"), @"2026-11-23T07:00:00Z (tomorrow at 08:00 on your clock)");
    insta::assert_snapshot!(read("today 17:30"), @"2026-11-22T16:30:00Z (today at 17:30 on your clock)");
    insta::assert_snapshot!(read("today 7:00"), @"2026-11-22T06:00:00Z (today at 07:00 on your clock)");
    insta::assert_snapshot!(read("tomorrow at 9 AM"), @"2026-11-23T08:00:00Z (tomorrow at 09:00 on your clock)");
    insta::assert_snapshot!(read("friday 9am"), @"2026-11-27T08:00:00Z (Friday at 09:00 on your clock)");
    insta::assert_snapshot!(read("sun 9am"), @"2026-11-22T08:00:00Z (today at 09:00 on your clock)");
    insta::assert_snapshot!(read("sunday 8:00"), @"2026-11-29T07:00:00Z (Sunday at 08:00 on your clock)");
    insta::assert_snapshot!(read("noon on monday"), @"2026-11-23T11:00:00Z (tomorrow at 12:00 on your clock)");
    insta::assert_snapshot!(read("tomorrow"), @"`tomorrow` names a day; say at what time, such as `tomorrow 6pm`.");
    insta::assert_snapshot!(read("tomorrow 9"), @"`9` is no time of day; write 9am, 9:30pm or 17:30.");
    insta::assert_snapshot!(read("whenever"), @"`whenever` can't be read as a moment.");
    insta::assert_snapshot!(read(""), @"`` can't be read as a moment.");
}

#[test]
fn other_units_and_digits() {
    insta::assert_snapshot!(read("1510842801000000"), @"2017-11-16T14:33:21Z (microseconds since 1970)");
    insta::assert_snapshot!(read("1510842801000000000"), @"2017-11-16T14:33:21Z (nanoseconds since 1970)");
    insta::assert_snapshot!(read("@1510842801"), @"2017-11-16T14:33:21Z (seconds since 1970)");
    insta::assert_snapshot!(read("1510842801.25"), @"2017-11-16T14:33:21.25Z (seconds since 1970)");
    insta::assert_snapshot!(read("20261122180000"), @"2026-11-22T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("202611221800"), @"2026-11-22T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("20261322180000"), @"`20261322180000` has 14 digits; a Unix timestamp has 10 in seconds, 13 in milliseconds, 16 in microseconds or 19 in nanoseconds, and a date and time without signs (YYYYMMDDhhmmss) has 14.");
    insta::assert_snapshot!(read("9"), @"`9` is no time of day; write 9am, 9:30pm or 17:30.");
}

#[test]
fn dates_in_words() {
    insta::assert_snapshot!(read("24 Dec 2026 18:00"), @"2026-12-24T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("December 24th, 2026 at 6pm"), @"2026-12-24T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("18:00 on the 24th of Dec."), @"2026-12-24T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("1 Jan 9:30 a.m."), @"2027-01-01T08:30:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("29 Feb noon"), @"2028-02-29T11:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("24.12.2026 18:00"), @"2026-12-24T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("2026/12/24 18:00"), @"2026-12-24T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("12/24/2026 18:00"), @"`12/24/2026 18:00` may begin with the month or with the day; write the date as 2026-11-22 or `22 Nov 2026`.");
    insta::assert_snapshot!(read("31 Nov 2026 18:00"), @"`31 Nov 2026 18:00` names no date of the calendar (years 1970 to 9999).");
    insta::assert_snapshot!(read("Monday 24 Dec 2026 18:00"), @"`Monday 24 Dec 2026 18:00` names a day of the week that is not the date's, which is a Thursday.");
    insta::assert_snapshot!(read("24 Dec"), @"`24 Dec` names a day; say at what time, such as `24 Dec 6pm`.");
    insta::assert_snapshot!(read("Dec 18:00"), @"`Dec 18:00` names no date of the calendar (years 1970 to 9999).");
    insta::assert_snapshot!(read("Sun, 22 Nov 2026 09:00:00 +0100"), @"2026-11-22T08:00:00Z (a date and time with its offset from UTC)");
}

#[test]
fn what_date_prints() {
    insta::assert_snapshot!(read("Sun Nov 22 18:00:00 CET 2026"), @"2026-11-22T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("Sun 22 Nov 2026 06:00:00 PM CET"), @"2026-11-22T17:00:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("Sun Nov 22 18:00:00 UTC 2026"), @"2026-11-22T18:00:00Z (a date and time in UTC)");
    insta::assert_snapshot!(read("Sun Nov 22 18:00:00 AEST 2026"), @"`AEST` is no time zone known here; write UTC, +01:00 or a name such as Europe/Paris.");
    insta::assert_snapshot!(read("Sun Oct 31 02:30:00 CET 2027"), @"2027-10-31T01:30:00Z (a date and time on your clock)");
    insta::assert_snapshot!(read("Sun Oct 31 02:30:00 CEST 2027"), @"2027-10-31T00:30:00Z (a date and time on your clock)");
}

#[test]
fn zones() {
    insta::assert_snapshot!(read("18:00 UTC"), @"2026-11-22T18:00:00Z (Sunday 22 November at 18:00 in UTC)");
    insta::assert_snapshot!(read("18:00 Europe/London"), @"2026-11-22T18:00:00Z (Sunday 22 November at 18:00 in Europe/London)");
    insta::assert_snapshot!(read("tomorrow 1am America/New_York"), @"2026-11-23T06:00:00Z (Monday 23 November at 01:00 in America/New_York)");
    insta::assert_snapshot!(read("2026-11-22 18:00 +05:30"), @"2026-11-22T12:30:00Z (a date and time in +05:30)");
    insta::assert_snapshot!(read("2026-11-22 18:00Z"), @"2026-11-22T18:00:00Z (a date and time with its offset from UTC)");
    insta::assert_snapshot!(read("2026-11-22T18:00:00+01:00[Europe/Paris]"), @"2026-11-22T17:00:00Z (a date and time with its offset from UTC)");
    insta::assert_snapshot!(read("6pm PST"), @"2026-11-23T02:00:00Z (Sunday 22 November at 18:00 in PST)");
    insta::assert_snapshot!(read("6pm UTC+2"), @"2026-11-22T16:00:00Z (Sunday 22 November at 18:00 in UTC+2)");
    insta::assert_snapshot!(read("18:00 Mars/Olympus"), @"`mars/olympus` is no time zone known here; write UTC, +01:00 or a name such as Europe/Paris.");
}

#[test]
fn more_days_and_delays() {
    insta::assert_snapshot!(read("tonight 8pm"), @"2026-11-22T19:00:00Z (today at 20:00 on your clock)");
    insta::assert_snapshot!(read("tonight at 1am"), @"2026-11-23T00:00:00Z (tomorrow at 01:00 on your clock)");
    insta::assert_snapshot!(read("tonight"), @"`tonight` names a day; say at what time, such as `tonight 6pm`.");
    insta::assert_snapshot!(read("next friday 5pm"), @"2026-11-27T16:00:00Z (Friday at 17:00 on your clock)");
    insta::assert_snapshot!(read("this sunday 5pm"), @"2026-11-22T16:00:00Z (today at 17:00 on your clock)");
    insta::assert_snapshot!(read("next sunday 5pm"), @"2026-11-29T16:00:00Z (Sunday at 17:00 on your clock)");
    insta::assert_snapshot!(read("in half an hour"), @"2026-11-22T08:00:00Z (a delay from now)");
    insta::assert_snapshot!(read("an hour and a half"), @"2026-11-22T09:00:00Z (a delay from now)");
    insta::assert_snapshot!(read("PT5M"), @"2026-11-22T07:35:00Z (a delay from now)");
    insta::assert_snapshot!(read("P1DT2H"), @"2026-11-23T09:30:00Z (a delay from now)");
    insta::assert_snapshot!(read("-5m"), @"2026-11-22T07:25:00Z (a delay from now)");
    insta::assert_snapshot!(read("tomorrow 9am or so"), @"`or so` in `tomorrow 9am or so` can't be read as part of a moment.");
    insta::assert_snapshot!(read("m"), @"`m` can't be read as a moment.");
    insta::assert_snapshot!(read("UTC"), @"`UTC` can't be read as a moment.");
}

#[test]
fn clock_changes() {
    let spring = "2027-03-27T12:00:00+01:00[Europe/Paris]";
    let gap = at(spring, "tomorrow 2:30").unwrap();
    insta::assert_snapshot!(gap.at, @"2027-03-28T01:30:00Z");
    insta::assert_snapshot!(gap.note.unwrap(), @"The clocks go forward on that day and skip 02:30; 03:30 is taken.");
    let fold = at(spring, "2027-10-31 02:30").unwrap();
    insta::assert_snapshot!(fold.at, @"2027-10-31T00:30:00Z");
    insta::assert_snapshot!(fold.note.unwrap(), @"The clocks go back on that day and 02:30 comes twice; the first is taken.");
    let day = at(spring, "+1 day").unwrap();
    assert_eq!(day.at.to_string(), "2027-03-28T10:00:00Z", "a day later is the same time of the clock");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = at("2026-11-22T08:30:00+01:00[Europe/Paris]", &text);
    }

    #[test]
    fn every_millisecond_of_the_lessons_form_is_read_as_it_is(ms in 1_000_000_000_000_i64..9_999_999_999_999) {
        let read = at("2026-11-22T08:30:00+01:00[Europe/Paris]", &ms.to_string()).unwrap();
        proptest::prop_assert_eq!(read.at.as_millisecond(), ms);
    }
}

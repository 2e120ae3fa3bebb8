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
    insta::assert_snapshot!(read("1510842801000"), @"");
    insta::assert_snapshot!(read(" 1510842801 "), @"");
    insta::assert_snapshot!(read("253402300800000"), @"");
    insta::assert_snapshot!(read("90"), @"");
    insta::assert_snapshot!(read("1510842801000000"), @"");
    insta::assert_snapshot!(read("99999999999999999999"), @"");
}

#[test]
fn dates() {
    insta::assert_snapshot!(read("2026-11-22T09:00:00Z"), @"");
    insta::assert_snapshot!(read("2026-11-22T09:00:00.5+01:00"), @"");
    insta::assert_snapshot!(read("2026-11-22 09:00"), @"");
    insta::assert_snapshot!(read("2026-11-22T09:00:15"), @"");
    insta::assert_snapshot!(read("2026-11-22 9am"), @"");
    insta::assert_snapshot!(read("2026-11-22"), @"");
    insta::assert_snapshot!(read("2026-02-30 09:00"), @"");
    insta::assert_snapshot!(read("2026-11-22 25:00"), @"");
    insta::assert_snapshot!(read("9999-12-31T23:59:59Z"), @"");
    insta::assert_snapshot!(read("1969-12-31T23:59:59Z"), @"");
}

#[test]
fn delays() {
    insta::assert_snapshot!(read("+90s"), @"");
    insta::assert_snapshot!(read("+1h30m"), @"");
    insta::assert_snapshot!(read("in 2 minutes"), @"");
    insta::assert_snapshot!(read("In an Hour"), @"");
    insta::assert_snapshot!(read("1 day"), @"");
    insta::assert_snapshot!(read("5 minutes ago"), @"");
    insta::assert_snapshot!(read("+9000y"), @"");
    insta::assert_snapshot!(read("+soon"), @"");
}

#[test]
fn days_and_times() {
    insta::assert_snapshot!(read("now"), @"");
    insta::assert_snapshot!(read("9am"), @"");
    insta::assert_snapshot!(read("8am"), @"");
    insta::assert_snapshot!(read("today 17:30"), @"");
    insta::assert_snapshot!(read("today 7:00"), @"");
    insta::assert_snapshot!(read("tomorrow at 9 AM"), @"");
    insta::assert_snapshot!(read("friday 9am"), @"");
    insta::assert_snapshot!(read("sun 9am"), @"");
    insta::assert_snapshot!(read("sunday 8:00"), @"");
    insta::assert_snapshot!(read("noon on monday"), @"");
    insta::assert_snapshot!(read("tomorrow"), @"");
    insta::assert_snapshot!(read("tomorrow 9"), @"");
    insta::assert_snapshot!(read("whenever"), @"");
    insta::assert_snapshot!(read(""), @"");
}

#[test]
fn clock_changes() {
    let spring = "2027-03-27T12:00:00+01:00[Europe/Paris]";
    let gap = at(spring, "tomorrow 2:30").unwrap();
    insta::assert_snapshot!(gap.at, @"");
    insta::assert_snapshot!(gap.note.unwrap(), @"");
    let fold = at(spring, "2027-10-31 02:30").unwrap();
    insta::assert_snapshot!(fold.at, @"");
    insta::assert_snapshot!(fold.note.unwrap(), @"");
    let day = at(spring, "+1 day").unwrap();
    assert_eq!(day.at.to_string(), "2027-03-28T10:00:00Z", "a day later is the same time of the clock");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = at("2026-11-22T08:30:00+01:00[Europe/Paris]", &text);
    }

    #[test]
    fn every_millisecond_of_the_lessons_form_is_read_as_it_is(ms in 1_000_000_000_000_i64..253_402_207_200_000) {
        let read = at("2026-11-22T08:30:00+01:00[Europe/Paris]", &ms.to_string()).unwrap();
        proptest::prop_assert_eq!(read.at.as_millisecond(), ms);
    }
}

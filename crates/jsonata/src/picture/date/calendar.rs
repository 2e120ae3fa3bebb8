//! The calendar: days, weeks and months of an instant in milliseconds.

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(crate) const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const DAY_MS: i64 = 86_400_000;

/// An instant taken apart, in UTC.
#[derive(Clone, Copy)]
pub(crate) struct Date {
    /// Days since 1970-01-01.
    days: i64,
    year: i64,
    month: i64,
    day: i64,
    pub(super) hour: i64,
    minute: i64,
    second: i64,
    milli: i64,
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. Months beyond the year run on into the next ones.
pub(crate) fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year + day - 1 - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Monday is 1.
fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// The Monday of the first week of the year or month that begins on a day: the week with its first Thursday.
fn first_week(start: i64) -> i64 {
    let day = weekday(start);
    if day > 4 { start + 8 - day } else { start - (day - 1) }
}

impl Date {
    /// Takes milliseconds since 1970 apart; `None` beyond what JavaScript's dates hold.
    pub(crate) fn of_millis(millis: f64) -> Option<Self> {
        if millis.is_nan() || millis.abs() > 8.64e15 {
            return None;
        }
        let millis = millis.trunc() as i64;
        let days = millis.div_euclid(DAY_MS);
        let of_day = millis.rem_euclid(DAY_MS);
        let (year, month, day) = civil(days);
        Some(Self {
            days,
            year,
            month,
            day,
            hour: of_day / 3_600_000,
            minute: of_day / 60_000 % 60,
            second: of_day / 1000 % 60,
            milli: of_day % 1000,
        })
    }

    /// A component of the date by its letter in pictures.
    pub(crate) fn component(&self, letter: char) -> i64 {
        match letter {
            'Y' => self.year,
            'M' => self.month,
            'D' => self.day,
            'd' => self.days - days_from(self.year, 1, 1) + 1,
            'F' => weekday(self.days),
            'W' => self.week(12),
            'w' => self.week(1),
            'X' => self.week_based(12).0,
            'x' => self.week_based(1).1,
            'H' => self.hour,
            'h' => (self.hour + 11) % 12 + 1,
            'P' => i64::from(self.hour >= 12),
            'm' => self.minute,
            's' => self.second,
            'f' => self.milli,
            _ => 0,
        }
    }

    /// The first month of the year (`months` 12) or the month (1) that the date is in.
    fn period(&self, months: i64) -> (i64, i64) {
        if months == 12 { (self.year, 1) } else { (self.year, self.month) }
    }

    fn starts(&self, months: i64) -> [i64; 3] {
        let (year, month) = self.period(months);
        [-months, 0, months].map(|ahead| first_week(days_from(year, month + ahead, 1)))
    }

    /// The week of the ISO year or month.
    fn week(&self, months: i64) -> i64 {
        let [before, this, after] = self.starts(months);
        let start = if self.days >= after {
            after
        } else if self.days < this {
            before
        } else {
            this
        };
        (self.days - start) / 7 + 1
    }

    /// The year and month that the week belongs to.
    fn week_based(&self, months: i64) -> (i64, i64) {
        let [_, this, after] = self.starts(months);
        let (year, month) = self.period(months);
        let ahead = i64::from(self.days >= after) - i64::from(self.days < this);
        let month = month + ahead * months;
        (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1)
    }
}

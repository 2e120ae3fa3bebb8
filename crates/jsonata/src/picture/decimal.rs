//! Decimal pictures: `#,##0.00`, `00.0e0`, `01%`.

use super::integer::regular;
use crate::failure::{Evaluated, Failure};
use crate::number::{round, to_text};

/// The symbols of a picture, which options may change.
pub(crate) struct Properties {
    decimal_separator: char,
    grouping_separator: char,
    exponent_separator: char,
    minus_sign: String,
    percent: String,
    per_mille: String,
    zero_digit: char,
    digit: char,
    pub(crate) pattern_separator: String,
}

impl Default for Properties {
    fn default() -> Self {
        Self {
            decimal_separator: '.',
            grouping_separator: ',',
            exponent_separator: 'e',
            minus_sign: "-".to_owned(),
            percent: "%".to_owned(),
            per_mille: "\u{2030}".to_owned(),
            zero_digit: '0',
            digit: '#',
            pattern_separator: ";".to_owned(),
        }
    }
}

impl Properties {
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let Some(first) = value.chars().next() else { return };
        match name {
            "decimal-separator" => self.decimal_separator = first,
            "grouping-separator" => self.grouping_separator = first,
            "exponent-separator" => self.exponent_separator = first,
            "minus-sign" => self.minus_sign = value.to_owned(),
            "percent" => self.percent = value.to_owned(),
            "per-mille" => self.per_mille = value.to_owned(),
            "zero-digit" => self.zero_digit = first,
            "digit" => self.digit = first,
            "pattern-separator" => self.pattern_separator = value.to_owned(),
            _ => {}
        }
    }

    fn is_decimal_digit(&self, c: char) -> bool {
        (u32::from(self.zero_digit)..u32::from(self.zero_digit) + 10).contains(&u32::from(c))
    }

    fn is_digit(&self, c: char) -> bool {
        self.is_decimal_digit(c) || c == self.digit
    }

    fn is_active(&self, c: char) -> bool {
        self.is_digit(c)
            || [self.decimal_separator, self.exponent_separator, self.grouping_separator].contains(&c)
            || self.pattern_separator.contains(c)
    }
}

/// The format that a part of a picture describes.
#[derive(Clone)]
pub(crate) struct SubPicture {
    prefix: String,
    suffix: String,
    percent: bool,
    per_mille: bool,
    has_point: bool,
    grouping: Vec<usize>,
    regular: Option<usize>,
    fraction_grouping: Vec<usize>,
    least_integer: usize,
    scaling: usize,
    least_fraction: usize,
    most_fraction: usize,
    least_exponent: usize,
}

fn wrong(code: &'static str) -> Failure {
    Failure::new(
        code,
        match code {
            "D3081" => "The sub-picture must not contain more than one instance of the 'decimal-separator' character",
            "D3082" => "The sub-picture must not contain more than one instance of the 'percent' character",
            "D3083" => "The sub-picture must not contain more than one instance of the 'per-mille' character",
            "D3084" => "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
            "D3085" => {
                "The mantissa part of a sub-picture must contain at least one character that is either an 'optional digit character' or a member of the 'decimal digit family'"
            }
            "D3086" => {
                "The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character"
            }
            "D3087" => {
                "The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a 'decimal-separator' character"
            }
            "D3088" => "The sub-picture must not contain a 'grouping-separator' at the end of the integer part",
            "D3089" => "The sub-picture must not contain two adjacent instances of the 'grouping-separator' character",
            "D3090" => {
                "The integer part of the sub-picture must not contain a member of the 'decimal digit family' that is followed by an instance of the 'optional digit character'"
            }
            "D3091" => {
                "The fractional part of the sub-picture must not contain an instance of the 'optional digit character' that is followed by a member of the 'decimal digit family'"
            }
            "D3092" => {
                "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a character treated as an 'exponent-separator'"
            }
            _ => {
                "The exponent part of the sub-picture must comprise only of one or more characters that are members of the 'decimal digit family'"
            }
        },
    )
}

/// The text of a part of a picture, cut at its separators.
struct Parts<'p> {
    whole: &'p str,
    prefix: &'p str,
    suffix: &'p str,
    active: &'p str,
    mantissa: &'p str,
    exponent: Option<&'p str>,
    integer: &'p str,
    fraction: &'p str,
}

impl<'p> Parts<'p> {
    fn cut(whole: &'p str, properties: &Properties) -> Self {
        let active = |c: char| properties.is_active(c) && c != properties.exponent_separator;
        let start = whole.find(active).unwrap_or(0);
        let end = whole.char_indices().rfind(|(_, c)| active(*c)).map_or(whole.len(), |(at, c)| at + c.len_utf8());
        let part = |from: usize, to: usize| whole.get(from..to).unwrap_or_default();
        let suffix = part(end, whole.len());
        let active = part(start, end);
        let (mantissa, exponent) = match active.split_once(properties.exponent_separator) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None if suffix.starts_with(properties.exponent_separator) => (active, Some("")),
            None => (active, None),
        };
        let (integer, fraction) = mantissa.split_once(properties.decimal_separator).unwrap_or((mantissa, suffix));
        Self { whole, prefix: part(0, start), suffix, active, mantissa, exponent, integer, fraction }
    }

    /// The last rule that is broken, if any.
    fn check(&self, properties: &Properties) -> Evaluated<()> {
        let count = |text: &str| self.whole.matches(text).count();
        let percents = count(&properties.percent);
        let per_milles = count(&properties.per_mille);
        let digits_after_digit = |text: &str| {
            text.find(properties.digit)
                .is_some_and(|at| text.get(..at).unwrap_or_default().contains(|c| properties.is_decimal_digit(c)))
        };
        let grouping = properties.grouping_separator;
        let (before, after) = self.whole.split_once(properties.decimal_separator).unwrap_or_default();
        let has_point = self.whole.contains(properties.decimal_separator);
        let optional = self.fraction.rfind(properties.digit);
        let decimal_after_optional = optional
            .is_some_and(|at| self.fraction.get(at..).unwrap_or_default().contains(|c| properties.is_decimal_digit(c)));
        let exponent = self.exponent.unwrap_or("0");
        let exponent_wrong =
            exponent.is_empty() || (self.exponent.is_some() && exponent.contains(|c| !properties.is_decimal_digit(c)));
        let rules = [
            ("D3093", exponent_wrong),
            ("D3092", self.exponent.is_some_and(|e| !e.is_empty()) && percents + per_milles > 0),
            ("D3091", decimal_after_optional),
            ("D3090", digits_after_digit(self.integer)),
            ("D3089", self.whole.contains(&format!("{grouping}{grouping}"))),
            ("D3087", has_point && (before.ends_with(grouping) || after.starts_with(grouping))),
            ("D3088", !has_point && self.integer.ends_with(grouping)),
            ("D3086", self.active.contains(|c| !properties.is_active(c))),
            ("D3085", !self.mantissa.contains(|c| properties.is_digit(c))),
            ("D3084", percents > 0 && per_milles > 0),
            ("D3083", per_milles > 1),
            ("D3082", percents > 1),
            ("D3081", self.whole.matches(properties.decimal_separator).count() > 1),
        ];
        match rules.into_iter().find(|(_, broken)| *broken) {
            Some((code, _)) => Err(wrong(code)),
            None => Ok(()),
        }
    }
}

impl SubPicture {
    pub(crate) fn parse(whole: &str, properties: &Properties) -> Evaluated<Self> {
        let parts = Parts::cut(whole, properties);
        parts.check(properties)?;
        let decimals = |text: &str| text.chars().filter(|c| properties.is_decimal_digit(*c)).count();
        let digits = |text: &str| text.chars().filter(|c| properties.is_digit(*c)).count();
        let places = |text: &str, to_left: bool| -> Vec<usize> {
            let separators = text.match_indices(properties.grouping_separator);
            separators
                .map(|(at, _)| {
                    let (left, right) = text.split_at_checked(at).unwrap_or_default();
                    digits(if to_left { left } else { right })
                })
                .collect()
        };
        let grouping = places(parts.integer, false);
        let mut least_integer = decimals(parts.integer);
        let scaling = least_integer;
        let mut least_fraction = decimals(parts.fraction);
        let mut most_fraction = digits(parts.fraction);
        if least_integer == 0 && most_fraction == 0 {
            if parts.exponent.is_some() {
                least_fraction = 1;
                most_fraction = 1;
            } else {
                least_integer = 1;
            }
        }
        if parts.exponent.is_some() && least_integer == 0 && parts.integer.contains(properties.digit) {
            least_integer = 1;
        }
        if least_integer == 0 && least_fraction == 0 {
            least_fraction = 1;
        }
        Ok(Self {
            regular: regular(&grouping),
            grouping,
            fraction_grouping: places(parts.fraction, true),
            least_integer,
            scaling,
            least_fraction,
            most_fraction,
            least_exponent: parts.exponent.map_or(0, decimals),
            prefix: parts.prefix.to_owned(),
            suffix: parts.suffix.to_owned(),
            percent: whole.contains(&properties.percent),
            per_mille: whole.contains(&properties.per_mille),
            has_point: whole.contains(properties.decimal_separator),
        })
    }

    /// The picture for negative numbers, when there is none of their own.
    pub(crate) fn negative(&self, properties: &Properties) -> Self {
        Self { prefix: format!("{}{}", properties.minus_sign, self.prefix), ..self.clone() }
    }
}

fn power_of_ten(exponent: usize) -> f64 {
    10_f64.powi(i32::try_from(exponent).unwrap_or(i32::MAX))
}

/// Writes a number.
pub(crate) fn write(value: f64, picture: &SubPicture, properties: &Properties) -> String {
    let factor = if picture.percent {
        100.0
    } else if picture.per_mille {
        1000.0
    } else {
        1.0
    };
    let mut mantissa = value * factor;
    let mut exponent = 0_i32;
    if picture.least_exponent > 0 && mantissa != 0.0 && mantissa.is_finite() {
        let most = power_of_ten(picture.scaling);
        let least = power_of_ten(picture.scaling) / 10.0;
        // A negative mantissa is below any least: JSONata would multiply it for ever.
        while mantissa.abs() < least && exponent > -400 {
            mantissa *= 10.0;
            exponent -= 1;
        }
        while mantissa.abs() > most && exponent < 400 {
            mantissa /= 10.0;
            exponent += 1;
        }
    }
    let places = picture.most_fraction;
    let rounded = round(mantissa, i32::try_from(places).unwrap_or(i32::MAX)).abs();
    // From here on JavaScript writes an exponent, whatever the picture is.
    let text = if rounded >= 1e21 { to_text(rounded) } else { format!("{rounded:.places$}") };
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let integer = integer.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let integer = format!("{}{integer}", "0".repeat(picture.least_integer.saturating_sub(integer.len())));
    let fraction = format!("{fraction}{}", "0".repeat(picture.least_fraction.saturating_sub(fraction.len())));
    let mut out = picture.prefix.clone();
    let is_irregular = picture.regular.is_none() && !picture.grouping.is_empty();
    if is_irregular {
        out.extend(irregular(&translate(&integer, properties), &translate(&fraction, properties), picture, properties));
    } else {
        out.push_str(&grouped_integer(&translate(&integer, properties), picture, properties));
    }
    if picture.has_point && !fraction.is_empty() && !is_irregular {
        out.push(properties.decimal_separator);
        for (at, c) in translate(&fraction, properties).into_iter().enumerate() {
            if picture.fraction_grouping.contains(&at) {
                out.push(properties.grouping_separator);
            }
            out.push(c);
        }
    }
    if picture.least_exponent > 0 {
        let digits = exponent.abs().to_string();
        let zeros = "0".repeat(picture.least_exponent.saturating_sub(digits.len()));
        out.push(properties.exponent_separator);
        if exponent < 0 {
            out.push_str(&properties.minus_sign);
        }
        out.extend(translate(&format!("{zeros}{digits}"), properties));
    }
    out.push_str(&picture.suffix);
    out
}

fn translate(digits: &str, properties: &Properties) -> Vec<char> {
    let zero = u32::from(properties.zero_digit);
    let digit = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(zero + digit)).unwrap_or(c);
    digits.chars().map(digit).collect()
}

/// A number whose separators do not repeat, with its fraction. Where there are fewer digits than a place is far from the point, the
/// separator goes where JavaScript's `slice` puts it, behind the point too: so does JSONata.
fn irregular(integer: &[char], fraction: &[char], picture: &SubPicture, properties: &Properties) -> Vec<char> {
    let point = properties.decimal_separator;
    let mut text = [integer, &[point], fraction].concat();
    // Each separator moves the point on.
    for (point_at, place) in (integer.len()..).zip(&picture.grouping) {
        let at = match point_at.checked_sub(*place) {
            Some(at) => at,
            None => text.len().saturating_sub(place - point_at),
        };
        text.insert(at.min(text.len()), properties.grouping_separator);
    }
    let point_at = text.iter().position(|c| *c == point).unwrap_or_default();
    for place in &picture.fraction_grouping {
        text.insert((place + point_at + 1).min(text.len()), properties.grouping_separator);
    }
    if !picture.has_point || point_at + 1 == text.len() {
        text.pop();
    }
    text
}

fn grouped_integer(digits: &[char], picture: &SubPicture, properties: &Properties) -> String {
    let mut out = String::new();
    for (at, c) in digits.iter().enumerate() {
        let left = digits.len() - at;
        if at > 0 && picture.regular.is_some_and(|every| left.is_multiple_of(every)) {
            out.push(properties.grouping_separator);
        }
        out.push(*c);
    }
    out
}

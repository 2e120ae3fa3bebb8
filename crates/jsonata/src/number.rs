//! Numbers as JavaScript writes them.

/// The shortest text that reads back as the number: `1`, `0.1`, `1e+21`, `1e-7`, `Infinity`.
pub(super) fn to_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let point = exponent + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let places = |n: i32| usize::try_from(n).unwrap_or(0);
    let body = if (count..=21).contains(&point) {
        format!("{digits}{}", "0".repeat(places(point - count)))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(places(point));
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", "0".repeat(places(-point)))
    } else {
        let (first, rest) = digits.split_at(1);
        let separator = if rest.is_empty() { "" } else { "." };
        let plus = if exponent < 0 { "-" } else { "+" };
        format!("{first}{separator}{rest}e{plus}{}", exponent.abs())
    };
    format!("{sign}{body}")
}

/// How many digits of a fractional number are written, to hide the noise of binary fractions.
const DIGITS: usize = 15;

/// The number in a text, as `$string` and `&` write it. Whole numbers keep their digits; others lose those after the fifteenth, downwards,
/// and are written as Java's `BigDecimal` is (measured on AWS by others: 2⁶³ is 9223372036854776000, two thirds are
/// 0.666666666666666, 100.0000000000001 is 1e+2).
pub(super) fn in_text(number: f64) -> String {
    if number.fract() == 0.0 {
        return to_text(number);
    }
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let all: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let kept = all.get(..DIGITS).unwrap_or(&all);
    let cut = all.len() > kept.len();
    let whole = kept.parse::<u64>().unwrap_or(0) + u64::from(cut && number < 0.0);
    let digits = whole.to_string();
    let carried = i32::from(digits.len() > kept.len());
    let exponent = exponent.parse::<i32>().unwrap_or(0) + carried;
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{}", as_big_decimal(digits.trim_end_matches('0'), exponent))
}

/// `BigDecimal.toString`: digits of which the first stands for a power of ten.
fn as_big_decimal(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let scale = i32::try_from(rest.len()).unwrap_or(i32::MAX) - exponent;
    if scale < 0 || exponent < -6 {
        let point = if rest.is_empty() { "" } else { "." };
        let plus = if exponent < 0 { "" } else { "+" };
        return format!("{first}{point}{rest}e{plus}{exponent}");
    }
    let whole = usize::try_from(exponent + 1).unwrap_or(0);
    match digits.split_at_checked(whole) {
        Some((_, "")) => digits.to_owned(),
        Some(("", _)) => format!("0.{}{digits}", "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0))),
        Some((whole, fraction)) => format!("{whole}.{fraction}"),
        None => digits.to_owned(),
    }
}

/// The number in JSON: whole numbers that Java's `long` holds without a fraction. What JSON has no number for becomes a text, as on
/// AWS.
pub(super) fn to_json(number: f64) -> serde_json::Value {
    const LEAST: f64 = -9_223_372_036_854_775_808.0;
    if number.fract() == 0.0 && (LEAST..-LEAST).contains(&number) {
        return (number as i64).into();
    }
    serde_json::Number::from_f64(number).map_or_else(|| to_text(number).into(), serde_json::Value::Number)
}

/// Rounds half to even, at a decimal place if one is given.
pub(super) fn round(number: f64, places: i32) -> f64 {
    let scaled = shift(number, places);
    let mut rounded = (scaled + 0.5).floor();
    if scaled.abs() >= 4_503_599_627_370_496.0 {
        rounded = scaled;
    }
    if (rounded - scaled).abs() == 0.5 && (rounded % 2.0).abs() == 1.0 {
        rounded -= 1.0;
    }
    let result = shift(rounded, places.saturating_neg());
    if result == 0.0 { 0.0 } else { result }
}

/// Moves the decimal point in the text of the number, which adds no error of its own.
fn shift(number: f64, places: i32) -> f64 {
    if places == 0 || !number.is_finite() {
        return number;
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent = exponent.parse::<i32>().unwrap_or(0).saturating_add(places);
    format!("{mantissa}e{exponent}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_javascripts() {
        for (number, text) in [
            (1.0, "1"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"),
            (1.25e-7, "1.25e-7"),
            (-123.456, "-123.456"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(to_text(number), text);
        }
        assert_eq!(to_json(1e3).to_string(), "1000");
        assert_eq!(to_json(-2.0).to_string(), "-2");
        assert_eq!(to_json(f64::NAN).to_string(), "\"NaN\"");
    }

    #[test]
    fn whole_numbers_keep_their_digits_and_others_fifteen() {
        for (number, text) in [
            (9_223_372_036_854_775_808.0, "9223372036854776000"),
            (999_999_999_999_999_868_928.0, "999999999999999900000"),
            (1e21, "1e+21"),
            (f64::MAX, "1.7976931348623157e+308"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.3"),
            (2.0 / 3.0, "0.666666666666666"),
            (-2.0 / 3.0, "-0.666666666666667"),
            (1_234_567_890_123_456.7, "1.23456789012345e+15"),
            (123_456_789_012_345.5, "123456789012345"),
            (-99.999_999_999_999_99, "-1e+2"),
            (100.000_000_000_000_1, "1e+2"),
            (12.5, "12.5"),
            (0.001_25, "0.00125"),
            (1.5e-6, "0.0000015"),
            (1.5e-7, "1.5e-7"),
        ] {
            assert_eq!(in_text(number), text);
        }
        assert_eq!(to_json(9_223_372_036_854_775_808.0).to_string(), "9.223372036854776e+18");
        assert_eq!(to_json(-9_223_372_036_854_775_808.0).to_string(), "-9223372036854775808");
    }

    #[test]
    fn halves_round_to_even() {
        for (number, places, rounded) in
            [(11.5, 0, 12.0), (12.5, 0, 12.0), (-2.5, 0, -2.0), (125.0, -1, 120.0), (2.675, 2, 2.68), (-0.4, 0, 0.0)]
        {
            assert_eq!(round(number, places), rounded, "{number} {places}");
        }
    }
}

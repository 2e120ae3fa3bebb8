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

/// Rounds to fifteen significant digits, as `$string` does to hide the noise of binary fractions. Whole numbers have none: AWS
/// keeps all their digits up to 10²¹ (measured by others: 2⁶³ is 9223372036854776000).
pub(super) fn fifteen_digits(number: f64) -> f64 {
    if number.fract() == 0.0 && number.abs() < 1e21 {
        return number;
    }
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// The number in JSON: whole numbers without a fraction. What JSON has no number for becomes a text, as on AWS.
pub(super) fn to_json(number: f64) -> serde_json::Value {
    const WHOLE: f64 = 18_446_744_073_709_551_616.0;
    if number == 0.0 {
        return 0.into();
    }
    if number.fract() == 0.0 && number.abs() < WHOLE {
        return if number < 0.0 { negative(number) } else { (number as u64).into() };
    }
    serde_json::Number::from_f64(number).map_or_else(|| to_text(number).into(), serde_json::Value::Number)
}

fn negative(number: f64) -> serde_json::Value {
    const LEAST: f64 = -9_223_372_036_854_775_808.0;
    let whole = (number >= LEAST).then_some(number as i64);
    whole.map_or_else(|| number.into(), serde_json::Value::from)
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
    fn whole_numbers_keep_their_digits() {
        let shown = |number| to_text(fifteen_digits(number));
        assert_eq!(shown(9_223_372_036_854_775_808.0), "9223372036854776000");
        assert_eq!(shown(999_999_999_999_999_868_928.0), "999999999999999900000");
        assert_eq!((shown(1e21), shown(0.1 + 0.2)), ("1e+21".to_owned(), "0.3".to_owned()));
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

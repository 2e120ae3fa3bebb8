//! Fractional numbers in Java's format, which AWS uses in every payload that it has changed. Measured on AWS by others: the items of
//! a bucket's listing have `"LastModified":1.789180622E9`.

/// `Double.toString`: an exponent from ten million on and below a thousandth.
pub(crate) fn text(number: f64) -> String {
    if number == 0.0 || (1e-3..1e7).contains(&number.abs()) {
        return format!("{number:?}");
    }
    let scientific = format!("{number:e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_javas() {
        for (number, shown) in [
            (1.1, "1.1"),
            (0.0, "0.0"),
            (100.0, "100.0"),
            (9_999_999.5, "9999999.5"),
            (1e7, "1.0E7"),
            (1.5e-5, "1.5E-5"),
            (0.001, "0.001"),
            (-12e20, "-1.2E21"),
        ] {
            assert_eq!(text(number), shown);
        }
    }
}

//! What AWS says of an input that is no JSON: the words of the parser that Step Functions uses, as far as recorded.

/// The complaint about a text that is no JSON value; `fallback` is used where AWS's words are not known.
pub(super) fn of(text: &str, fallback: &str) -> String {
    if text.trim().is_empty() {
        return "Invalid execution input.".to_owned();
    }
    complaint(text).unwrap_or_else(|| fallback.to_owned())
}

/// Looks at the first thing that cannot stand where it is.
fn complaint(text: &str) -> Option<String> {
    let trimmed = text.trim_start();
    let first = trimmed.chars().next()?;
    if first == '{' {
        let inside = trimmed.get(1..)?.trim_start();
        return match inside.chars().next() {
            Some('"' | '}') | None => None,
            Some(other) => Some(format!(
                "Unexpected character ('{other}' (code {})): was expecting double-quote to start field name",
                u32::from(other)
            )),
        };
    }
    if first.is_alphabetic() || first == '_' || first == '$' {
        let token: String =
            trimmed.chars().take_while(|character| character.is_alphanumeric() || "_$".contains(*character)).collect();
        let known = ["null", "true", "false"].contains(&token.as_str());
        return (!known).then(|| {
            format!("Unrecognized token '{token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_aws_says() {
        assert_eq!(
            of("not some json", ""),
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        );
        assert_eq!(
            of("{'not': 'json'", ""),
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name"
        );
        assert_eq!(of("", ""), "Invalid execution input.");
        assert_eq!(of("{\"a\": }", "expected value"), "expected value");
    }
}

//! Filter patterns: terms that a message must, may or must not hold, or a condition on a JSON message.
//!
//! The syntax is CloudWatch Logs' "Filter pattern syntax". Space-delimited patterns (`[ip, user, ...]`) and regular
//! expressions (`%...%`) are refused by name rather than half understood.

mod json;

use json::Condition;

/// A pattern that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pattern {
    /// Terms of a text.
    Terms(Terms),
    /// A condition on a JSON object.
    Json(Condition),
}

/// Terms: all of `required`, or when there are none any of `optional`; and none of `excluded`. As AWS documents, optional
/// terms beside required ones say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    required: Vec<String>,
    optional: Vec<String>,
    excluded: Vec<String>,
}

/// Why a pattern was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternError {
    #[error("Invalid filter pattern: Invalid character(s) in term '{0}'")]
    Characters(String),
    #[error("If a filter pattern starts with '{{' it must end with '}}'")]
    OpenBrace,
    #[error("Invalid filter pattern")]
    Syntax,
    #[error("The embedded cloud does not implement {0} in filter patterns yet.")]
    NotImplemented(&'static str),
}

impl Pattern {
    /// Reads a pattern; an empty one matches every message.
    pub(crate) fn parse(pattern: &str) -> Result<Self, PatternError> {
        let pattern = pattern.trim();
        if pattern.contains('%') && !pattern.contains('"') {
            return Err(PatternError::NotImplemented("regular expressions (%...%)"));
        }
        match pattern.chars().next() {
            Some('{') => match pattern.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(condition) => Ok(Self::Json(Condition::parse(condition)?)),
                None => Err(PatternError::OpenBrace),
            },
            Some('[') => Err(PatternError::NotImplemented("space-delimited patterns ([...])")),
            _ => Ok(Self::Terms(Terms::parse(pattern)?)),
        }
    }

    /// Whether a message matches.
    pub(crate) fn matches(&self, message: &str) -> bool {
        match self {
            Self::Terms(terms) => terms.matches(message),
            Self::Json(condition) => serde_json::from_str(message).is_ok_and(|json| condition.holds(&json)),
        }
    }
}

impl Terms {
    fn parse(pattern: &str) -> Result<Self, PatternError> {
        let mut terms = Self::default();
        let mut rest = pattern.trim_start();
        while let Some(first) = rest.chars().next() {
            let kind = match first {
                '?' => &mut terms.optional,
                '-' => &mut terms.excluded,
                _ => &mut terms.required,
            };
            let body = rest.strip_prefix(['?', '-']).unwrap_or(rest);
            let (term, left) = if body.starts_with('"') { quoted(body)? } else { bare(body)? };
            kind.push(term);
            rest = left.trim_start();
        }
        Ok(terms)
    }

    fn matches(&self, message: &str) -> bool {
        let holds = |term: &String| message.contains(term.as_str());
        let optional = !self.required.is_empty() || self.optional.is_empty() || self.optional.iter().any(holds);
        self.required.iter().all(holds) && optional && !self.excluded.iter().any(holds)
    }
}

/// A term up to the next white space: letters, digits and underscores.
fn bare(text: &str) -> Result<(String, &str), PatternError> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (term, rest) = text.split_at(end);
    if term.is_empty() || term.chars().any(|letter| !letter.is_alphanumeric() && letter != '_') {
        return Err(PatternError::Characters(term.to_owned()));
    }
    Ok((term.to_owned(), rest))
}

/// A term in double quotes, where a backslash takes the next character as it is.
pub(crate) fn quoted(text: &str) -> Result<(String, &str), PatternError> {
    let mut term = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' if term.is_empty() => return Err(PatternError::Characters("\"\"".to_owned())),
            '"' => return Ok((term, text.get(index + 1..).unwrap_or_default())),
            '\\' => term.extend(letters.next().map(|(_, escaped)| escaped)),
            _ => term.push(letter),
        }
    }
    Err(PatternError::Syntax)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(message)
    }

    #[test]
    fn terms() {
        assert!(matches("", "anything"));
        assert!(matches("ERROR", "[ERROR 400] BAD REQUEST"));
        assert!(!matches("error", "[ERROR 400] BAD REQUEST"));
        assert!(matches("ERROR REQUEST", "[ERROR 400] BAD REQUEST"));
        assert!(!matches("ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST"));
        assert!(matches("\"BAD REQUEST\"", "[ERROR 400] BAD REQUEST"));
        assert!(!matches("\"REQUEST BAD\"", "[ERROR 400] BAD REQUEST"));
        assert!(matches(r#""say \"hi\"""#, "they say \"hi\" twice"));
    }

    #[test]
    fn optional_and_excluded_terms() {
        assert!(matches("?ERROR ?WARN", "WARN x"));
        assert!(!matches("?ERROR ?WARN", "INFO x"));
        assert!(matches("ERROR -ARGUMENTS", "ERROR 400"));
        assert!(!matches("ERROR -ARGUMENTS", "ERROR 419 MISSING ARGUMENTS"));
        assert!(matches("-\"a b\"", "ab"));
        assert!(matches("?WARN INFO", "INFO x"));
    }

    #[test]
    fn refusals_have_awss_text() {
        let refusal = |pattern: &str| Pattern::parse(pattern).unwrap_err().to_string();
        assert_eq!(refusal("a@b"), "Invalid filter pattern: Invalid character(s) in term 'a@b'");
        assert_eq!(refusal("\"\""), "Invalid filter pattern: Invalid character(s) in term '\"\"'");
        assert_eq!(refusal("{ $.a = 1"), "If a filter pattern starts with '{' it must end with '}'");
        assert_eq!(refusal("\"open"), "Invalid filter pattern");
        assert!(refusal("[ip, user]").contains("space-delimited"));
    }

    proptest! {
        #[test]
        fn no_pattern_makes_it_fail(pattern in ".{0,40}", message in ".{0,40}") {
            if let Ok(pattern) = Pattern::parse(&pattern) {
                pattern.matches(&message);
            }
        }

        #[test]
        fn a_quoted_part_of_a_message_matches(before in ".{0,10}", part in "[a-z @.]{1,10}", after in ".{0,10}") {
            let pattern = Pattern::parse(&format!("\"{part}\"")).unwrap();
            let message = format!("{before}{part}{after}");
            prop_assert!(pattern.matches(&message));
        }
    }
}

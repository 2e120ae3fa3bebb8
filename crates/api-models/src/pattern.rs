//! The models' patterns: regular expressions of Java, as far as they are read here.

use std::borrow::Cow;

use regex_lite::Regex;

/// A pattern that a whole text must match.
///
/// Of what only Java reads there are assertions at the beginning (`(?!^[0-9]+$)`, `(?=.*[a-z])`) and at the end (`(?<!\.)`), and
/// the classes `\p{L}`, `\p{Z}` and `\p{N}`.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    /// What must be found beside it, or must not.
    assertions: Vec<(bool, Regex)>,
    has_classes: bool,
}

/// How classes of all alphabets are put into those of ASCII, as [`in_ascii`] does it with texts.
const CLASSES: [(&str, &str); 4] =
    [("\\p{ASCII}", "[\\x00-\\x7F]"), ("\\p{L}", "a-zA-Z"), ("\\p{Z}", " "), ("\\p{N}", "0-9")];

impl Pattern {
    /// Reads a pattern; nothing when it is written in a way that only Java reads.
    pub(crate) fn read(pattern: &str) -> Option<Self> {
        let mut rest = without_group(pattern);
        let mut assertions = Vec::new();
        loop {
            let (is_wanted, assertion, after) = match (rest.strip_prefix("(?!"), rest.strip_prefix("(?=")) {
                (Some(inner), _) => (false, inner, group(inner)?),
                (_, Some(inner)) => (true, inner, group(inner)?),
                _ => break,
            };
            assertions.push((is_wanted, Regex::new(&format!("^(?:{})", classes(assertion.get(..after)?))).ok()?));
            rest = assertion.get(after + 1..)?;
        }
        // `^(?=...)` has its assertion behind the beginning of the text.
        if let Some(inner) = rest.strip_prefix('^').filter(|inner| inner.starts_with("(?=") || inner.starts_with("(?!"))
        {
            let inner = Self::read(inner)?;
            assertions.extend(inner.assertions);
            return Some(Self { assertions, ..inner });
        }
        if let Some((before, behind)) = rest.rsplit_once("(?<!").filter(|(_, behind)| behind.ends_with(')')) {
            let behind = behind.get(..behind.len() - 1)?;
            assertions.push((false, Regex::new(&format!("(?:{})$", classes(behind))).ok()?));
            rest = before;
        }
        let regex = Regex::new(&format!("^(?:{})$", classes(rest))).ok()?;
        let has_classes = ["\\p{L}", "\\p{Z}", "\\p{N}"].iter().any(|class| pattern.contains(class));
        Some(Self { regex, assertions, has_classes })
    }

    /// Whether a whole text matches it.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text = if self.has_classes { in_ascii(text) } else { Cow::Borrowed(text) };
        self.regex.is_match(&text) && self.assertions.iter().all(|(is_wanted, it)| it.is_match(&text) == *is_wanted)
    }
}

/// Letters, blanks and digits of other alphabets as those of ASCII; the rest as what no pattern names. What Unicode counts as a
/// letter goes a little further here than in Java: marks that belong to a letter are among it.
fn in_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let letter = |letter: char| match letter {
        ascii if ascii.is_ascii() => ascii,
        letter if letter.is_alphabetic() => 'a',
        digit if digit.is_numeric() => '0',
        blank if blank.is_whitespace() => ' ',
        _ => '\u{1}',
    };
    Cow::Owned(text.chars().map(letter).collect())
}

const DASH_AFTER_CLASS: &str = "\\w-";

fn classes(pattern: &str) -> Cow<'_, str> {
    if !pattern.contains("\\p{") && !pattern.contains(DASH_AFTER_CLASS) {
        return Cow::Borrowed(pattern);
    }
    let with = |pattern: String, (class, ascii): &(&str, &str)| pattern.replace(class, ascii);
    // Java takes it for itself, where others see a range that begins with a class.
    let pattern = pattern.replace(DASH_AFTER_CLASS, "\\w\\-");
    Cow::Owned(CLASSES.iter().fold(pattern, with))
}

/// A pattern without the parentheses around all of it.
fn without_group(pattern: &str) -> &str {
    let inner = pattern.strip_prefix('(').filter(|inner| !inner.starts_with('?'));
    let whole = inner.and_then(|inner| inner.get(..group(inner).filter(|end| end + 1 == inner.len())?));
    whole.unwrap_or(pattern)
}

/// Where a group ends whose opening parenthesis stands before the text.
fn group(text: &str) -> Option<usize> {
    let mut depth = 1;
    let mut is_escaped = false;
    let mut in_class = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::read(pattern).unwrap_or_else(|| panic!("{pattern}")).matches(text)
    }

    #[test]
    fn a_whole_text_must_match() {
        assert!(matches("[a-z]+", "abc") && !matches("[a-z]+", "abc1") && !matches("a|b", "ab"));
        assert!(matches("\\p{ASCII}*", "a b") && !matches("\\p{ASCII}*", "ä"));
    }

    #[test]
    fn assertions_are_read_at_either_end() {
        let alias = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
        assert!(matches(alias, "7a") && !matches(alias, "77") && !matches(alias, "a b"));
        let qualifier = "((?!^\\d+$)^[0-9a-zA-Z-_]+$)";
        assert!(matches(qualifier, "v1") && !matches(qualifier, "11"));
        let bucket = "[0-9A-Za-z\\.\\-_]*(?<!\\.)";
        assert!(matches(bucket, "a.b") && !matches(bucket, "a."));
        let states = "^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$";
        assert!(matches(states, "v1") && !matches(states, "12") && !matches(states, "a b"));
    }

    #[test]
    fn classes_are_those_of_all_alphabets() {
        let tag = "([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)";
        assert!(matches(tag, "straße é 日本 ٣ a_b") && !matches(tag, "a*") && !matches(tag, "\u{1F600}"));
    }
}

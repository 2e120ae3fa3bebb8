//! The models' patterns: regular expressions of Java, as far as they are read here.

use std::borrow::Cow;

use regex_lite::Regex;

/// A pattern that a whole text must match.
///
/// Of what only Java reads there are assertions at the beginning (`(?!^[0-9]+$)`, `(?=.*[a-z])`), at the end (`(?<!\.)`) and in
/// the middle where nothing is repeated (`f(:(?!\d+$)\w+)?`), and the classes `\p{L}`, `\p{Z}` and `\p{N}`.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    /// What must be found beside it, or must not.
    assertions: Vec<(bool, Regex)>,
    /// What must be found, or must not, from the place of the group `a0`, `a1` and so on.
    in_the_middle: Vec<(bool, Regex)>,
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
        let (rest, in_the_middle) = placed(rest)?;
        let regex = Regex::new(&format!("^(?:{})$", classes(&rest))).ok()?;
        let has_classes = ["\\p{L}", "\\p{Z}", "\\p{N}"].iter().any(|class| pattern.contains(class));
        Some(Self { regex, assertions, in_the_middle, has_classes })
    }

    /// Whether a whole text matches it.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text = if self.has_classes { in_ascii(text) } else { Cow::Borrowed(text) };
        let holds = |text: &str, (is_wanted, it): &(bool, Regex)| it.is_match(text) == *is_wanted;
        if !self.assertions.iter().all(|assertion| holds(&text, assertion)) {
            return false;
        }
        if self.in_the_middle.is_empty() {
            return self.regex.is_match(&text);
        }
        let Some(found) = self.regex.captures(&text) else { return false };
        // A group that is left out has no place, and asserts nothing.
        self.in_the_middle.iter().enumerate().all(|(number, assertion)| {
            let place = found.name(&format!("a{number}"));
            place.and_then(|place| text.get(place.start()..)).is_none_or(|rest| holds(rest, assertion))
        })
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

/// What has to follow, or must not, at each place of a pattern.
type Assertions = Vec<(bool, Regex)>;

/// A pattern with an empty group in place of each assertion, and the assertions; nothing where one is repeated, as only its last
/// place would be known.
fn placed(pattern: &str) -> Option<(Cow<'_, str>, Assertions)> {
    let mut text = String::new();
    let mut assertions = Vec::new();
    let mut rest = pattern;
    while let Some(at) = ["(?!", "(?="].iter().filter_map(|mark| rest.find(mark)).min() {
        let (before, inner) = rest.split_at_checked(at)?;
        let is_wanted = inner.starts_with("(?=");
        let inner = inner.get("(?!".len()..)?;
        let end = group(inner)?;
        if is_repeated(inner.get(end + 1..)?) {
            return None;
        }
        assertions.push((is_wanted, Regex::new(&format!("^(?:{})", classes(inner.get(..end)?))).ok()?));
        text.push_str(&format!("{before}(?P<a{}>)", assertions.len() - 1));
        rest = inner.get(end + 1..)?;
    }
    match assertions.is_empty() {
        true => Some((Cow::Borrowed(pattern), assertions)),
        false => Some((Cow::Owned(text + rest), assertions)),
    }
}

/// Whether a group that is open before a text is repeated.
fn is_repeated(mut rest: &str) -> bool {
    while let Some(end) = group(rest) {
        rest = rest.get(end + 1..).unwrap_or_default();
        if rest.starts_with(['*', '+', '{']) {
            return true;
        }
    }
    false
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
    fn assertions_are_read_in_the_middle() {
        let function = "(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\\d+$)[0-9a-zA-Z-_]+))?";
        assert!(matches(function, "f") && matches(function, "function:f:live") && matches(function, "f:1a"));
        assert!(!matches(function, "f:12") && !matches(function, "f:") && !matches(function, "f:a:b"));
        let collection = "(^(?!(system\\x2e)))(^[_a-zA-Z0-9])([^$]*)";
        assert!(matches(collection, "orders") && matches(collection, "system") && matches(collection, "_a.b"));
        assert!(!matches(collection, "system.users") && !matches(collection, "a$") && !matches(collection, ".a"));
        assert!(Pattern::read("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$").is_none(), "one is repeated");
    }

    #[test]
    fn classes_are_those_of_all_alphabets() {
        let tag = "([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)";
        assert!(matches(tag, "straße é 日本 ٣ a_b") && !matches(tag, "a*") && !matches(tag, "\u{1F600}"));
    }
}

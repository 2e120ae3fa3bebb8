//! Regular expressions of JavaScript's dialect with Java's spaces, run by an engine whose time grows with the text and never explodes.
//!
//! Look-around and back-references are not there: no engine of that kind has them. Case is ignored (`i`) for ASCII letters.

use regex_lite::RegexBuilder;

/// How much memory a compiled pattern may take: what it takes bounds how long a match takes.
const SIZE_LIMIT_BYTES: usize = 1 << 16;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Regex {
    engine: regex_lite::Regex,
    source_len: usize,
}

/// A match, in bytes of the text.
pub(super) struct Match {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) groups: Vec<Option<(usize, usize)>>,
}

impl Regex {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(super) fn new(pattern: &str, flags: &str) -> Result<Self, String> {
        let invalid = |problem: String| format!("Invalid regular expression: /{pattern}/: {problem}");
        let engine = RegexBuilder::new(&translate(pattern).map_err(invalid)?)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .size_limit(SIZE_LIMIT_BYTES)
            .nest_limit(40)
            .build()
            .map_err(|problem| invalid(problem.to_string()))?;
        Ok(Self { engine, source_len: pattern.len() })
    }

    /// The first match at or after an offset in bytes.
    pub(super) fn find(&self, text: &str, from: usize) -> Option<Match> {
        let captures = self.engine.captures_at(text, from)?;
        let whole = captures.get(0)?;
        let groups = (1..captures.len()).map(|i| captures.get(i).map(|group| (group.start(), group.end()))).collect();
        Some(Match { start: whole.start(), end: whole.end(), groups })
    }

    /// What a search through so many bytes costs, in steps of evaluation.
    pub(super) fn cost(&self, bytes: usize) -> usize {
        (1 + bytes / 64) * (1 + self.source_len / 16)
    }
}

/// What `\s` stands for: the spaces of ASCII, as in Java. AWS leaves others where they are (measured by others).
const SPACES: &str = r"\t\n\x0B\x0C\r ";

/// From JavaScript's syntax to the engine's.
fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = rest.next() {
        match c {
            '\\' => escape(rest.next().ok_or("\\ at end of pattern")?, &mut rest, in_class, &mut out)?,
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                let negated = rest.next_if_eq(&'^').is_some();
                if rest.next_if_eq(&']').is_some() {
                    // JavaScript's empty class matches nothing, its complement anything.
                    out.push_str(if negated { r"[\x00-\u{10FFFF}]" } else { r"[^\x00-\u{10FFFF}]" });
                    in_class = false;
                } else {
                    out.push_str(if negated { "[^" } else { "[" });
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' | '-' if in_class && rest.peek() == Some(&c) => {
                out.push('\\');
                out.push(c);
            }
            '.' if !in_class => out.push_str(r"[^\n\r\u2028\u2029]"),
            '{' if !in_class && !counts(&rest) => out.push_str("\\{"),
            '(' if !in_class && rest.peek() == Some(&'?') => {
                let ahead: String = rest.clone().skip(1).take(2).collect();
                if ahead.starts_with(['=', '!']) || ahead == "<=" || ahead == "<!" {
                    return Err("look-around is not supported".to_owned());
                }
                out.push('(');
            }
            _ => out.push(c),
        }
    }
    Ok(out)
}

/// Whether a counted repetition follows the brace.
fn counts(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let inside: String = rest.clone().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    let closed = rest.clone().nth(inside.len()) == Some('}');
    closed && inside.starts_with(|c: char| c.is_ascii_digit())
}

fn escape(
    c: char,
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    in_class: bool,
    out: &mut String,
) -> Result<(), String> {
    match c {
        's' if in_class => out.push_str(SPACES),
        's' => out.push_str(&format!("[{SPACES}]")),
        'S' if !in_class => out.push_str(&format!("[^{SPACES}]")),
        'b' if in_class => out.push_str(r"\x08"),
        'd' | 'D' | 'w' | 'W' | 'S' | 'b' | 'B' | 'f' | 'n' | 'r' | 't' | 'v' => {
            out.push('\\');
            out.push(c);
        }
        '0' => out.push_str(r"\x00"),
        '1'..='9' => return Err("back-references are not supported".to_owned()),
        'k' => return Err("named back-references are not supported".to_owned()),
        'x' => hex(2, c, rest, out),
        'u' => hex(4, c, rest, out),
        'c' => {
            let letter = rest.next_if(char::is_ascii_alphabetic).ok_or("\\c without a letter")?;
            out.push_str(&format!("\\x{:02X}", u32::from(letter) % 32));
        }
        _ if c.is_ascii_punctuation() => {
            out.push('\\');
            out.push(c);
        }
        _ => out.push(c),
    }
    Ok(())
}

/// `\xHH` and `\uHHHH`; without the digits the letter stands for itself.
fn hex(count: usize, letter: char, rest: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    let digits: String = rest.clone().take(count).take_while(char::is_ascii_hexdigit).collect();
    let point = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == count);
    match point {
        // Half a surrogate pair is in no text.
        Some(point) => {
            let point = char::from_u32(point).map_or(0xfffd, u32::from);
            out.push_str(&format!("\\x{{{point:X}}}"));
            rest.nth(count - 1);
        }
        None => out.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, flags: &str, text: &str) -> Option<String> {
        let regex = Regex::new(pattern, flags).unwrap();
        regex.find(text, 0).map(|found| text[found.start..found.end].to_owned())
    }

    #[test]
    fn javascripts_dialect_is_understood() {
        for (pattern, text, expected) in [
            (r"\d{2,}", "a123", Some("123")),
            (r"a{b", "a{b", Some("a{b")),
            (r"[^]", "\n", Some("\n")),
            (r"[]", "x", None),
            (r"[[\]&&]+", "a[]&", Some("[]&")),
            (r"\/\u0041\x42", "x/AB", Some("/AB")),
            (r"a.c", "a\rc", None),
            (r"[\s\S]", "\n", Some("\n")),
            (r"\s", "a\u{2003}b\t", Some("\t")),
            (r"[^\s]+", " \u{a0}", Some("\u{a0}")),
            (r"(?:x|y)+?$", "yx", Some("yx")),
            (r"(?<year>\d+)", "in 2024", Some("2024")),
            (r"[\w-]+", "a-b c", Some("a-b")),
        ] {
            assert_eq!(found(pattern, "", text).as_deref(), expected, "{pattern}");
        }
        assert_eq!(found("^b$", "im", "a\nB").as_deref(), Some("B"));
    }

    #[test]
    fn what_cannot_be_linear_is_refused() {
        for pattern in [r"(a)\1", "(?=a)", "(?<!a)b", r"\k<n>", "(", "a{1000}{1000}", "*"] {
            assert!(Regex::new(pattern, "").is_err(), "{pattern}");
        }
        let long = format!("{}!", "a".repeat(100_000));
        assert_eq!(found("^(a+)+$", "", &long), None);
    }
}

//! Rust source split into what the compiler reads and what people read, line by line.

/// The same text twice, with the same line breaks: once without comments and literals, once with nothing but comments.
pub(super) struct Code {
    /// Code; comments and the insides of literals are spaces.
    pub(super) code: String,
    /// Comments; all else is spaces.
    pub(super) comments: String,
}

/// Where a character belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Code,
    Comment,
    Literal,
}

impl Code {
    /// Splits a source.
    pub(super) fn of(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let mut split = Self { code: String::new(), comments: String::new() };
        let mut at = 0;
        while at < characters.len() {
            let rest = &characters[at..];
            let (place, length) = next(rest, at.checked_sub(1).map(|before| characters[before]));
            for character in &rest[..length] {
                split.push(*character, place);
            }
            at += length;
        }
        split
    }

    fn push(&mut self, character: char, place: Place) {
        let keep = |wanted| {
            if character == '\n' || place == wanted { character } else { ' ' }
        };
        self.code.push(keep(Place::Code));
        self.comments.push(keep(Place::Comment));
    }

    /// The places, as lines counted from 1, where `word` stands in the code as a word of its own.
    pub(super) fn lines_with(&self, word: &str) -> Vec<usize> {
        lines_with(&self.code, word)
    }

    /// The same for comments.
    pub(super) fn comment_lines_with(&self, word: &str) -> Vec<usize> {
        lines_with(&self.comments, word)
    }
}

fn lines_with(text: &str, word: &str) -> Vec<usize> {
    let lines = text.lines().enumerate();
    lines.filter(|(_, line)| has_word(line, word)).map(|(index, _)| index + 1).collect()
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        // A word such as `sleep(` ends by itself, so what follows it does not matter.
        let goes_on = word.ends_with(is_word) && after.is_some_and(is_word);
        !before.is_some_and(is_word) && !goes_on
    })
}

/// Whether a character can be part of a Rust name.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// What starts here and how many characters it has.
fn next(rest: &[char], before: Option<char>) -> (Place, usize) {
    match rest {
        ['/', '/', ..] => (Place::Comment, until_line_end(rest)),
        ['/', '*', ..] => (Place::Comment, block_comment(rest)),
        ['"', ..] => (Place::Literal, quoted(rest)),
        ['r' | 'b' | 'c', ..] if !before.is_some_and(is_word) => prefixed(rest),
        ['\'', ..] => character(rest),
        _ => (Place::Code, 1),
    }
}

fn until_line_end(rest: &[char]) -> usize {
    rest.iter().position(|character| *character == '\n').unwrap_or(rest.len())
}

/// Block comments nest.
fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn quoted(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"..."`, `br#"..."#`, `b"..."`, `b'x'`, or a name that merely starts with such a letter.
fn prefixed(rest: &[char]) -> (Place, usize) {
    let letters = rest.iter().take(2).take_while(|letter| matches!(letter, 'r' | 'b' | 'c')).count();
    let hashes = rest[letters..].iter().take_while(|character| **character == '#').count();
    let raw = rest[..letters].contains(&'r');
    match rest.get(letters + hashes) {
        Some('"') if raw => (Place::Literal, raw_string(rest, letters + hashes + 1, hashes)),
        Some('"') if hashes == 0 => (Place::Literal, letters + quoted(&rest[letters..])),
        Some('\'') if rest[0] == 'b' && letters == 1 && hashes == 0 => {
            let (place, length) = character(&rest[1..]);
            (place, 1 + length)
        }
        _ => (Place::Code, 1),
    }
}

fn raw_string(rest: &[char], start: usize, hashes: usize) -> usize {
    let mut end = vec!['"'];
    end.extend(std::iter::repeat_n('#', hashes));
    let found = rest[start.min(rest.len())..].windows(end.len()).position(|window| window == end);
    found.map_or(rest.len(), |position| start + position + end.len())
}

/// A character literal, or the quote of a lifetime.
fn character(rest: &[char]) -> (Place, usize) {
    match rest {
        ['\'', '\\', ..] => {
            let close = rest.iter().skip(3).position(|character| *character == '\'');
            (Place::Literal, close.map_or(rest.len(), |position| position + 4))
        }
        ['\'', _, '\'', ..] => (Place::Literal, 3),
        _ => (Place::Code, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        let split = Code::of(text);
        assert_eq!(split.code.lines().count(), text.lines().count());
        split.code.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn literals_and_comments_are_not_code() {
        assert_eq!(code("let a = \"x // y\"; // z"), "let a = ;");
        assert_eq!(code("let a = r#\"quote \" and } \"#;"), "let a = ;");
        assert_eq!(code("let a = br\"x\"; let b = b\"\\\"\"; let c = c\"x\";"), "let a = ; let b = ; let c = ;");
        assert_eq!(code("/* a /* b */ c */ fn f() {}"), "fn f() {}");
        assert_eq!(code("let a = '{'; let b = '\\''; let c = b'}';"), "let a = ; let b = ; let c = ;");
        assert_eq!(code("fn f<'a>(r: &'a str, b: u8) {}"), "fn f<'a>(r: &'a str, b: u8) {}");
        assert_eq!(code("let r#type = bar; crab"), "let r#type = bar; crab");
    }

    #[test]
    fn a_literal_without_an_end_ends_with_the_file() {
        for text in ["\"abc", "r#\"abc\"", "/* abc", "'\\", "b\"", "\"\\"] {
            Code::of(text);
        }
    }

    #[test]
    fn comments_keep_their_lines() {
        let split = Code::of("fn f() {}\n// FIXME: later\nlet a = \"FIXME\";\n");
        assert_eq!(split.comment_lines_with("FIXME"), [2]);
        assert_eq!(split.lines_with("FIXME"), Vec::<usize>::new());
    }

    #[test]
    fn words_are_whole() {
        let split = Code::of("unsafe_code\nan unsafe { }\nnot_todo!()\ntodo!()\n");
        assert_eq!(split.lines_with("unsafe"), [2]);
        assert_eq!(split.lines_with("todo!"), [4]);
    }
}

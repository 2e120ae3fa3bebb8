//! The line of a source that a problem is about, made fit to be shown, with what to put a caret under.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use model::source::Source;

/// The most characters of a line that is shown as a whole.
const WHOLE: usize = 110;
/// Of a longer line, how many characters are shown before the marked ones, and from them on.
const BEFORE: usize = 48;
const FROM: usize = 60;

/// A line, cut around the place where it is long. Nothing in it steers a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The text to show.
    pub line: String,
    /// The columns before the marked ones.
    pub indent: usize,
    /// How many columns are marked.
    pub marked: usize,
}

/// The excerpt of a span: its first line.
pub fn excerpt(source: &Source, span: &Range<usize>) -> Excerpt {
    let text = source.text.as_str();
    let start = boundary(text, span.start);
    let end = boundary(text, span.end).max(start);
    // A line may be as long as the file, so no more of it is looked at than may be shown.
    let before = text[..start].char_indices().rev().take_while(|(_, character)| *character != '\n');
    let before: Vec<usize> = before.take(WHOLE + 1).map(|(at, _)| at).collect();
    let after = text[start..].char_indices().take_while(|(_, character)| !matches!(character, '\n' | '\r'));
    let after: Vec<usize> = after.take(WHOLE + 1).map(|(at, character)| start + at + character.len_utf8()).collect();
    let fits = before.len() + after.len() <= WHOLE;
    let (most_before, most_after) = if fits { (WHOLE, WHOLE) } else { (BEFORE, FROM) };
    let is_cut = before.len() > most_before;
    let goes_on = after.len() > most_after;
    let head = &text[before.iter().take(most_before).next_back().copied().unwrap_or(start)..start];
    let shown = &text[start..after.iter().take(most_after).next_back().copied().unwrap_or(start)];
    let marked = &shown[..boundary(shown, end - start)];
    let head = format!("{}{}", if is_cut { "…" } else { "" }, visible(head));
    let line = format!("{head}{}{}", visible(shown), if goes_on { "…" } else { "" });
    Excerpt { line, indent: head.width(), marked: visible(marked).width().max(1) }
}

/// The last place between characters that is not after `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Control characters, and those that turn the direction of text, by their codes; a tab as a blank.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push(' '),
            '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {
                shown.extend(character.escape_unicode());
            }
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, span: Range<usize>) -> String {
        let Excerpt { line, indent, marked } = excerpt(&Source::new("a", text), &span);
        format!("{line}\n{}{}", " ".repeat(indent), "^".repeat(marked))
    }

    #[test]
    fn carets_stand_under_what_is_meant() {
        assert_eq!(shown("a\n\t\"日本\": 1,\r\nb", 3..11), " \"日本\": 1,\n ^^^^^^");
        assert_eq!(shown("abc", 3..3), "abc\n   ^");
        assert_eq!(shown("{\n}\n", 0..3), "{\n^");
        assert_eq!(shown("\u{1b}[31m \u{202e}x", 9..10), "\\u{1b}[31m \\u{202e}x\n                   ^");
    }

    #[test]
    fn long_lines_are_cut_around_the_caret() {
        let text = format!("{}X{}", "a".repeat(1_000), "b".repeat(1_000));
        let excerpt = excerpt(&Source::new("a", text.as_str()), &(1_000..1_001));
        assert_eq!(excerpt.line, format!("…{}X{}…", "a".repeat(48), "b".repeat(59)));
        assert_eq!((excerpt.indent, excerpt.marked), (49, 1));
    }

    proptest! {
        #[test]
        fn any_place_in_any_text_can_be_shown(text in "(?s).{0,200}", start in 0..300_usize, length in 0..300_usize) {
            let shown = shown(&text, start..start + length);
            prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}

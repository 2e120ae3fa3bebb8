//! Texts as they are shown: their tone, without control characters, sizes.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

/// What a piece of text is, for its colour on a terminal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    /// A heading or name.
    Strong,
    /// Something done well.
    Good,
    /// Something to look at.
    Warning,
    /// A failure.
    Bad,
    /// Something of less weight: times, ids.
    Faint,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Strong => Style::new().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

/// A text in its tone. The stream that prints it takes the colour out again where there is no terminal.
pub(crate) fn toned(tone: Tone, text: impl std::fmt::Display) -> String {
    let style = tone.style();
    format!("{style}{text}{style:#}")
}

/// Whether a character steers a terminal, or makes a text read as another one: controls (C0, DEL, C1), what turns the
/// direction of writing, what breaks a line or marks one without being seen, what has no width. The joiners U+200C and U+200D
/// are letters' own in several scripts and in emoji: they stay.
pub(super) fn is_deceptive(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => character.is_control(),
    }
}

/// A text from elsewhere with its control characters and whatever else deceives made visible, so that it can't steer the
/// terminal. Newlines and tabs stay.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|character| push_visible(&mut shown, character));
    shown
}

fn push_visible(shown: &mut String, character: char) {
    match character {
        _ if !is_deceptive(character) => shown.push(character),
        '\u{0}'..='\u{7f}' => shown.extend(character.escape_default()),
        _ => shown.extend(character.escape_unicode()),
    }
}

/// A text of ours as it goes to a stream: its tones stay, and whatever somebody else's text brought is made visible, also
/// where the one who put it in forgot to.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let tone = TONES.iter().find(|tone| rest.starts_with(**tone)).map(|tone| tone.len());
        match tone {
            Some(length) => shown.push_str(rest.get(..length).unwrap_or_default()),
            None => push_visible(&mut shown, character),
        }
        rest = rest.get(tone.unwrap_or(character.len_utf8())..).unwrap_or_default();
    }
    shown
}

/// The narrowest column in which words are still wrapped.
const NARROWEST: usize = 16;

/// A text with line breaks between words, so that no line has more columns than there is room. A word that is longer than
/// that stays whole, and so does everything where the room is not known. Tones take no room.
pub(crate) fn wrapped(text: &str, room: Option<usize>) -> String {
    let Some(room) = room.map(|room| room.max(NARROWEST)) else { return text.to_owned() };
    let lines =
        text.split('\n').map(|line| if width(line) <= room { line.to_owned() } else { wrapped_line(line, room) });
    lines.collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, room: usize) -> String {
    let mut shown = String::new();
    let mut used = 0;
    for (at, word) in words(line, room).into_iter().enumerate() {
        let wide = width(&word);
        if at > 0 {
            let breaks = used + 1 + wide > room && used > 0;
            shown.push(if breaks { '\n' } else { ' ' });
            used = if breaks { 0 } else { used + 1 };
        }
        shown.push_str(&word);
        used += wide;
    }
    shown
}

/// The words of a line. What stands in backticks is typed as it is, and is one word where it fits at all.
fn words(line: &str, room: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_quoted = false;
    for word in line.split(' ') {
        match words.last_mut() {
            Some(last) if is_quoted && width(last) + 1 + width(word) <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        is_quoted ^= word.matches('`').count() % 2 == 1;
    }
    words
}

/// How many columns a text with tones takes.
fn width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// What [`toned`] writes: the only sequences that reach a terminal.
const TONES: [&str; 6] = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"];

/// A size for people: `812 KiB`, `2.4 MiB`.
pub(crate) fn size(bytes: usize) -> String {
    let kib = bytes.div_ceil(1024);
    if kib < 1024 { format!("{kib} KiB") } else { format!("{}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mred\r\nb\u{7}\tc"), "a\\u{1b}[31mred\\r\nb\\u{7}\tc");
        assert_eq!(visible("\u{202e}evil"), "\\u{202e}evil");
        for character in
            "\u{7f}\u{80}\u{9b}\u{9f}\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{2066}\u{feff}".chars()
        {
            assert!(visible(&format!("a{character}b")).is_ascii(), "{character:?}");
        }
        assert_eq!(visible("\u{200c}\u{200d}"), "\u{200c}\u{200d}");
        assert_eq!(visible("plain é 日本"), "plain é 日本");
    }

    #[test]
    fn our_tones_stay_and_nobody_elses() {
        let ours = [Tone::Strong, Tone::Good, Tone::Warning, Tone::Bad, Tone::Faint].map(|tone| toned(tone, "x"));
        assert_eq!(printable(&ours.concat()), ours.concat());
        assert_eq!(
            printable("\u{1b}[8mhidden\u{1b}]0;title\u{7}\u{9b}2J"),
            "\\u{1b}[8mhidden\\u{1b}]0;title\\u{7}\\u{9b}2J"
        );
    }

    #[test]
    fn lines_break_between_words() {
        let text = format!("{} one two three four five six\nseven", toned(Tone::Bad, "error:"));
        let shown = wrapped(&text, Some(16));
        assert_eq!(anstream::adapter::strip_str(&shown).to_string(), "error: one two\nthree four five\nsix\nseven");
        assert_eq!(wrapped(&text, None), text);
        let code = "then `workshop local time` moves it";
        assert_eq!(wrapped(code, Some(25)), "then\n`workshop local time`\nmoves it");
        assert_eq!(wrapped(code, Some(16)), "then\n`workshop local\ntime` moves it", "no room for it as one");
        let long = "see arn:aws:states:us-east-1:000000000000:execution:x:y now";
        assert_eq!(wrapped(long, Some(20)), long.replace(' ', "\n"));
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(
            [0, 1, 1024, 831_000, 1_048_576, 2_516_582].map(size),
            ["0 KiB", "1 KiB", "1 KiB", "812 KiB", "1.0 MiB", "2.4 MiB"]
        );
    }
}

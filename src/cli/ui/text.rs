//! Texts as they are shown: their tone, without control characters, sizes.

use anstyle::{AnsiColor, Style};

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

/// A text from elsewhere with its control characters made visible, so that it can't steer the terminal. Newlines and tabs
/// stay.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            // Bidirectional controls can make a line read as something else.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => shown.extend(character.escape_unicode()),
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

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
        assert_eq!(visible("plain é 日本"), "plain é 日本");
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(
            [0, 1, 1024, 831_000, 1_048_576, 2_516_582].map(size),
            ["0 KiB", "1 KiB", "1 KiB", "812 KiB", "1.0 MiB", "2.4 MiB"]
        );
    }
}

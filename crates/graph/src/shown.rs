//! Texts of a definition as pictures show them: nothing that steers or deceives, cut to a length, and how wide they are.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A text on one line: what breaks a line is a space, and what steers or turns the direction of writing is U+FFFD.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            _ if is_deceptive(character) => '\u{fffd}',
            _ => character,
        })
        .collect()
}

/// Controls, what XML does not take, what turns the direction of writing, and what is there without being seen.
fn is_deceptive(character: char) -> bool {
    match character {
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{fffe}' | '\u{ffff}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => character.is_control(),
    }
}

/// A text with at most so many columns; what is cut off is an ellipsis.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// How many columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// The width of a text in a sans-serif font, in pixels: an estimate that rather says too much, as fonts differ.
pub(crate) fn width_px(text: &str, font_px: i32) -> i32 {
    let per_mille: i32 = text.chars().map(char_width).sum();
    (per_mille * font_px + 999) / 1000
}

/// Thousandths of the font's size.
fn char_width(character: char) -> i32 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 300,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 400,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 900,
        'A'..='Z' | '&' | '=' | '<' | '>' | '+' | '≤' | '≥' | '≠' => 690,
        _ if character.is_ascii() => 580,
        _ => match character.width().unwrap_or(0) {
            0 => 0,
            1 => 690,
            _ => 1050,
        },
    }
}

/// A name in lines of at most so many pixels, broken where words begin: at most three, the last one cut.
pub(crate) fn wrapped(name: &str, font_px: i32, room_px: i32) -> Vec<String> {
    const LINES: usize = 3;
    let mut lines = vec![String::new()];
    for word in words(name) {
        let line = lines.last().cloned().unwrap_or_default();
        let joined = format!("{line}{word}");
        if line.is_empty() || width_px(joined.trim_end(), font_px) <= room_px {
            lines.pop();
            lines.push(joined);
        } else {
            lines.push(word);
        }
    }
    let rest = lines.split_off(lines.len().min(LINES));
    if let Some(last) = lines.last_mut() {
        last.push_str(&rest.concat());
    }
    lines.iter().map(|line| cut_px(line.trim(), font_px, room_px)).collect()
}

/// A text of at most so many pixels.
pub(crate) fn cut_px(text: &str, font_px: i32, room_px: i32) -> String {
    if width_px(text, font_px) <= room_px {
        return text.to_owned();
    }
    let room = room_px - width_px("…", font_px);
    let mut kept = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += char_width(character) * font_px;
        if used > room * 1000 {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// A text of at most so many pixels of which the last word is cut at its beginning: of a name in a caption the end tells most. Where the words before
/// it leave too little room, the end of the text is cut.
pub(crate) fn cut_last_word_px(text: &str, font_px: i32, room_px: i32) -> String {
    if width_px(text, font_px) <= room_px {
        return text.to_owned();
    }
    let start = text.rfind(' ').map_or(0, |blank| blank + 1);
    let (before, word) = text.split_at(start);
    let room = room_px - width_px(before, font_px) - width_px("…", font_px);
    if room < room_px / 3 {
        return cut_px(text, font_px, room_px);
    }
    let mut used = 0;
    let fits = |character: &char| {
        used += char_width(*character) * font_px;
        used <= room * 1000
    };
    let kept: Vec<char> = word.chars().rev().take_while(fits).collect();
    format!("{before}…{}", kept.iter().rev().collect::<String>())
}

/// Words with what separates them: after a blank, `-`, `_`, `.` or `:`, and before a capital that follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before: Option<char> = None;
    for character in name.chars() {
        let after_separator = before.is_some_and(|before| matches!(before, ' ' | '-' | '_' | '.' | ':'));
        let camel = before.is_some_and(char::is_lowercase) && character.is_uppercase();
        if after_separator || camel {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
        before = Some(character);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_or_deceives_is_replaced() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}b\nc"), "a\u{fffd}[31m\u{fffd}b c");
        assert_eq!(shown("größer \u{200d}日本"), "größer \u{200d}日本");
    }

    #[test]
    fn a_text_is_cut_to_its_columns() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("much longer", 6), "much…");
        assert_eq!(cut("日本語です", 5), "日本…");
    }

    #[test]
    fn the_end_of_a_name_stays_where_its_text_is_cut() {
        let text = "Task · lambda:invoke step-functions-example-dev-sendEmail:1";
        let cut = cut_last_word_px(text, 11, 210);
        assert!(cut.starts_with("Task · lambda:invoke …") && cut.ends_with("-sendEmail:1"), "{cut}");
        assert!(width_px(&cut, 11) <= 210, "{cut}");
        assert_eq!(cut_last_word_px("Wait · 1 s", 11, 210), "Wait · 1 s");
        let sentence = "Map · each of what an expression with very many words makes of it";
        assert_eq!(cut_last_word_px(sentence, 11, 210), cut_px(sentence, 11, 210), "the words before it take the room");
    }

    #[test]
    fn a_long_name_is_broken_where_its_words_begin() {
        assert_eq!(wrapped("SendTheConfirmationEmail", 13, 110), ["SendThe", "Confirmation", "Email"]);
        assert_eq!(wrapped("send the mail", 13, 400), ["send the mail"]);
        assert_eq!(wrapped(&"x".repeat(80), 13, 100).len(), 1);
        let lines = wrapped("One two three four five six seven eight nine", 13, 60);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| width_px(line, 13) <= 60), "{lines:?}");
    }
}

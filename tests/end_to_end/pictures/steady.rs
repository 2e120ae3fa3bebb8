//! What is another thing in every run made the same, and colours made readable.

/// What a function took: it runs by this machine's clock.
const MEASURED: &str = "END Duration: 0 ms Memory Used: 0 MB";

/// A text without what differs from run to run: ports, ids of APIs, how long functions ran, what is said of this machine.
pub fn text(shown: &str) -> String {
    let shown = without(shown, "The embedded cloud's clock stands still", "moves it.");
    let shown = without(&shown, "nodejs24.x is declared", "nodejs24.x is declared");
    let shown = replaced(&shown, "http://127.0.0.1:", |rest| rest.find('/'), "http://127.0.0.1:4566");
    let shown = replaced(&shown, "/_api/", |rest| rest.find('/'), "/_api/a1b2c3d4e5");
    let shown = replaced(&shown, "END Duration:", measured, MEASURED);
    shown.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Colours as tags.
pub fn tagged(coloured: &str) -> String {
    let tags = [
        ("\u{1b}[0m", "</>"),
        ("\u{1b}[1m", "<bold>"),
        ("\u{1b}[2m", "<faint>"),
        ("\u{1b}[4m", "<underlined>"),
        ("\u{1b}[31m", "<red>"),
        ("\u{1b}[32m", "<green>"),
        ("\u{1b}[33m", "<yellow>"),
    ];
    let tagged = tags.iter().fold(coloured.to_owned(), |text, (escape, tag)| text.replace(escape, tag));
    assert!(!tagged.contains('\u{1b}'), "{tagged:?}");
    tagged
}

/// How far the figures of an `END` line go, which may be on two lines.
fn measured(rest: &str) -> Option<usize> {
    let end = rest.find(" MB")? + " MB".len();
    let after = &rest[end..];
    let init = after.trim_start().strip_prefix("(init:").and_then(|init| Some(init.find(')')? + 1));
    Some(init.map_or(end, |length| end + after.len() - after.trim_start().len() + "(init:".len() + length))
}

/// Every text from a beginning to where `end` says instead of it another one.
fn replaced(text: &str, beginning: &str, end: impl Fn(&str) -> Option<usize>, with: &str) -> String {
    let mut parts = text.split(beginning);
    let mut steady = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = end(part).unwrap_or_else(|| panic!("{beginning} has no end in {part:?}"));
        steady.push_str(with);
        steady.push_str(&part[end..]);
    }
    steady
}

/// The text without the lines from one with a beginning to one with an end.
fn without(text: &str, beginning: &str, end: &str) -> String {
    let mut is_kept = true;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        is_kept &= !line.contains(beginning);
        if is_kept {
            kept.push_str(line);
        }
        is_kept |= line.contains(end);
    }
    kept
}

//! The results as JUnit XML, which CI services show.

use std::fmt::Write;

use super::text;
use crate::cli::make::test::outcome::Outcome;
use crate::cli::make::test::runner::CaseResult;

/// The document: a suite for each test file.
pub(in crate::cli::make) fn document(outcome: &Outcome) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = outcome.results.len();
    let failures = outcome.failed();
    // Writing to a string can't fail.
    let _ = writeln!(
        xml,
        "<testsuites name=\"workshop test\" tests=\"{tests}\" failures=\"{failures}\" time=\"{:.3}\">",
        outcome.elapsed_ms / 1e3
    );
    for file in outcome.results.chunk_by(|one, other| one.file == other.file) {
        suite(&mut xml, file);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, results: &[CaseResult]) {
    let name = results.first().map(|result| escaped(&result.file)).unwrap_or_default();
    let failures = results.iter().filter(|result| !result.has_passed()).count();
    let seconds: f64 = results.iter().map(|result| result.real_ms / 1e3).sum();
    let tests = results.len();
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\" time=\"{seconds:.3}\">"
    );
    for result in results {
        let _ = write!(
            xml,
            "    <testcase name=\"{}\" classname=\"{}\" file=\"{name}\" line=\"{}\" time=\"{:.3}\"",
            escaped(&result.name),
            escaped(&result.machine),
            result.line,
            result.real_ms / 1e3
        );
        match result.failures.first() {
            None => xml.push_str("/>\n"),
            Some(first) => {
                let whole = without_tones(&text::failure(result, false).collect::<Vec<_>>().join("\n"));
                let _ = write!(
                    xml,
                    ">\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n",
                    escaped(&first.message),
                    escaped(&first.about),
                    escaped(&whole)
                );
            }
        }
    }
    xml.push_str("  </testsuite>\n");
}

/// A text without the tones that terminals show.
fn without_tones(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // Our tones are ESC [ ... m.
            characters.by_ref().find(|it| *it == 'm');
        } else {
            plain.push(character);
        }
    }
    plain
}

/// A text as XML has it; what XML can't have is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {}
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_stays_text() {
        assert_eq!(escaped("<a b=\"&\">\u{1b}\u{7}\n"), "&lt;a b=&quot;&amp;&quot;&gt;\n");
        assert_eq!(without_tones("\u{1b}[1mbold\u{1b}[0m x"), "bold x");
    }
}

//! Findings for people: a line that editors can follow, the place in the text, and what to do.

use crate::cli::ui::{Tone, toned, visible, wrapped};
use model::source::Source;
use validate::excerpt::excerpt;
use validate::{Checked, Placed, Severity};

/// All findings of a definition, with an empty line after each. What is longer than the room goes on below.
pub(super) fn problems(checked: &Checked, room: Option<usize>) -> String {
    checked.problems.iter().map(|problem| one(&checked.source, problem, room)).collect::<Vec<_>>().join("\n")
}

fn one(source: &Source, placed: &Placed, room: Option<usize>) -> String {
    let Placed { problem, start, .. } = placed;
    let tone = match problem.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warning,
        Severity::Note => Tone::Faint,
    };
    let excerpt = excerpt(source, &problem.span);
    let place = toned(Tone::Strong, format!("{}:{}:{}", line(&source.file), start.line, start.column));
    let gutter = start.line.to_string();
    let margin = " ".repeat(gutter.len());
    let bar = toned(Tone::Faint, "|");
    let carets = toned(tone, "^".repeat(excerpt.marked));
    let found = format!(
        "{place}: {}: {} {}",
        toned(tone, problem.severity.name()),
        line(&problem.message),
        toned(Tone::Faint, format!("[{}]", problem.code)),
    );
    // Under `fix: `, to the right of the gutter.
    let indent = margin.len() + 7;
    let fix = wrapped(&line(&problem.fix), room.map(|room| room.saturating_sub(indent)));
    format!(
        "{}\n {} {bar} {}\n {margin} {bar} {}{carets}\n {margin} {} {}\n",
        wrapped(&found, room),
        toned(Tone::Faint, gutter),
        excerpt.line,
        " ".repeat(excerpt.indent),
        toned(Tone::Good, "fix:"),
        fix.replace('\n', &format!("\n{:indent$}", "")),
    )
}

/// A text from elsewhere on one line.
fn line(text: &str) -> String {
    visible(text).replace('\n', "\\n")
}

/// How much was looked at, and what was found.
pub(super) fn summary(files: usize, errors: usize, warnings: usize) -> String {
    let counted = |count: usize, what: &str| match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    let found = match (errors, warnings) {
        (0, 0) => "no problems".to_owned(),
        _ => format!("{} and {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    format!("{}: {found}.", counted(files, "definition"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts() {
        assert_eq!(summary(1, 0, 0), "1 definition: no problems.");
        assert_eq!(summary(2, 1, 0), "2 definitions: 1 error and no warnings.");
        assert_eq!(summary(1, 0, 3), "1 definition: no errors and 3 warnings.");
    }
}

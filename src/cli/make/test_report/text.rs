//! The results as people read them: a line for each case, what failed with its timeline, coverage, a summary.

use crate::cli::error::CliError;
use crate::cli::make::test::outcome::Outcome;
use crate::cli::make::test::runner::CaseResult;
use crate::cli::ui::table::cut;
use crate::cli::ui::{Tone, Ui, toned, visible};
use jiff::SignedDuration;
use simulate::{Difference, TimelineLine, shown_duration};

/// How many characters of a payload a timeline shows.
const SHORT: usize = 100;

/// How many lines of a timeline are shown: its end, where what failed is.
const LINES: usize = 40;

/// Prints all of it.
pub(in crate::cli::make) fn print(outcome: &Outcome, ui: &Ui) -> Result<(), CliError> {
    let mut file = "";
    for result in &outcome.results {
        if result.file != file {
            file = &result.file;
            ui.result(toned(Tone::Strong, visible(file)))?;
        }
        ui.result(line(result))?;
    }
    print_failures(outcome, ui)?;
    ui.result(format!("\n{}", outcome.covered.table()))?;
    for missed in outcome.covered.missed(ui.is_verbose()) {
        ui.result(format!("  {}", toned(Tone::Faint, visible(&missed))))?;
    }
    ui.result(format!("\n{}", summary(outcome)))
}

/// Prints what failed, case by case.
pub(in crate::cli::make) fn print_failures(outcome: &Outcome, ui: &Ui) -> Result<(), CliError> {
    let failed = outcome.results.iter().filter(|result| !result.has_passed());
    failed.flat_map(|result| failure(result, ui.is_verbose())).try_for_each(|line| ui.result(line))
}

fn line(result: &CaseResult) -> String {
    let mark = match result.has_passed() {
        true if result.is_updated => toned(Tone::Warning, "new "),
        true => toned(Tone::Good, "pass"),
        false => toned(Tone::Bad, "FAIL"),
    };
    let time = toned(Tone::Faint, format!("({} in {:.1} ms)", shown_duration(result.virtual_time), result.real_ms));
    let ended = result.ended.as_deref().map(|ended| format!("  {}", cut(&visible(ended), SHORT)));
    format!("  {mark}  {}  {time}{}", visible(&result.name), ended.unwrap_or_default())
}

/// One line that sums up.
pub(in crate::cli::make) fn summary(outcome: &Outcome) -> String {
    let failed = outcome.failed();
    let passed = outcome.results.len() - failed;
    let virtual_time =
        outcome.results.iter().fold(SignedDuration::ZERO, |sum, result| sum.saturating_add(result.virtual_time));
    let counts = if failed == 0 {
        toned(Tone::Good, format!("{passed} passed"))
    } else {
        format!("{}, {passed} passed", toned(Tone::Bad, format!("{failed} failed")))
    };
    let seed = if outcome.seed == 0 { String::new() } else { format!(" Seed {}.", outcome.seed) };
    let updated = outcome.results.iter().filter(|result| result.is_updated).count();
    let counts = match updated {
        0 => counts,
        1 => format!("{counts}, of which 1 has a new output"),
        _ => format!("{counts}, of which {updated} have new outputs"),
    };
    let time = format!("{} of virtual time in {:.0} ms", shown_duration(virtual_time), outcome.elapsed_ms);
    let covered = outcome.covered.total().percent();
    format!("{counts}: {time}, {covered:.0}% covered.{seed}")
}

/// What failed in a case, line by line: a timeline of large payloads is not held as one text.
pub(super) fn failure(result: &CaseResult, is_verbose: bool) -> impl Iterator<Item = String> {
    let place = toned(Tone::Faint, format!("{}:{}", visible(&result.file), result.line));
    let mut lines =
        vec![format!("\n{} {} {place}", toned(Tone::Bad, "FAIL"), toned(Tone::Strong, visible(&result.name)))];
    for failure in &result.failures {
        lines.push(format!("  {} {}", toned(Tone::Bad, format!("{}:", failure.about)), visible(&failure.message)));
        lines.extend(failure.differences.iter().map(difference));
        lines.extend(failure.advice.iter().map(|advice| format!("    {}", visible(advice).replace('\n', "\n    "))));
    }
    let hidden = result.timeline.len().saturating_sub(if is_verbose { usize::MAX } else { LINES });
    if hidden > 0 {
        lines.push(toned(Tone::Faint, format!("  … {hidden} lines before; `--verbose` shows them")));
    }
    let width = result.timeline.iter().map(|line| line.state.chars().count()).max().unwrap_or(0);
    let timeline = result.timeline.iter().skip(hidden);
    lines.into_iter().chain(timeline.map(move |line| of_timeline(line, width, is_verbose)))
}

fn difference(difference: &Difference) -> String {
    let Difference { path, expected, actual } = difference;
    let shown = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), visible);
    format!(
        "    {}\n      expected  {}\n      came      {}",
        visible(path),
        toned(Tone::Good, shown(expected)),
        toned(Tone::Bad, shown(actual))
    )
}

fn of_timeline(line: &TimelineLine, width: usize, is_verbose: bool) -> String {
    let after = format!("+{}", shown_duration(line.after));
    let detail = line.detail.as_deref().map(visible).unwrap_or_default();
    let detail = if is_verbose { detail } else { cut(&detail, SHORT) };
    let tone = match line.tone {
        simulate::Tone::Good => Tone::Good,
        simulate::Tone::Bad => Tone::Bad,
        simulate::Tone::Plain => Tone::Strong,
    };
    let what = toned(tone, visible(&line.what));
    let state = visible(&line.state);
    format!(
        "    {}  {state:<width$}  {what}  {}",
        toned(Tone::Faint, format!("{after:<12}")),
        toned(Tone::Faint, detail)
    )
}

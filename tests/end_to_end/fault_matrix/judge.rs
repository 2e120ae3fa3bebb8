//! What a command may do when something goes wrong, and what must be there in the end.

use super::command::Done;
use super::scenario::writes;
use crate::support::Ended;
use crate::support::snapshot::difference;

/// The exit codes that `workshop --help` lists, but for wrong usage and project files, which nothing here has.
const CODES: [i32; 7] = [0, 1, 4, 5, 6, 7, 8];

/// A command ends with a documented exit code and, when it failed, with a sentence and advice.
///
/// # Errors
/// What it did instead.
pub fn ending(ended: &Ended) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("{why}: {ended:#?}"));
    if ended.stderr.contains("panicked") {
        return refuse("panicked");
    }
    match ended.code {
        Some(code) if !CODES.contains(&code) => return refuse("ended with a code that is not documented"),
        Some(0) => return Ok(()),
        Some(_) => {}
        None => return refuse("did not end by itself"),
    }
    let Some((_, said)) = ended.stderr.split_once("error: ") else { return refuse("does not say what is wrong") };
    let sentence = said.lines().next().unwrap_or_default();
    if !sentence.starts_with(|first: char| first.is_uppercase() || first == '`') || !sentence.ends_with(['.', '!']) {
        return refuse("does not say in a sentence what is wrong");
    }
    if !said.lines().any(|line| line.trim_start().starts_with("try: ")) {
        return refuse("does not say what to try");
    }
    Ok(())
}

/// Two accounts hold the same.
///
/// # Errors
/// The lines that differ.
pub fn same(expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("this is there (+) and that is missing (-):\n{}", difference(expected, found)))
}

/// How a disturbed run went, for a report.
pub fn shown(done: &Done) -> String {
    format!("{:#?}, having written {:#?}", done.ended, writes(done))
}

//! Findings for programs: what `--json` prints. The keys stay as they are.

use serde::Serialize;

use model::serverless::Note;
use validate::{Checked, Placed};

#[derive(Serialize)]
pub(super) struct Report<'a> {
    files: Vec<&'a str>,
    errors: usize,
    warnings: usize,
    findings: Vec<Finding<'a>>,
    notes: Vec<ServiceNote<'a>>,
}

/// What the service file says without effect.
#[derive(Serialize)]
struct ServiceNote<'a> {
    file: &'a str,
    line: usize,
    message: &'a str,
}

/// Lines and columns count from 1; columns count characters, and the end is the place after the last one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    severity: &'static str,
    code: &'static str,
    location: Option<&'a str>,
    message: &'a str,
    fix: &'a str,
}

pub(super) fn report<'a>(checked: &'a [Checked], errors: usize, warnings: usize, notes: &'a [Note]) -> Report<'a> {
    let note = |note: &'a Note| ServiceNote { file: &note.at.file, line: note.at.line, message: &note.message };
    let findings = checked.iter().flat_map(|checked| {
        checked.problems.iter().map(|Placed { problem, start, end }| Finding {
            file: &checked.source.file,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            severity: problem.severity.name(),
            code: problem.code,
            location: problem.location.as_deref(),
            message: &problem.message,
            fix: &problem.fix,
        })
    });
    Report {
        files: checked.iter().map(|checked| checked.source.file.as_str()).collect(),
        errors,
        warnings,
        findings: findings.collect(),
        notes: notes.iter().map(note).collect(),
    }
}

//! The sentences of failures.

use super::Failure;
use crate::run::Problem;

/// How many characters of a payload a sentence has.
const SHORT: usize = 120;

/// JSON text, cut where it is long.
pub(super) fn short(json: &str) -> String {
    let mut characters = json.chars();
    let start: String = characters.by_ref().take(SHORT).collect();
    if characters.next().is_some() { format!("{start}…") } else { start }
}

/// `once`, `3 times`.
pub(super) fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

/// An error and its cause, as the rest of a sentence.
pub(super) fn of_failure(failure: &asl::Failure) -> String {
    let error = failure.error.as_deref().unwrap_or("no error");
    match failure.cause.as_deref() {
        Some(cause) if !cause.is_empty() => format!(" with {error}: {}", short(cause)),
        _ => format!(" with {error}"),
    }
}

/// Where two lists of names part.
pub(super) fn of_paths(expected: &[&str], actual: &[&str]) -> String {
    let common = expected.iter().zip(actual).take_while(|(one, other)| one == other).count();
    let name = |list: &[&str]| list.get(common).map_or_else(|| "the end".to_owned(), |name| format!("`{name}`"));
    let after = match common.checked_sub(1).and_then(|last| expected.get(last)) {
        Some(last) => format!("After `{last}` (number {common})"),
        None => "At the start".to_owned(),
    };
    let whole = actual.join(", ");
    format!("{after} {} should come, and {} does. It is {}.", name(expected), name(actual), short(&whole))
}

/// Why a run could not go on, and what to do about it.
pub(super) fn of_problem(problem: &Problem) -> Failure {
    let (message, advice) = match problem {
        Problem::NoMock { input, advice, .. } => {
            (format!("{problem}: it is called with {}.", short(input)), Some(format!("Write one:\n{advice}")))
        }
        Problem::UsedUp { input, .. } => (
            format!("{problem}: it is called with {}.", short(input)),
            Some("Add a mock to its list, or say `times` of one.".to_owned()),
        ),
        other => (format!("{other}."), None),
    };
    let message = capitalised(&message);
    Failure { about: "run".to_owned(), message, differences: Vec::new(), advice }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

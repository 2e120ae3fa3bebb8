//! `taskName`: it becomes the execution's name, so it must be one that Step Functions takes.

use crate::refusal::Refusal;

/// Step Functions allows 1 to 80 characters (StartExecution, `name`).
const MAX_CHARS: usize = 80;

/// The characters that StartExecution's documentation forbids, beside white space and control characters.
const FORBIDDEN: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";

/// The name as the request gives it, or why Step Functions would refuse it.
pub(crate) fn check(name: &str) -> Result<(), Refusal> {
    let length = name.chars().count();
    if length == 0 {
        return Err(refuse("\"taskName\" is empty; give the task a name of 1 to 80 characters"));
    }
    if length > MAX_CHARS {
        return Err(refuse(format!("\"taskName\" has {length} characters; Step Functions takes at most {MAX_CHARS}")));
    }
    match name.chars().find(|character| is_forbidden(*character)) {
        Some(character) => Err(refuse(format!(
            "\"taskName\" has {} in it, which Step Functions does not take in a name; use letters, digits, - and _",
            describe(character)
        ))),
        None => Ok(()),
    }
}

/// A refusal about the name.
pub(crate) fn refuse(message: impl Into<String>) -> Refusal {
    Refusal::bad_request("invalid_name", message)
}

fn is_forbidden(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || FORBIDDEN.contains(character)
        || matches!(character, '\u{fffe}' | '\u{ffff}' | '\u{10ffff}')
}

fn describe(character: char) -> String {
    match character {
        ' ' => String::from("a space"),
        other => format!("the character {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_step_functions_takes() {
        for name in ["taskone", "task-1_B", "a", "tâche.été+1=!()'@", &"x".repeat(80)] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_that_it_refuses() {
        let long = "x".repeat(81);
        for name in ["", "task one", "a/b", "a:b", "a\tb", "a\u{7f}", "a\u{ffff}", &long] {
            let refusal = check(name).unwrap_err();
            assert_eq!((refusal.status, refusal.code), (400, "invalid_name"), "{name:?}");
        }
        for character in FORBIDDEN.chars() {
            assert!(check(&format!("a{character}b")).is_err(), "{character}");
        }
    }

    #[test]
    fn the_sentence_names_the_character() {
        assert!(check("task one").unwrap_err().message.contains("a space"));
        assert!(check("a/b").unwrap_err().message.contains("'/'"));
    }
}

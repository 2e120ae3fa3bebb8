//! Which names Lambda accepts for a function's environment variables.

/// Names that Lambda keeps for itself (Lambda developer guide, "Defined runtime environment variables").
pub const RESERVED: [&str; 21] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_MAX_CONCURRENCY",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// Why Lambda would refuse a name, and what to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) hint: String,
}

/// Why Lambda would refuse a name; nothing when it takes it.
pub(super) fn refused(name: &str) -> Option<Refusal> {
    if RESERVED.contains(&name) {
        return Some(Refusal {
            message: format!("Lambda keeps the environment variable `{name}` for itself."),
            hint: format!("Choose another name; the reserved ones are {}.", RESERVED.join(", ")),
        });
    }
    (!well_formed(name)).then(|| Refusal {
        message: format!("`{name}` can't be the name of an environment variable."),
        hint: "Lambda takes names of two or more letters, digits and `_` that begin with a letter.".to_owned(),
    })
}

/// `[a-zA-Z]([a-zA-Z0-9_])+`, as CreateFunction's documentation has it.
fn well_formed(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_lambda_takes() {
        for good in ["TZ", "tz", "STATE_MACHINE_ARN", "a1", "AWS_LAMBDA_EXEC_WRAPPER"] {
            assert_eq!(refused(good), None, "{good}");
        }
        for bad in ["", "A", "_A", "1A", "A-B", "A B", "É2", "Aé"] {
            assert!(refused(bad).is_some_and(|refused| refused.hint.contains("two or more")), "{bad}");
        }
        for reserved in RESERVED {
            assert!(refused(reserved).is_some_and(|refused| refused.message.contains("for itself")), "{reserved}");
        }
    }
}

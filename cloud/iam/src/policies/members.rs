//! Members that roles and policies have alike: names, paths, tags.

use cloud_core::{Form, ServiceError};

/// How many tags a role or a policy may have (IAM and STS quotas).
const TAGS_LIMIT: usize = 50;

/// Checks a name as IAM does.
pub(crate) fn check_name(member: &str, name: &str, limit: usize) -> Result<(), ServiceError> {
    let invalid = |text: String| Err(ServiceError::bad_request("ValidationError", text));
    if name.is_empty() || name.chars().count() > limit {
        let constraint = if name.is_empty() {
            "greater than or equal to 1".to_owned()
        } else {
            format!("less than or equal to {limit}")
        };
        return invalid(format!(
            "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must have length {constraint}"
        ));
    }
    if name.chars().any(|letter| !letter.is_ascii_alphanumeric() && !"_+=,.@-".contains(letter)) {
        return invalid(format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        ));
    }
    Ok(())
}

/// Adds tags, or changes their values; keys differ by more than case.
pub(crate) fn set_tags(tags: &mut Vec<(String, String)>, new: Vec<(String, String)>) -> Result<(), ServiceError> {
    for (key, value) in new {
        match tags.iter_mut().find(|(old, _)| old.eq_ignore_ascii_case(&key)) {
            Some(tag) => *tag = (key, value),
            None => tags.push((key, value)),
        }
    }
    if tags.len() > TAGS_LIMIT {
        let text = format!("The number of tags has reached the maximum limit. Maximum allowed: {TAGS_LIMIT}");
        return Err(ServiceError::new(409, "LimitExceeded", text));
    }
    Ok(())
}

/// The path of a role or policy that is created.
pub(crate) fn checked_path(form: &Form) -> Result<&str, ServiceError> {
    let path = form.get("Path").unwrap_or("/");
    let plain = path.len() <= 512 && path.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if plain && path.starts_with('/') && path.ends_with('/') {
        return Ok(path);
    }
    let text = "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.";
    Err(ServiceError::bad_request("ValidationError", text))
}

//! Members that roles, instance profiles and policies have alike: paths, tags.

use cloud_core::{Form, ServiceError};

/// How many tags a role or a policy may have (IAM and STS quotas).
const TAGS_LIMIT: usize = 50;

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

/// Removes the tags with these keys.
pub(crate) fn unset_tags(tags: &mut Vec<(String, String)>, keys: &[String]) {
    tags.retain(|(key, _)| !keys.iter().any(|gone| gone.eq_ignore_ascii_case(key)));
}

/// The path of a role or policy that is created.
pub(crate) fn path(form: &Form) -> &str {
    form.get("Path").unwrap_or("/")
}

//! Members that roles, instance profiles and policies have alike: paths, tags.

use cloud_core::{Form, ServiceError, is_reserved_tag_key};

/// How many tags a role or a policy may have (IAM and STS quotas).
const TAGS_LIMIT: usize = 50;

/// Adds the tags of a form, or changes their values; keys differ by more than case.
pub(crate) fn set_tags(tags: &mut Vec<(String, String)>, form: &Form) -> Result<(), ServiceError> {
    let new = form.tags("Tags");
    check_tag_keys(&new).map_err(|text| ServiceError::bad_request("InvalidInput", text))?;
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

/// Checks the keys of tags that are given at once.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn check_tag_keys(tags: &[(String, String)]) -> Result<(), String> {
    for (at, (key, _)) in tags.iter().enumerate() {
        if tags.iter().skip(at + 1).any(|(other, _)| other.eq_ignore_ascii_case(key)) {
            return Err("Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned());
        }
    }
    match tags.iter().find(|(key, _)| is_reserved_tag_key(key)) {
        // "You cannot create a tag key or value that begins with the text aws:"
        // (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html). The text is ours.
        Some((key, _)) => Err(format!("The tag key {key} begins with aws:, which is reserved for AWS internal use.")),
        None => Ok(()),
    }
}

/// Removes the tags with these keys.
pub(crate) fn unset_tags(tags: &mut Vec<(String, String)>, keys: &[String]) {
    tags.retain(|(key, _)| !keys.iter().any(|gone| gone.eq_ignore_ascii_case(key)));
}

/// The path of a role or policy that is created.
pub(crate) fn path(form: &Form) -> &str {
    form.get("Path").unwrap_or("/")
}

//! Values that several tables of the service file have: names, choices, permissions, tags.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::section::{Located, Section};
use crate::names::{NameError, nearest};
use crate::pseudo::Template;
use crate::service::{Effect, Permission};
use crate::source::{ModelError, Source};
use crate::stack_settings::{MOST_TAGS, refused_key, refused_value};

/// A name that is checked.
pub(super) fn named<T>(
    source: &Source,
    text: &Located<String>,
    parse: fn(&str) -> Result<T, NameError>,
) -> Result<T, ModelError> {
    parse(&text.value).map_err(|error| source.error_at(text.span.start, error.to_string()))
}

/// The value among a few that a text spells.
pub(super) fn one_of<T: Copy>(
    source: &Source,
    key: &str,
    written: &Located<String>,
    values: &[T],
    spelling: impl Fn(&T) -> &str,
) -> Result<T, ModelError> {
    values.iter().find(|value| spelling(value) == written.value).copied().ok_or_else(|| {
        let known: Vec<&str> = values.iter().map(&spelling).collect();
        let message = format!("`{key}` can't be `{}`; it is one of {}.", written.value, known.join(", "));
        let error = source.error_at(written.span.start, message);
        match nearest(&written.value, &known) {
            Some(near) => error.with_hint(format!("Did you mean `{near}`?")),
            None => error,
        }
    })
}

/// `permissions`: the statements of a role.
pub(super) fn permissions(section: &mut Section<'_>) -> Result<Vec<Permission>, ModelError> {
    section.tables("permissions")?.into_iter().map(permission).collect()
}

fn permission(mut section: Section<'_>) -> Result<Permission, ModelError> {
    let at = section.place();
    let actions = section.strings("actions")?.into_iter().map(|action| action.value).collect();
    let resources = section.strings("resources")?;
    let source = section.source;
    let resources =
        resources.into_iter().map(|at| Template::parse(source, at.span, &at.value)).collect::<Result<_, _>>()?;
    section.finish()?;
    Ok(Permission { at, effect: Effect::Allow, actions, resources, condition: None })
}

/// The tags. IAM takes two keys that differ only in case for the same.
pub(super) fn tags(section: Section<'_>) -> Result<BTreeMap<String, String>, ModelError> {
    let source = section.source;
    let too_many = section
        .error(format!("There are more than {MOST_TAGS} tags; AWS takes 50 on a resource, and two say whose it is."));
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in section.into_entries() {
        if let Some(refused) = refused_key(&key.value) {
            return Err(source.error_at(key.span.start, refused));
        }
        if let Some(same) = tags.keys().find(|same| same.to_lowercase() == key.value.to_lowercase()) {
            let message = format!("The tags `{same}` and `{}` are one to IAM, which ignores case.", key.value);
            return Err(source.error_at(key.span.start, message));
        }
        let DeValue::String(text) = value.get_ref() else {
            let message = format!("The value of the tag `{}` must be a string.", key.value);
            return Err(source.error_at(value.span().start, message));
        };
        if let Some(refused) = refused_value(text) {
            return Err(source.error_at(value.span().start, refused));
        }
        tags.insert(key.value, text.to_string());
    }
    if tags.len() > MOST_TAGS { Err(too_many) } else { Ok(tags) }
}

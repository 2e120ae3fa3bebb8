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
pub(super) fn permissions(section: &mut Section<'_>) -> Vec<Permission> {
    section.tables("permissions").into_iter().map(permission).collect()
}

fn permission(mut section: Section<'_>) -> Permission {
    let at = section.place();
    let actions = section.strings("actions").into_iter().map(|action| action.value).collect();
    let resources = section.strings("resources");
    let template = |at: Located<String>| section.keep(Template::parse(section.source, at.span, &at.value));
    let resources = resources.into_iter().filter_map(template).collect();
    section.finish();
    Permission { at, effect: Effect::Allow, actions, resources, condition: None }
}

/// The tags, if there are any. IAM takes two keys that differ only in case for the same.
pub(super) fn tags(section: &mut Section<'_>) -> BTreeMap<String, String> {
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    let Some(table) = section.table("tags") else { return tags };
    let too_many = table
        .error(format!("There are more than {MOST_TAGS} tags; AWS takes 50 on a resource, and two say whose it is."));
    for (key, value) in table.into_entries() {
        if let Some(refused) = refused_key(&key.value) {
            section.refuse(key.span.start, refused);
        } else if let Some(same) = tags.keys().find(|same| same.to_lowercase() == key.value.to_lowercase()) {
            let message = format!("The tags `{same}` and `{}` are one to IAM, which ignores case.", key.value);
            section.refuse(key.span.start, message);
        } else if let DeValue::String(text) = value.get_ref() {
            if let Some(refused) = refused_value(text) {
                section.refuse(value.span().start, refused);
            }
            tags.insert(key.value, text.to_string());
        } else {
            section.refuse(value.span().start, format!("The value of the tag `{}` must be a string.", key.value));
        }
    }
    if tags.len() > MOST_TAGS {
        section.report.add(too_many);
    }
    tags
}

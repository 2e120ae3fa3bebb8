//! Values that several tables of the service file have: names, choices, permissions, tags.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::keys::EFFECTS;
use super::section::{Located, Section};
use crate::names::{NameError, nearest};
use crate::pseudo::Template;
use crate::service::{Effect, LOG_LEVEL_OFF, LOG_LEVELS, Logging, Permission};
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

/// `role`: the ARN of a role that exists.
pub(super) fn role(section: &mut Section<'_>) -> Option<Template> {
    let written = section.string("role")?;
    if !written.value.starts_with("arn:") {
        let message = format!("`{}` is no ARN of a role.", written.value);
        let hint = "It looks like `arn:#{AWS::Partition}:iam::#{AWS::AccountId}:role/NAME`.";
        section.report.add(section.source.error_at(written.span.start, message).with_hint(hint));
        return None;
    }
    section.keep(Template::parse(section.source, written.span, &written.value))
}

/// `permissions`: the statements of a role of its own.
pub(super) fn permissions(section: &mut Section<'_>, has_role: bool) -> Vec<Permission> {
    if let Some(offset) = section.offset("permissions").filter(|_| has_role) {
        let message = format!("`{}` does not go with `role`.", section.path("permissions"));
        let hint = "Take one of them out: the role that `role` names has its own statements.";
        section.report.add(section.source.error_at(offset, message).with_hint(hint));
    }
    section.tables("permissions").into_iter().map(permission).collect()
}

fn permission(mut section: Section<'_>) -> Permission {
    let at = section.place();
    let source = section.source;
    let effect = section
        .string("effect")
        .and_then(|written| section.keep(one_of(source, "effect", &written, &EFFECTS, |effect| effect.as_str())));
    let actions = section.strings("actions").into_iter().map(|action| action.value).collect();
    let resources = section.strings("resources");
    let template = |at: Located<String>| section.keep(Template::parse(section.source, at.span, &at.value));
    let resources = resources.into_iter().filter_map(template).collect();
    let condition = section.raw_table("condition");
    let condition = condition.and_then(|condition| section.keep(self::condition(source, &condition)));
    section.finish();
    Permission { at, effect: effect.unwrap_or(Effect::Allow), actions, resources, condition }
}

/// A statement's condition as JSON: operators, keys of IAM, and texts or lists of texts.
fn condition(source: &Source, written: &Spanned<DeValue<'_>>) -> Result<Template, ModelError> {
    let json = condition_value(source, written)?;
    Template::parse(source, written.span(), &json.to_string())
}

fn condition_value(source: &Source, written: &Spanned<DeValue<'_>>) -> Result<Value, ModelError> {
    Ok(match written.get_ref() {
        DeValue::String(text) => Value::from(text.to_string()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Integer(number) if number.radix() == 10 => match number.as_str().parse::<i64>() {
            Ok(number) => Value::from(number),
            Err(_) => return Err(no_condition_value(source, written)),
        },
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(number) => Value::from(number),
            Err(_) => return Err(no_condition_value(source, written)),
        },
        DeValue::Array(items) => {
            items.iter().map(|item| condition_value(source, item)).collect::<Result<Vec<_>, _>>()?.into()
        }
        DeValue::Table(members) => {
            let member = |(key, value): (&Spanned<_>, _)| {
                let key: &std::borrow::Cow<'_, str> = key.get_ref();
                Ok((key.to_string(), condition_value(source, value)?))
            };
            Value::Object(members.iter().map(member).collect::<Result<_, ModelError>>()?)
        }
        _ => return Err(no_condition_value(source, written)),
    })
}

fn no_condition_value(source: &Source, written: &Spanned<DeValue<'_>>) -> ModelError {
    let message = format!("A condition can't hold a value of type {}.", written.get_ref().type_str());
    source.error_at(written.span().start, message).with_hint("Write it as a string: IAM compares texts.")
}

/// `logging` of a state machine; none at the level OFF.
pub(super) fn logging(section: &mut Section<'_>) -> Option<Logging> {
    let mut section = section.table("logging")?;
    let source = section.source;
    let level = section.required("level");
    let level = level.and_then(|level| section.keep(one_of(source, "level", &level, &LOG_LEVELS, |level| level)));
    let include_execution_data = section.boolean("include_execution_data").unwrap_or(false);
    let path = section.path("destinations");
    let without = |level: &str| {
        let error = section.error(format!("`{path}` is missing: the level {level} needs a log group."));
        error.with_hint("Add the ARN of a log group, which ends in `:*`.")
    };
    let missing = level.filter(|level| *level != LOG_LEVEL_OFF && !section.has("destinations")).map(without);
    let destinations = section.optional_strings("destinations");
    let template = |at: Located<String>| section.keep(Template::parse(source, at.span, &at.value));
    let destinations = destinations.into_iter().filter_map(template).collect();
    if let Some(missing) = missing {
        section.report.add(missing);
    }
    section.finish();
    let level = level.filter(|level| *level != LOG_LEVEL_OFF)?.to_owned();
    Some(Logging { level, include_execution_data, destinations })
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

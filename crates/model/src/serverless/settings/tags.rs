//! Tags, as far as every service takes them.

use std::collections::BTreeMap;

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Section, text};
use crate::serverless::reading::tree::Member;
use crate::stack_settings::{MOST_TAGS, refused_key, refused_value};

/// Reads an object of tags.
pub(crate) fn tags(member: Option<&Member>, path: &str, report: &mut Report) -> BTreeMap<String, String> {
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    let Some(member) = member else { return tags };
    let Some(section) = Section::of(&member.value, path, report) else { return tags };
    for member in section.members() {
        let Some(value) = text(&member.value, &section.path(&member.key), report) else { continue };
        let same = tags.keys().find(|same| same.to_lowercase() == member.key.to_lowercase());
        let refused = refused_key(&member.key).or_else(|| {
            same.map(|same| format!("The tags `{same}` and `{}` are one to IAM, which ignores case.", member.key))
        });
        if let Some(refused) = refused {
            report.error(&member.at, refused, "Give the tag another key, or take it out.");
            continue;
        }
        if let Some(refused) = refused_value(&value.value) {
            report.error(&value.at, refused, "Give the tag another value, or take it out.");
            continue;
        }
        tags.insert(member.key.clone(), value.value);
    }
    if tags.len() > MOST_TAGS {
        let message =
            format!("`{path}` has more than {MOST_TAGS} tags; AWS takes 50 on a resource, and two say whose it is.");
        report.error(&member.at, message, "Take some out.");
    }
    tags
}

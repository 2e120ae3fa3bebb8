//! Pure: the tags of roles that name activities. A name that the service file gave does not begin with the stack's, so no
//! list shows whose activity it is once the file no longer has it; every role of the stack remembers it.

use std::collections::BTreeSet;

use aws::{TagRead, Tags};
use model::stack::ACTIVITIES_TAG;

/// The longest value of a tag, in characters.
const LONGEST_VALUE: usize = 256;

/// What stands between two names: no activity has a blank in its name.
const BLANK: char = ' ';

/// The tags that name some activities, in the order of the names: as few as have room for all.
pub(crate) fn tags<'n>(names: impl IntoIterator<Item = &'n String>) -> Tags {
    let mut values: Vec<String> = Vec::new();
    for name in names.into_iter().collect::<BTreeSet<_>>() {
        match values.last_mut() {
            Some(value) if value.chars().count() + 1 + name.chars().count() <= LONGEST_VALUE => {
                value.push(BLANK);
                value.push_str(name);
            }
            _ => values.push(name.clone()),
        }
    }
    let key = |index: usize| match index {
        0 => ACTIVITIES_TAG.to_owned(),
        _ => format!("{ACTIVITIES_TAG}-{}", index + 1),
    };
    values.into_iter().enumerate().map(|(index, value)| (key(index), value)).collect()
}

/// The activities that tags name.
pub(crate) fn names(tags: &Tags) -> BTreeSet<String> {
    let values = tags.iter().filter(|(key, _)| is_ours(key)).flat_map(|(_, value)| value.split(BLANK));
    values.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The tags that a role should have for now: beside what is wanted it goes on naming the activities that are `kept` and
/// that it names already. Its further tags of this kind become empty.
pub(crate) fn for_now(wanted: &Tags, there: &TagRead, kept: &BTreeSet<&String>) -> Option<Tags> {
    let there = there.known()?;
    if !there.keys().any(|key| is_ours(key)) {
        return None;
    }
    let mut all = names(wanted);
    all.extend(names(there).into_iter().filter(|name| kept.contains(name)));
    let mut now: Tags = wanted.clone().into_iter().filter(|(key, _)| !is_ours(key)).collect();
    now.extend(there.keys().filter(|key| is_ours(key)).map(|key| (key.clone(), String::new())));
    now.extend(tags(&all));
    Some(now)
}

fn is_ours(key: &str) -> bool {
    key.strip_prefix(ACTIVITIES_TAG).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_read_as_they_were_written() {
        let long: Vec<String> = (0..9).map(|number| format!("{number}{}", "x".repeat(79))).collect();
        for all in [named(&[]), named(&["approve"]), named(&["approve", "größe", "pay.eu-west-1"]), long] {
            let tags = tags(&all);
            assert!(tags.values().all(|value| value.chars().count() <= LONGEST_VALUE), "{tags:?}");
            assert_eq!(names(&tags), all.into_iter().collect());
        }
    }

    #[test]
    fn the_order_of_keys_does_not_matter() {
        assert_eq!(tags(&named(&["b", "a"])), tags(&named(&["a", "b"])));
    }

    #[test]
    fn a_role_forgets_what_is_gone_and_names_what_is_kept() {
        let there = TagRead::Known(Tags::from([
            (ACTIVITIES_TAG.to_owned(), "gone kept".to_owned()),
            (format!("{ACTIVITIES_TAG}-2"), "other".to_owned()),
            ("team".to_owned(), "a".to_owned()),
        ]));
        let wanted = tags(&named(&["new"]));
        let kept = "kept".to_owned();
        let elsewhere = "elsewhere".to_owned();
        let now = for_now(&wanted, &there, &BTreeSet::from([&kept, &elsewhere])).unwrap();
        let shown: Vec<String> = now.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(shown, ["workshop:activities=kept new", "workshop:activities-2="]);
        assert_eq!(for_now(&wanted, &TagRead::Known(Tags::new()), &BTreeSet::new()), None);
    }
}

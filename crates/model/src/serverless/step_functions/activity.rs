//! `stepFunctions.activities`: a list of names, or of objects with `name` and `tags`.

use crate::names::Key;
use crate::pseudo::Template;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Section, items};
use crate::serverless::reading::tree::{Member, Node};
use crate::serverless::references::declared::Declared;
use crate::serverless::references::intrinsics::{Hashes, Intrinsics, check};
use crate::serverless::references::names::check_activity_name;
use crate::serverless::settings::tags::tags;
use crate::service::Activity;
use crate::stack::Stack;

/// An activity and its name.
pub(crate) struct NamedActivity {
    pub(crate) key: Key,
    pub(crate) name: String,
    pub(crate) activity: Activity,
}

/// The activities. Each one's key follows from its name, which is all that the file gives it.
pub(super) fn activities(member: &Member, stack: &Stack, report: &mut Report) -> Vec<NamedActivity> {
    let path = "stepFunctions.activities";
    let mut activities: Vec<NamedActivity> = Vec::new();
    for item in items(&member.value, path, report).unwrap_or_default() {
        let Some(read) = activity(item, path, stack, report) else { continue };
        if let Some(first) = activities.iter().find(|first| first.name == read.name) {
            let message = format!("The activity `{}` is declared twice, first at {}.", read.name, first.activity.at);
            report.error(&item.at, message, "Delete one of them.");
            continue;
        }
        activities.push(read);
    }
    activities
}

fn activity(item: &Node, path: &str, stack: &Stack, report: &mut Report) -> Option<NamedActivity> {
    let nothing = Declared::default();
    // Other objects are intrinsic functions.
    let is_object = item.member("name").is_some() || item.member("tags").is_some();
    let mut section = if is_object { Some(Section::of(item, path, report)?) } else { None };
    let name_member = section.as_mut().and_then(|section| section.take("name"));
    let written = match (&section, name_member) {
        (None, _) => item,
        (Some(_), Some(member)) => &member.value,
        (Some(_), None) => {
            report.error(&item.at, format!("An activity of `{path}` has no `name`."), "Add it: `- name: approve`.");
            return None;
        }
    };
    let tags_member = section.as_mut().and_then(|section| section.take("tags"));
    let tags = tags(tags_member, &format!("{path}.tags"), report);
    if let Some(section) = section {
        section.finish(report);
    }
    let name = Intrinsics::new(&nothing).text(written, path, Hashes::Known, report)?;
    let is_taken = check(&name, &written.at, report) && check_activity_name(&name, stack, &written.at, report);
    let activity = Activity { at: item.at.place(), name: Some(Template::unchecked(&name)), tags };
    is_taken.then(|| NamedActivity { key: Key::of_name(&name), name, activity })
}

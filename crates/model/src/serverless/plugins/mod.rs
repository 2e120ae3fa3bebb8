//! `plugins`: which of them are honoured, not needed, or would make another service of this one.

mod known;
pub(super) mod requirements;

use std::collections::BTreeSet;

use crate::names::nearest;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Located, Section, texts};
use crate::serverless::reading::tree::{Content, Member, Node};
use known::{Meaning, PLUGINS, Plugin};

/// The plugins that a service lists.
#[derive(Debug, Default)]
pub(super) struct Plugins {
    listed: BTreeSet<String>,
}

impl Plugins {
    /// Whether a plugin is listed.
    pub(super) fn has(&self, name: &str) -> bool {
        self.listed.contains(name)
    }

    /// Reads `plugins`. Those that are not needed get a note, those that would be missed an error.
    pub(super) fn read(member: Option<&Member>, custom: Option<&Node>, report: &mut Report) -> Self {
        let mut plugins = Self::default();
        let Some(member) = member else { return plugins };
        for listed in names(member, report) {
            let path = listed.value.as_str();
            match PLUGINS.iter().find(|plugin| plugin.name == path) {
                Some(plugin) => meaning(plugin, &listed, custom, report),
                None => unknown(&listed, report),
            }
            plugins.listed.insert(listed.value);
        }
        plugins
    }
}

/// The names: a list, or the list `modules`.
fn names(member: &Member, report: &mut Report) -> Vec<Located<String>> {
    match &member.value.content {
        Content::Table(_) => {
            let Some(mut section) = Section::of(&member.value, "plugins", report) else { return Vec::new() };
            section.take("localPath");
            let names = section.texts("modules", report).unwrap_or_default();
            section.finish(report);
            names
        }
        _ => texts(&member.value, "plugins", report),
    }
}

fn meaning(plugin: &Plugin, listed: &Located<String>, custom: Option<&Node>, report: &mut Report) {
    let name = plugin.name;
    match plugin.meaning {
        Meaning::Honoured => {}
        Meaning::Ineffective(why) => {
            report.note(&listed.at, format!("The plugin {name} has no effect: {why}"));
            let configured = plugin.custom.and_then(|key| custom?.member(key));
            if let Some(configured) = configured {
                report.note(
                    &configured.at,
                    format!("`custom.{}` has no effect: neither has the plugin {name}.", configured.key),
                );
            }
        }
        Meaning::Refused(hint) => {
            report.error(&listed.at, format!("`workshop` does not do what the plugin {name} does."), hint);
        }
    }
}

fn unknown(listed: &Located<String>, report: &mut Report) {
    let name = &listed.value;
    let known: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
    let hint = match nearest(name, &known) {
        // Their names are alike: only a slip of the keys is meant.
        Some(near) if strsim::damerau_levenshtein(name, near) <= 2 => format!("Did you mean `{near}`? "),
        _ => String::new(),
    };
    let hint = format!("{hint}Take it out of `plugins` if the service is the same without it.");
    report.error(&listed.at, format!("`workshop` does not know the plugin `{name}`, and runs no plugins."), hint);
}

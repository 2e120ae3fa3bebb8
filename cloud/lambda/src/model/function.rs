//! A function as it is stored: its versions, aliases, permissions and tags.

use std::collections::BTreeMap;

use cloud_core::{LATEST, Random};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Alias, EventInvokeConfig, FunctionSettings, FunctionVersion, ResourcePolicy, RowFormat};

/// One function with all its versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Function {
    /// The format of the row.
    #[serde(default)]
    pub(crate) format: RowFormat,
    /// The version that updates change.
    pub(crate) latest: FunctionVersion,
    /// What was published, oldest first.
    pub(crate) published: Vec<FunctionVersion>,
    /// The number that the next published version gets; numbers are never used twice.
    pub(crate) next_version: u64,
    /// Who may invoke it, its versions and its aliases.
    pub(crate) policy: ResourcePolicy,
    /// Its aliases by name.
    #[serde(default)]
    pub(crate) aliases: BTreeMap<String, Alias>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
    /// How many of its events run at once, of all its versions together; none where none is reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reserved_concurrency: Option<u32>,
    /// What is done with asynchronous events, by the version or alias that they are for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) event_invoke: BTreeMap<String, EventInvokeConfig>,
    /// What is set beside that.
    #[serde(flatten)]
    pub(crate) settings: FunctionSettings,
}

impl Function {
    /// The version that a qualifier names; without one, the latest. Of an alias, the version that its weights leave over.
    pub(crate) fn version(&self, qualifier: Option<&str>) -> Option<&FunctionVersion> {
        // No weight reaches it.
        self.route(qualifier, f64::INFINITY)
    }

    /// The version that an invocation with this qualifier runs; see [`Alias::route`].
    pub(crate) fn route(&self, qualifier: Option<&str>, fraction: f64) -> Option<&FunctionVersion> {
        let named = match qualifier {
            None => LATEST,
            Some(qualifier) => self.aliases.get(qualifier).map_or(qualifier, |alias| alias.route(fraction)),
        };
        self.versions().find(|version| version.version == named)
    }

    /// What is done with asynchronous events for a qualifier; without one, for the latest version.
    pub(crate) fn event_invoke(&self, qualifier: Option<&str>) -> Option<&EventInvokeConfig> {
        self.event_invoke.get(qualifier.unwrap_or(LATEST))
    }

    /// The revision of what a qualifier names: a version, or an alias itself.
    pub(crate) fn revision(&mut self, qualifier: Option<&str>) -> Option<&mut String> {
        match qualifier {
            None | Some(LATEST) => Some(&mut self.latest.revision_id),
            Some(qualifier) => match self.aliases.get_mut(qualifier) {
                Some(alias) => Some(&mut alias.revision_id),
                None => {
                    let version = self.published.iter_mut().find(|version| version.version == qualifier)?;
                    Some(&mut version.revision_id)
                }
            },
        }
    }

    /// Forgets what belongs to a version or an alias that is deleted: its permissions and settings.
    pub(crate) fn forget(&mut self, qualifier: &str) {
        let arn = format!("{}:{qualifier}", self.latest.arn());
        self.policy.remove_resource(&arn);
        self.event_invoke.remove(qualifier);
        self.settings.forget(qualifier);
    }

    /// Every version, the latest first.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &FunctionVersion> {
        std::iter::once(&self.latest).chain(&self.published)
    }

    /// The published form of the latest version: the newest one when nothing has changed since, else a new one.
    ///
    /// The latest version's own description counts as a change, one that comes with the call does not.
    pub(crate) fn publish(&mut self, description: Option<String>, now: Timestamp, random: &Random) -> &FunctionVersion {
        let newest = (self.next_version - 1).to_string();
        let unchanged =
            self.published.iter().position(|known| known.version == newest && self.is_unchanged_since(known));
        let index = unchanged.unwrap_or_else(|| {
            let mut version = self.latest.clone();
            version.source_description = Some(version.description.clone());
            version.description = description.unwrap_or(version.description);
            version.version = self.next_version.to_string();
            version.mark_changed(now, random);
            self.next_version += 1;
            self.latest.revision_id = random.uuid().to_string();
            self.published.push(version);
            self.published.len() - 1
        });
        self.published.get(index).unwrap_or(&self.latest)
    }

    /// Whether the latest version is still what this one was published from.
    fn is_unchanged_since(&self, version: &FunctionVersion) -> bool {
        let same_text = version.source_description.as_ref().is_none_or(|text| *text == self.latest.description);
        let same = FunctionVersion {
            version: version.version.clone(),
            description: version.description.clone(),
            last_modified: version.last_modified,
            revision_id: version.revision_id.clone(),
            generation: version.generation.clone(),
            source_description: version.source_description.clone(),
            ..self.latest.clone()
        };
        same_text && same == *version
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::example;

    /// A function with this many published versions, and an alias `live` of version 1.
    pub(crate) fn function(versions: u64) -> Function {
        let published = |number: u64| FunctionVersion { version: number.to_string(), ..example() };
        let live = Alias {
            name: "live".to_owned(),
            version: "1".to_owned(),
            description: String::new(),
            weights: BTreeMap::new(),
            revision_id: "a1".to_owned(),
        };
        Function {
            format: RowFormat,
            latest: example(),
            published: (1..=versions).map(published).collect(),
            next_version: versions + 1,
            policy: ResourcePolicy::default(),
            aliases: BTreeMap::from([(live.name.clone(), live)]),
            tags: BTreeMap::new(),
            reserved_concurrency: None,
            event_invoke: BTreeMap::new(),
            settings: FunctionSettings::default(),
        }
    }

    #[test]
    fn finds_versions_by_qualifier() {
        let mut function = function(2);
        let found = |function: &Function, qualifier| function.version(qualifier).map(|found| found.version.clone());
        assert_eq!(found(&function, None).as_deref(), Some("$LATEST"));
        assert_eq!(found(&function, Some("$LATEST")).as_deref(), Some("$LATEST"));
        assert_eq!(found(&function, Some("2")).as_deref(), Some("2"));
        assert_eq!(found(&function, Some("3")), None);
        assert_eq!(found(&function, Some("live")).as_deref(), Some("1"));
        assert_eq!(found(&function, Some("other")), None);
        function.aliases.get_mut("live").unwrap().weights.insert("2".to_owned(), 0.5);
        assert_eq!(found(&function, Some("live")).as_deref(), Some("1"));
        let routed = |draw| function.route(Some("live"), draw).map(|found| found.version.as_str());
        assert_eq!([routed(0.4), routed(0.6)], [Some("2"), Some("1")]);
    }

    /// As programs without aliases wrote it.
    const BEFORE_ALIASES: &str = include_str!("../../tests/fixtures/function-without-format.json");

    #[test]
    fn a_record_without_aliases_is_read_and_goes_on() {
        let mut read: Function = serde_json::from_str(BEFORE_ALIASES).unwrap();
        assert!(read.aliases.is_empty());
        assert!(read.policy.allows_service(&read.latest.arn(), "apigateway.amazonaws.com", "arn:any"));
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let random = Random::from_seed(1);
        assert_eq!(read.publish(None, now, &random).version, "1", "nothing has changed since version 1");
        read.latest.timeout_s = 9;
        read.latest.mark_changed(now, &random);
        assert_eq!(read.publish(None, now, &random).version, "2");
        let again: Function = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again.published, read.published);
    }

    #[test]
    fn publishes_only_what_changed() {
        let mut function = function(0);
        let random = Random::from_seed(1);
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let mut publish = |change: &dyn Fn(&mut FunctionVersion), description: Option<&str>| {
            change(&mut function.latest);
            let published = function.publish(description.map(str::to_owned), now, &random);
            (published.version.clone(), published.description.clone())
        };
        let version = |number: &str, description: &str| (number.to_owned(), description.to_owned());
        let nothing = |_: &mut FunctionVersion| {};
        assert_eq!(publish(&nothing, Some("first")), version("1", "first"));
        assert_eq!(publish(&nothing, Some("again")), version("1", "first"));
        assert_eq!(publish(&|latest| latest.mark_changed(now, &random), None), version("1", "first"));
        assert_eq!(publish(&|latest| latest.timeout_s = 9, Some("second")), version("2", "second"));
        assert_eq!(publish(&|latest| latest.description = "own".to_owned(), None), version("3", "own"));
        assert_eq!(publish(&nothing, None), version("3", "own"));
    }

    #[test]
    fn a_publication_is_a_revision_of_the_latest_version_but_no_new_generation() {
        let mut function = function(0);
        let random = Random::from_seed(1);
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let before = function.latest.clone();
        let published = function.publish(None, now, &random).clone();
        assert_ne!(function.latest.revision_id, before.revision_id);
        assert_eq!(function.latest.generation, before.generation);
        assert_ne!(published.generation, before.generation);
        function.published.clear();
        assert_eq!(function.publish(None, now, &random).version, "2", "numbers are never used twice");
    }
}

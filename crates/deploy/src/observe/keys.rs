//! Which keys to look for: those that the service file declares, and those that names in the account give away.

use std::collections::BTreeSet;

use super::ownership::{Doubt, Ownership};
use super::reader::Reader;
use crate::error::DeployError;
use crate::parallel;
use aws::{TagRead, Tags, iam, sfn};
use model::names::Key;
use model::service::Service;
use model::stack::{KEY_TAG, Stack};

/// Keys of functions and of state machines; a key that may be either is in both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Keys to look for functions under.
    pub functions: BTreeSet<Key>,
    /// Keys to look for state machines under.
    pub state_machines: BTreeSet<Key>,
}

impl Keys {
    /// What a service declares.
    pub(super) fn declared(service: &Service) -> Self {
        Self {
            functions: service.functions.keys().cloned().collect(),
            state_machines: service.state_machines.keys().cloned().collect(),
        }
    }

    /// Every key: each has a role.
    pub(super) fn roles(&self) -> BTreeSet<Key> {
        self.functions.union(&self.state_machines).cloned().collect()
    }

    /// What exists by name and not declared. What a role's name gives away may be a function or a state machine.
    pub(super) fn leftover(&self, roles: &[Key], state_machines: &[Key], log_groups: &[Key]) -> Self {
        let known = self.roles();
        let roles: BTreeSet<Key> = roles.iter().filter(|key| !known.contains(key)).cloned().collect();
        let functions = log_groups.iter().filter(|key| !self.functions.contains(key)).cloned();
        let machines = state_machines.iter().filter(|key| !self.state_machines.contains(key)).cloned();
        Self {
            functions: roles.iter().cloned().chain(functions).collect(),
            state_machines: roles.iter().cloned().chain(machines).collect(),
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.state_machines.is_empty()
    }
}

/// The keys that names of roles and of state machines give away. A role is made before what uses it and deleted after it, so
/// the roles are the index; names alone do not say whose they are, and other stacks' may begin alike: tags decide.
pub(super) async fn named(reader: &Reader, declared: &Keys) -> Result<(Vec<Key>, Vec<Key>), DeployError> {
    let stack = &reader.stack;
    let role_path = stack.role_path.as_str();
    let role_start = stack.role_name_start();
    let machine_start = stack.state_machine_name_start();
    let (roles, machines) = tokio::try_join!(
        reader.call(|| iam::role_names(&reader.aws.iam, role_path, &role_start)),
        reader.call(|| sfn::state_machine_names(&reader.aws.sfn, &machine_start)),
    )?;
    let roles = reader.answer(roles, Doubt::Others, || "the list of roles".to_owned()).unwrap_or_default();
    let what = || "the list of state machines".to_owned();
    let machines = reader.answer(machines, Doubt::Others, what).unwrap_or_default();
    let known_roles: BTreeSet<String> = declared.roles().iter().map(|key| stack.role_name(key)).collect();
    let known_machines = declared.state_machines.iter().map(|key| stack.state_machine_name(key)).collect();
    tokio::try_join!(
        keys(reader, roles, &known_roles, Stack::role_name, role_tags),
        keys(reader, machines, &known_machines, Stack::state_machine_name, machine_tags),
    )
}

/// The keys of names that are not known. A shortened name does not contain its key; its tag does.
async fn keys<F>(
    reader: &Reader,
    names: Vec<String>,
    known: &BTreeSet<String>,
    deployed: fn(&Stack, &Key) -> String,
    tags: fn(Reader, String) -> F,
) -> Result<Vec<Key>, DeployError>
where
    F: Future<Output = Result<Option<TagRead>, DeployError>> + Send + 'static,
{
    let unknown = names.into_iter().filter(|name| !known.contains(name));
    let found = unknown.map(|name| {
        let reader = reader.clone();
        async move {
            Ok(match key_of(&reader.stack, &name, deployed) {
                Some(key) => Some(key),
                None => {
                    let tags = tags(reader.clone(), name.clone()).await?;
                    tags.and_then(|tags| shortened_key(&reader, &tags, &name, deployed))
                }
            })
        }
    });
    Ok(parallel::all(found).await?.into_iter().flatten().collect())
}

async fn role_tags(reader: Reader, name: String) -> Result<Option<TagRead>, DeployError> {
    let role = reader.call(|| iam::role(&reader.aws.iam, &name)).await?;
    let role = reader.answer(role, Doubt::Others, || format!("the role {name}")).flatten();
    Ok(role.map(|role| role.tags))
}

async fn machine_tags(reader: Reader, name: String) -> Result<Option<TagRead>, DeployError> {
    let arn = reader.stack.state_machine_arn_of(&name);
    let tags = reader.call(|| sfn::tags(&reader.aws.sfn, arn.as_str())).await?;
    Ok(reader.answer(tags, Doubt::Others, || format!("the state machine {name}")).flatten())
}

/// The key that tags say; ones that may not be read are remembered, for the name alone does not say whose it is.
pub(super) fn shortened_key(
    reader: &Reader,
    tags: &TagRead,
    name: &str,
    deployed: fn(&Stack, &Key) -> String,
) -> Option<Key> {
    if let Ownership::Unknown(denied) = Ownership::of(tags, &reader.stack.name()) {
        reader.answer::<()>(Err(denied), Doubt::Others, || format!("the tags of {name}"));
    }
    tagged_key(tags.known()?, &reader.stack, name, deployed)
}

/// The key whose deployed name this is, where the name ends with the key; none for one that ends as shortened names do.
pub(super) fn key_of(stack: &Stack, name: &str, deployed: fn(&Stack, &Key) -> String) -> Option<Key> {
    let end = name.rsplit('-').next().unwrap_or_default();
    if end.len() == 8 && end.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let ends = name.match_indices('-').filter_map(|(at, _)| Key::parse(&name[at + 1..]).ok());
    ends.into_iter().find(|key| deployed(stack, key) == name)
}

/// The key that a tag says, if the name is indeed its name.
fn tagged_key(tags: &Tags, stack: &Stack, name: &str, deployed: fn(&Stack, &Key) -> String) -> Option<Key> {
    let key = tags.get(KEY_TAG).and_then(|key| Key::parse(key).ok())?;
    (deployed(stack, &key) == name).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::stack;
    use model::names::StageName;

    fn keys(names: &[&str]) -> Vec<Key> {
        names.iter().map(|name| Key::parse(name).unwrap()).collect()
    }

    fn set(names: &[&str]) -> BTreeSet<Key> {
        keys(names).into_iter().collect()
    }

    #[test]
    fn leftovers_are_what_nobody_declares() {
        let declared = Keys { functions: set(&["send"]), state_machines: set(&["flow"]) };
        let none = declared.leftover(&keys(&["flow", "send"]), &keys(&["flow"]), &keys(&["send"]));
        assert!(none.is_empty());
        let leftover = declared.leftover(&keys(&["flow", "old", "send"]), &keys(&["flow", "send"]), &keys(&["flow"]));
        assert_eq!(leftover, Keys { functions: set(&["flow", "old"]), state_machines: set(&["old", "send"]) });
    }

    #[test]
    fn a_name_tells_its_key_or_its_tag_does() {
        let mut stack = stack();
        let of = |stack: &Stack, name: &str| key_of(stack, name, Stack::function_name).map(|key| key.to_string());
        assert_eq!(of(&stack, "shop-dev-send"), Some("send".to_owned()));
        assert_eq!(of(&stack, "shop-dev-send-two"), Some("send-two".to_owned()));
        assert_eq!(of(&stack, "shop-prod-send"), None);
        stack.stage = StageName::parse("a-stage-of-anna-and-bert-and-carla").unwrap();
        let long = Key::parse("a-function-with-a-long-name").unwrap();
        let name = stack.function_name(&long);
        assert_eq!(of(&stack, &name), None, "{name}");
        let tags = Tags::from([(KEY_TAG.to_owned(), long.to_string())]);
        assert_eq!(tagged_key(&tags, &stack, &name, Stack::function_name), Some(long));
        assert_eq!(tagged_key(&tags, &stack, "other", Stack::function_name), None);
    }
}

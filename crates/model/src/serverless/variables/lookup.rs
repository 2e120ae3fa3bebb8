//! Looks one variable's value up: in the file itself, in other files, on the command line, in the environment.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::Value;

use crate::document::{Document, Format};
use crate::names::{DEFAULT_REGION, StageName, nearest};
use crate::source::{ModelError, Source};

use super::refused::refused;
use super::syntax::{Lookup, Part};
use super::{Failure, Variables};
use crate::serverless::reading::tree::{Content, Node, Origin};

/// What to do about a lookup that found nothing.
pub(super) fn advice(lookup: &Lookup) -> String {
    let name = match &lookup.address[..] {
        [Part::Text(name)] => name.as_str(),
        _ => "NAME",
    };
    match lookup.kind.as_str() {
        "opt" if name == "stage" || name == "region" => {
            format!("Name it with `--{name}`, or add a fallback: `${{opt:{name}, 'value'}}`.")
        }
        "opt" => format!(
            "Add a fallback: `${{opt:{name}, 'value'}}`, or use `${{param:{name}}}` and `--param {name}=value`."
        ),
        "env" => format!("Set the environment variable `{name}`, or add a fallback: `${{env:{name}, 'value'}}`."),
        "param" => format!("Deploy with `--param {name}=value`, or put it under `params`."),
        "file" => "Put the file and the key there, or add a fallback.".to_owned(),
        _ => "Correct the path, or add a fallback: `${self:a.b, 'value'}`.".to_owned(),
    }
}

impl Variables<'_> {
    /// The value that a lookup finds.
    pub(super) fn lookup(&self, here: &Origin, text: &str, lookup: &Lookup) -> Result<Option<Node>, Failure> {
        let address = self.joined(here, text, &lookup.address)?;
        let parameters = match &lookup.parameters {
            Some(parts) if lookup.kind != "strToBool" => Some(self.joined(here, text, parts)?),
            _ => None,
        };
        let scalar = |value: Option<String>| Ok(value.map(|value| Node::scalar(here, value)));
        match (lookup.kind.as_str(), &parameters) {
            ("self", None) => self.of_service(here, &address),
            ("opt", None) => scalar(self.option(&address)),
            ("env", None) => scalar((self.surroundings.environment)(&address)),
            ("param", None) => self.parameter(here, &address),
            ("file", Some(path)) => self.of_file(here, path.trim(), &address),
            ("strToBool", _) => self.boolean(here, text, lookup).map(Some),
            ("sls", None) if address == "stage" => self.stage().map(|stage| Some(Node::scalar(here, stage))),
            ("aws", None) if address == "region" => self.region().map(|region| Some(Node::scalar(here, region))),
            ("aws", None) if address == "accountId" => Ok(Some(Node::scalar(here, self.account()))),
            ("sls", None) if address == "instanceId" => {
                let message =
                    "`${sls:instanceId}` is another value in every run: two deployments would never be the same.";
                Err(here.error(message).with_hint("Use `${param:NAME}` and `--param NAME=value`.").into())
            }
            ("sls" | "aws", None) => {
                let known = ["sls:stage", "aws:region", "aws:accountId"];
                let written = format!("{}:{address}", lookup.kind);
                let near = nearest(&written, &known).unwrap_or(known[0]);
                let message = format!("There is no variable `${{{written}}}`.");
                Err(here
                    .error(message)
                    .with_hint(format!("Did you mean `${{{near}}}`? Known are {}.", known.join(", ")))
                    .into())
            }
            (kind, _) => Err(refused_kind(here, kind).into()),
        }
    }

    fn option(&self, name: &str) -> Option<String> {
        let surroundings = self.surroundings;
        match name {
            "stage" | "s" => surroundings.stage.as_ref().map(ToString::to_string),
            "region" | "r" => surroundings.region.as_ref().map(ToString::to_string),
            _ => surroundings.options.get(name).cloned(),
        }
    }

    /// The stage of the deployment that the file is read for.
    fn stage(&self) -> Result<String, Failure> {
        match &self.surroundings.stage {
            Some(stage) => Ok(stage.to_string()),
            None => Ok(self.of_provider("stage")?.unwrap_or_else(|| StageName::default().to_string())),
        }
    }

    /// The region of the deployment that the file is read for.
    fn region(&self) -> Result<String, Failure> {
        match &self.surroundings.region {
            Some(region) => Ok(region.to_string()),
            None => Ok(self.of_provider("region")?.unwrap_or_else(|| DEFAULT_REGION.to_owned())),
        }
    }

    fn account(&self) -> String {
        let account = self.surroundings.account.as_ref().map(ToString::to_string);
        account.unwrap_or_else(|| "#{AWS::AccountId}".to_owned())
    }

    fn of_provider(&self, key: &str) -> Result<Option<String>, Failure> {
        let found = self.descend(&self.root, &["provider", key])?;
        Ok(found.and_then(|node| node.as_text().map(str::to_owned)))
    }

    /// `${self:a.b}`: a value of the service file.
    fn of_service(&self, here: &Origin, address: &str) -> Result<Option<Node>, Failure> {
        if address.is_empty() {
            let message = "`${self:}` is the whole file, which would be in itself.";
            return Err(here.error(message).with_hint("Name a part of it: `${self:custom.name}`.").into());
        }
        let path: Vec<&str> = address.split('.').collect();
        let found = self.descend(&self.root, &path)?;
        match (&path[..], &found) {
            (["service"], Some(Node { content: Content::Table(_), .. })) => {
                self.descend(&self.root, &["service", "name"])
            }
            (["provider", "stage"], None) => self.stage().map(|stage| Some(Node::scalar(here, stage))),
            (["provider", "region"], None) => self.region().map(|region| Some(Node::scalar(here, region))),
            _ => Ok(found),
        }
    }

    /// `${param:name}`: from the command line, else from the stage's parameters, else from those of every stage.
    fn parameter(&self, here: &Origin, name: &str) -> Result<Option<Node>, Failure> {
        if let Some(value) = self.surroundings.parameters.get(name) {
            return Ok(Some(Node::scalar(here, value.as_str())));
        }
        let stage = self.stage()?;
        for path in [
            &["params", &stage, name][..],
            &["stages", &stage, "params", name],
            &["params", "default", name],
            &["stages", "default", "params", name],
        ] {
            if let Some(found) = self.descend(&self.root, path)?.filter(|found| !found.is_null()) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// `${file(path):a.b}`: a file, or a value in it.
    fn of_file(&self, here: &Origin, path: &str, address: &str) -> Result<Option<Node>, Failure> {
        let path = path.strip_prefix("./").unwrap_or(path);
        let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
        if ["js", "cjs", "mjs", "ts"].contains(&extension.as_str()) {
            let message = format!("`{path}` is a program: reading a service file runs none.");
            let hint =
                "Write its values into a .yml or .json file, or pass them with `--param` or as environment variables.";
            return Err(here.error(message).with_hint(hint).into());
        }
        if path.starts_with(['/', '~']) {
            let message = format!("`{path}` is not a path from the service file's folder.");
            return Err(here
                .error(message)
                .with_hint("Put the file beside the service file and name it from there.")
                .into());
        }
        let Some(root) = self.file(here, path, &extension)? else { return Ok(None) };
        let address: Vec<&str> = if address.is_empty() { Vec::new() } else { address.split('.').collect() };
        self.descend(&root, &address)
    }

    fn file(&self, here: &Origin, path: &str, extension: &str) -> Result<Option<Rc<Node>>, Failure> {
        if let Some(known) = self.files.borrow().get(path) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(text) = (self.surroundings.files)(path) else { return Ok(None) };
        let is_data = ["yml", "yaml", "json"].contains(&extension);
        let source = Rc::new(Source::new(path, text));
        let node = if is_data {
            let document = Document::parse_template(&source).map_err(|error| {
                let message = format!("The file is not valid {}: {}.", Format::of(path).name(), error.message);
                source.error_at(error.offset, message).with_hint(error.hint)
            })?;
            Node::of(&source, &document.root)
        } else {
            Node::scalar(here, source.text.as_str())
        };
        let node = Rc::new(node);
        self.files.borrow_mut().insert(path.to_owned(), Rc::clone(&node));
        Ok(Some(node))
    }

    /// `${strToBool(text)}`.
    fn boolean(&self, here: &Origin, text: &str, lookup: &Lookup) -> Result<Node, Failure> {
        let parts = lookup.parameters.as_deref().unwrap_or_default();
        let given = self.joined(here, text, parts)?;
        let value = match given.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                let message = format!("`strToBool` takes `true`, `false`, `1` or `0`; it is given `{given}`.");
                return Err(here.error(message).with_hint("Correct the value.").into());
            }
        };
        Ok(Node::scalar(here, Value::Bool(value)))
    }

    /// The value at a path below a value.
    fn descend(&self, from: &Node, path: &[&str]) -> Result<Option<Node>, Failure> {
        let mut current = self.shallow(from)?;
        for key in path {
            let next = match &current {
                Cow::Borrowed(node) => child(node, key).map(|next| self.shallow(next)).transpose()?,
                Cow::Owned(node) => match child(node, key) {
                    Some(next) => Some(Cow::Owned(self.shallow(next)?.into_owned())),
                    None => None,
                },
            };
            let Some(next) = next else { return Ok(None) };
            current = next;
        }
        Ok(Some(current.into_owned()))
    }
}

fn child<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.content {
        Content::Table(_) => node.member(key).map(|member| &member.value),
        Content::List(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
        Content::Scalar(_) | Content::Failed(_) => None,
    }
}

fn refused_kind(here: &Origin, kind: &str) -> ModelError {
    let refused = refused(kind);
    let message = match refused.reads {
        "" => format!("There is no kind of variable `{kind}`."),
        reads => format!("`${{{kind}:...}}` reads {reads}, which `workshop` does not do."),
    };
    here.error(message).with_hint(refused.hint)
}

//! `functions`: each with what it has of its own and what the provider says for all.

pub(super) mod bundling;
mod keys;
mod packaging;
mod runtime;

use std::collections::BTreeMap;

use runtimes::{Language, Runtime};

use crate::names::Key;
use crate::pseudo::Template;
use crate::serverless::provider::Provider;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Section, entries, text_of_deployment};
use crate::serverless::reading::tree::{Content, Member, Node};
use crate::serverless::references::intrinsics::{Intrinsics, check};
use crate::serverless::references::names::{self, check_function_name};
use crate::serverless::settings::environment::environment;
use crate::serverless::settings::permissions::statements;
use crate::serverless::settings::tags::tags;
use crate::serverless::settings::{architecture, retention, role};
use crate::service::{BOOTSTRAP, Bundling, CodeSource, Function, Permission};
use crate::stack::Stack;
pub(super) use packaging::Packaging;

/// The longest description that CreateFunction takes, in characters.
const LONGEST_DESCRIPTION: usize = 256;

/// A function's key and its deployed name, which references need before anything else is read.
pub(super) struct Named<'n> {
    pub(super) key: Key,
    pub(super) member: &'n Member,
    /// The name that the file gives it.
    name: Option<String>,
}

/// What functions are read with.
pub(super) struct Reading<'a> {
    pub(super) provider: &'a Provider,
    pub(super) packaging: &'a Packaging,
    /// How JavaScript is bundled, if it is.
    pub(super) bundling: Option<&'a Bundling>,
    pub(super) intrinsics: Intrinsics<'a>,
    pub(super) runtime: Option<Runtime>,
    /// Whether functions with statements of their own have the provider's too, unless they say otherwise.
    pub(super) inherits_statements: bool,
}

/// The functions with their names.
pub(super) fn named<'n>(functions: Option<&'n Member>, stack: &Stack, report: &mut Report) -> Vec<Named<'n>> {
    let Some(functions) = functions else { return Vec::new() };
    let mut found = Vec::new();
    for member in entries(&functions.value, "functions", report) {
        let Some(key) = names::key(&member.key, &member.at, report) else { continue };
        let written = member.value.member("name").filter(|name| !name.value.is_null());
        let name = written.and_then(|name| text_of_deployment(&name.value, &format!("functions.{key}.name"), report));
        let at = written.map_or(&member.at, |name| &name.value.at);
        let named = Named { key, member, name: name.map(|name| name.value) };
        if check(&named.deployed_name(), at, report) {
            check_function_name(&named.deployed_name(), stack, at, report);
        }
        found.push(named);
    }
    found
}

impl Named<'_> {
    /// Its deployed name, with pseudo-parameters.
    pub(super) fn deployed_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("#{{AWS::StackName}}-{}", self.key))
    }

    /// The list of its events.
    pub(super) fn events(&self) -> Option<&Node> {
        self.member.value.member("events").map(|events| &events.value).filter(|events| !events.is_null())
    }
}

impl Reading<'_> {
    /// All functions.
    pub(super) fn functions(&self, named: &[Named<'_>], report: &mut Report) -> BTreeMap<Key, Function> {
        let function = |named: &Named<'_>| Some((named.key.clone(), self.function(named, &mut *report)?));
        named.iter().filter_map(function).collect()
    }

    fn function(&self, named: &Named<'_>, report: &mut Report) -> Option<Function> {
        let path = format!("functions.{}", named.key);
        let at = &named.member.at;
        let mut section = Section::of(&named.member.value, path.as_str(), report)?;
        let provider = self.provider;
        section.take("events");
        section.take("name");
        section.refuse(keys::REFUSED, report);
        section.note(keys::INEFFECTIVE, report);
        refuse_vpc(&mut section, provider, report);
        ephemeral_storage(&mut section, report);
        let written = section.text("runtime", report);
        let runtime = runtime::runtime(written.as_ref().or(provider.runtime.as_ref()), self.runtime, at, report);
        let handler = handler(&mut section, runtime, report);
        let description = description(&mut section, report);
        let memory_mb = section.number("memorySize", 128..=10_240, report).map_or(provider.memory_mb, |at| at.value);
        let timeout_s = section.number("timeout", 1..=1800, report).map_or(provider.timeout_s, |at| at.value);
        let retention = retention(&mut section, report);
        let architecture = architecture(&mut section, report).unwrap_or(provider.architecture);
        let own = environment(section.take("environment"), &section.path("environment"), self.intrinsics, report);
        let mut variables = provider.environment.variables.clone();
        variables.extend(own.variables);
        let environment_at = own.at.or_else(|| provider.environment.at.clone());
        let Rights { role, permissions } = self.rights(&mut section, report);
        let mut tags_of_all = provider.tags.clone();
        tags_of_all.extend(tags(section.take("tags"), &section.path("tags"), report));
        let package = section.take("package");
        let own_packaging = Packaging::read(package, &section.path("package"), report);
        let code = self.bundled(self.packaging.code(own_packaging, package, report), runtime);
        section.take("httpApi");
        section.finish(report);
        Some(Function {
            at: at.place(),
            name: named.name.as_deref().map(Template::unchecked),
            description,
            runtime: runtime?,
            handler: handler?,
            code,
            memory_mb,
            timeout_s,
            log_retention_days: retention.or(provider.log_retention_days),
            architecture,
            environment: variables,
            environment_at: environment_at.unwrap_or_else(|| at.place()),
            role,
            permissions,
            tags: tags_of_all,
        })
    }

    /// The code with how it is bundled: sources of Node.js are, a zip that is there already is not.
    fn bundled(&self, code: CodeSource, runtime: Option<Runtime>) -> CodeSource {
        let is_zip = code.path.ends_with(".zip");
        let is_javascript = runtime.is_some_and(|runtime| runtime.language() == Language::Nodejs);
        let bundling = self.bundling.filter(|_| is_javascript && !is_zip).cloned();
        CodeSource { bundling, ..code }
    }

    /// The function's own role or statements, else the provider's.
    fn rights(&self, section: &mut Section<'_>, report: &mut Report) -> Rights {
        let inherits = section.flag("iamRoleStatementsInherit", report).unwrap_or(self.inherits_statements);
        let own_role = role(section, "role", self.intrinsics, report);
        let provided = self.provider.permissions.clone();
        let Some(own) = section.take("iamRoleStatements") else {
            let role = own_role.or_else(|| self.provider.role.clone());
            let permissions = if role.is_some() { Vec::new() } else { provided };
            return Rights { role, permissions };
        };
        let path = section.path("iamRoleStatements");
        let own_statements = statements(own, &path, self.intrinsics, report);
        if own_role.is_some() {
            let hint = "Take one of them out: the role that `role` names has its own statements.";
            report.error(&own.at, format!("`{path}` does not go with `role`."), hint);
        }
        let inherited = if inherits { provided } else { Vec::new() };
        Rights { role: own_role, permissions: inherited.into_iter().chain(own_statements).collect() }
    }
}

/// What a function may do: as a role that exists, or as a role of its own with these statements.
struct Rights {
    role: Option<Template>,
    permissions: Vec<Permission>,
}

/// What Lambda shows beside the name (CreateFunction: up to 256 characters).
fn description(section: &mut Section<'_>, report: &mut Report) -> Option<String> {
    let description = section.text("description", report)?;
    if description.value.chars().count() > LONGEST_DESCRIPTION {
        let message = format!("The description is too long: Lambda takes {LONGEST_DESCRIPTION} characters.");
        report.error(&description.at, message, "Shorten it.");
    }
    Some(description.value)
}

fn handler(section: &mut Section<'_>, runtime: Option<Runtime>, report: &mut Report) -> Option<String> {
    if let Some(written) = section.text("handler", report) {
        if written.value.is_empty() || written.value.contains(char::is_whitespace) || written.value.len() > 128 {
            let message =
                format!("`{}` can't be a handler: Lambda takes 1 to 128 characters without spaces.", written.value);
            report.error(&written.at, message, "It is the file's path and the function's name: `src/handler.start`.");
        }
        return Some(written.value);
    }
    if section.take("handler").is_some() {
        return None;
    }
    match runtime.map(Runtime::language) {
        Some(Language::Executable) => Some(BOOTSTRAP.to_owned()),
        _ => {
            let hint = "It is the file's path and the function's name: `handler: handler.start`.";
            report.error(section.at, format!("`{}` is missing.", section.path("handler")), hint);
            None
        }
    }
}

/// `vpc: false` takes a function out of the provider's network; any other value would put it into one.
fn refuse_vpc(section: &mut Section<'_>, provider: &Provider, report: &mut Report) {
    let Some(member) = section.take("vpc") else { return };
    let is_out = matches!(member.value.content, Content::Scalar(serde_json::Value::Bool(false)));
    if !is_out && !provider.has_vpc {
        let message = format!("`{}` can't be honoured: functions run in no network of yours.", section.path("vpc"));
        report.error(&member.at, message, "Take it out if the function needs nothing in that network.");
    }
}

fn ephemeral_storage(section: &mut Section<'_>, report: &mut Report) {
    if let Some(size) = section.number("ephemeralStorageSize", 512..=10_240, report).filter(|size| size.value != 512) {
        let message = format!(
            "`ephemeralStorageSize` can't be {}: functions have the 512 MB of `/tmp` that Lambda gives.",
            size.value
        );
        report.error(&size.at, message, "Take it out, or set it to 512.");
    }
}

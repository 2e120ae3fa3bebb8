//! `[functions.NAME]`.

use std::collections::BTreeMap;

use runtimes::{Language, Runtime};

use super::keys::{ARCHITECTURES, DEFAULT_MEMORY_MB, DEFAULT_RETENTION_DAYS, DEFAULT_TIMEOUT_S, FOREVER};
use super::keys::{LONGEST_DESCRIPTION, LONGEST_HANDLER, MEMORY_MB, TIMEOUT_S};
use super::section::{Located, Section};
use super::values::{one_of, permissions, role, tags};
use crate::environment;
use crate::names::refused_function_name;
use crate::pseudo::{Template, has_parameters};
use crate::service::{
    Architecture, BOOTSTRAP, Bundling, CodeSource, Function, PackagePattern, RETENTION_DAYS, chosen_runtime,
    runtime_advice,
};
use crate::source::ModelError;
use crate::stack::Stack;

/// Reads a function. `named` is the runtime that the command names.
pub(super) fn function(mut section: Section<'_>, stack: &Stack, named: Option<Runtime>) -> Option<Function> {
    let at = section.place();
    refuse_layers(&mut section);
    let source = section.required("source");
    let patterns = patterns(&mut section);
    let name = section.string("name").and_then(|written| section.keep(name(&section, &written, stack)));
    let description = section.string("description").and_then(|it| section.keep(description(&section, it)));
    let runtime = runtime(&mut section, named);
    let handler = handler(&mut section, runtime);
    let bundling = bundling(&mut section, runtime);
    let memory_mb = section.number("memory_mb", MEMORY_MB).map_or(DEFAULT_MEMORY_MB, |at| at.value);
    let timeout_s = section.number("timeout_s", TIMEOUT_S).map_or(DEFAULT_TIMEOUT_S, |at| at.value);
    let log_retention_days = retention(&mut section);
    let architecture = architecture(&mut section);
    let environment = section.table("environment");
    let environment_at = environment.as_ref().map_or_else(|| at.clone(), Section::place);
    let environment = environment.map_or_else(BTreeMap::new, variables);
    let role = role(&mut section);
    let permissions = permissions(&mut section, role.is_some());
    let tags = tags(&mut section);
    section.finish();
    Some(Function {
        at,
        name,
        description,
        runtime: runtime?,
        handler: handler?,
        code: CodeSource { path: source?.value, patterns, bundling },
        memory_mb,
        timeout_s,
        log_retention_days,
        architecture,
        environment,
        environment_at,
        role,
        permissions,
        tags,
    })
}

/// Layers are known, and refused by name.
fn refuse_layers(section: &mut Section<'_>) {
    if let Some(offset) = section.refused("layers") {
        let message = format!("`{}` can't be honoured: `workshop` deploys no layers.", section.path("layers"));
        let hint = "Put what the layer holds beside the handler, so that it is in the function's zip.";
        section.report.add(section.source.error_at(offset, message).with_hint(hint));
    }
}

/// `patterns`: `!` before a glob keeps out what it matches.
fn patterns(section: &mut Section<'_>) -> Vec<PackagePattern> {
    let pattern = |written: Located<String>| match written.value.strip_prefix('!') {
        Some(glob) => PackagePattern { glob: glob.to_owned(), excludes: true },
        None => PackagePattern { glob: written.value, excludes: false },
    };
    section.optional_strings("patterns").into_iter().map(pattern).collect()
}

/// `bundle`: yes, or a table that says how.
fn bundling(section: &mut Section<'_>, runtime: Option<Runtime>) -> Option<Bundling> {
    let written = section.offset("bundle");
    let bundling = if section.is_table("bundle") {
        section.table("bundle").map(bundling_of)
    } else {
        section.boolean("bundle").unwrap_or(false).then(Bundling::default)
    };
    let other = runtime.filter(|runtime| runtime.language() != Language::Nodejs && bundling.is_some());
    if let (Some(runtime), Some(offset)) = (other, written) {
        let message = format!("`{}` is about JavaScript, and {runtime} runs none.", section.path("bundle"));
        section.report.add(section.source.error_at(offset, message).with_hint("Take it out."));
    }
    bundling
}

fn bundling_of(mut section: Section<'_>) -> Bundling {
    let bundling = Bundling {
        minify: section.boolean("minify").unwrap_or(false),
        source_map: section.boolean("source_map").unwrap_or(false),
        target: section.string("target").map(|target| target.value),
        external: section.optional_strings("external").into_iter().map(|name| name.value).collect(),
    };
    section.finish();
    bundling
}

fn name(section: &Section<'_>, written: &Located<String>, stack: &Stack) -> Result<Template, ModelError> {
    let name = Template::parse(section.source, written.span.clone(), &written.value)?;
    match refused_function_name(&name.resolve(stack)) {
        None => Ok(name),
        Some(refused) => Err(section.source.error_at(written.span.start, refused)),
    }
}

fn description(section: &Section<'_>, written: Located<String>) -> Result<String, ModelError> {
    if written.value.chars().count() > LONGEST_DESCRIPTION {
        let message = format!("The description is too long: Lambda takes {LONGEST_DESCRIPTION} characters.");
        return Err(section.source.error_at(written.span.start, message));
    }
    if has_parameters(&written.value) {
        let message = format!(
            "`{}` can't hold pseudo-parameters: they have a value only in a deployment.",
            section.path("description")
        );
        return Err(section.source.error_at(written.span.start, message).with_hint("Write the value out."));
    }
    Ok(written.value)
}

/// The runtime; none where the file names one that is refused.
fn runtime(section: &mut Section<'_>, named: Option<Runtime>) -> Option<Runtime> {
    let Some(written) = section.string("runtime") else {
        let default = Runtime::ProvidedAl2023;
        return Some(named.filter(|named| named.language() == default.language()).unwrap_or(default));
    };
    section.keep(chosen_runtime(&written.value, named).map_err(|error| {
        section.source.error_at(written.span.start, error.to_string()).with_hint(runtime_advice(&error))
    }))
}

/// What the runtime calls. An executable's is of no matter; that of a runtime that was refused is not asked for.
fn handler(section: &mut Section<'_>, runtime: Option<Runtime>) -> Option<String> {
    let Some(written) = section.string("handler") else {
        let runtime = runtime?;
        if runtime.language() == Language::Executable {
            return Some(BOOTSTRAP.to_owned());
        }
        let message = format!("`{}` is missing: {runtime} calls a function of a file.", section.path("handler"));
        let hint = "It is the file's path without its ending, and the function: `handler = \"handler.start\"`.";
        section.report.add(section.error(message).with_hint(hint));
        return None;
    };
    let text = &written.value;
    if text.is_empty() || text.contains(char::is_whitespace) || text.len() > LONGEST_HANDLER {
        let message =
            format!("`{text}` can't be a handler: Lambda takes 1 to {LONGEST_HANDLER} characters without spaces.");
        section.refuse(written.span.start, message);
        return None;
    }
    Some(written.value)
}

fn retention(section: &mut Section<'_>) -> Option<u32> {
    let Some(written) = section.number_or("log_retention_days", 1..36_501, FOREVER) else {
        return Some(DEFAULT_RETENTION_DAYS);
    };
    if let Some(days) = written.value.filter(|days| !RETENTION_DAYS.contains(days)) {
        let message = format!("CloudWatch Logs can't keep lines for {days} days.");
        let known = RETENTION_DAYS.map(|days| days.to_string()).join(", ");
        let hint = format!("Take one of {known}, or \"{FOREVER}\".");
        section.report.add(section.source.error_at(written.span.start, message).with_hint(hint));
    }
    written.value
}

fn architecture(section: &mut Section<'_>) -> Architecture {
    let written = section.string("architecture");
    let known =
        |written| section.keep(one_of(section.source, "architecture", &written, &ARCHITECTURES, |it| it.as_str()));
    written.and_then(known).unwrap_or_else(Architecture::of_this_machine)
}

fn variables(section: Section<'_>) -> BTreeMap<String, Template> {
    let source = section.source;
    let report = section.report;
    let mut variables = BTreeMap::new();
    for (key, value) in section.into_entries() {
        if let Some(refused) = environment::refused(&key.value) {
            report.add(source.error_at(key.span.start, refused.message).with_hint(refused.hint));
            continue;
        }
        let toml::de::DeValue::String(text) = value.get_ref() else {
            let message = format!("The environment variable `{}` must be a string.", key.value);
            report.add(source.error_at(value.span().start, message));
            continue;
        };
        match Template::parse(source, value.span(), text) {
            Ok(value) => drop(variables.insert(key.value, value)),
            Err(error) => report.add(error),
        }
    }
    variables
}

//! `[functions.NAME]`.

use std::collections::BTreeMap;

use runtimes::{Language, Runtime};

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

/// The longest description and handler that CreateFunction takes, in characters.
const LONGEST_DESCRIPTION: usize = 256;
const LONGEST_HANDLER: usize = 128;

/// Reads a function. `named` is the runtime that the command names.
pub(super) fn function(
    mut section: Section<'_>,
    stack: &Stack,
    named: Option<Runtime>,
) -> Result<Function, ModelError> {
    let at = section.place();
    refuse_layers(&mut section)?;
    let source = section.required("source")?.value;
    let patterns = patterns(&mut section)?;
    let name = name(&mut section, stack)?;
    let description = description(&mut section)?;
    let runtime = runtime(&mut section, named)?;
    let handler = handler(&mut section, runtime)?;
    let bundling = bundling(&mut section, runtime)?;
    let memory_mb = section.number("memory_mb", 128..10_241)?.map_or(128, |at| at.value);
    let timeout_s = section.number("timeout_s", 1..901)?.map_or(6, |at| at.value);
    let log_retention_days = retention(&mut section)?;
    let architecture = architecture(&mut section)?;
    let environment = section.table("environment")?;
    let environment_at = environment.as_ref().map_or_else(|| at.clone(), Section::place);
    let environment = environment.map_or(Ok(BTreeMap::new()), variables)?;
    let role = role(&mut section)?;
    let permissions = permissions(&mut section, role.is_some())?;
    let tags = section.table("tags")?.map_or(Ok(BTreeMap::new()), tags)?;
    section.finish()?;
    Ok(Function {
        at,
        name,
        description,
        runtime,
        handler,
        code: CodeSource { path: source, patterns, bundling },
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
fn refuse_layers(section: &mut Section<'_>) -> Result<(), ModelError> {
    match section.refused("layers") {
        None => Ok(()),
        Some(offset) => {
            let message = format!("`{}` can't be honoured: `workshop` deploys no layers.", section.path("layers"));
            let hint = "Put what the layer holds beside the handler, so that it is in the function's zip.";
            Err(section.source.error_at(offset, message).with_hint(hint))
        }
    }
}

/// `patterns`: `!` before a glob keeps out what it matches.
fn patterns(section: &mut Section<'_>) -> Result<Vec<PackagePattern>, ModelError> {
    let pattern = |written: Located<String>| match written.value.strip_prefix('!') {
        Some(glob) => PackagePattern { glob: glob.to_owned(), excludes: true },
        None => PackagePattern { glob: written.value, excludes: false },
    };
    Ok(section.optional_strings("patterns")?.into_iter().map(pattern).collect())
}

/// `bundle`: yes, or a table that says how.
fn bundling(section: &mut Section<'_>, runtime: Runtime) -> Result<Option<Bundling>, ModelError> {
    let refused = section.refused("bundle").map(|offset| {
        let message = format!("`{}` is about JavaScript, and {runtime} runs none.", section.path("bundle"));
        section.source.error_at(offset, message).with_hint("Take it out.")
    });
    let bundling = if section.is_table("bundle") {
        section.table("bundle")?.map(bundling_of).transpose()?
    } else {
        section.boolean("bundle")?.unwrap_or(false).then(Bundling::default)
    };
    match refused {
        Some(refused) if bundling.is_some() && runtime.language() != Language::Nodejs => Err(refused),
        _ => Ok(bundling),
    }
}

fn bundling_of(mut section: Section<'_>) -> Result<Bundling, ModelError> {
    let bundling = Bundling {
        minify: section.boolean("minify")?.unwrap_or(false),
        source_map: section.boolean("source_map")?.unwrap_or(false),
        target: section.string("target")?.map(|target| target.value),
        external: section.optional_strings("external")?.into_iter().map(|name| name.value).collect(),
    };
    section.finish()?;
    Ok(bundling)
}

fn name(section: &mut Section<'_>, stack: &Stack) -> Result<Option<Template>, ModelError> {
    let Some(written) = section.string("name")? else { return Ok(None) };
    let name = Template::parse(section.source, written.span.clone(), &written.value)?;
    match refused_function_name(&name.resolve(stack)) {
        None => Ok(Some(name)),
        Some(refused) => Err(section.source.error_at(written.span.start, refused)),
    }
}

fn description(section: &mut Section<'_>) -> Result<Option<String>, ModelError> {
    let Some(written) = section.string("description")? else { return Ok(None) };
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
    Ok(Some(written.value))
}

fn runtime(section: &mut Section<'_>, named: Option<Runtime>) -> Result<Runtime, ModelError> {
    let Some(written) = section.string("runtime")? else {
        let default = Runtime::ProvidedAl2023;
        return Ok(named.filter(|named| named.language() == default.language()).unwrap_or(default));
    };
    chosen_runtime(&written.value, named).map_err(|error| {
        section.source.error_at(written.span.start, error.to_string()).with_hint(runtime_advice(&error))
    })
}

/// What the runtime calls. An executable's is of no matter.
fn handler(section: &mut Section<'_>, runtime: Runtime) -> Result<String, ModelError> {
    match section.string("handler")? {
        None if runtime.language() == Language::Executable => Ok(BOOTSTRAP.to_owned()),
        None => {
            let message = format!("`{}` is missing: {runtime} calls a function of a file.", section.path("handler"));
            let hint = "It is the file's path without its ending, and the function: `handler = \"handler.start\"`.";
            Err(section.error(message).with_hint(hint))
        }
        Some(written) => {
            let text = &written.value;
            if text.is_empty() || text.contains(char::is_whitespace) || text.len() > LONGEST_HANDLER {
                let message = format!(
                    "`{text}` can't be a handler: Lambda takes 1 to {LONGEST_HANDLER} characters without spaces."
                );
                return Err(section.source.error_at(written.span.start, message));
            }
            Ok(written.value)
        }
    }
}

/// What `log_retention_days` says of lines that are never deleted.
const FOREVER: &str = "forever";

fn retention(section: &mut Section<'_>) -> Result<Option<u32>, ModelError> {
    let Some(written) = section.number_or("log_retention_days", 1..36_501, FOREVER)? else { return Ok(Some(14)) };
    match written.value {
        Some(days) if !RETENTION_DAYS.contains(&days) => {
            let message = format!("CloudWatch Logs can't keep lines for {days} days.");
            let known = RETENTION_DAYS.map(|days| days.to_string()).join(", ");
            let hint = format!("Take one of {known}, or \"{FOREVER}\".");
            Err(section.source.error_at(written.span.start, message).with_hint(hint))
        }
        days => Ok(days),
    }
}

fn architecture(section: &mut Section<'_>) -> Result<Architecture, ModelError> {
    let Some(written) = section.string("architecture")? else { return Ok(Architecture::of_this_machine()) };
    one_of(section.source, "architecture", &written, &[Architecture::X86_64, Architecture::Arm64], |it| it.as_str())
}

fn variables(section: Section<'_>) -> Result<BTreeMap<String, Template>, ModelError> {
    let source = section.source;
    let mut variables = BTreeMap::new();
    for (key, value) in section.into_entries() {
        if let Some(refused) = environment::refused(&key.value) {
            return Err(source.error_at(key.span.start, refused.message).with_hint(refused.hint));
        }
        let toml::de::DeValue::String(text) = value.get_ref() else {
            let message = format!("The environment variable `{}` must be a string.", key.value);
            return Err(source.error_at(value.span().start, message));
        };
        variables.insert(key.value, Template::parse(source, value.span(), text)?);
    }
    Ok(variables)
}

//! `[[routes]]`.

use std::collections::BTreeSet;

use super::keys::MAX_AGE_S;
use super::section::{Located, Section};
use super::values::{named, one_of};
use crate::names::{Key, nearest};
use crate::service::{Cors, METHODS, PayloadFormat, Route};
use crate::source::ModelError;

/// Reads the routes; each may be declared once. `functions` are the names of those that are declared.
pub(super) fn routes(sections: Vec<Section<'_>>, functions: &BTreeSet<String>) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::with_capacity(sections.len());
    for section in sections {
        let repeated = section.error("");
        let report = section.report;
        let Some(route) = route(section, functions) else { continue };
        if let Some(first) = routes.iter().find(|first| first.key() == route.key()) {
            let message = format!(
                "The route `{}` is declared twice, first at {}; an HTTP API has each route once.",
                route.key(),
                first.at
            );
            let hint = "Delete one of them, or give it another method or path.";
            report.add(ModelError { message, ..repeated }.with_hint(hint));
            continue;
        }
        routes.push(route);
    }
    routes
}

fn route(mut section: Section<'_>, functions: &BTreeSet<String>) -> Option<Route> {
    let source = section.source;
    let at = section.place();
    let method = section.required("method");
    let path = section.required("path");
    let target = section.required("function");
    let payload_format = payload_format(&mut section);
    let cors = cors(&mut section);
    let method = method.and_then(|method| section.keep(one_of(source, "method", &method, &METHODS, |method| method)));
    if let Some(path) =
        path.as_ref().filter(|path| !path.value.starts_with('/') || path.value.contains(char::is_whitespace))
    {
        let message = format!("A route's path begins with `/` and holds no space; `{}` does not.", path.value);
        section.refuse(path.span.start, message);
    }
    let function = target.and_then(|target| section.keep(declared(&section, &target, functions)));
    section.finish();
    Some(Route { at, method: method?.to_owned(), path: path?.value, function: function?, payload_format, cors })
}

/// The function that a route leads to, which must be declared.
fn declared(section: &Section<'_>, target: &Located<String>, functions: &BTreeSet<String>) -> Result<Key, ModelError> {
    let source = section.source;
    let function = named(source, target, Key::parse)?;
    if functions.contains(function.as_str()) {
        return Ok(function);
    }
    let known: Vec<&str> = functions.iter().map(String::as_str).collect();
    let message = format!("The route leads to `{function}`, and there is no such function.");
    let hint = match nearest(function.as_str(), &known) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if known.is_empty() => format!("Declare it: `[functions.{function}]`."),
        None => format!("The functions are: {}.", known.join(", ")),
    };
    Err(source.error_at(target.span.start, message).with_hint(hint))
}

fn payload_format(section: &mut Section<'_>) -> PayloadFormat {
    let Some(written) = section.string("payload_format") else { return PayloadFormat::default() };
    let formats = [PayloadFormat::V1, PayloadFormat::V2];
    section.keep(one_of(section.source, "payload_format", &written, &formats, |it| it.as_str())).unwrap_or_default()
}

/// `cors`: yes or no, or a table.
fn cors(section: &mut Section<'_>) -> Option<Cors> {
    if !section.is_table("cors") {
        return section.boolean("cors").unwrap_or(false).then(Cors::open);
    }
    let mut table = section.table("cors")?;
    let values = |strings: Vec<Located<String>>| strings.into_iter().map(|string| string.value).collect::<Vec<_>>();
    let mut cors = Cors::open();
    let origins = values(table.optional_strings("origins"));
    if !origins.is_empty() {
        cors.origins = origins;
    }
    let methods = table.optional_strings("methods");
    let method = |written: &Located<String>| table.keep(one_of(table.source, "methods", written, &METHODS, |it| it));
    cors.methods = methods.iter().filter_map(method).map(str::to_owned).collect();
    let headers = values(table.optional_strings("headers"));
    if !headers.is_empty() {
        cors.headers = headers;
    }
    cors.exposed_headers = values(table.optional_strings("exposed_headers"));
    cors.allow_credentials = table.boolean("allow_credentials").unwrap_or(false);
    cors.max_age_s = table.number("max_age_s", MAX_AGE_S).map(|age| age.value);
    if cors.allow_credentials && cors.origins.iter().any(|origin| origin == "*") {
        let message =
            "`allow_credentials` does not go with the origin `*`: API Gateway refuses it, and so do browsers.";
        table.report.add(table.error(message).with_hint("Name the origins: `origins = [\"https://example.com\"]`."));
    }
    table.finish();
    Some(cors)
}

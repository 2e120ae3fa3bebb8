//! `[[routes]]`.

use std::collections::BTreeMap;

use super::section::{Located, Section};
use super::values::{named, one_of};
use crate::names::{Key, nearest};
use crate::service::{Cors, Function, METHODS, PayloadFormat, Route};
use crate::source::ModelError;

/// Reads the routes; each may be declared once.
pub(super) fn routes(
    sections: Vec<Section<'_>>,
    functions: &BTreeMap<Key, Function>,
) -> Result<Vec<Route>, ModelError> {
    let mut routes: Vec<Route> = Vec::with_capacity(sections.len());
    for section in sections {
        let repeated = section.error("");
        let route = route(section, functions)?;
        if let Some(first) = routes.iter().find(|first| first.key() == route.key()) {
            let message = format!(
                "The route `{}` is declared twice, first at {}; an HTTP API has each route once.",
                route.key(),
                first.at
            );
            let hint = "Delete one of them, or give it another method or path.";
            return Err(ModelError { message, ..repeated }.with_hint(hint));
        }
        routes.push(route);
    }
    Ok(routes)
}

fn route(mut section: Section<'_>, functions: &BTreeMap<Key, Function>) -> Result<Route, ModelError> {
    let source = section.source;
    let at = section.place();
    let method = section.required("method")?;
    let method = one_of(source, "method", &method, &METHODS, |method| method)?.to_owned();
    let path = section.required("path")?;
    let target = section.required("function")?;
    let payload_format = payload_format(&mut section)?;
    let cors = cors(&mut section)?;
    section.finish()?;
    if !path.value.starts_with('/') || path.value.contains(char::is_whitespace) {
        let message = format!("A route's path begins with `/` and holds no space; `{}` does not.", path.value);
        return Err(source.error_at(path.span.start, message));
    }
    let function = named(source, &target, Key::parse)?;
    if !functions.contains_key(&function) {
        let known: Vec<&str> = functions.keys().map(Key::as_str).collect();
        let message = format!("The route leads to `{function}`, and there is no such function.");
        let hint = match nearest(function.as_str(), &known) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("The functions are: {}.", known.join(", ")),
        };
        return Err(source.error_at(target.span.start, message).with_hint(hint));
    }
    Ok(Route { at, method, path: path.value, function, payload_format, cors })
}

fn payload_format(section: &mut Section<'_>) -> Result<PayloadFormat, ModelError> {
    let Some(written) = section.string("payload_format")? else { return Ok(PayloadFormat::default()) };
    one_of(section.source, "payload_format", &written, &[PayloadFormat::V1, PayloadFormat::V2], |it| it.as_str())
}

/// `cors`: yes or no, or a table.
fn cors(section: &mut Section<'_>) -> Result<Option<Cors>, ModelError> {
    if !section.is_table("cors") {
        return Ok(section.boolean("cors")?.unwrap_or(false).then(Cors::open));
    }
    let Some(mut table) = section.table("cors")? else { return Ok(None) };
    let values = |strings: Vec<Located<String>>| strings.into_iter().map(|string| string.value).collect::<Vec<_>>();
    let mut cors = Cors::open();
    let origins = values(table.optional_strings("origins")?);
    if !origins.is_empty() {
        cors.origins = origins;
    }
    let methods = table.optional_strings("methods")?;
    let method = |written: &Located<String>| one_of(table.source, "methods", written, &METHODS, |method| method);
    cors.methods = methods.iter().map(|written| method(written).map(str::to_owned)).collect::<Result<_, _>>()?;
    let headers = values(table.optional_strings("headers")?);
    if !headers.is_empty() {
        cors.headers = headers;
    }
    cors.exposed_headers = values(table.optional_strings("exposed_headers")?);
    cors.allow_credentials = table.boolean("allow_credentials")?.unwrap_or(false);
    cors.max_age_s = table.number("max_age_s", 0..86_401)?.map(|age| age.value);
    if cors.allow_credentials && cors.origins.iter().any(|origin| origin == "*") {
        let message =
            "`allow_credentials` does not go with the origin `*`: API Gateway refuses it, and so do browsers.";
        return Err(table.error(message).with_hint("Name the origins: `origins = [\"https://example.com\"]`."));
    }
    table.finish()?;
    Ok(Some(cors))
}

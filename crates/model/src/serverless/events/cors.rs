//! Which pages of other origins may call a route, and in which form its function receives a request.

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Located, Section, flag, none_of};
use crate::serverless::reading::tree::{Content, Origin};
use crate::service::{Cors, METHODS, PayloadFormat};

/// The headers that the framework allows when a file names none.
const HEADERS: [&str; 7] = [
    "Content-Type",
    "X-Amz-Date",
    "Authorization",
    "X-Api-Key",
    "X-Amz-Security-Token",
    "X-Amz-User-Agent",
    "X-Amzn-Trace-Id",
];

/// The longest time that a browser may keep an answer, in seconds (API Gateway v2, `Cors.MaxAge`).
const MAX_AGE_S: u32 = 86_400;

/// What `provider.httpApi` says for every event `httpApi`.
#[derive(Debug, Clone, Default)]
pub(crate) struct HttpApi {
    pub(crate) payload_format: PayloadFormat,
    pub(crate) cors: Option<Cors>,
}

/// `payload` of the HTTP API or of a function.
pub(crate) fn payload_format(section: &mut Section<'_>, report: &mut Report) -> Option<PayloadFormat> {
    let written = section.text("payload", report)?;
    match written.value.as_str() {
        "1.0" | "1" => Some(PayloadFormat::V1),
        "2.0" | "2" => Some(PayloadFormat::V2),
        other => {
            report.error(&written.at, format!("`payload` can't be `{other}`."), "It is `'1.0'` or `'2.0'`.");
            None
        }
    }
}

/// `cors` of an event `http`, whose route has this method.
pub(super) fn of_http(section: &mut Section<'_>, method: &str, report: &mut Report) -> Option<Cors> {
    let member = section.take("cors")?;
    if !matches!(member.value.content, Content::Table(_)) {
        return flag(&member.value, &section.path("cors"), report)?.then(open);
    }
    let mut section = Section::of(&member.value, section.path("cors"), report)?;
    let mut cors = open();
    // `origin` is one or several, with commas; `origins` is a list.
    let origin = section.texts("origin", report);
    let origins = section.texts("origins", report).or(origin);
    if let Some(origins) = origins {
        let split =
            |origin: &Located<String>| origin.value.split(',').map(|one| one.trim().to_owned()).collect::<Vec<_>>();
        cors.origins = origins.iter().flat_map(split).collect();
    }
    if let Some(headers) = section.texts("headers", report) {
        cors.headers = headers.into_iter().map(|header| header.value).collect();
    }
    if let Some(methods) = section.texts("methods", report) {
        cors.methods = self::methods(methods, report);
        if !cors.methods.iter().any(|other| other == method) {
            cors.methods.push(method.to_owned());
        }
    }
    cors.allow_credentials = section.flag("allowCredentials", report).unwrap_or(false);
    cors.max_age_s = section.number("maxAge", 0..=MAX_AGE_S, report).map(|age| age.value);
    if let Some(member) = section.take("cacheControl") {
        report.note(&member.at, "`cacheControl` has no effect: preflight answers of an HTTP API have `maxAge` only.");
    }
    let at = section.at;
    section.finish(report);
    checked(cors, at, report)
}

/// `cors` of `provider.httpApi`.
pub(crate) fn of_http_api(section: &mut Section<'_>, report: &mut Report) -> Option<Cors> {
    let member = section.take("cors")?;
    if !matches!(member.value.content, Content::Table(_)) {
        return flag(&member.value, "provider.httpApi.cors", report)?.then(open);
    }
    let mut section = Section::of(&member.value, "provider.httpApi.cors", report)?;
    let mut cors = open();
    let values = |texts: Vec<Located<String>>| texts.into_iter().map(|text| text.value).collect::<Vec<_>>();
    if let Some(origins) = section.texts("allowedOrigins", report) {
        cors.origins = values(origins);
    }
    if let Some(headers) = section.texts("allowedHeaders", report) {
        cors.headers = values(headers);
    }
    if let Some(methods) = section.texts("allowedMethods", report) {
        cors.methods = self::methods(methods, report);
    }
    cors.exposed_headers = section.texts("exposedResponseHeaders", report).map(values).unwrap_or_default();
    cors.allow_credentials = section.flag("allowCredentials", report).unwrap_or(false);
    cors.max_age_s = section.number("maxAge", 0..=MAX_AGE_S, report).map(|age| age.value);
    let at = section.at;
    section.finish(report);
    checked(cors, at, report)
}

/// What `cors: true` stands for.
fn open() -> Cors {
    Cors { headers: HEADERS.map(str::to_owned).to_vec(), ..Cors::open() }
}

/// Methods in capitals; a preflight is always answered, so `OPTIONS` need not be there.
fn methods(written: Vec<Located<String>>, report: &mut Report) -> Vec<String> {
    let mut methods = Vec::new();
    for method in written {
        let name = method.value.to_ascii_uppercase();
        match name.as_str() {
            "OPTIONS" => {}
            known if METHODS.contains(&known) || known == "*" => methods.push(name),
            _ => none_of(&method, "methods", &METHODS, report),
        }
    }
    methods
}

/// Credentials and every origin at once would be refused by browsers and by API Gateway.
fn checked(cors: Cors, at: &Origin, report: &mut Report) -> Option<Cors> {
    if cors.allow_credentials && cors.origins.iter().any(|origin| origin == "*") {
        let message = "`allowCredentials` does not go with the origin `*`: API Gateway refuses it, and so do browsers.";
        report.error(at, message, "Name the origins, such as `https://example.com`.");
        return None;
    }
    Some(cors)
}

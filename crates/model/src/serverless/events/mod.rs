//! `events` of functions: `http` and `httpApi` become routes, every other is refused.

pub(super) mod cors;
mod http;
mod refused;

use crate::names::{Key, nearest};
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Section, items, mismatch};
use crate::serverless::reading::tree::{Content, Member, Node, Origin};
use crate::service::Route;
use cors::HttpApi;

const KNOWN: [&str; 9] = ["http", "httpApi", "schedule", "sqs", "sns", "s3", "stream", "eventBridge", "websocket"];

/// The routes that the events of one function make, after those of others.
pub(super) fn routes(
    function: &Key,
    member: &Member,
    events: &Node,
    api: &HttpApi,
    routes: &mut Vec<Route>,
    report: &mut Report,
) {
    let path = format!("functions.{function}.events");
    let api = of_function(member, &path, api, report);
    for item in items(events, &path, report).unwrap_or_default() {
        let members: &[Member] = match &item.content {
            Content::Table(members) => members,
            _ => {
                if let Some(kind) = item.as_text() {
                    refuse(kind, &item.at, report);
                } else {
                    mismatch(item, &path, "a list of objects such as `- http: POST /start`", report);
                }
                continue;
            }
        };
        for event in members {
            let path = format!("{path}.{}", event.key);
            let made = match event.key.as_str() {
                "http" => http::rest(event, function, &path, report).into_iter().collect(),
                "httpApi" => {
                    let message =
                        "The routes of `httpApi` stand below the stage here: the endpoint ends in `/<stage>`.";
                    report.note(&event.at, message);
                    http::http(event, function, &path, &api, report)
                }
                kind => {
                    refuse(kind, &event.at, report);
                    Vec::new()
                }
            };
            made.into_iter().for_each(|route| add(route, event, routes, report));
        }
    }
}

/// The HTTP API's settings with the function's own payload format.
fn of_function(member: &Member, path: &str, api: &HttpApi, report: &mut Report) -> HttpApi {
    let mut api = api.clone();
    let own = member.value.member("httpApi").filter(|own| !own.value.is_null());
    if let Some(mut section) = own.and_then(|own| Section::of(&own.value, path.replace("events", "httpApi"), report)) {
        if let Some(payload_format) = cors::payload_format(&mut section, report) {
            api.payload_format = payload_format;
        }
        section.finish(report);
    }
    api
}

fn refuse(kind: &str, at: &Origin, report: &mut Report) {
    match refused::advice(kind) {
        Some(hint) => {
            report.error(at, format!("`workshop` makes no event `{kind}`: nothing would call the function."), hint)
        }
        None => {
            let hint = match nearest(kind, &KNOWN) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Functions are called by `http`, `httpApi` and state machines.".to_owned(),
            };
            report.error(at, format!("`workshop` knows no event `{kind}`."), hint);
        }
    }
}

fn add(route: Route, event: &Member, routes: &mut Vec<Route>, report: &mut Report) {
    if let Some(first) = routes.iter().find(|first| first.key() == route.key()) {
        let message = format!(
            "The route `{}` is declared twice, first at {}; an HTTP API has each route once.",
            route.key(),
            first.at
        );
        report.error(&event.at, message, "Delete one of them, or give it another method or path.");
        return;
    }
    routes.push(route);
}

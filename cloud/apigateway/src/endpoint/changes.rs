//! Parameter mapping as it is done: a request before an integration gets it, and its answer before the client does.

use cloud_core::{Request, Response};
use hyper::header::{HeaderName, HeaderValue};

use super::event::Call;
use super::mapped;
use crate::model::{Change, Integration, Mapping, RequestChange, ResponseChange};

/// A request as an integration gets it.
pub(super) struct Changed {
    /// With its headers and its query.
    pub(super) request: Request,
    /// Another path, where the integration gives one.
    pub(super) path: Option<String>,
}

/// Makes the changes to a request. What a mapping does not find in it is not set.
pub(super) fn of_request(call: &Call<'_>, integration: &Integration) -> Changed {
    let mut changed = Changed { request: call.request.clone(), path: None };
    let parameters = integration.request_parameters.iter();
    // They were checked when the integration was made.
    let mut changes: Vec<RequestChange> =
        parameters.filter_map(|(key, value)| RequestChange::parse(key, value).ok()).collect();
    changes.sort_by_key(|change| match change {
        RequestChange::Header(_, change) | RequestChange::Query(_, change) => order(change),
        RequestChange::Path(_) => 0,
    });
    let value = |mapping: &Mapping| mapped::value(call, mapping);
    for change in changes {
        match change {
            RequestChange::Header(name, change) => header(&mut changed.request, &name, &change, &value),
            RequestChange::Query(name, change) => query(&mut changed.request, &name, &change, &value),
            RequestChange::Path(mapping) => changed.path = value(&mapping),
        }
    }
    changed
}

/// What is removed goes first, what is appended comes last, whatever the order in which they stand.
fn order(change: &Change) -> u8 {
    match change {
        Change::Remove => 0,
        Change::Overwrite(_) => 1,
        Change::Append(_) => 2,
    }
}

fn header(request: &mut Request, name: &str, change: &Change, value: &impl Fn(&Mapping) -> Option<String>) {
    let Ok(name) = HeaderName::try_from(name) else { return };
    let given = |mapping: &Mapping| value(mapping).and_then(|text| HeaderValue::try_from(text).ok());
    match change {
        Change::Remove => drop(request.headers.remove(name)),
        Change::Overwrite(mapping) => {
            if let Some(value) = given(mapping) {
                request.headers.insert(name, value);
            }
        }
        Change::Append(mapping) => {
            if let Some(value) = given(mapping) {
                request.headers.append(name, value);
            }
        }
    }
}

fn query(request: &mut Request, name: &str, change: &Change, value: &impl Fn(&Mapping) -> Option<String>) {
    let mut pairs = request.query();
    match change {
        Change::Remove => pairs.retain(|(given, _)| given != name),
        Change::Overwrite(mapping) => {
            let Some(value) = value(mapping) else { return };
            pairs.retain(|(given, _)| given != name);
            pairs.push((name.to_owned(), value));
        }
        Change::Append(mapping) => {
            let Some(value) = value(mapping) else { return };
            pairs.push((name.to_owned(), value));
        }
    }
    request.raw_query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
}

/// Makes the changes to an answer that the integration has for its status.
pub(super) fn of_response(call: &Call<'_>, integration: &Integration, answer: Response) -> Response {
    let Some(parameters) = integration.response_parameters.get(&answer.status.to_string()) else {
        return answer;
    };
    let mut changes: Vec<ResponseChange> =
        parameters.iter().filter_map(|(key, value)| ResponseChange::parse(key, value).ok()).collect();
    changes.sort_by_key(|change| match change {
        ResponseChange::Header(_, change) => order(change),
        ResponseChange::Status(_) => 0,
    });
    let given = answer.clone();
    let value = |mapping: &Mapping| mapped::value_of_response(call, &given, mapping);
    let mut changed = answer;
    for change in changes {
        match change {
            ResponseChange::Header(name, change) => {
                let replacing = match &change {
                    Change::Remove => None,
                    Change::Overwrite(mapping) | Change::Append(mapping) => match value(mapping) {
                        Some(value) => Some(value),
                        None => continue,
                    },
                };
                if !matches!(change, Change::Append(_)) {
                    changed.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(&name));
                }
                if let Some(value) = replacing {
                    changed = changed.with_header(&name, value);
                }
            }
            ResponseChange::Status(mapping) => {
                let status = value(&mapping).and_then(|text| text.parse().ok());
                changed.status = status.filter(|status| (200..=599).contains(status)).unwrap_or(changed.status);
            }
        }
    }
    changed
}

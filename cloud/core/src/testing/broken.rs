//! Requests that each break one constraint of an operation's input, made from the API's model: for the test that every
//! constraint is told.

use api_models::{Kind, Member, Place, Shape, Structure};
use hyper::Method;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::location::Location;
use crate::operation::{Binding, OperationInfo, RequestModel, ServiceInfo, Told};
use crate::wire::{Protocol, Request};

/// A request that breaks a constraint.
#[derive(Debug)]
pub struct BrokenRequest {
    /// The request, with the labels of its path.
    pub request: Request,
    /// The code that it is refused with.
    pub code: &'static str,
    /// What is said of it, among other things.
    pub said: String,
}

/// Texts of which one keeps nearly any pattern.
const EXAMPLES: [&str; 14] = [
    "a",
    "1",
    "v1",
    "/",
    "ab",
    "arn:aws:iam::000000000000:role/r",
    "arn:aws:lambda:us-east-1:000000000000:function:f",
    "arn:aws:iam::000000000000:policy/p",
    "lambda:InvokeFunction",
    "000000000000",
    "o-aaaaaaaaaa",
    "2026-01-01",
    "123456",
    "aaaaaaaaa",
];

/// Every constraint of an operation's input, broken once. Nothing when the service has no model, or the operation no input.
#[must_use]
pub fn broken_requests(info: &ServiceInfo, operation: &OperationInfo) -> Vec<BrokenRequest> {
    let Some(model) = info.requests else { return Vec::new() };
    let Some(structure) = model.structure(operation.name) else { return Vec::new() };
    let maker = Maker { info, operation, model, structure };
    let mut all = Vec::new();
    maker.structure(&Here { at: String::new(), path: String::new() }, &structure, &|members| members, &mut all);
    all
}

struct Maker<'a> {
    info: &'a ServiceInfo,
    operation: &'a OperationInfo,
    model: RequestModel,
    structure: Structure<'static>,
}

/// Where a structure is: as AWS's texts name it, and as it is refused by name.
struct Here {
    at: String,
    path: String,
}

/// Puts a structure's members where they belong in the input.
type Around<'f> = dyn Fn(Map<String, Value>) -> Map<String, Value> + 'f;

impl Maker<'_> {
    fn structure(
        &self,
        here: &Here,
        structure: &Structure<'static>,
        around: &Around<'_>,
        all: &mut Vec<BrokenRequest>,
    ) {
        for member in structure.members() {
            let at = below(&here.at, &lower_first(member.name));
            let path = below(&here.path, member.wire);
            if self.operation.refused.contains(&path.as_str()) || member.place == Place::Payload {
                continue;
            }
            let with = |value: Value| {
                let mut members = required(structure);
                members.insert(member.wire.to_owned(), value);
                around(members)
            };
            if member.is_required && member.place != Place::Path {
                let mut members = required(structure);
                members.remove(member.wire);
                self.tell(all, &at, "Member must not be null", around(members));
            }
            self.value(&Here { at, path }, &member, &with, all);
        }
    }

    fn value(
        &self,
        here: &Here,
        member: &Member<'static>,
        with: &dyn Fn(Value) -> Map<String, Value>,
        all: &mut Vec<BrokenRequest>,
    ) {
        let at = here.at.as_str();
        match &member.shape.kind {
            Kind::Structure(inner) => {
                self.structure(here, inner, &|members| with(Value::Object(members)), all);
            }
            Kind::List(inner) => {
                let inner = inner.shape();
                for (count, constraint) in counts(&member.shape) {
                    // A form or a query has no empty list.
                    if count > 0 || self.is_json(member.place) {
                        self.tell(all, at, &constraint, with(json!(vec![example(&inner); count])));
                    }
                }
                if let Kind::Structure(structure) = &inner.kind {
                    let here = Here { at: format!("{at}.1.member"), path: format!("{}.*", here.path) };
                    self.structure(&here, structure, &|members| with(json!([members])), all);
                } else if let Some((value, _)) = breaking(&inner, member.place).into_iter().next() {
                    self.tell(all, at, "Member must satisfy constraint: [", with(json!([value])));
                }
            }
            Kind::Map(inner) => {
                let inner = inner.shape();
                for (count, constraint) in counts(&member.shape) {
                    let items = (0..count).map(|at| (format!("k{at}"), example(&inner)));
                    self.tell(all, at, &constraint, with(Value::Object(items.collect())));
                }
                let keys = member.shape.keys.map(|keys| breaking(&keys.shape(), member.place)).unwrap_or_default();
                if let Some(key) = keys.iter().find_map(|(key, _)| key.as_str()) {
                    self.tell(all, at, "Map keys must satisfy constraint: [", with(json!({ key: example(&inner) })));
                }
                match &inner.kind {
                    Kind::Structure(structure) => {
                        let here = Here { at: format!("{at}.k"), path: format!("{}.*", here.path) };
                        self.structure(&here, structure, &|members| with(json!({ "k": members })), all);
                    }
                    _ => {
                        if let Some((value, _)) = breaking(&inner, member.place).into_iter().next() {
                            self.tell(all, at, "Map value must satisfy constraint: [", with(json!({ "k": value })));
                        }
                    }
                }
            }
            _ => {
                for (value, constraint) in breaking(&member.shape, member.place) {
                    self.tell(all, at, &constraint, with(value));
                }
            }
        }
    }

    fn is_json(&self, place: Place) -> bool {
        place == Place::Body && !matches!(self.info.protocol, Protocol::Query(_) | Protocol::Ec2)
    }

    fn tell(&self, all: &mut Vec<BrokenRequest>, at: &str, constraint: &str, members: Map<String, Value>) {
        let said = match self.model.told(at, constraint) {
            Told::Usual => format!("at '{at}' failed to satisfy constraint: {constraint}"),
            Told::Text(text) => text,
            Told::Elsewhere => return,
        };
        all.push(BrokenRequest { request: self.request(members), code: self.model.code(), said });
    }

    fn request(&self, members: Map<String, Value>) -> Request {
        let signing_name = self.info.signing_name;
        let request = Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), signing_name);
        match self.operation.binding {
            Binding::Target => {
                let prefix = self.info.target_prefix.unwrap_or_default();
                request.with_target(prefix, self.operation.name, Value::Object(members).to_string())
            }
            Binding::Action => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.append_pair("Action", self.operation.name);
                members.iter().for_each(|(name, value)| append(&mut form, name, value));
                request.with_path(Method::POST, "/", "", form.finish())
            }
            Binding::Rest(method, path) => self.rest(request, method, path, members),
        }
    }

    fn rest(&self, request: Request, method: &str, path: &'static str, mut members: Map<String, Value>) -> Request {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut labels = Vec::new();
        let mut headers = Vec::new();
        for member in self.structure.members() {
            let place = member.place;
            if place == Place::Body {
                continue;
            }
            let value = members.remove(member.wire);
            match (place, value) {
                (Place::Path, Some(value)) => labels.push((member.name, text(&value))),
                (Place::Query, Some(Value::Array(items))) => {
                    query.extend_pairs(items.iter().map(|item| (member.wire, text(item))));
                }
                (Place::Query, Some(value)) => {
                    query.append_pair(member.wire, &text(&value));
                }
                (Place::Header, Some(value)) => headers.push((member.wire, text(&value))),
                _ => {}
            }
        }
        let body = if members.is_empty() { String::new() } else { Value::Object(members).to_string() };
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let mut request = request.with_path(method, path, &query.finish(), body);
        request.labels = labels;
        headers.into_iter().fold(request, |request, (name, value)| request.with_header(name, &value))
    }
}

fn below(around: &str, name: &str) -> String {
    if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") }
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn append(form: &mut form_urlencoded::Serializer<'_, String>, name: &str, value: &Value) {
    match value {
        Value::Array(items) => {
            (1..).zip(items).for_each(|(at, item)| append(form, &format!("{name}.member.{at}"), item));
        }
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| append(form, &format!("{name}.{member}"), value));
        }
        plain => drop(form.append_pair(name, &text(plain))),
    }
}

/// A value that keeps all constraints, as far as one is known.
fn example(shape: &Shape<'_>) -> Value {
    let least = shape.range.least.unwrap_or_default().max(1.0) as usize;
    match &shape.kind {
        Kind::Enumeration(values) => json!(values.split('|').next()),
        Kind::Number => json!(shape.range.least.unwrap_or_default() as i64),
        Kind::Fraction => json!(shape.range.least.unwrap_or_default()),
        Kind::Boolean => json!(true),
        Kind::List(inner) => json!(vec![example(&inner.shape()); least]),
        Kind::Structure(structure) => Value::Object(required(structure)),
        Kind::Map(inner) if shape.range.least.is_some_and(|least| least > 0.0) => {
            json!({ "k": example(&inner.shape()) })
        }
        Kind::Map(_) | Kind::Anything => json!({}),
        Kind::Text | Kind::Moment | Kind::Bytes => {
            let fits = |text: &&&str| text.len() >= least && shape.allows(text);
            json!(EXAMPLES.iter().find(fits).map_or_else(|| "a".repeat(least), |text| (*text).to_owned()))
        }
    }
}

fn required(structure: &Structure<'_>) -> Map<String, Value> {
    let members = structure.members().filter(|member| member.is_required);
    members.map(|member| (member.wire.to_owned(), example(&member.shape))).collect()
}

/// How many items are too many or too few, with the constraint.
fn counts(shape: &Shape<'_>) -> Vec<(usize, String)> {
    let most = shape
        .range
        .most
        .map(|most| (most as usize + 1, format!("Member must have length less than or equal to {most}")));
    let least = shape.range.least.filter(|least| *least > 0.0);
    let least =
        least.map(|least| (least as usize - 1, format!("Member must have length greater than or equal to {least}")));
    // Ten thousand items say no more than one.
    most.into_iter().chain(least).filter(|(count, _)| *count <= 1_000).collect()
}

/// Values that each break one constraint of a plain shape, with the constraint.
fn breaking(shape: &Shape<'_>, place: Place) -> Vec<(Value, String)> {
    let mut all = Vec::new();
    let is_number = matches!(shape.kind, Kind::Number | Kind::Fraction);
    let of = if is_number { "value" } else { "length" };
    let written =
        |bound: f64| if matches!(shape.kind, Kind::Fraction) { format!("{bound:?}") } else { bound.to_string() };
    if let Some(most) = shape.range.most {
        let value = if is_number { json!(most as i64 + 1) } else { json!("a".repeat(most as usize + 1)) };
        all.push((value, format!("Member must have {of} less than or equal to {}", written(most))));
    }
    match shape.range.least {
        Some(least) if is_number => {
            all.push((
                json!(least as i64 - 1),
                format!("Member must have value greater than or equal to {}", written(least)),
            ));
        }
        // No text is shorter than nothing, and nothing is no part of a path.
        Some(least) if least > 0.0 && place != Place::Path => {
            let short = "a".repeat(least as usize - 1);
            all.push((json!(short), format!("Member must have length greater than or equal to {least}")));
        }
        _ => {}
    }
    if let Kind::Enumeration(values) = shape.kind {
        let constraint = format!("Member must satisfy enum value set: [{}]", values.replace('|', ", "));
        all.push((json!("none of them"), constraint));
    }
    if let Some(pattern) = shape.pattern {
        let texts = ["\u{e9} \u{fc}", "(", "\u{1F600}", " ", "x"];
        let texts = texts.iter().filter(|text| place != Place::Header || text.is_ascii());
        let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
        all.extend(texts.filter(|text| !shape.allows(text)).map(|text| (json!(text), constraint.clone())).next());
    }
    all
}

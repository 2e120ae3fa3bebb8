//! What a call is called: its operation and what it is about, without ids that differ from run to run.

use crate::wire::Request;
use std::collections::BTreeMap;

/// What ids that a cloud gave are called in subjects, so that a call has the same name in every run.
pub type Names = BTreeMap<String, String>;

/// How a call shows in lists of calls: its operation, or method and path where the protocol names none.
pub(crate) fn request(request: &Request) -> String {
    target(request).or_else(|| action(request)).unwrap_or_else(|| format!("{} {}", request.method(), request.path()))
}

/// The operation, and what it is about.
pub(crate) fn name(request: &Request, names: &Names) -> (String, String) {
    let text = request.text();
    if let Some(operation) = target(request) {
        const ABOUT: [&str; 9] = [
            "name",
            "stateMachineArn",
            "stateMachineVersionArn",
            "executionArn",
            "resourceArn",
            "activityArn",
            "resourceIdentifier",
            "logGroupName",
            "logGroupNamePrefix",
        ];
        let about = ABOUT.iter().find_map(|key| field(&text, key)).unwrap_or_default();
        return (operation, stable(&about, names));
    }
    if let Some(operation) = action(request) {
        let about = ["RoleName", "PolicyName", "PolicyArn"].iter().filter_map(|key| parameter(&text, key));
        return (operation, about.map(|about| stable(&about, names)).collect::<Vec<_>>().join(" "));
    }
    let path: Vec<String> = request.path().split('/').skip(1).map(|segment| stable(segment, names)).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["v2", rest @ ..] => api_gateway(request.method(), rest, &text, names),
        [_, rest @ ..] => lambda(request, rest, &text, names),
        [] => (request.method().to_owned(), String::new()),
    }
}

/// Remembers the ids in an answer of which the subjects of later calls are made.
pub(crate) fn learn(names: &mut Names, answer: &str) {
    if let Some(id) = field(answer, "apiId").filter(|id| !id.is_empty()) {
        names.entry(id).or_insert_with(|| "api".to_owned());
    }
}

pub(crate) fn target(request: &Request) -> Option<String> {
    Some(request.header("x-amz-target")?.rsplit('.').next()?.to_owned())
}

pub(crate) fn action(request: &Request) -> Option<String> {
    if request.path() != "/" { None } else { parameter(&request.text(), "Action") }
}

/// The value of a parameter in a form, unescaped.
pub(crate) fn form_parameter(form: &str, key: &str) -> Option<String> {
    parameter(&form.replace('+', " "), key)
}

/// The first string of a key in a JSON text as the SDK writes it; a text within a string has other quotes.
fn field(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{key}\":\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn parameter(form: &str, key: &str) -> Option<String> {
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == key).map(|(_, value)| unescaped(value))
}

/// A name without percent signs, without what every ARN begins with, and with known ids called by their names.
fn stable(text: &str, names: &Names) -> String {
    let text = unescaped(text);
    let short = if text.starts_with("arn:") { text.splitn(6, ':').last().unwrap_or(&text) } else { &text };
    names.iter().fold(short.to_owned(), |text, (id, name)| text.replace(id, name))
}

pub(crate) fn unescaped(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => plain.extend([char::from(byte)].into_iter().chain(piece[2..].chars())),
            None => plain.extend(['%'].into_iter().chain(piece.chars())),
        }
    }
    plain
}

fn api_gateway(method: &str, path: &[&str], text: &str, names: &Names) -> (String, String) {
    let verb = match method {
        "POST" => "Create",
        "PATCH" | "PUT" => "Update",
        "DELETE" => "Delete",
        _ => "Get",
    };
    let about = ["routeKey", "stageName", "integrationUri", "name"].iter().find_map(|key| field(text, key));
    let about = stable(&about.unwrap_or_default(), names);
    let (operation, about) = match path {
        ["apis"] if method == "GET" => ("GetApis".to_owned(), String::new()),
        ["apis"] => (format!("{verb}Api"), about),
        ["apis", api] => (format!("{verb}Api"), (*api).to_owned()),
        ["apis", api, "cors"] => (format!("{verb}CorsConfiguration"), (*api).to_owned()),
        ["apis", api, things] if method == "GET" => (format!("Get{}", capital(things)), (*api).to_owned()),
        ["apis", api, things] => (format!("{verb}{}", singular(things)), format!("{api} {about}")),
        ["apis", api, things, one] => (format!("{verb}{}", singular(things)), format!("{api} {one}")),
        ["tags", arn @ ..] if method == "POST" => ("TagResource".to_owned(), arn.join("/")),
        ["tags", arn @ ..] => (format!("{verb}Tags"), arn.join("/")),
        other => (format!("{method} /v2/{}", other.join("/")), String::new()),
    };
    (operation, about)
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}

fn singular(word: &str) -> String {
    let word = capital(word);
    word.strip_suffix('s').map(str::to_owned).unwrap_or(word)
}

fn lambda(request: &Request, path: &[&str], text: &str, names: &Names) -> (String, String) {
    let operation = match (request.method(), path) {
        ("GET", ["functions"]) => "ListFunctions",
        ("POST", ["functions"]) => "CreateFunction",
        ("GET", ["functions", _]) => "GetFunction",
        ("DELETE", ["functions", _]) => "DeleteFunction",
        ("PUT", ["functions", _, "code"]) => "UpdateFunctionCode",
        ("GET", ["functions", _, "configuration"]) => "GetFunctionConfiguration",
        ("PUT", ["functions", _, "configuration"]) => "UpdateFunctionConfiguration",
        ("GET", ["functions", _, "versions"]) => "ListVersionsByFunction",
        ("POST", ["functions", _, "versions"]) => "PublishVersion",
        ("GET", ["functions", _, "aliases"]) => "ListAliases",
        ("POST", ["functions", _, "aliases"]) => "CreateAlias",
        ("GET", ["functions", _, "aliases", _]) => "GetAlias",
        ("PUT", ["functions", _, "aliases", _]) => "UpdateAlias",
        ("DELETE", ["functions", _, "aliases", _]) => "DeleteAlias",
        ("GET", ["functions", _, "policy"]) => "GetPolicy",
        ("POST", ["functions", _, "invocations"]) => "Invoke",
        ("POST", ["functions", _, "policy"]) => "AddPermission",
        ("DELETE", ["functions", _, "policy", _]) => "RemovePermission",
        ("GET", ["tags", ..]) => "ListTags",
        ("POST", ["tags", ..]) => "TagResource",
        ("DELETE", ["tags", ..]) => "UntagResource",
        (method, path) => return (format!("{method} /{}", path.join("/")), String::new()),
    };
    let mut about: Vec<String> = path[1..].iter().map(|segment| (*segment).to_owned()).collect();
    about.retain(|segment| {
        !["code", "configuration", "versions", "aliases", "policy", "invocations"].contains(&segment.as_str())
    });
    let keys: &[&str] = match operation {
        "CreateFunction" => &["FunctionName"],
        "CreateAlias" => &["Name"],
        // Its statement's id comes from the API's id; where the right comes from is the same in every run.
        "AddPermission" => &["SourceArn"],
        _ => &[],
    };
    about.extend(keys.iter().filter_map(|key| Some(stable(&field(text, key)?, names))));
    about.extend(parameter(request.query(), "Qualifier"));
    (operation.to_owned(), about.join(" "))
}

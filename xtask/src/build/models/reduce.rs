//! One service's model, reduced to the text that the program reads; `api_models::Service` says how it is written.

use api_models::{action_name, requests_name};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Services that Step Functions does not call: each customer has an endpoint of its own (reported for the first).
const WITHOUT_INTEGRATION: [&str; 2] = ["apigatewaymanagementapi", "cloudsearchdomain"];

/// Operations that Step Functions does not call, by the developer guide's list and where it names one alone. What streams
/// events is left out by its shape.
const UNSUPPORTED: [(&str, &str); 9] = [
    ("comprehendmedical", "DetectEntities"),
    ("efs", "CreateTags"),
    ("emr", "DescribeJobFlows"),
    ("iotdeviceadvisor", "ListTestCases"),
    ("lambda", "InvokeAsync"),
    ("mediapackage", "RotateChannelCredentials"),
    ("rdsdata", "ExecuteSql"),
    ("shield", "DeleteSubscription"),
    ("elastictranscoder", "TestRole"),
];

/// Limits that TestState was seen to check where the model has others: `MemorySize` of the functions that are not on
/// instances of their own.
const SEEN: [(&str, &str, &str); 1] = [("lambda", "MemorySize", "(128,10240)")];

/// Enumerations whose values a service was seen to list in another order than the model has.
const SEEN_ORDERS: [(&str, &str, &str); 2] = [
    ("sfn", "ExecutionStatus", "SUCCEEDED|TIMED_OUT|PENDING_REDRIVE|ABORTED|FAILED|RUNNING"),
    ("lambda", "LogType", "Tail|None"),
];

/// Services whose requests the embedded cloud checks by their model.
const CHECKED: [&str; 6] = ["apigatewayv2", "cloudwatchlogs", "iam", "lambda", "sfn", "sts"];

/// A model's entries in the archive: what tasks call, and what requests may be.
pub(super) fn entries(model: &Value) -> Vec<(String, String)> {
    service(model).into_iter().chain(requests(model)).collect()
}

/// The limits of what goes into a service that the embedded cloud has; nothing for any other.
fn requests(model: &Value) -> Option<(String, String)> {
    let id = model.pointer("/metadata/serviceId")?.as_str()?;
    let name = name_of(id);
    if !CHECKED.contains(&name.as_str()) {
        return None;
    }
    let mut reducer = Reducer::new(model, &name, Side::Input)?;
    let operations = model.get("operations")?.as_object()?;
    let types: BTreeMap<String, String> = operations
        .iter()
        .map(|(operation, described)| (action_name(operation), reducer.side(described, "input", Side::Input)))
        .collect();
    let lines: Vec<String> = types.iter().map(|(action, input)| format!("{action} {input} -")).collect();
    let text = format!("{id}\n{}\n\n{}", lines.join("\n"), reducer.lines.join("\n"));
    Some((requests_name(&name), text))
}

/// A service's name in Step Functions with its text; nothing for a service that is not called.
fn service(model: &Value) -> Option<(String, String)> {
    let id = model.pointer("/metadata/serviceId")?.as_str()?;
    let name = name_of(id);
    if WITHOUT_INTEGRATION.contains(&name.as_str()) {
        return None;
    }
    let mut reducer = Reducer::new(model, &name, Side::Output)?;
    // Outputs first: they are what has limits.
    let operations = model.get("operations")?.as_object()?;
    let mut types: BTreeMap<String, [String; 2]> = BTreeMap::new();
    let called = operations.iter().filter(|(operation, _)| !UNSUPPORTED.contains(&(name.as_str(), operation.as_str())));
    let called: Vec<_> = called.filter(|(_, described)| !reducer.streams(described)).collect();
    for (operation, described) in &called {
        let output = reducer.side(described, "output", Side::Output);
        types.insert(action_name(operation), [String::new(), output]);
    }
    for (operation, described) in &called {
        let input = reducer.side(described, "input", Side::Input);
        if let Some([slot, _]) = types.get_mut(&action_name(operation)) {
            *slot = input;
        }
    }
    let lines = types.iter().map(|(action, [input, output])| format!("{action} {input} {output}"));
    let operations: Vec<String> = lines.collect();
    let text = format!("{id}\n{}\n\n{}", operations.join("\n"), reducer.lines.join("\n"));
    Some((name, text))
}

/// The name that the AWS SDK for Java makes of a service's id: without the words that say nothing, in small letters.
fn name_of(id: &str) -> String {
    let id = ["Amazon ", "AWS "].iter().find_map(|word| id.strip_prefix(word)).unwrap_or(id);
    let id = id.strip_suffix(" Service").unwrap_or(id);
    id.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Where a shape is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

struct Reducer<'a> {
    service: &'a str,
    shapes: &'a Map<String, Value>,
    /// Of which side limits are kept.
    limited: Side,
    /// The lines that are written, by what they are of.
    numbers: BTreeMap<String, usize>,
    lines: Vec<String>,
}

impl<'a> Reducer<'a> {
    fn new(model: &'a Value, service: &'a str, limited: Side) -> Option<Self> {
        let shapes = model.get("shapes")?.as_object()?;
        Some(Self { service, shapes, limited, numbers: BTreeMap::new(), lines: Vec::new() })
    }

    fn shape(&self, name: &str) -> Option<&'a Map<String, Value>> {
        self.shapes.get(name)?.as_object()
    }

    /// Whether an operation sends or answers a stream of events, which no task can.
    fn streams(&self, operation: &Value) -> bool {
        ["input", "output"].iter().any(|side| {
            let name = operation.get(side).and_then(|side| side.get("shape")).and_then(Value::as_str);
            let members = name.and_then(|name| self.shape(name)).map(members).unwrap_or_default();
            members.iter().any(|(_, _, inner)| self.shape(inner).is_some_and(|shape| has(shape, "eventstream")))
        })
    }

    fn side(&mut self, operation: &Value, side: &str, used: Side) -> String {
        let name = operation.get(side).and_then(|side| side.get("shape")).and_then(Value::as_str);
        name.map_or_else(|| "-".to_owned(), |name| self.reference(name, used))
    }

    /// How a type refers to a shape.
    fn reference(&mut self, name: &str, side: Side) -> String {
        let Some(shape) = self.shape(name) else {
            return "a".to_owned();
        };
        let kind = shape.get("type").and_then(Value::as_str).unwrap_or_default();
        let is_limited = side == self.limited;
        let range = if is_limited { range(shape) } else { String::new() };
        let is_request = is_limited && side == Side::Input;
        // Nobody repeats what is secret.
        let secret = if is_request && has(shape, "sensitive") { "*" } else { "" };
        match kind {
            "structure" if has(shape, "document") => "a".to_owned(),
            "structure" => self.structure(name, shape, side),
            "list" => {
                let item = if is_request && !range.is_empty() { self.structure_name(shape) } else { String::new() };
                format!("l{range}{item}.{}", self.inner(shape, "member", side))
            }
            "map" if is_request => {
                let keys = self.inner(shape, "key", side);
                format!("m{secret}{range}{{{keys}}}.{}", self.inner(shape, "value", side))
            }
            "map" => format!("m.{}", self.inner(shape, "value", side)),
            "float" | "double" if is_request => format!("d{range}"),
            "string" if is_limited && has(shape, "enum") => self.enumeration(name, shape),
            "string" => format!("s{secret}{range}{}", self.pattern(shape, is_limited)),
            "boolean" => "b".to_owned(),
            "timestamp" => "t".to_owned(),
            "blob" => format!("B{range}"),
            _ => format!("n{range}"),
        }
    }

    /// What the structures are called that a list has.
    fn structure_name(&self, shape: &Map<String, Value>) -> String {
        let name = shape.get("member").and_then(|inner| inner.get("shape")).and_then(Value::as_str).unwrap_or_default();
        let is_structure = self.shape(name).is_some_and(|shape| shape.get("type").is_some_and(|it| it == "structure"));
        if is_structure { format!("<{name}>") } else { String::new() }
    }

    fn inner(&mut self, shape: &Map<String, Value>, part: &str, side: Side) -> String {
        let name = shape.get(part).and_then(|inner| inner.get("shape")).and_then(Value::as_str).unwrap_or_default();
        self.reference(name, side)
    }

    fn structure(&mut self, name: &str, shape: &'a Map<String, Value>, side: Side) -> String {
        // What goes in and comes out is written once, with the limits of what comes out: nobody asks for those of the other.
        if let Some(number) = self.numbers.get(name) {
            return format!("S{number}");
        }
        let number = self.reserve(name.to_owned());
        let required: Vec<&str> = shape
            .get("required")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |required| required.iter().filter_map(Value::as_str).collect());
        let written = members(shape).into_iter().map(|(member, described, inner)| {
            // What the SDK makes up when it is not given is nobody's to give.
            let made_up = described.get("idempotencyToken").is_some();
            let required = if required.contains(&member) && !made_up { "!" } else { "" };
            let mark = match self.limited == Side::Input {
                true => format!("{}{required}", place(shape, member, described)),
                false => required.to_owned(),
            };
            let seen = SEEN.iter().find(|(service, seen, _)| *service == self.service && *seen == member);
            match seen.filter(|_| side == Side::Output) {
                Some((_, _, range)) => format!("{member}{mark}:n{range}"),
                None => format!("{member}{mark}:{}", self.reference(inner, side)),
            }
        });
        let line = written.collect::<Vec<_>>().join(" ");
        self.write(number, line);
        format!("S{number}")
    }

    fn enumeration(&mut self, name: &str, shape: &Map<String, Value>) -> String {
        let values = shape
            .get("enum")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |values| values.iter().filter_map(Value::as_str).collect::<Vec<_>>());
        let seen = SEEN_ORDERS.iter().find(|(service, shape, _)| *service == self.service && *shape == name);
        // One that has changed since is in the model's order again.
        let seen = seen.map(|(_, _, seen)| *seen).filter(|seen| {
            seen.split('|').count() == values.len() && seen.split('|').all(|value| values.contains(&value))
        });
        let written = seen.map_or_else(|| values.join("|"), str::to_owned);
        format!("e{}", self.line(format!("e {name}"), written))
    }

    fn pattern(&mut self, shape: &Map<String, Value>, is_limited: bool) -> String {
        let pattern = shape.get("pattern").and_then(Value::as_str).filter(|pattern| !pattern.contains('\n'));
        match pattern.filter(|pattern| is_limited && limits(pattern)) {
            Some(pattern) => format!("~{}", self.line(format!("~ {pattern}"), pattern.to_owned())),
            None => String::new(),
        }
    }

    fn line(&mut self, key: String, line: String) -> usize {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.reserve(key);
        self.write(number, line);
        number
    }

    /// A line's number, before what is in it is known: a structure may contain itself.
    fn reserve(&mut self, key: String) -> usize {
        let number = self.lines.len();
        self.lines.push(String::new());
        self.numbers.insert(key, number);
        number
    }

    fn write(&mut self, number: usize, line: String) {
        if let Some(slot) = self.lines.get_mut(number) {
            *slot = line;
        }
    }
}

fn has(shape: &Map<String, Value>, mark: &str) -> bool {
    shape.get(mark).is_some_and(|value| value != &Value::Bool(false))
}

/// The members of a structure: name, description, name of the shape.
fn members(shape: &Map<String, Value>) -> Vec<(&str, &Value, &str)> {
    let members = shape.get("members").and_then(Value::as_object);
    let members = members
        .into_iter()
        .flatten()
        .filter_map(|(name, described)| Some((name.as_str(), described, described.get("shape")?.as_str()?)));
    members.collect()
}

/// Where a request has a member, unless that is a member of the body with the same name.
fn place(shape: &Map<String, Value>, member: &str, described: &Value) -> String {
    let text = |name: &str| described.get(name).and_then(Value::as_str);
    let name = text("locationName").filter(|name| *name != member).unwrap_or_default();
    let is_payload = shape.get("payload").and_then(Value::as_str) == Some(member);
    match text("location") {
        // Paths are written with the members' own names.
        Some("uri") => "@u".to_owned(),
        Some("querystring") => format!("@q{name}"),
        Some("header" | "headers") => format!("@h{name}"),
        _ if is_payload => "@p".to_owned(),
        _ if name.is_empty() => String::new(),
        _ => format!("@b{name}"),
    }
}

fn range(shape: &Map<String, Value>) -> String {
    let end = |name: &str| shape.get(name).map(Value::to_string).unwrap_or_default();
    match (end("min"), end("max")) {
        (least, most) if least.is_empty() && most.is_empty() => String::new(),
        (least, most) => format!("({least},{most})"),
    }
}

/// Whether a pattern refuses anything.
fn limits(pattern: &str) -> bool {
    !matches!(pattern, ".*" | ".+" | "^.*$" | "^.+$" | "[\\s\\S]*" | "^[\\s\\S]*$" | "(?s).*" | "(?s).+" | "[\\S\\s]*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn services_are_called_as_in_the_sdk_for_java() {
        for (id, name) in [
            ("CloudWatch Logs", "cloudwatchlogs"),
            ("SFN", "sfn"),
            ("Database Migration Service", "databasemigration"),
            ("Lex Runtime Service", "lexruntime"),
            ("Directory Service Data", "directoryservicedata"),
            ("ACM PCA", "acmpca"),
        ] {
            assert_eq!(name_of(id), name);
        }
    }

    #[test]
    fn a_model_becomes_a_few_lines() {
        let model = json!({
            "metadata": {"serviceId": "Lambda"},
            "operations": {
                "GetThing": {"input": {"shape": "In"}, "output": {"shape": "Out"}},
                "Watch": {"output": {"shape": "Watched"}},
                "InvokeAsync": {"input": {"shape": "In"}},
            },
            "shapes": {
                "In": {"type": "structure", "required": ["Id", "Token"], "members": {
                    "Id": {"shape": "Id"}, "Token": {"shape": "Id", "idempotencyToken": true}}},
                "Id": {"type": "string", "min": 1, "max": 9, "pattern": "[a-z]+"},
                "Out": {"type": "structure", "members": {
                    "MemorySize": {"shape": "Size"}, "Inner": {"shape": "Out"}, "Kind": {"shape": "Kind"}, "Ids": {"shape": "Ids"}}},
                "Size": {"type": "integer", "min": 128, "max": 32768},
                "Kind": {"type": "string", "enum": ["A", "B"]},
                "Ids": {"type": "list", "max": 3, "member": {"shape": "Id"}},
                "Watched": {"type": "structure", "members": {"Events": {"shape": "Stream"}}},
                "Stream": {"type": "structure", "eventstream": true, "members": {}},
            },
        });
        let (name, text) = service(&model).unwrap();
        assert_eq!(name, "lambda");
        let expected = "Lambda\ngetThing S3 S0\n\nMemorySize:n(128,10240) Inner:S0 Kind:e1 Ids:l(,3).s(1,9)~2\nA|B\n[a-z]+\nId!:s Token:s";
        assert_eq!(text, expected);
    }

    #[test]
    fn requests_have_places_keys_and_limits() {
        let model = json!({
            "metadata": {"serviceId": "Lambda"},
            "operations": {"Invoke": {"input": {"shape": "In"}, "output": {"shape": "Out"}}},
            "shapes": {
                "In": {"type": "structure", "required": ["Name"], "payload": "Event", "members": {
                    "Name": {"shape": "Name", "location": "uri", "locationName": "name"},
                    "Type": {"shape": "Name", "location": "header", "locationName": "X-Type"},
                    "Marker": {"shape": "Name", "location": "querystring", "locationName": "Marker"},
                    "Event": {"shape": "Bytes"},
                    "Tags": {"shape": "Tags", "locationName": "tags"}, "Things": {"shape": "Things"}}},
                "Things": {"type": "list", "max": 2, "member": {"shape": "Thing"}},
                "Thing": {"type": "structure", "members": {}},
                "Out": {"type": "structure", "members": {}},
                "Name": {"type": "string", "min": 1},
                "Bytes": {"type": "blob", "sensitive": true},
                "Weight": {"type": "double", "max": 1.0},
                "Tags": {"type": "map", "max": 9, "sensitive": true, "key": {"shape": "Name"}, "value": {"shape": "Weight"}},
            },
        });
        let (name, text) = requests(&model).unwrap();
        assert_eq!(name, "requests:lambda");
        let members = "Name@u!:s(1,) Type@hX-Type:s(1,) Marker@q:s(1,) Event@p:B Tags@btags:m*(,9){s(1,)}.d(,1.0) \
                       Things:l(,2)<Thing>.S1";
        assert_eq!(text, format!("Lambda\ninvoke S0 -\n\n{members}\n"));
    }
}

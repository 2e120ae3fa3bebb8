//! Requests against the API's model: what every operation is checked for before it is looked at.

use api_models::{Element, Input, MemberRules, Place, Violation, Written, action_name, refusal, requests};
use serde_json::{Map, Value};

use crate::error::ServiceError;
use crate::wire::{Form, Protocol, Request};

/// How a service answers a request that its API model refuses.
#[derive(Debug, Clone, Copy)]
pub struct RequestModel {
    name: &'static str,
    code: &'static str,
    wrong_type_code: &'static str,
    repeats_values: bool,
    otherwise: &'static [Otherwise],
}

/// A constraint of the model that a service was seen to put otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Otherwise {
    /// Which member breaks it, as it is named in AWS's texts; any where it is empty.
    member: &'static str,
    /// AWS's usual words for it; any where they are empty.
    constraint: &'static str,
    /// What is said instead, with `{member}`; nothing when the operation itself looks at it.
    text: Option<&'static str>,
}

impl Otherwise {
    /// A text in place of the usual one. An empty member is any, and so is an empty constraint.
    #[must_use]
    pub const fn said(member: &'static str, constraint: &'static str, text: &'static str) -> Self {
        Self { member, constraint, text: Some(text) }
    }

    /// The operation itself looks at the member.
    #[must_use]
    pub const fn left(member: &'static str) -> Self {
        Self { member, constraint: "", text: None }
    }

    fn is_of(&self, violation: &Violation) -> bool {
        (self.member.is_empty() || self.member == violation.at())
            && (self.constraint.is_empty() || self.constraint == violation.constraint())
    }
}

impl RequestModel {
    /// The model of this name, and the code of an error about a constraint.
    #[must_use]
    pub const fn new(name: &'static str, code: &'static str) -> Self {
        Self { name, code, wrong_type_code: "SerializationException", repeats_values: true, otherwise: &[] }
    }

    /// With the code of an error about a value of another type.
    #[must_use]
    pub const fn with_wrong_type(mut self, code: &'static str) -> Self {
        self.wrong_type_code = code;
        self
    }

    /// Its errors do not repeat what was given.
    #[must_use]
    pub const fn without_values(mut self) -> Self {
        self.repeats_values = false;
        self
    }

    /// With the constraints that it puts otherwise.
    #[must_use]
    pub const fn except(mut self, otherwise: &'static [Otherwise]) -> Self {
        self.otherwise = otherwise;
        self
    }

    /// Its code for a constraint, and what is put otherwise of this member and this constraint.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn told(&self, member: &str, constraint: &str) -> Told {
        let is_of = |it: &&Otherwise| {
            (it.member.is_empty() || it.member == member) && (it.constraint.is_empty() || it.constraint == constraint)
        };
        match self.otherwise.iter().find(is_of) {
            None => Told::Usual,
            Some(Otherwise { text: Some(text), .. }) => Told::Text(text.replace("{member}", member)),
            Some(Otherwise { text: None, .. }) => Told::Elsewhere,
        }
    }

    /// What goes into an operation; none when it takes nothing.
    pub(crate) fn input(&self, operation: &str) -> Option<Input<'static>> {
        requests(self.name)?.operation(&action_name(operation))?.request()
    }

    /// The same as the model has it.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn structure(&self, operation: &str) -> Option<api_models::Structure<'static>> {
        match requests(self.name)?.operation(&action_name(operation))?.input()?.kind {
            api_models::Kind::Structure(structure) => Some(structure),
            _ => None,
        }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// Refuses a request that breaks a constraint of the API's model. One whose body can't be read is refused where it is read.
    pub(super) fn check(&self, protocol: Protocol, operation: &str, request: &Request) -> Result<(), ServiceError> {
        let Some(input) = self.input(operation) else { return Ok(()) };
        let Some(given) = Given::read(&input, protocol, request) else { return Ok(()) };
        if let Some(problem) = input.wrong_type(&given.members) {
            return Err(ServiceError::bad_request(self.wrong_type_code, problem));
        }
        let violations = input.violations(&given.members, |member| given.is_open(member));
        if violations.is_empty() {
            return Ok(());
        }
        let (otherwise, usual): (Vec<_>, Vec<_>) = violations
            .into_iter()
            .map(|violation| (self.otherwise.iter().find(|it| it.is_of(&violation)), violation))
            .partition(|(otherwise, _)| otherwise.is_some());
        let usual: Vec<Violation> = usual.into_iter().map(|(_, violation)| violation).collect();
        let text = refusal(&usual, self.repeats_values).or_else(|| {
            otherwise.iter().find_map(|(otherwise, violation)| {
                otherwise.and_then(|it| it.text).map(|text| text.replace("{member}", violation.at()))
            })
        });
        text.map_or(Ok(()), |text| Err(ServiceError::bad_request(self.code, text)))
    }
}

/// How a broken constraint is told.
#[cfg(any(test, feature = "testing"))]
pub(crate) enum Told {
    Usual,
    Text(String),
    /// By the operation itself.
    Elsewhere,
}

/// The members of a request that are still to be looked at.
struct Given {
    members: Map<String, Value>,
    /// Whether those of the body are among them; else they hold already.
    has_body: bool,
}

impl Given {
    /// Nothing when all of it holds, or its body can't be read.
    fn read(input: &Input<'static>, protocol: Protocol, request: &Request) -> Option<Self> {
        match protocol {
            Protocol::Query(_) | Protocol::Ec2 => {
                Some(Self { members: of_form(input, &Form::of(request), ""), has_body: true })
            }
            Protocol::Json10 | Protocol::Json11 => {
                let members = body_to_look_at(input, request)?;
                Some(Self { members: members.ok()?, has_body: true })
            }
            Protocol::Rest | Protocol::LambdaRest | Protocol::RestXml => {
                let mut members = outside_body(input, request);
                let body = if input.has_json_body() { body_to_look_at(input, request) } else { None };
                let has_body = body.is_some();
                if let Some(body) = body {
                    members.extend(body.ok()?);
                }
                Some(Self { members, has_body })
            }
        }
    }

    fn is_open(&self, member: &MemberRules) -> bool {
        match member.place() {
            Place::Body => self.has_body,
            Place::Path | Place::Query | Place::Header => true,
            Place::Payload => false,
        }
    }
}

/// A body that can't be read.
struct Unreadable;

/// The members of a JSON body, unless they all hold.
fn body_to_look_at(input: &Input<'_>, request: &Request) -> Option<Result<Map<String, Value>, Unreadable>> {
    let body: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    if input.fits(body) {
        return None;
    }
    Some(serde_json::from_slice(body).map_err(|_| Unreadable))
}

/// What the path, the query and the headers have.
fn outside_body(input: &Input<'_>, request: &Request) -> Map<String, Value> {
    let mut members = Map::new();
    for member in input.members() {
        let value = match member.place() {
            Place::Path => request.labels.iter().find(|(name, _)| *name == member.name()).map(|(_, text)| text.clone()),
            Place::Header => request.header(member.wire()).map(str::to_owned),
            Place::Query => request.query_value(member.wire()),
            Place::Body | Place::Payload => None,
        };
        let value = match input.written(member) {
            Written::List(_) if member.place() == Place::Query => {
                let all = request.query().into_iter().filter(|(name, _)| name == member.wire());
                value.map(|_| all.map(|(_, value)| Value::from(value)).collect())
            }
            written => value.map(|text| scalar(written, &text)),
        };
        members.extend(value.map(|value| (member.wire().to_owned(), value)));
    }
    members
}

/// A text as the value that it stands for; one that stands for none stays a text.
fn scalar(written: Written<'_>, text: &str) -> Value {
    let value = match written {
        Written::Number => text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from)).ok(),
        Written::Boolean => text.parse::<bool>().map(Value::from).ok(),
        _ => None,
    };
    value.filter(|value| !value.is_null()).unwrap_or_else(|| Value::from(text))
}

/// What a form has of a structure whose members' names begin so.
fn of_form(input: &Input<'_>, form: &Form, prefix: &str) -> Map<String, Value> {
    let member = |member: &MemberRules| {
        let value = value_of_form(form, &format!("{prefix}{}", member.wire()), input.written(member))?;
        Some((member.wire().to_owned(), value))
    };
    input.members().filter_map(member).collect()
}

fn value_of_form(form: &Form, name: &str, written: Written<'_>) -> Option<Value> {
    let is_below = form.has_below(name);
    let items = |element: Element<'_>, part: &str| {
        let at = |index: usize| value_of_form(form, &format!("{name}.{part}.{index}"), element.written());
        (1..).map_while(at).collect::<Vec<Value>>()
    };
    match written {
        Written::Structure(input) if is_below => Some(Value::Object(of_form(&input, form, &format!("{name}.")))),
        Written::List(element) if is_below => Some(Value::Array(items(element, "member"))),
        Written::Map(element) if is_below => {
            let entry = |index: usize| {
                let key = form.get(&format!("{name}.entry.{index}.key"))?.to_owned();
                let value = value_of_form(form, &format!("{name}.entry.{index}.value"), element.written());
                Some((key, value.unwrap_or_default()))
            };
            Some(Value::Object((1..).map_while(entry).collect()))
        }
        // An empty list is written so.
        Written::List(_) => form.get(name).map(|_| Value::Array(Vec::new())),
        Written::Structure(_) | Written::Map(_) => None,
        written => form.get(name).map(|text| scalar(written, text)),
    }
}

#[cfg(test)]
mod tests {
    use hyper::Method;
    use jiff::Timestamp;

    use super::*;
    use crate::location::Location;

    fn request(body: &str) -> Request {
        let request = Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "x");
        request.with_path(Method::POST, "/", "", body.to_owned())
    }

    fn told(outcome: Result<(), ServiceError>) -> String {
        outcome.map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn a_form_is_read_by_the_model() {
        const IAM: RequestModel =
            RequestModel::new("iam", "ValidationError").with_wrong_type("MalformedInput").without_values().except(&[
                Otherwise::said("", "Member must satisfy regular expression pattern: [\\w+=,.@-]+", "{member}?"),
            ]);
        let told = |body: &str| told(IAM.check(Protocol::Query("n"), "TagRole", &request(body)));
        assert_eq!(told("Action=TagRole&RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value="), "");
        assert_eq!(told("Action=TagRole&RoleName=r&Tags="), "", "an empty list is one");
        insta::assert_snapshot!(told("Action=TagRole&Tags="), @"ValidationError: 1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must not be null");
        insta::assert_snapshot!(told("Action=TagRole&RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=&Tags.member.2.Key=b"), @"ValidationError: 1 validation error detected: Value at 'tags.2.member.value' failed to satisfy constraint: Member must not be null");
        assert_eq!(told("Action=TagRole&RoleName=a%2Fb&Tags="), "ValidationError: roleName?");
        let list = |items: &str| told_list(&IAM, items);
        assert_eq!(list("7"), "");
        assert_eq!(list("x"), "MalformedInput: STRING_VALUE can not be converted to an Integer");
        assert!(list("1001").ends_with(
            "at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"
        ));
    }

    fn told_list(iam: &RequestModel, items: &str) -> String {
        told(iam.check(Protocol::Query("n"), "ListRoles", &request(&format!("Action=ListRoles&MaxItems={items}"))))
    }

    #[test]
    fn path_query_headers_and_body_are_looked_at_together() {
        const LAMBDA: RequestModel =
            RequestModel::new("lambda", "ValidationException").except(&[Otherwise::left("logType")]);
        let mut asked = request("{\"Description\":7}");
        asked.labels = vec![("FunctionName", "a b".to_owned())];
        let check = |operation: &str, request: &Request| told(LAMBDA.check(Protocol::LambdaRest, operation, request));
        assert_eq!(
            check("UpdateFunctionConfiguration", &asked),
            "SerializationException: NUMBER_VALUE can not be converted to a String"
        );
        asked.body = "{\"Timeout\":0}".into();
        let both = check("UpdateFunctionConfiguration", &asked);
        assert!(
            both.starts_with("ValidationException: 2 validation errors detected: Value 'a b' at 'functionName'"),
            "{both}"
        );
        asked.body = "{".into();
        assert_eq!(check("UpdateFunctionConfiguration", &asked), "", "who reads it refuses it");
        let mut invoke = request("no JSON is looked at").with_header("x-amz-log-type", "All");
        invoke.labels = vec![("FunctionName", "f".to_owned())];
        assert_eq!(check("Invoke", &invoke), "");
        let invoke = invoke.with_header("x-amz-invocation-type", "Never");
        assert!(check("Invoke", &invoke).contains("'Never' at 'invocationType'"));
        let mut list = request("").with_path(Method::GET, "/", "MaxItems=0&Marker=m", "");
        list.labels = vec![("FunctionName", "f".to_owned())];
        assert!(check("ListAliases", &list).ends_with("Member must have value greater than or equal to 1"));
    }
}

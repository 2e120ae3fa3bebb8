//! The condition keys of a request: what policies can ask for beside action and resource ([keys]).
//!
//! [keys]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

use policy::Context;
use serde_json::Value;

use super::{Asked, OperationInfo};
use crate::wire::{Form, Protocol, Request};

impl OperationInfo {
    /// The condition keys of a request, for one of the things that it has to be allowed. Who asks is not among them.
    #[must_use]
    pub fn context(&self, asked: &Asked, resource_tags: &[(String, String)], request: &Request) -> Context {
        let mut context = request.condition_keys();
        for (key, value) in resource_tags {
            context = context.with(&format!("aws:ResourceTag/{key}"), value.as_str());
            if asked.action.starts_with("iam:") {
                context = context.with(&format!("iam:ResourceTag/{key}"), value.as_str());
            }
        }
        let tags = request_tags(request);
        for (key, value) in &tags {
            context = context.with(&format!("aws:RequestTag/{key}"), value.as_str());
        }
        let keys = tags.into_iter().map(|(key, _)| key).chain(removed_tags(request));
        context = context.with_all("aws:TagKeys", keys);
        if let Some(service) = asked.passed_to {
            context = context.with("iam:PassedToService", service);
        }
        for (key, member) in self.keys {
            if let Some(value) = request.member(member) {
                context = context.with(key, value);
            }
        }
        match machine_qualifier(request) {
            Some(qualifier) if asked.action.starts_with("states:") => {
                context.with("states:StateMachineQualifier", qualifier)
            }
            _ => context,
        }
    }
}

impl Request {
    /// The condition keys that every request has, whatever it is for.
    #[must_use]
    pub fn condition_keys(&self) -> Context {
        let context = Context::default()
            .with("aws:SourceIp", self.source.ip().to_string())
            .with("aws:RequestedRegion", self.location().region())
            .with("aws:CurrentTime", self.received_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .with("aws:EpochTime", self.received_at.as_second().to_string())
            // As a client of AWS would: what never leaves the machine is not to be read on the way either.
            .with("aws:SecureTransport", "true")
            // No service hands a call on in its caller's name here: those that call others have a role for it.
            .with("aws:ViaAWSService", "false");
        let headers = [("aws:UserAgent", "user-agent"), ("aws:Referer", "referer")];
        headers.into_iter().fold(context, |context, (key, header)| match self.header(header) {
            Some(value) => context.with(key, value),
            None => context,
        })
    }
}

/// The tags that a request sets: a map or a list of keys and values, as the services write them.
fn request_tags(request: &Request) -> Vec<(String, String)> {
    if request.is_form() {
        return Form::of(request).tags("Tags");
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let tag = |tag: &Value| {
        let member = |lower: &str, upper: &str| text(tag.get(lower).or_else(|| tag.get(upper)).unwrap_or(&Value::Null));
        (member("key", "Key"), member("value", "Value"))
    };
    // Lambda alone writes it so. The other name is none of its members: it must not say what the tags are.
    let member = match request.protocol {
        Some(Protocol::LambdaRest) => request.json_member("Tags"),
        Some(_) => request.json_member("tags"),
        None => request.json_member("tags").or_else(|| request.json_member("Tags")),
    };
    match member {
        Some(Value::Object(tags)) => tags.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        Some(Value::Array(tags)) => tags.iter().filter(|tag| tag.is_object()).map(tag).collect(),
        _ => Vec::new(),
    }
}

/// The keys of the tags that a request removes.
fn removed_tags(request: &Request) -> Vec<String> {
    let in_query = request.query().into_iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key);
    // A list of texts under `tags` is one of keys: UntagLogGroup's.
    let in_body = ["tagKeys", "tags"].into_iter().filter_map(|name| request.json_member(name));
    let in_body = in_body.flat_map(|member| match member {
        Value::Array(keys) => keys.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    });
    let in_form = if request.is_form() { Form::of(request).texts("TagKeys") } else { Vec::new() };
    in_query.chain(in_body).chain(in_form).collect()
}

/// The version or alias of the state machine that a request names.
fn machine_qualifier(request: &Request) -> Option<String> {
    let arn = request.member("stateMachineArn")?;
    let (_, rest) = arn.split_once(":stateMachine:")?;
    rest.split_once(':').map(|(_, qualifier)| qualifier.to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::location::Location;

    #[test]
    fn tags_are_read_as_each_service_writes_them() {
        let blank = || Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "x");
        let json = |body: &str| request_tags(&blank().with_target("X", "Y", body.to_owned()));
        let expected = [("a".to_owned(), "b".to_owned())];
        assert_eq!(json(r#"{"tags":[{"key":"a","value":"b"}]}"#), expected);
        assert_eq!(json(r#"{"Tags":{"a":"b"}}"#), expected);
        let form = |body: &str| blank().with_path(hyper::Method::POST, "/", "", body.to_owned());
        assert_eq!(request_tags(&form("Action=TagRole&Tags.member.1.Key=a&Tags.member.1.Value=b")), expected);
        assert_eq!(removed_tags(&form("Action=UntagRole&TagKeys.member.1=a")), ["a"]);
        assert_eq!(removed_tags(&blank().with_target("X", "Y", r#"{"tagKeys":["a"]}"#)), ["a"]);
        let query = blank().with_path(hyper::Method::DELETE, "/tags/x", "tagKeys=a&tagKeys=b", "");
        assert_eq!(removed_tags(&query), ["a", "b"]);
        assert_eq!(removed_tags(&blank().with_target("X", "Y", r#"{"tags":["a"]}"#)), ["a"]);
        assert_eq!(request_tags(&blank().with_target("X", "Y", r#"{"tags":["a"]}"#)), []);
    }

    #[test]
    fn a_member_that_the_service_does_not_read_says_nothing_of_tags() {
        let blank = || Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "x");
        let tags = |protocol| {
            let request = blank().with_target("X", "Y", r#"{"tags":{"a":"small"},"Tags":{"a":"large"}}"#);
            request_tags(&Request { protocol: Some(protocol), ..request })
        };
        assert_eq!(tags(Protocol::LambdaRest), [("a".to_owned(), "large".to_owned())]);
        assert_eq!(tags(Protocol::Json11), [("a".to_owned(), "small".to_owned())]);
    }
}

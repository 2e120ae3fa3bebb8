//! A caller who may not do everything: what its policy does not allow is refused in AWS's own words.

use policy::{Context, Decision, Document, Request as Question, decide};

use crate::fault::Service;
use crate::needs::{self, Need};
use crate::wire::{self, Request};

/// Who calls, and what they may do.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account's id.
    pub account: String,
    /// The policies attached to the caller.
    pub policies: Vec<Document>,
}

/// What the caller may not do.
pub(crate) struct Refusal {
    pub(crate) need: Need,
    /// Whether nothing is answered; otherwise what was refused is left out of the answer.
    pub(crate) is_whole: bool,
    user: String,
}

impl Caller {
    /// Whether something is allowed.
    pub fn may(&self, need: &Need) -> bool {
        let user = self.user();
        let mut context = Context::default();
        if let Some(service) = need.passed_to {
            context = context.with("iam:PassedToService", service);
        }
        let question = Question::new(policy::Caller::Aws(&user), &need.action, &need.resource).with_context(context);
        decide(&self.policies, &question) == Decision::Allowed
    }

    fn user(&self) -> String {
        format!("arn:aws:iam::{}:user/deployer", self.account)
    }

    /// The first thing that a request needs and its caller may not do.
    pub(crate) fn refusal(&self, request: &Request) -> Option<Refusal> {
        let need = needs::of(request, &self.account).into_iter().find(|need| !self.may(need))?;
        let is_whole = need.action != "lambda:ListTags";
        Some(Refusal { need, is_whole, user: self.user() })
    }
}

impl Refusal {
    /// AWS's sentence. IAM names most roles by kind and name.
    fn message(&self) -> String {
        let Need { action, resource, .. } = &self.need;
        let by_name = action.starts_with("iam:") && !["iam:CreateRole", "iam:PassRole"].contains(&action.as_str());
        let role = resource.rsplit_once('/').map(|(_, name)| name).filter(|name| by_name && !name.is_empty());
        let resource = role.map_or_else(|| resource.clone(), |name| format!("role {name}"));
        format!(
            "User: {} is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows \
             the {action} action",
            self.user
        )
    }

    /// The refusal, in the service's own form.
    pub(crate) fn answer(&self, service: Service) -> Vec<u8> {
        let message = serde_json::Value::from(self.message());
        let (status, kind, body) = match service {
            Service::Iam => (
                403,
                "text/xml",
                format!(
                    "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
                     <Code>AccessDenied</Code><Message>{}</Message></Error><RequestId>0</RequestId></ErrorResponse>",
                    self.message()
                ),
            ),
            Service::StepFunctions | Service::Logs => (
                400,
                "application/x-amz-json-1.1",
                format!(r#"{{"__type":"com.amazon.coral.service#AccessDeniedException","Message":{message}}}"#),
            ),
            Service::Lambda | Service::ApiGateway => (403, "application/json", format!(r#"{{"Message":{message}}}"#)),
        };
        let code = if service == Service::Iam { "AccessDenied" } else { "AccessDeniedException" };
        let more = format!("content-type: {kind}\r\nx-amzn-errortype: {code}\r\n");
        wire::response(&format!("{status} Refused"), &more, body.as_bytes())
    }

    /// GetFunction's answer to somebody who may not list the function's tags: everything but those, and why.
    pub(crate) fn partial(&self, answer: &[u8]) -> Vec<u8> {
        let Some(body) = wire::body(answer).filter(|_| wire::status(answer) == Some(200)) else {
            return answer.to_vec();
        };
        let Ok(mut told) = serde_json::from_slice::<serde_json::Value>(body) else { return answer.to_vec() };
        if let Some(members) = told.as_object_mut() {
            members.remove("Tags");
            let error = serde_json::json!({ "ErrorCode": "AccessDeniedException", "Message": self.message() });
            members.insert("TagsError".to_owned(), error);
        }
        wire::response("200 OK", "content-type: application/json\r\n", told.to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(policy: &str) -> Caller {
        Caller { account: "1".to_owned(), policies: vec![Document::read(policy).unwrap()] }
    }

    fn request(head: &str) -> Request {
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/lambda/aws4_request";
        Request { head: format!("{head} HTTP/1.1\r\n{signed}\r\n\r\n"), body: Vec::new() }
    }

    #[test]
    fn what_is_not_allowed_is_refused_in_awss_words() {
        let caller = caller(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"lambda:GetFunction","Resource":"*"}}"#,
        );
        let deleted = caller.refusal(&request("DELETE /2015-03-31/functions/f")).unwrap();
        let answer = String::from_utf8(deleted.answer(Service::Lambda)).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.contains("not authorized to perform: lambda:DeleteFunction on resource: arn:aws:lambda:eu-west-1:1:function:f because"), "{answer}");
        let read = caller.refusal(&request("GET /2015-03-31/functions/f")).unwrap();
        assert!(!read.is_whole);
        let partial = read.partial(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{\"Tags\":{\"a\":\"b\"},\"Code\":{}}");
        let partial = String::from_utf8(partial).unwrap();
        assert!(
            !partial.contains("\"Tags\"") && partial.contains("TagsError") && partial.contains("Code"),
            "{partial}"
        );
    }
}

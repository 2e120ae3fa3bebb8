//! AWS's wire protocols: how an error looks in each.

use serde_json::{Map, Value};

use super::{Response, Xml, escape};
use crate::error::ServiceError;

/// How a service talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// awsJson1.0: Step Functions.
    Json10,
    /// awsJson1.1: CloudWatch Logs.
    Json11,
    /// restJson1: API Gateway v2.
    Rest,
    /// restJson1 with Lambda's own error members, `Type` and `Message` or `message`.
    LambdaRest,
    /// awsQuery: IAM and STS, with the namespace of their XML.
    Query(&'static str),
    /// ec2Query, in which a refusal is told.
    Ec2,
    /// restXml, in which a refusal is told: S3 and its like.
    RestXml,
}

impl Protocol {
    /// An error in this protocol's shape.
    pub fn error(self, error: &ServiceError, request_id: &str) -> Response {
        match self {
            Self::Json10 => json(error, "application/x-amz-json-1.0"),
            Self::Json11 => json(error, "application/x-amz-json-1.1"),
            Self::Rest => rest(error, "message", None),
            Self::LambdaRest => {
                rest(error, lambda_member(&error.code), Some(if error.status < 500 { "User" } else { "Service" }))
            }
            Self::Query(namespace) => query(error, namespace, request_id),
            Self::Ec2 => xml(
                error,
                &format!(
                    "<Response><Errors><Error>{}</Error></Errors><RequestID>{}</RequestID></Response>",
                    code_and_message(error),
                    escape(request_id)
                ),
            ),
            Self::RestXml => xml(
                error,
                &format!("<Error>{}<RequestId>{}</RequestId></Error>", code_and_message(error), escape(request_id)),
            ),
        }
    }
}

fn json(error: &ServiceError, content_type: &str) -> Response {
    let mut body = Map::new();
    body.insert("__type".to_owned(), Value::from(error.code.clone()));
    body.insert("message".to_owned(), Value::from(error.message.clone()));
    body.extend(error.extra.clone());
    Response::new(error.status, content_type, Value::Object(body).to_string())
}

/// How the member with the text is written in an error of Lambda (API model of Lambda, shape by shape).
fn lambda_member(code: &str) -> &'static str {
    match code {
        "CodeStorageExceededException"
        | "InvalidParameterValueException"
        | "InvalidRequestContentException"
        | "PolicyLengthExceededException"
        | "PreconditionFailedException"
        | "ProvisionedConcurrencyConfigNotFoundException"
        | "RequestTooLargeException"
        | "ResourceConflictException"
        | "TooManyRequestsException"
        | "UnsupportedMediaTypeException"
        | "ValidationException" => "message",
        _ => "Message",
    }
}

fn rest(error: &ServiceError, message_member: &str, fault: Option<&str>) -> Response {
    let mut body = Map::new();
    if let Some(fault) = fault {
        body.insert("Type".to_owned(), Value::from(fault));
    }
    body.insert(message_member.to_owned(), Value::from(error.message.clone()));
    body.extend(error.extra.clone());
    Response::new(error.status, "application/json", Value::Object(body).to_string())
        .with_header("x-amzn-ErrorType", error.code.clone())
}

/// The answer to a query operation; one without an output has no result element.
pub fn query_answer(action: &str, namespace: &str, result: Option<Xml>, request_id: &str) -> Response {
    let result = match result {
        Some(xml) => Xml::new().nest(&format!("{action}Result"), xml),
        None => Xml::new(),
    };
    let metadata = Xml::new().nest("ResponseMetadata", Xml::new().text("RequestId", request_id));
    let result = result.as_str();
    let metadata = metadata.as_str();
    let body = format!("<{action}Response xmlns=\"{namespace}\">{result}{metadata}</{action}Response>\n");
    Response::new(200, "text/xml", body)
}

fn code_and_message(error: &ServiceError) -> String {
    format!("<Code>{}</Code><Message>{}</Message>", escape(&error.code), escape(&error.message))
}

fn xml(error: &ServiceError, body: &str) -> Response {
    Response::new(error.status, "text/xml", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}\n"))
}

fn query(error: &ServiceError, namespace: &str, request_id: &str) -> Response {
    let fault = if error.status < 500 { "Sender" } else { "Receiver" };
    let code = escape(&error.code);
    let message = escape(&error.message);
    let body = format!(
        "<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n    <Type>{fault}</Type>\n    <Code>{code}</Code>\n    \
         <Message>{message}</Message>\n  </Error>\n  <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n"
    );
    Response::new(error.status, "text/xml", body)
}

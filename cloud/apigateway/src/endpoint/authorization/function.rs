//! `CUSTOM`: a function decides who may call a route.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html>

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Document, Response};
use jiff::SignedDuration;
use policy::{Caller, Decision, Request, decide};
use serde_json::{Map, Value, json};

use super::signer::ACTION;
use crate::authorizers::{Verdict, VerdictKey};
use crate::endpoint::authorized::Authorized;
use crate::endpoint::event::{Call, v1};
use crate::endpoint::invocation::{self, Caller as Invoking};
use crate::endpoint::mapped;
use crate::endpoint::plain_answer::{failed, forbidden, unauthorized};
use crate::model::{Authorizer, PayloadFormat, identity_source};
use crate::service::Apis;

/// How long the function may take ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)).
const LIMIT: Duration = Duration::from_secs(10);

/// What a function throws to have 401 answered, as with REST APIs. (That HTTP APIs heed it is a guess.)
const UNAUTHORIZED: &str = "Unauthorized";

/// Decides: without what identifies the caller nobody is asked; else what the function answered lately holds, or it is asked.
///
/// # Errors
/// 401, 403, or 500 where the function gave no answer.
pub(super) async fn authorize(apis: &Apis, call: &Call<'_>, authorizer: &Authorizer) -> Result<Authorized, Response> {
    let Some(identity) = identity(call, authorizer) else {
        return Err(unauthorized());
    };
    let key = VerdictKey::new(&call.api.facts.api_id, &call.stage.stage_name, &authorizer.authorizer_id, &identity);
    let ttl_s = authorizer.authorizer_result_ttl_in_seconds.unwrap_or(0);
    let now = apis.clock.now();
    if let Some(known) = apis.verdicts.get(&key, now).filter(|_| ttl_s > 0) {
        return judge(call, &known);
    }
    let verdict = ask(apis, call, authorizer, &identity).await?;
    if ttl_s > 0 {
        let until = apis.clock.now() + SignedDuration::from_secs(ttl_s.into());
        apis.verdicts.keep(key, verdict.clone(), until, now);
    }
    judge(call, &verdict)
}

/// The values that identify the caller; none where one of them is absent or empty.
fn identity(call: &Call<'_>, authorizer: &Authorizer) -> Option<Vec<String>> {
    let values = authorizer.identity_source.iter().map(|source| {
        let value = mapped::value(call, &identity_source(source)?)?;
        Some(value).filter(|value| !value.is_empty())
    });
    values.collect()
}

async fn ask(apis: &Apis, call: &Call<'_>, authorizer: &Authorizer, identity: &[String]) -> Result<Verdict, Response> {
    let api = call.api;
    let fail = |why: &str| failed(api, call.request, &format!("authorizer {}: {why}", authorizer.name));
    let source = format!("{}/authorizers/{}", api.facts.api_id, authorizer.authorizer_id);
    let source_arn = api.location().arn("execute-api", &source);
    let invoking = Invoking { source_arn: &source_arn, role: authorizer.authorizer_credentials_arn.as_deref() };
    let format = authorizer.payload_format();
    let payload = Bytes::from(event(call, authorizer, identity).to_string());
    let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
    let invoked = invocation::invoke(apis, call, uri, &invoking, payload, LIMIT).await;
    let invocation = invoked.map_err(|why| fail(&why.to_string()))?;
    if invocation.function_error.is_some() {
        let error: Value = serde_json::from_slice(&invocation.payload).unwrap_or_default();
        if error["errorMessage"] == UNAUTHORIZED {
            return Err(unauthorized());
        }
        return Err(fail("the function failed"));
    }
    read(&invocation.payload, format, authorizer.has_simple_answers()).map_err(|why| fail(&why))
}

/// What the function gets: the request without its body, and what identifies the caller.
fn event(call: &Call<'_>, authorizer: &Authorizer, identity: &[String]) -> Value {
    let mut event = match authorizer.payload_format() {
        PayloadFormat::V1 => {
            let joined = identity.join(",");
            json!({
                "version": "1.0", "type": "REQUEST", "methodArn": call.route_arn(), "identitySource": joined,
                "authorizationToken": joined,
            })
        }
        PayloadFormat::V2 => {
            let given = Some(identity).filter(|identity| !identity.is_empty());
            json!({ "version": "2.0", "type": "REQUEST", "routeArn": call.route_arn(), "identitySource": given })
        }
    };
    let of_request = match authorizer.payload_format() {
        PayloadFormat::V1 => v1::event(call),
        PayloadFormat::V2 => call.event(),
    };
    let left_out = ["version", "body", "isBase64Encoded", "multiValueHeaders", "multiValueQueryStringParameters"];
    if let (Value::Object(event), Value::Object(members)) = (&mut event, of_request) {
        event.extend(members.into_iter().filter(|(name, _)| !left_out.contains(&name.as_str())));
    }
    event
}

/// Reads what the function answered.
///
/// # Errors
/// Why it is no answer.
fn read(payload: &[u8], format: PayloadFormat, is_simple: bool) -> Result<Verdict, String> {
    let answer: Map<String, Value> =
        serde_json::from_slice(payload).map_err(|error| format!("the answer is no object: {error}"))?;
    let context = match answer.get("context") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(context)) => context.clone(),
        Some(_) => return Err("the answer's context is no object".to_owned()),
    };
    let is_flat = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_) | Value::Null);
    if format == PayloadFormat::V1 && !context.values().all(is_flat) {
        return Err("a value of the answer's context is neither a text nor a number nor a truth value".to_owned());
    }
    if is_simple {
        let is_allowed = answer.get("isAuthorized").and_then(Value::as_bool);
        let is_allowed = is_allowed.ok_or_else(|| "isAuthorized of the answer is no truth value".to_owned())?;
        return Ok(Verdict::Simple { is_allowed, context });
    }
    let document = answer.get("policyDocument").ok_or_else(|| "the answer has no policyDocument".to_owned())?;
    let document = Document::read(&document.to_string()).map_err(|error| format!("the answer's policy: {error}"))?;
    let principal = answer.get("principalId").and_then(Value::as_str).map(str::to_owned);
    Ok(Verdict::Policy { document: Arc::new(document), context, principal })
}

/// What an answer means for a request: a policy is asked for each route anew.
fn judge(call: &Call<'_>, verdict: &Verdict) -> Result<Authorized, Response> {
    match verdict {
        Verdict::Simple { is_allowed: true, context } => {
            Ok(Authorized::LetIn { context: context.clone(), principal: None })
        }
        Verdict::Simple { is_allowed: false, .. } => Err(forbidden()),
        Verdict::Policy { document, context, principal } => {
            let resource = call.route_arn();
            let asked = Request::new(Caller::Aws(principal.as_deref().unwrap_or_default()), ACTION, &resource);
            match decide([document.as_ref()], &asked.with_context(call.request.condition_keys())) {
                Decision::Allowed => Ok(Authorized::LetIn { context: context.clone(), principal: principal.clone() }),
                Decision::DeniedBy(_) | Decision::NotAllowed => Err(forbidden()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_answer() {
        let two =
            |answer: Value, is_simple| read(answer.to_string().as_bytes(), PayloadFormat::V2, is_simple).unwrap_err();
        assert!(two(json!("yes"), true).starts_with("the answer is no object"));
        assert_eq!(two(json!({"isAuthorized": "true"}), true), "isAuthorized of the answer is no truth value");
        assert_eq!(two(json!({"isAuthorized": true, "context": 1}), true), "the answer's context is no object");
        assert_eq!(two(json!({"isAuthorized": true}), false), "the answer has no policyDocument");
        assert!(two(json!({"policyDocument": {"Statement": 1}}), false).starts_with("the answer's policy: "));
        let one = json!({"policyDocument": {"Version": "2012-10-17", "Statement": []}, "context": {"a": {"b": 1}}});
        assert!(read(one.to_string().as_bytes(), PayloadFormat::V1, false).is_err());
    }
}

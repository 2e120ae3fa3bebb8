//! The table of operations: each service lists its operations once.
//!
//! An [`Operation`] says how it is called, whether it reads or writes, which IAM action and resource it is about, how many
//! calls of it AWS takes, and which function answers it. The router, faults, permissions and the documentation read it.

mod authorization;
mod need;
mod quota;
mod refused;
mod request_keys;
mod request_model;
mod resource;
mod service_info;
mod tag_key;

use std::pin::Pin;
use std::sync::Arc;

use hyper::Method;
use policy::Document;

use super::error::ServiceError;
use super::wire::{Form, Protocol, Request, Response};

pub use authorization::{Actor, ConditionKeys, Permit, Refused, Why};
pub use need::{Asked, Need};
pub use quota::Quota;
#[cfg(any(test, feature = "testing"))]
pub(crate) use request_model::Told;
pub use request_model::{Otherwise, RequestModel};
pub use resource::Resource;
pub use service_info::{AbsentOperation, ServiceInfo};
pub use tag_key::is_reserved_tag_key;

/// The answer of an operation, on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Response, ServiceError>> + Send + 'a>>;

/// The function that answers an operation of the service `S`.
pub type Handler<S> = for<'a> fn(&'a Arc<S>, &'a Request) -> Answering<'a>;

/// How a request names an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// awsJson: the header `X-Amz-Target: <prefix>.<name>`.
    Target,
    /// awsQuery: the parameter `Action=<name>`.
    Action,
    /// restJson: a method and a path whose `{Labels}` each stand for one segment, with a query where that tells it from the next.
    Rest(&'static str, &'static str),
}

/// The largest request body where AWS names none: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub const DEFAULT_BODY_LIMIT_BYTES: usize = 1 << 20;

/// Whether an operation reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It reads, and on AWS its answer may lag behind the last writes.
    Reads,
    /// It reads, and always tells the present: what executions and tasks do.
    ReadsPresent,
    /// It writes.
    Writes,
    /// It writes, and is refused while another such write to the same resource is under way.
    WritesAlone,
}

impl Access {
    /// Whether it changes something.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Writes | Self::WritesAlone)
    }
}

/// What is known of an operation beside the function that answers it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct OperationInfo {
    /// Its name in the API model, such as `StartExecution`.
    pub name: &'static str,
    /// How a request names it.
    pub binding: Binding,
    /// Whether it reads or writes.
    pub access: Access,
    /// The IAM action, such as `states:StartExecution`.
    pub action: &'static str,
    /// The IAM resource.
    pub resource: Resource,
    /// What no two writes may be under way to, where that is more than the IAM resource.
    pub alone_on: Option<Resource>,
    /// How many calls of it AWS takes; none where AWS names no limit.
    pub quota: Option<Quota>,
    /// The largest request body that it takes.
    pub body_limit_bytes: usize,
    /// The members of its input that it does not take, and refuses by name.
    pub refused: &'static [&'static str],
    /// Whether a permission is needed at all.
    pub needs_permission: bool,
    /// Whether it has to be signed.
    pub needs_signature: bool,
    /// What else its caller has to be allowed.
    pub needs: &'static [Need],
    /// Condition keys of its own: each with the member of the input that it has its value from.
    pub keys: &'static [(&'static str, &'static str)],
    /// The ARNs of what it is about beside its resource: its own action has to be allowed on each.
    pub further_resources: Option<fn(&Request) -> Vec<String>>,
}

/// One operation of the service `S`.
pub struct Operation<S: 'static> {
    /// What is known of it.
    pub info: OperationInfo,
    /// The function that answers it.
    pub handler: Handler<S>,
}

impl<S> Operation<S> {
    /// One line of a service's table.
    #[must_use]
    pub const fn new(
        name: &'static str,
        binding: Binding,
        access: Access,
        action: &'static str,
        resource: Resource,
        handler: Handler<S>,
    ) -> Self {
        let info = OperationInfo {
            name,
            binding,
            access,
            action,
            resource,
            alone_on: None,
            quota: None,
            body_limit_bytes: DEFAULT_BODY_LIMIT_BYTES,
            refused: &[],
            needs_permission: true,
            needs_signature: true,
            needs: &[],
            keys: &[],
            further_resources: None,
        };
        Self { info, handler }
    }

    /// With what else its caller has to be allowed.
    #[must_use]
    pub const fn needing(mut self, needs: &'static [Need]) -> Self {
        self.info.needs = needs;
        self
    }

    /// With condition keys of its own: each with the member of the input that it has its value from.
    #[must_use]
    pub const fn with_keys(mut self, keys: &'static [(&'static str, &'static str)]) -> Self {
        self.info.keys = keys;
        self
    }

    /// With what it is about beside its resource, where the input has a list: its own action has to be allowed on each.
    #[must_use]
    pub const fn also_about(mut self, resources: fn(&Request) -> Vec<String>) -> Self {
        self.info.further_resources = Some(resources);
        self
    }

    /// Everybody may call it, or it decides itself who may.
    #[must_use]
    pub const fn without_permission(mut self) -> Self {
        self.info.needs_permission = false;
        self
    }

    /// It need not be signed.
    #[must_use]
    pub const fn unsigned(mut self) -> Self {
        self.info.needs_signature = false;
        self
    }

    /// With what no two writes may be under way to, where that is more than the IAM resource: all of an API.
    #[must_use]
    pub const fn alone_on(mut self, resource: Resource) -> Self {
        self.info.alone_on = Some(resource);
        self
    }

    /// With the members of its input that it does not take: a request that gives one is refused by that name.
    #[must_use]
    pub const fn refusing(mut self, members: &'static [&'static str]) -> Self {
        self.info.refused = members;
        self
    }

    /// With how many calls of it AWS takes.
    #[must_use]
    pub const fn within(mut self, quota: Quota) -> Self {
        self.info.quota = Some(quota);
        self
    }

    /// With the largest request body that it takes, where that is not [`DEFAULT_BODY_LIMIT_BYTES`].
    #[must_use]
    pub const fn with_body_limit(mut self, bytes: usize) -> Self {
        self.info.body_limit_bytes = bytes;
        self
    }
}

/// A service as the router sees it.
pub trait Service: Send + Sync {
    /// What is known of it.
    fn info(&self) -> &'static ServiceInfo;

    /// Its operations, in the table's order.
    fn operations(&self) -> Vec<&'static OperationInfo>;

    /// The operation that a request names, and the values of the path's labels; none when it is not served.
    fn find(&self, request: &Request) -> Option<(&'static OperationInfo, Vec<(&'static str, String)>)>;

    /// The ARNs of the resources that a request is about; `*` when it is about none in particular.
    fn resources(&self, operation: &'static OperationInfo, request: &Request) -> Vec<String>;

    /// What a request has to be allowed, beginning with the operation's own action on each of [`Self::resources`].
    fn asks(&self, operation: &'static OperationInfo, request: &Request, resources: Vec<String>) -> Vec<Asked>;

    /// A resource's own policy, where it has one.
    fn policy(&self, resource_arn: &str) -> Option<Document>;

    /// A resource's tags, for policies that ask for them.
    fn tags(&self, resource_arn: &str) -> Vec<(String, String)>;

    /// Answers an operation of [`Service::operations`] by its name.
    fn call<'a>(&'a self, operation: &'static OperationInfo, request: &'a Request) -> Answering<'a>;
}

/// A service with its table: what the composition gives the router.
pub struct Routed<S: 'static> {
    info: &'static ServiceInfo,
    operations: &'static [Operation<S>],
    service: Arc<S>,
    policy: fn(&S, &str) -> Option<Document>,
    tags: fn(&S, &str) -> Vec<(String, String)>,
    resource: fn(&S, &'static OperationInfo, &Request) -> Option<String>,
}

impl<S: Send + Sync> Routed<S> {
    /// Joins a service to its table.
    #[must_use]
    pub fn new(info: &'static ServiceInfo, operations: &'static [Operation<S>], service: Arc<S>) -> Self {
        Self { info, operations, service, policy: |_, _| None, tags: |_, _| Vec::new(), resource: |_, _, _| None }
    }

    /// With the policies of the service's resources.
    #[must_use]
    pub fn with_policies(mut self, policy: fn(&S, &str) -> Option<Document>) -> Self {
        self.policy = policy;
        self
    }

    /// With the tags of the service's resources.
    #[must_use]
    pub fn with_tags(mut self, tags: fn(&S, &str) -> Vec<(String, String)>) -> Self {
        self.tags = tags;
        self
    }

    /// With what the service finds out of the resource that a request is about, where the request itself does not name it.
    #[must_use]
    pub fn finding(mut self, resource: fn(&S, &'static OperationInfo, &Request) -> Option<String>) -> Self {
        self.resource = resource;
        self
    }
}

impl<S: Send + Sync> Service for Routed<S> {
    fn info(&self) -> &'static ServiceInfo {
        self.info
    }

    fn operations(&self) -> Vec<&'static OperationInfo> {
        self.operations.iter().map(|operation| &operation.info).collect()
    }

    fn find(&self, request: &Request) -> Option<(&'static OperationInfo, Vec<(&'static str, String)>)> {
        let named = match self.info.protocol {
            Protocol::Json10 | Protocol::Json11 => request.target_operation().map(str::to_owned),
            Protocol::Query(_) | Protocol::Ec2 => Form::of(request).get("Action").map(str::to_owned),
            Protocol::Rest | Protocol::LambdaRest | Protocol::RestXml => return self.find_path(request),
        }?;
        let found = self.operations.iter().find(|operation| operation.info.name == named)?;
        Some((&found.info, Vec::new()))
    }

    fn resources(&self, operation: &'static OperationInfo, request: &Request) -> Vec<String> {
        let found = (self.resource)(&self.service, operation, request);
        let first = found.unwrap_or_else(|| operation.resource_arn(request));
        let further = operation.further_resources.map_or_else(Vec::new, |resources| resources(request));
        std::iter::once(first).chain(further).collect()
    }

    fn asks(&self, operation: &'static OperationInfo, request: &Request, resources: Vec<String>) -> Vec<Asked> {
        let own = resources.into_iter().map(|resource| Asked::new(operation.action, resource));
        own.chain(need::further(operation.needs, self.info.protocol, request)).collect()
    }

    fn policy(&self, resource_arn: &str) -> Option<Document> {
        (self.policy)(&self.service, resource_arn)
    }

    fn tags(&self, resource_arn: &str) -> Vec<(String, String)> {
        (self.tags)(&self.service, resource_arn)
    }

    fn call<'a>(&'a self, operation: &'static OperationInfo, request: &'a Request) -> Answering<'a> {
        let found = self.operations.iter().find(|listed| listed.info.name == operation.name);
        let name = || format!("{}:{}", self.info.signing_name, operation.name);
        if let Err(refusal) = refused::refuse(operation.refused, name, self.info.protocol, request) {
            return Box::pin(async move { Err(refusal) });
        }
        if let Some(model) = &self.info.requests
            && let Err(refusal) = model.check(self.info.protocol, operation.name, request)
        {
            return Box::pin(async move { Err(refusal) });
        }
        match found {
            Some(found) => (found.handler)(&self.service, request),
            None => Box::pin(async move { Err(ServiceError::not_implemented(operation.action)) }),
        }
    }
}

impl<S> Routed<S> {
    fn find_path(&self, request: &Request) -> Option<(&'static OperationInfo, Vec<(&'static str, String)>)> {
        if self.info.absent_by_query(request).is_some() {
            return None;
        }
        let segments = request.segments();
        self.operations.iter().find_map(|operation| {
            let Binding::Rest(method, path) = operation.info.binding else { return None };
            let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
            let is_asked = query.is_none_or(|query| request.raw_query.split('&').any(|pair| pair == query));
            let is_method = Method::from_bytes(method.as_bytes()).is_ok_and(|method| method == request.method);
            let labels = if is_method && is_asked { labels(path, &segments) } else { None };
            labels.map(|labels| (&operation.info, labels))
        })
    }
}

/// The values of a path's labels, when the path has this form.
fn labels(path: &'static str, segments: &[String]) -> Option<Vec<(&'static str, String)>> {
    let pattern: Vec<&'static str> = path.trim_matches('/').split('/').collect();
    if pattern.len() != segments.len() {
        return None;
    }
    let mut labels = Vec::new();
    for (part, segment) in pattern.into_iter().zip(segments) {
        match part.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
            Some(label) if !segment.is_empty() => labels.push((label, segment.clone())),
            _ if part == segment => {}
            _ => return None,
        }
    }
    Some(labels)
}

impl OperationInfo {
    /// The ARN of the resource that a request is about; `*` when it names none.
    #[must_use]
    pub fn resource_arn(&self, request: &Request) -> String {
        self.resource.of(request)
    }

    /// The ARNs of the roles that a request passes to a service.
    pub fn passed_roles(&self, request: &Request) -> impl Iterator<Item = String> {
        self.needs.iter().filter_map(|need| need.passed_role(request))
    }

    /// The answer to a request whose body is too large. The text is Lambda's, who names the operation as IAM does; the other
    /// services are assumed to answer alike.
    #[must_use]
    pub fn body_too_large(&self) -> ServiceError {
        let limit = self.body_limit_bytes;
        let operation = self.action.split_once(':').map_or(self.action, |(_, operation)| operation);
        let message = format!("Request must be smaller than {limit} bytes for the {operation} operation");
        ServiceError::new(413, "RequestEntityTooLargeException", message)
    }

    /// What no other such write may be under way to while a request is answered.
    #[must_use]
    pub fn exclusive_arn(&self, request: &Request) -> String {
        self.alone_on.unwrap_or(self.resource).of(request)
    }
}

#[cfg(test)]
mod tests;

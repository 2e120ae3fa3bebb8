//! The keys of the provider that can't be honoured, or have no effect.

use crate::serverless::reading::section::{Ineffective, Refusal};

const OTHER_API: &str = "Take it out if the endpoint's answers don't depend on it.";
const OPENS: &str = "Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.";

pub(super) const REFUSED: &[Refusal] = &[
    Refusal {
        key: "vpc",
        why: "functions run in no network of yours.",
        hint: "Take it out if the functions need nothing in that network.",
    },
    Refusal {
        key: "layers",
        why: "`workshop` deploys no layers.",
        hint: "Put what the layer holds beside the handlers, so that it is in the functions' zips.",
    },
    Refusal {
        key: "kmsKeyArn",
        why: "environments are encrypted with AWS's key, not with this one.",
        hint: "Take it out if that is enough.",
    },
    Refusal {
        key: "ecr",
        why: "`workshop` deploys zips, no container images.",
        hint: "Use a runtime and handlers: `runtime: nodejs24.x`.",
    },
    Refusal {
        key: "iamManagedPolicies",
        why: "roles have only the statements that the service lists.",
        hint: "List what the functions need under `iam.role.statements`.",
    },
    Refusal {
        key: "logDataProtectionPolicy",
        why: "`workshop` masks nothing in logs.",
        hint: "Set it in AWS's console.",
    },
    Refusal {
        key: "stackParameters",
        why: "there is no CloudFormation stack.",
        hint: "Use `${param:NAME}` and `--param NAME=value`.",
    },
    Refusal { key: "apiKeys", why: "an HTTP API has no API keys.", hint: OPENS },
    Refusal { key: "usagePlan", why: "an HTTP API has no usage plans.", hint: OPENS },
    Refusal { key: "resourcePolicy", why: "an HTTP API has no resource policy.", hint: OPENS },
    Refusal { key: "vpcEndpointIds", why: "an HTTP API is public.", hint: OPENS },
    Refusal {
        key: "websocket",
        why: "`workshop` deploys no WebSocket APIs.",
        hint: "Take it out, and poll with `httpApi` instead.",
    },
];

pub(super) const INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "alb", why: "no load balancer is made." },
    Ineffective { key: "apiName", why: "the API is called `<service>-<stage>`." },
    Ineffective { key: "cfnRole", why: "nothing is deployed through CloudFormation." },
    Ineffective { key: "cloudFront", why: "no distribution is made." },
    Ineffective { key: "credentials", why: "credentials come from the environment; choose them with `--profile`." },
    Ineffective { key: "deploymentBucket", why: "a deployment needs no bucket." },
    Ineffective { key: "deploymentMethod", why: "nothing is deployed through CloudFormation." },
    Ineffective { key: "deploymentPrefix", why: "a deployment needs no bucket." },
    Ineffective {
        key: "disableRollback",
        why: "nothing is deployed through CloudFormation; `workshop rollback` goes back.",
    },
    Ineffective { key: "eventBridge", why: "no rules are made." },
    Ineffective { key: "kinesis", why: "no streams are read." },
    Ineffective { key: "lambdaHashingVersion", why: "versions follow from the code that Lambda has." },
    Ineffective { key: "logs", why: "access logs are not written, and functions log as text." },
    Ineffective { key: "logRoleArn", why: "access logs are not written." },
    Ineffective { key: "notificationArns", why: "nothing is deployed through CloudFormation." },
    Ineffective { key: "profile", why: "name the profile with `--profile`, or in `AWS_PROFILE`." },
    Ineffective { key: "rollbackConfiguration", why: "nothing is deployed through CloudFormation." },
    Ineffective { key: "runtimeManagement", why: "Lambda updates the runtime when it sees fit." },
    Ineffective { key: "stackPolicy", why: "nothing is deployed through CloudFormation." },
    Ineffective { key: "tracing", why: "nothing is traced by X-Ray." },
    Ineffective { key: "versionFunctions", why: "every deployment publishes a version of each function that changed." },
    Ineffective { key: "websocketsApiName", why: "no WebSocket API is made." },
    Ineffective { key: "websocketsApiRouteSelectionExpression", why: "no WebSocket API is made." },
    Ineffective { key: "websocketsDescription", why: "no WebSocket API is made." },
    Ineffective { key: "shouldStartNameWithService", why: "names begin with the service's name." },
];

/// Keys of `provider.apiGateway`. `http` events become routes of an HTTP API.
pub(super) const REST_REFUSED: &[Refusal] = &[
    Refusal { key: "apiKeys", why: "an HTTP API has no API keys.", hint: OPENS },
    Refusal { key: "usagePlan", why: "an HTTP API has no usage plans.", hint: OPENS },
    Refusal { key: "resourcePolicy", why: "an HTTP API has no resource policy.", hint: OPENS },
    Refusal { key: "apiKeySourceType", why: "an HTTP API has no API keys.", hint: OPENS },
    Refusal { key: "restApiId", why: "the service gets an API of its own.", hint: OTHER_API },
    Refusal { key: "restApiRootResourceId", why: "the service gets an API of its own.", hint: OTHER_API },
    Refusal { key: "restApiResources", why: "the service gets an API of its own.", hint: OTHER_API },
    Refusal { key: "websocketApiId", why: "`workshop` deploys no WebSocket APIs.", hint: OTHER_API },
    Refusal { key: "disableDefaultEndpoint", why: "the default endpoint is the only one.", hint: OTHER_API },
    Refusal { key: "timeoutInMillis", why: "an HTTP API waits for 30 seconds.", hint: "Set the functions' `timeout`." },
    Refusal { key: "stage", why: "the API's stage is the deployment's.", hint: "Name the stage with `--stage`." },
];

pub(super) const REST_INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "shouldStartNameWithService", why: "names begin with the service's name." },
    Ineffective { key: "description", why: "nothing shows it." },
    Ineffective { key: "metrics", why: "an HTTP API's metrics are per API." },
    Ineffective { key: "binaryMediaTypes", why: "an HTTP API hands on binary bodies in base64 by itself." },
    Ineffective { key: "minimumCompressionSize", why: "an HTTP API compresses nothing." },
    Ineffective { key: "request", why: "an HTTP API checks no bodies; events that name a schema are refused." },
];

/// Keys of `provider.httpApi`.
pub(super) const HTTP_REFUSED: &[Refusal] = &[
    Refusal { key: "id", why: "the service gets an API of its own.", hint: OTHER_API },
    Refusal { key: "disableDefaultEndpoint", why: "the default endpoint is the only one.", hint: OTHER_API },
    Refusal { key: "timeout", why: "an HTTP API waits for 30 seconds.", hint: "Set the functions' `timeout`." },
];

pub(super) const HTTP_INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "name", why: "the API is called `<service>-<stage>`." },
    Ineffective { key: "authorizers", why: "events that name one are refused." },
    Ineffective { key: "metrics", why: "metrics are per API." },
    Ineffective { key: "useProviderTags", why: "the API has the tags of `stackTags`." },
    Ineffective { key: "shouldStartNameWithService", why: "names begin with the service's name." },
];

/// Keys of `provider.iam.role`.
pub(super) const ROLE_REFUSED: &[Refusal] = &[
    Refusal {
        key: "managedPolicies",
        why: "roles have only the statements that the service lists.",
        hint: "List what the functions need under `statements`.",
    },
    Refusal {
        key: "name",
        why: "every function has a role of its own, named after the service, the stage and the function.",
        hint: "Take it out.",
    },
    Refusal { key: "tags", why: "roles have the tags of the whole stack.", hint: "Use `provider.stackTags`." },
];

//! The keys of a function that can't be honoured, or have no effect.

use crate::serverless::reading::section::{Ineffective, Refusal};

const IN_THE_CONSOLE: &str = "Set it in AWS's console, or take it out.";

pub(super) const REFUSED: &[Refusal] = &[
    Refusal {
        key: "layers",
        why: "`workshop` deploys no layers.",
        hint: "Put what the layer holds beside the handler, so that it is in the function's zip.",
    },
    Refusal { key: "reservedConcurrency", why: "`workshop` reserves no concurrency.", hint: IN_THE_CONSOLE },
    Refusal { key: "provisionedConcurrency", why: "`workshop` keeps no instances warm.", hint: IN_THE_CONSOLE },
    Refusal {
        key: "image",
        why: "`workshop` deploys zips, no container images.",
        hint: "Use a runtime and a handler: `runtime: nodejs24.x`.",
    },
    Refusal {
        key: "url",
        why: "`workshop` makes no function URLs.",
        hint: "Use the event `httpApi`: it gives the function an endpoint.",
    },
    Refusal {
        key: "destinations",
        why: "`workshop` sends results of asynchronous calls nowhere.",
        hint: "Call what comes next from the function, or make both states of a state machine.",
    },
    Refusal {
        key: "onError",
        why: "`workshop` sends failed asynchronous calls nowhere.",
        hint: "Run the function in a state machine, whose `Catch` sees the error.",
    },
    Refusal {
        key: "fileSystemConfig",
        why: "`workshop` mounts no file systems.",
        hint: "Use `/tmp`, or an object store.",
    },
    Refusal { key: "snapStart", why: "`workshop` takes no snapshots.", hint: "Take it out." },
    Refusal {
        key: "kmsKeyArn",
        why: "the environment is encrypted with AWS's key, not with this one.",
        hint: "Take it out if that is enough.",
    },
    Refusal {
        key: "awsKmsKeyArn",
        why: "the environment is encrypted with AWS's key, not with this one.",
        hint: "Take it out if that is enough.",
    },
    Refusal { key: "logDataProtectionPolicy", why: "`workshop` masks nothing in logs.", hint: IN_THE_CONSOLE },
    Refusal {
        key: "maximumEventAge",
        why: "asynchronous calls wait for up to six hours.",
        hint: "Take it out, or run the function in a state machine with `TimeoutSeconds`.",
    },
    Refusal {
        key: "maximumRetryAttempts",
        why: "asynchronous calls are tried three times.",
        hint: "Take it out, or run the function in a state machine with `Retry`.",
    },
    Refusal {
        key: "condition",
        why: "`workshop` evaluates no conditions of CloudFormation.",
        hint: "Take the function out, or keep it in a file that a variable names: `${file(functions.${sls:stage}.yml)}`.",
    },
    Refusal {
        key: "targetGroupName",
        why: "`workshop` makes no load balancers.",
        hint: "Use the event `httpApi` instead of `alb`.",
    },
    Refusal {
        key: "module",
        why: "the whole folder is packaged, and handlers are named from there.",
        hint: "Take it out, and write the folder before the handler: `handler: module/file.function`.",
    },
    Refusal { key: "warmup", why: "`workshop` keeps no instances warm.", hint: "Take it out." },
];

pub(super) const INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "tracing", why: "functions are not traced by X-Ray." },
    Ineffective { key: "dependsOn", why: "a deployment finds the order itself." },
    Ineffective { key: "disableLogs", why: "every function writes its log." },
    Ineffective { key: "versionFunction", why: "every deployment publishes a version." },
    Ineffective { key: "runtimeManagement", why: "Lambda updates the runtime when it sees fit." },
    Ineffective { key: "iamRoleStatementsName", why: "roles are named after the service, the stage and the function." },
];

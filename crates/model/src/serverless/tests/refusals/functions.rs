//! Keys and values of functions.

use super::*;

#[test]
fn keys_of_functions() {
    let keys = "    layers: [x]\n    reservedConcurrency: 1\n    provisionedConcurrency: 1\n    image: x\n    url: true\n    destinations: {}\n    onError: x\n    fileSystemConfig: {}\n    snapStart: true\n    kmsKeyArn: x\n    awsKmsKeyArn: x\n    logDataProtectionPolicy: {}\n    maximumEventAge: 60\n    maximumRetryAttempts: 0\n    condition: x\n    targetGroupName: x\n    warmup: true\n    vpc: {}\n    ephemeralStorageSize: 1024\n";
    insta::assert_snapshot!(function(keys), @r"
    serverless.yml:6:5: `functions.f.layers` can't be honoured: `workshop` deploys no layers.
      Put what the layer holds beside the handler, so that it is in the function's zip.
    serverless.yml:7:5: `functions.f.reservedConcurrency` can't be honoured: `workshop` reserves no concurrency.
      Set it in AWS's console, or take it out.
    serverless.yml:8:5: `functions.f.provisionedConcurrency` can't be honoured: `workshop` keeps no instances warm.
      Set it in AWS's console, or take it out.
    serverless.yml:9:5: `functions.f.image` can't be honoured: `workshop` deploys zips, no container images.
      Use a runtime and a handler: `runtime: nodejs24.x`.
    serverless.yml:10:5: `functions.f.url` can't be honoured: `workshop` makes no function URLs.
      Use the event `httpApi`: it gives the function an endpoint.
    serverless.yml:11:5: `functions.f.destinations` can't be honoured: `workshop` sends results of asynchronous calls nowhere.
      Call what comes next from the function, or make both states of a state machine.
    serverless.yml:12:5: `functions.f.onError` can't be honoured: `workshop` sends failed asynchronous calls nowhere.
      Run the function in a state machine, whose `Catch` sees the error.
    serverless.yml:13:5: `functions.f.fileSystemConfig` can't be honoured: `workshop` mounts no file systems.
      Use `/tmp`, or an object store.
    serverless.yml:14:5: `functions.f.snapStart` can't be honoured: `workshop` takes no snapshots.
      Take it out.
    serverless.yml:15:5: `functions.f.kmsKeyArn` can't be honoured: the environment is encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:16:5: `functions.f.awsKmsKeyArn` can't be honoured: the environment is encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:17:5: `functions.f.logDataProtectionPolicy` can't be honoured: `workshop` masks nothing in logs.
      Set it in AWS's console, or take it out.
    serverless.yml:18:5: `functions.f.maximumEventAge` can't be honoured: asynchronous calls wait for up to six hours.
      Take it out, or run the function in a state machine with `TimeoutSeconds`.
    serverless.yml:19:5: `functions.f.maximumRetryAttempts` can't be honoured: asynchronous calls are tried three times.
      Take it out, or run the function in a state machine with `Retry`.
    serverless.yml:20:5: `functions.f.condition` can't be honoured: `workshop` evaluates no conditions of CloudFormation.
      Take the function out, or keep it in a file that a variable names: `${file(functions.${sls:stage}.yml)}`.
    serverless.yml:21:5: `functions.f.targetGroupName` can't be honoured: `workshop` makes no load balancers.
      Use the event `httpApi` instead of `alb`.
    serverless.yml:22:5: `functions.f.warmup` can't be honoured: `workshop` keeps no instances warm.
      Take it out.
    serverless.yml:23:5: `functions.f.vpc` can't be honoured: functions run in no network of yours.
      Take it out if the function needs nothing in that network.
    serverless.yml:24:27: `ephemeralStorageSize` can't be 1024: functions have the 512 MB of `/tmp` that Lambda gives.
      Take it out, or set it to 512.
    ");
    let notes = "    tracing: Active\n    dependsOn: [x]\n    disableLogs: true\n    versionFunction: false\n    runtimeManagement: auto\n    iamRoleStatementsName: x\n    vpc: false\n    ephemeralStorageSize: 512\n    package: {patterns: [a], excludeDevDependencies: false}\n";
    insta::assert_snapshot!(function(notes), @r"
    note serverless.yml:6: `functions.f.tracing` has no effect: functions are not traced by X-Ray.
    note serverless.yml:7: `functions.f.dependsOn` has no effect: a deployment finds the order itself.
    note serverless.yml:8: `functions.f.disableLogs` has no effect: every function writes its log.
    note serverless.yml:9: `functions.f.versionFunction` has no effect: every deployment publishes a version.
    note serverless.yml:10: `functions.f.runtimeManagement` has no effect: Lambda updates the runtime when it sees fit.
    note serverless.yml:11: `functions.f.iamRoleStatementsName` has no effect: roles are named after the service, the stage and the function.
    note serverless.yml:14: `functions.f.package.excludeDevDependencies` has no effect: what is packaged are the files of the folder that the patterns leave in.
    note serverless.yml:14: The function's patterns have no effect: without `individually: true` all functions are packaged alike.
    ");
}

#[test]
fn values_of_functions() {
    insta::assert_snapshot!(function("    memorySize: 64\n    timeout: 1801\n    logRetentionInDays: 2\n    architecture: arm\n    runtime: nodejs23.x\n    memroySize: 1\n"), @r"
    serverless.yml:6:17: `functions.f.memorySize` must be a whole number from 128 to 10240; it is `64`.
    serverless.yml:7:14: `functions.f.timeout` must be a whole number from 1 to 1800; it is `1801`.
    serverless.yml:8:25: CloudWatch Logs can't keep lines for 2 days.
      Take one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 36500.
    serverless.yml:9:19: `architecture` can't be `arm`.
      Did you mean `arm64`? It is `x86_64` or `arm64`.
    serverless.yml:10:14: `nodejs23.x` is no runtime of Lambda.
      Did you mean `nodejs24.x`? Known are provided.al2, provided.al2023, nodejs20.x, nodejs22.x, nodejs24.x, python3.10, python3.11, python3.12, python3.13, python3.14.
    serverless.yml:11:5: `workshop` knows no key `memroySize` in `functions.f`.
      Did you mean `memorySize`? Otherwise take it out.
    ");
    insta::assert_snapshot!(function("    runtime: java21\n    name: a b\n    role: MyRole\n    environment: {AWS_REGION: x, A: y, EMPTY: , LIST: [1]}\n    tags: {'aws:x': 1, b: '50%', T: 1, t: 2}\n"), @r"
    serverless.yml:6:14: `java21` is a runtime of Lambda that workshop does not have.
      Known are provided.al2, provided.al2023, nodejs20.x, nodejs22.x, nodejs24.x, python3.10, python3.11, python3.12, python3.13, python3.14.
    serverless.yml:7:11: `a b` can't be a function's name: Lambda takes 1 to 64 letters, digits, `-` and `_`; it has 3 characters.
      Shorten the name, the function's key or the service's name.
    serverless.yml:8:11: `functions.f.role` is no ARN of a role; `workshop` deploys no roles of `resources`.
      Write the ARN of a role that exists, or `iamRoleStatements` for a role of the function's own.
    serverless.yml:9:19: Lambda keeps the environment variable `AWS_REGION` for itself.
      Choose another name; the reserved ones are _HANDLER, _X_AMZN_TRACE_ID, AWS_ACCESS_KEY, AWS_ACCESS_KEY_ID, AWS_DEFAULT_REGION, AWS_EXECUTION_ENV, AWS_LAMBDA_FUNCTION_MEMORY_SIZE, AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_VERSION, AWS_LAMBDA_INITIALIZATION_TYPE, AWS_LAMBDA_LOG_GROUP_NAME, AWS_LAMBDA_LOG_STREAM_NAME, AWS_LAMBDA_MAX_CONCURRENCY, AWS_LAMBDA_METADATA_API, AWS_LAMBDA_METADATA_TOKEN, AWS_LAMBDA_RUNTIME_API, AWS_REGION, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, LAMBDA_RUNTIME_DIR, LAMBDA_TASK_ROOT.
    serverless.yml:9:34: `A` can't be the name of an environment variable.
      Lambda takes names of two or more letters, digits and `_` that begin with a letter.
    serverless.yml:9:40: The environment variable `functions.f.environment.EMPTY` has no value.
      Write `''` for an empty text, or take the variable out.
    serverless.yml:9:55: `functions.f.environment.LIST` must be a text; it is a list.
    serverless.yml:10:12: The tag `aws:x` begins with `aws:`, which AWS keeps for itself.
      Give the tag another key, or take it out.
    serverless.yml:10:27: `50%` can't be the value of a tag because of `%`: AWS takes letters, digits, spaces and `_.:/=+-@`.
      Give the tag another value, or take it out.
    serverless.yml:10:40: The tags `T` and `t` are one to IAM, which ignores case.
      Give the tag another key, or take it out.
    ");
}

#[test]
fn keys_and_handlers_of_functions() {
    insta::assert_snapshot!(of("functions:\n  1f: {handler: a.b}\n  g: {}\n  h: {handler: 'a b'}\n  i: 3\n"), @r"
    serverless.yml:4:3: `1f` can't be a name in the service file: use letters, digits, `-` and `_`, begin with a letter, and stay within 40 characters.
      The Serverless Framework takes more; rename the key, and keep the deployed name with `name:`.
    serverless.yml:5:6: `functions.g.handler` is missing.
      It is the file's path and the function's name: `handler: handler.start`.
    serverless.yml:6:16: `a b` can't be a handler: Lambda takes 1 to 128 characters without spaces.
      It is the file's path and the function's name: `src/handler.start`.
    serverless.yml:7:6: `functions.i` must be an object; it is a number.
    ");
    insta::assert_snapshot!(of("functions: 3\n"), @"serverless.yml:3:12: `functions` must be an object, or a list of objects; it is a number.");
    insta::assert_snapshot!(of("functions:\n  - f: {handler: a.b}\n  - f: {handler: a.b}\n"), @r"
    serverless.yml:5:5: `functions.f` is declared twice, first at serverless.yml:4.
      Delete one of them, or give it another name.
    ");
    insta::assert_snapshot!(of("functions: {same: {handler: a.b}}\nstepFunctions: {stateMachines: {same: {definition: {StartAt: A}}}}\n"), @r"
    serverless.yml:4:33: `same` is the key of a function and of a state machine; their roles would be one.
      Rename one of them, and keep the deployed name with `name:`.
    ");
    insta::assert_snapshot!(of("functions: {f: {handler: a.b, package: {path: x, disable: true, patern: []}}}\n"), @r"
    serverless.yml:3:41: `functions.f.package.path` can't be honoured: it names a folder of zips that were built before.
      Name each function's zip with `package.artifact`.
    serverless.yml:3:50: `functions.f.package.disable` can't be honoured: without its code nothing can be deployed.
      Take it out.
    serverless.yml:3:65: `workshop` knows no key `patern` in `functions.f.package`.
      Did you mean `patterns`? Otherwise take it out.
    ");
    let long = "a".repeat(41);
    insta::assert_snapshot!(of(&format!("functions: {{{long}: {{handler: a.b}}}}\n")), @r"
    serverless.yml:3:13: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` can't be a name in the service file: use letters, digits, `-` and `_`, begin with a letter, and stay within 40 characters.
      The Serverless Framework takes more; rename the key, and keep the deployed name with `name:`.
    ");
    let without = "service: a\nprovider: {name: aws}\nfunctions: {f: {handler: a.b}}\n";
    insta::assert_snapshot!(Outside::default().shown(without), @r"
    serverless.yml:3:13: The function has no runtime.
      Add `runtime: nodejs24.x` under `provider`, or deploy with `--runtime nodejs24.x`.
    ");
}

#[test]
fn values_that_only_a_deployment_knows() {
    insta::assert_snapshot!(function("    description: In ${aws:accountId}\n    tags: {region: '#{AWS::Region}'}\n    name: ${aws:accountId}-f\n    events: [{http: {path: x, method: get, cors: {origin: 'https://${AWS::Region}.example'}}}]\n"), @r"
    serverless.yml:6:18: `functions.f.description` can't be `In #{AWS::AccountId}`: pseudo-parameters have a value only in a deployment.
      Write the value out, or use `${param:NAME}`.
    serverless.yml:7:20: `functions.f.tags.region` can't be `#{AWS::Region}`: pseudo-parameters have a value only in a deployment.
      Write the value out, or use `${param:NAME}`.
    serverless.yml:9:59: `functions.f.events.http.cors.origin` can't be `https://${AWS::Region}.example`: pseudo-parameters have a value only in a deployment.
      Write the value out, or use `${param:NAME}`.
    ");
    insta::assert_snapshot!(of("functions: {f: {handler: a.b, name: x}, g: {handler: a.b, name: x}, h: {handler: a.b, name: a-dev-i}, i: {handler: a.b}}\nstepFunctions: {stateMachines: {m: {name: y, definition: {StartAt: A}}, n: {name: y, definition: {StartAt: A}}}}\n"), @r"
    serverless.yml:3:41: `g` would have the same name as `f`: `x`.
      Give one of them another `name`.
    serverless.yml:3:103: `i` would have the same name as `h`: `a-dev-i`.
      Give one of them another `name`.
    serverless.yml:4:73: `n` would have the same name as `m`: `y`.
      Give one of them another `name`.
    ");
}

#[test]
fn patterns_without_effect() {
    let functions = "functions: {f: {handler: a.b, package: {patterns: [x]}}}\n";
    insta::assert_snapshot!(of(&format!("package: {{artifact: all.zip}}\n{functions}")), @"note serverless.yml:4: The function's patterns have no effect: without `individually: true` all functions are packaged alike.");
    insta::assert_snapshot!(of(&format!("package: {{individually: true}}\n{functions}")), @"");
}

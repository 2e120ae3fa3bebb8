//! Keys of the provider.

use super::*;

#[test]
fn keys_of_the_provider() {
    insta::assert_snapshot!(provider("  vpc: {}\n  layers: [x]\n  kmsKeyArn: x\n  ecr: {}\n  iamManagedPolicies: [x]\n  logDataProtectionPolicy: {}\n  stackParameters: [x]\n  apiKeys: [x]\n  usagePlan: {}\n  resourcePolicy: [x]\n  vpcEndpointIds: []\n  websocket: {}\n  endpointType: PRIVATE\n  variableSyntax: '%{x}'\n  regoin: x\n"), @r"
    serverless.yml:5:3: `provider.vpc` can't be honoured: functions run in no network of yours.
      Take it out if the functions need nothing in that network.
    serverless.yml:6:3: `provider.layers` can't be honoured: `workshop` deploys no layers.
      Put what the layer holds beside the handlers, so that it is in the functions' zips.
    serverless.yml:7:3: `provider.kmsKeyArn` can't be honoured: environments are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:8:3: `provider.ecr` can't be honoured: `workshop` deploys zips, no container images.
      Use a runtime and handlers: `runtime: nodejs24.x`.
    serverless.yml:9:3: `provider.iamManagedPolicies` can't be honoured: roles have only the statements that the service lists.
      List what the functions need under `iam.role.statements`.
    serverless.yml:10:3: `provider.logDataProtectionPolicy` can't be honoured: `workshop` masks nothing in logs.
      Set it in AWS's console.
    serverless.yml:11:3: `provider.stackParameters` can't be honoured: there is no CloudFormation stack.
      Use `${param:NAME}` and `--param NAME=value`.
    serverless.yml:12:3: `provider.apiKeys` can't be honoured: an HTTP API has no API keys.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:13:3: `provider.usagePlan` can't be honoured: an HTTP API has no usage plans.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:14:3: `provider.resourcePolicy` can't be honoured: an HTTP API has no resource policy.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:16:3: `provider.websocket` can't be honoured: `workshop` deploys no WebSocket APIs.
      Take it out, and poll with `httpApi` instead.
    serverless.yml:17:17: `provider.endpointType` can't be private: an HTTP API is public.
      Take the events `http` out, and call the functions with `workshop invoke`.
    serverless.yml:18:19: `provider.variableSyntax` makes `%{x}` the syntax of variables.
      Write variables as `${...}` and take `variableSyntax` out.
    serverless.yml:19:3: `workshop` knows no key `regoin` in `provider`.
      Did you mean `region`? Otherwise take it out.
    ");
}

#[test]
fn keys_of_apis_and_roles() {
    insta::assert_snapshot!(provider("  apiGateway: {apiKeys: [x], usagePlan: {}, resourcePolicy: [x], apiKeySourceType: HEADER, restApiId: x, restApiRootResourceId: x, restApiResources: {}, websocketApiId: x, disableDefaultEndpoint: true, timeoutInMillis: 50, stage: x}\n  httpApi: {id: x, disableDefaultEndpoint: true, timeout: 5, payload: '3.0'}\n  iam: {role: {managedPolicies: [x], name: x, tags: {}, path: team, permissionsBoundary: b}}\n"), @r"
    serverless.yml:5:16: `provider.apiGateway.apiKeys` can't be honoured: an HTTP API has no API keys.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:30: `provider.apiGateway.usagePlan` can't be honoured: an HTTP API has no usage plans.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:45: `provider.apiGateway.resourcePolicy` can't be honoured: an HTTP API has no resource policy.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:66: `provider.apiGateway.apiKeySourceType` can't be honoured: an HTTP API has no API keys.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:92: `provider.apiGateway.restApiId` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:106: `provider.apiGateway.restApiRootResourceId` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:132: `provider.apiGateway.restApiResources` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:154: `provider.apiGateway.websocketApiId` can't be honoured: `workshop` deploys no WebSocket APIs.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:173: `provider.apiGateway.disableDefaultEndpoint` can't be honoured: the default endpoint is the only one.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:203: `provider.apiGateway.timeoutInMillis` can't be honoured: an HTTP API waits for 30 seconds.
      Set the functions' `timeout`.
    serverless.yml:5:224: `provider.apiGateway.stage` can't be honoured: the API's stage is the deployment's.
      Name the stage with `--stage`.
    serverless.yml:6:13: `provider.httpApi.id` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:6:20: `provider.httpApi.disableDefaultEndpoint` can't be honoured: the default endpoint is the only one.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:6:50: `provider.httpApi.timeout` can't be honoured: an HTTP API waits for 30 seconds.
      Set the functions' `timeout`.
    serverless.yml:6:71: `payload` can't be `3.0`.
      It is `'1.0'` or `'2.0'`.
    serverless.yml:7:16: `provider.iam.role.managedPolicies` can't be honoured: roles have only the statements that the service lists.
      List what the functions need under `statements`.
    serverless.yml:7:38: `provider.iam.role.name` can't be honoured: every function has a role of its own, named after the service, the stage and the function.
      Take it out.
    serverless.yml:7:47: `provider.iam.role.tags` can't be honoured: roles have the tags of the whole stack.
      Use `provider.stackTags`.
    serverless.yml:7:63: `team` can't be the path of roles: it begins and ends with `/`, holds letters, digits, `+=,.@_-` and `/`, and has up to 512 characters, such as `/team/`.
      Correct it, or take it out.
    serverless.yml:7:90: `b` is not the ARN of a managed policy.
      It looks like `arn:aws:iam::${aws:accountId}:policy/NAME`.
    ");
}

#[test]
fn keys_of_the_provider_without_effect() {
    insta::assert_snapshot!(provider("  deploymentBucket: x\n  lambdaHashingVersion: 20201221\n  versionFunctions: false\n  tracing: {lambda: true}\n  logs: {restApi: true}\n  profile: me\n  apiName: x\n  endpointType: EDGE\n  variableSyntax: \"\\\\${([ ~:a-z]+?)}\"\n  apiGateway: {shouldStartNameWithService: true, minimumCompressionSize: 10, binaryMediaTypes: ['*/*']}\n  httpApi: {metrics: true, authorizers: {}}\n  iam: {deploymentRole: x}\n"), @r"
    a-dev in us-east-1
    note serverless.yml:5: `provider.deploymentBucket` has no effect: a deployment needs no bucket.
    note serverless.yml:6: `provider.lambdaHashingVersion` has no effect: versions follow from the code that Lambda has.
    note serverless.yml:7: `provider.versionFunctions` has no effect: every deployment publishes a version of each function that changed.
    note serverless.yml:8: `provider.tracing` has no effect: nothing is traced by X-Ray.
    note serverless.yml:9: `provider.logs` has no effect: access logs are not written, and functions log as text.
    note serverless.yml:10: `provider.profile` has no effect: name the profile with `--profile`, or in `AWS_PROFILE`.
    note serverless.yml:11: `provider.apiName` has no effect: the API is called `<service>-<stage>`.
    note serverless.yml:12: `provider.endpointType` has no effect: an HTTP API is regional.
    note serverless.yml:13: `provider.variableSyntax` has no effect: `${AWS::...}` is never taken for a variable.
    note serverless.yml:14: `provider.apiGateway.shouldStartNameWithService` has no effect: names begin with the service's name.
    note serverless.yml:14: `provider.apiGateway.binaryMediaTypes` has no effect: an HTTP API hands on binary bodies in base64 by itself.
    note serverless.yml:14: `provider.apiGateway.minimumCompressionSize` has no effect: an HTTP API compresses nothing.
    note serverless.yml:15: `provider.httpApi.authorizers` has no effect: events that name one are refused.
    note serverless.yml:15: `provider.httpApi.metrics` has no effect: metrics are per API.
    note serverless.yml:16: `provider.iam.deploymentRole` has no effect: nothing is deployed through CloudFormation.
    ");
}

#[test]
fn statements_of_roles() {
    insta::assert_snapshot!(provider("  iamRoleStatements:\n    - {Effect: Alow, Action: a, Resource: b}\n    - {Action: a, Resource: b}\n    - {Effect: Allow}\n    - {Effect: Allow, NotAction: a, NotResource: b}\n    - {Effect: Allow, Action: a, Resource: !Ref Nothing, Condition: x, Efect: y}\n    - text\n    - {Effect: Allow, Action: [], Resource: []}\n"), @r"
    serverless.yml:6:16: `Effect` can't be `Alow`.
      Did you mean `Allow`? It is `Allow` or `Deny`.
    serverless.yml:7:7: `provider.iamRoleStatements.Effect` is missing.
      Write `Effect: Allow`.
    serverless.yml:8:7: `provider.iamRoleStatements.Action` is missing.
      Add it: a statement needs it.
    serverless.yml:8:7: `provider.iamRoleStatements.Resource` is missing.
      Add it: a statement needs it.
    serverless.yml:9:23: `provider.iamRoleStatements.NotAction` can't be honoured: it allows every action but those.
      List what is needed under `Action`.
    serverless.yml:9:37: `provider.iamRoleStatements.NotResource` can't be honoured: it is about everything but that.
      List what is needed under `Resource`.
    serverless.yml:10:44: Nothing that this service makes has the logical id `Nothing`.
      References can name what the service makes: .
    serverless.yml:10:69: `provider.iamRoleStatements.Condition` must be an object; it is a text.
    serverless.yml:10:72: `workshop` knows no key `Efect` in `provider.iamRoleStatements`.
      Did you mean `Effect`? Otherwise take it out.
    serverless.yml:11:7: `provider.iamRoleStatements` must be an object; it is a text.
    serverless.yml:12:7: `provider.iamRoleStatements.Action` is empty.
      Name at least one, or take the statement out.
    serverless.yml:12:7: `provider.iamRoleStatements.Resource` is empty.
      Name at least one, or take the statement out.
    ");
    insta::assert_snapshot!(provider("  iamRoleStatements: {a: b}\n"), @"serverless.yml:5:22: `provider.iamRoleStatements` must be a list; it is an object.");
}

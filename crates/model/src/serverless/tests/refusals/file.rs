//! Files that are no service, and keys of the file.

use super::*;

#[test]
fn files_that_are_no_service() {
    let whole = |text: &str| Outside::default().shown(text);
    insta::assert_snapshot!(whole(""), @r"
    serverless.yml:1:1: The service file is no object with keys such as `service` and `provider`.
      Begin it with `service: NAME`.
    ");
    insta::assert_snapshot!(whole("- a"), @r"
    serverless.yml:1:1: The service file is no object with keys such as `service` and `provider`.
      Begin it with `service: NAME`.
    ");
    insta::assert_snapshot!(whole("a: [b"), @r"
    serverless.yml:1:6: The service file is not valid YAML: while parsing a flow sequence, expected ',' or ']'.
      Look at the indentation, quotes and colons of this line and the one before.
    ");
    insta::assert_snapshot!(whole("a: 1\na: 2\n"), @r"
    serverless.yml:2:1: The key `a` stands in this object twice.
      Delete one of them.
    ");
    insta::assert_snapshot!(whole("x: 1\n"), @r"
    serverless.yml:1:1: `service` is missing.
      Begin the file with `service: NAME`.
    serverless.yml:1:1: `workshop` knows no key `x` at the top level.
      Correct it, or take it out.
    serverless.yml:1:1: `provider` is missing.
      Add it: `provider: {name: aws, runtime: nodejs24.x}`.
    ");
    insta::assert_snapshot!(whole("service: a b\nprovider: aws\n"), @r"
    serverless.yml:1:10: `a b` can't be a service's name: use letters, digits and `-`, begin with a letter, and stay within 40 characters.
      Rename the service: its name is the start of every name.
    serverless.yml:2:11: `provider` must be an object; it is a text.
    ");
    insta::assert_snapshot!(whole("service: {nam: a}\nprovider: {name: google}\n"), @r"
    serverless.yml:1:10: `service.name` is missing.
      Add it: `name: my-service`.
    serverless.yml:1:11: `workshop` knows no key `nam` in `service`.
      Did you mean `name`? Otherwise take it out.
    serverless.yml:2:18: The provider is `google`; `workshop` deploys to AWS.
      Write `name: aws` for a service of AWS.
    ");
    insta::assert_snapshot!(whole("service: a\nprovider: {name: aws, stage: 'a b', region: europe, stackName: x}\n"), @r"
    serverless.yml:2:30: `a b` can't be a stage's name: use letters, digits and `-`, begin with a letter, and stay within 40 characters.
      Choose another stage.
    serverless.yml:2:45: `europe` can't be a region: a region looks like us-east-1.
      Correct it.
    serverless.yml:2:64: The stack can't be called `x`: it is `<service>-<stage>`, `a-dev`.
      Take `stackName` out, or rename the service.
    ");
    insta::assert_snapshot!(whole("service: {name: a, awsKmsKeyArn: k}\nprovider: {name: aws}\n"), @r"
    serverless.yml:1:20: `service.awsKmsKeyArn` can't be honoured: environments are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    ");
}

#[test]
fn keys_of_the_file() {
    insta::assert_snapshot!(of("layers: {}\nconstructs: {}\nservices: {}\nfunction: {}\n"), @r"
    serverless.yml:3:1: `layers` can't be honoured: `workshop` deploys no layers.
      Put what the layer holds beside the handlers, so that it is in the functions' zips.
    serverless.yml:4:1: `constructs` can't be honoured: `workshop` makes no constructs of serverless-lift.
      Make by hand what they make.
    serverless.yml:5:1: `services` can't be honoured: it is a file of Serverless Compose.
      Deploy each service from its own folder.
    serverless.yml:6:1: `workshop` knows no key `function` at the top level.
      Did you mean `functions`? Otherwise take it out.
    ");
    insta::assert_snapshot!(of("frameworkVersion: '3'\nconfigValidationMode: error\nvariablesResolutionMode: '20210326'\nuseDotenv: true\norg: x\napp: y\nconsole: true\noutputs: {}\nbuild: {esbuild: true}\ndisabledDeprecations: ['*']\n"), @r"
    note serverless.yml:3: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    note serverless.yml:4: `configValidationMode` has no effect: every key is checked, always.
    note serverless.yml:5: `variablesResolutionMode` has no effect: variables are resolved in one way.
    note serverless.yml:6: `useDotenv` has no effect here: no `.env` file was read.
    note serverless.yml:7: `org` has no effect: nothing is sent to the dashboard.
    note serverless.yml:8: `app` has no effect: nothing is sent to the dashboard.
    note serverless.yml:9: `console` has no effect: nothing is sent to the dashboard.
    note serverless.yml:10: `outputs` has no effect: nothing is sent to the dashboard.
    note serverless.yml:12: `disabledDeprecations` has no effect: no version of the Serverless Framework runs.
    ");
}

#[test]
fn plugins() {
    insta::assert_snapshot!(of("plugins:\n  - serverless-domain-manager\n  - serverless-plugin-warmup\n  - serverless-plugin-scripts\n  - ./my-plugin\n  - serverless-ofline\n"), @r"
    serverless.yml:4:5: `workshop` does not do what the plugin serverless-domain-manager does.
      Map the domain to the API in AWS's console after a deployment, and take it out of `plugins`.
    serverless.yml:5:5: `workshop` does not do what the plugin serverless-plugin-warmup does.
      Take it out of `plugins`, with `warmup` of the functions.
    serverless.yml:6:5: `workshop` does not do what the plugin serverless-plugin-scripts does.
      Run the scripts yourself, before and after `workshop deploy`.
    serverless.yml:7:5: `workshop` does not know the plugin `./my-plugin`, and runs no plugins.
      Take it out of `plugins` if the service is the same without it.
    serverless.yml:8:5: `workshop` does not know the plugin `serverless-ofline`, and runs no plugins.
      Did you mean `serverless-offline`? Take it out of `plugins` if the service is the same without it.
    ");
    insta::assert_snapshot!(of("custom: {esbuild: {bundle: true}}\nplugins: {localPath: x, modules: [serverless-offline, serverless-esbuild, serverless-prune-plugin, serverless-step-functions]}\n"), @r"
    note serverless.yml:4: The plugin serverless-offline has no effect: `workshop local` runs the service on this machine, and `--local` deploys to it.
    note serverless.yml:4: The plugin serverless-prune-plugin has no effect: `workshop deploy prune` deletes versions that nothing needs.
    ");
    insta::assert_snapshot!(of("custom: {serverless-iam-roles-per-function: {defaultInherit: true, iamGlobalPermissionsBoundary: x}}\nplugins: [serverless-iam-roles-per-function]\n"), @r"
    serverless.yml:3:68: `custom.serverless-iam-roles-per-function.iamGlobalPermissionsBoundary` can't be honoured: roles have one boundary, the provider's.
      Write it as `provider.iam.role.permissionsBoundary`.
    ");
}

#[test]
fn resources_of_other_kinds() {
    insta::assert_snapshot!(of("resources:\n  Conditions: {}\n  Mappings: {}\n  Parameters: {}\n  Rules: {}\n  Transform: x\n  extensions: {}\n  Description: x\n  Metadata: {}\n  AWSTemplateFormatVersion: x\n  Resource: {}\n"), @r"
    serverless.yml:4:3: `resources.Conditions` can't be honoured: `workshop` evaluates no conditions of CloudFormation.
      Choose with a variable instead: `${self:custom.sizes.${sls:stage}}`.
    serverless.yml:5:3: `resources.Mappings` can't be honoured: `workshop` evaluates no `Fn::FindInMap`.
      Put the values under `custom`: `${self:custom.sizes.${sls:stage}}`.
    serverless.yml:6:3: `resources.Parameters` can't be honoured: there is no CloudFormation stack.
      Use `${param:NAME}` and `--param NAME=value`.
    serverless.yml:7:3: `resources.Rules` can't be honoured: there is no CloudFormation stack.
      Take it out.
    serverless.yml:8:3: `resources.Transform` can't be honoured: there is no CloudFormation stack.
      Write out what it makes.
    serverless.yml:9:3: `resources.extensions` can't be honoured: it changes the framework's own template.
      Take it out; `workshop print` shows what is deployed.
    serverless.yml:13:3: `workshop` knows no key `Resource` in `resources`.
      Did you mean `Resources`? Otherwise take it out.
    ");
    insta::assert_snapshot!(of("resources:\n  - Resources: {R: {Type: 'AWS::IAM::Role'}, P: {Type: 'AWS::Lambda::Permission'}}\n  - Resources: {G: {Type: 'AWS::ApiGateway::GatewayResponse'}, L: {Type: 'AWS::Logs::LogGroup'}, N: {}}\n"), @r"
    serverless.yml:4:17: `workshop` makes no AWS::IAM::Role: the resource `R` would be missing.
      Functions and state machines get roles of their own: list what they need under `iamRoleStatements`.
    serverless.yml:4:46: `workshop` makes no AWS::Lambda::Permission: the resource `P` would be missing.
      What calls functions is allowed to: take it out.
    serverless.yml:5:17: `workshop` makes no AWS::ApiGateway::GatewayResponse: the resource `G` would be missing.
      The API follows from the events of functions: take it out.
    serverless.yml:5:64: `workshop` makes no AWS::Logs::LogGroup: the resource `L` would be missing.
      Functions get their log groups, with `logRetentionInDays`. Make another one beforehand, and name it by its ARN.
    serverless.yml:5:98: The resource `N` can't be made: it has no `Type`.
      Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    ");
}

#[test]
fn stages_have_parameters_only() {
    insta::assert_snapshot!(of("stages: {prod: {params: {a: 1}, observability: true}}\n"), @"note serverless.yml:3: `stages.prod.observability` has no effect: nothing is sent to the dashboard.");
    insta::assert_snapshot!(of("stages: {prod: {resolvers: {x: {type: vault}}, parms: {}}}\n"), @r"
    serverless.yml:3:17: `stages.prod.resolvers` can't be honoured: variables of resolvers read other services.
      Use `${param:NAME}` and `--param NAME=value`.
    serverless.yml:3:48: `workshop` knows no key `parms` in `stages.prod`.
      Did you mean `params`? Otherwise take it out.
    ");
}

#[test]
fn a_service_file_may_be_json() {
    let text = r#"{"service": "a", "provider": {"name": "aws", "runtime": "nodejs22.x"}, "functions": {"f": {"handlr": "a.b"}}}"#;
    let outside = Outside::default();
    let errors = outside.parse_file("serverless.json", text).unwrap_err();
    insta::assert_snapshot!(shown_errors(&errors), @r"
    serverless.json:1:91: `functions.f.handler` is missing.
      It is the file's path and the function's name: `handler: handler.start`.
    serverless.json:1:92: `workshop` knows no key `handlr` in `functions.f`.
      Did you mean `handler`? Otherwise take it out.
    ");
    assert!(outside.parse_file("serverless.json", &text.replace("handlr", "handler")).is_ok());
}

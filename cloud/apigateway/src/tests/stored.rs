//! The row of an API as it is stored: a fixture that must be read and written back as it is.

use crate::model::Api;

const API: &str = r#"{"account":"000000000002","region":"us-east-1","facts":{"apiId":"abcdefghij","name":"lesson","protocolType":"HTTP","createdDate":"2026-01-02T03:04:05Z","corsConfiguration":{"allowMethods":["POST"],"allowOrigins":["*"],"maxAge":300},"disableExecuteApiEndpoint":false,"apiKeySelectionExpression":"$request.header.x-api-key","routeSelectionExpression":"$request.method $request.path","ipAddressType":"ipv4","tags":{"a":"1"}},"integrations":{"i234567":{"integrationId":"i234567","integrationType":"AWS_PROXY","integrationUri":"arn:aws:lambda:us-east-1:000000000002:function:start","integrationMethod":"POST","connectionType":"INTERNET","payloadFormatVersion":"2.0","timeoutInMillis":30000}},"routes":{"r234567":{"routeId":"r234567","routeKey":"POST /start","target":"integrations/i234567","authorizationType":"NONE","apiKeyRequired":false}},"stages":{"dev":{"stageName":"dev","autoDeploy":true,"createdDate":"2026-01-02T03:04:05Z","lastUpdatedDate":"2026-01-02T03:04:05Z","defaultRouteSettings":{"throttlingBurstLimit":5,"throttlingRateLimit":2.5},"routeSettings":{},"stageVariables":{"v":"1"},"tags":{},"deploymentId":"d23456","lastDeploymentStatusMessage":"Successfully deployed stage with deployment ID 'd23456'"}},"deployments":{"d23456":{"facts":{"deploymentId":"d23456","autoDeployed":true,"createdDate":"2026-01-02T03:04:05Z","deploymentStatus":"DEPLOYED","description":"Automatic deployment triggered by changes to the Api configuration"},"integrations":{"i234567":{"integrationId":"i234567","integrationType":"AWS_PROXY","integrationUri":"arn:aws:lambda:us-east-1:000000000002:function:start","integrationMethod":"POST","connectionType":"INTERNET","payloadFormatVersion":"2.0","timeoutInMillis":30000}},"routes":{"r234567":{"routeId":"r234567","routeKey":"POST /start","target":"integrations/i234567","authorizationType":"NONE","apiKeyRequired":false}}}}}"#;

#[test]
fn the_row_is_read_and_written_back() {
    let api: Api = serde_json::from_str(API).unwrap();
    assert_eq!(serde_json::to_string(&api).unwrap(), API);
}

#[test]
fn a_row_without_an_account_belongs_to_the_default_one() {
    let api: Api = serde_json::from_str(&API.replace(r#""account":"000000000002","#, "")).unwrap();
    assert_eq!((api.account.as_str(), api.region.as_str()), ("000000000000", "us-east-1"));
}

const GUARDED: &str = r#"{"account":"000000000000","region":"us-east-1","facts":{"apiId":"abcdefghij","name":"guarded","protocolType":"HTTP","createdDate":"2026-01-02T03:04:05Z","disableExecuteApiEndpoint":false,"apiKeySelectionExpression":"$request.header.x-api-key","routeSelectionExpression":"$request.method $request.path","ipAddressType":"ipv4","tags":{}},"integrations":{"i234567":{"integrationId":"i234567","integrationType":"HTTP_PROXY","integrationUri":"http://localhost:8080/{proxy}","integrationMethod":"ANY","connectionType":"INTERNET","payloadFormatVersion":"1.0","requestParameters":{"append:header.a":"$request.path"},"responseParameters":{"200":{"remove:header.b":"''"}},"timeoutInMillis":30000}},"routes":{"r234567":{"routeId":"r234567","routeKey":"ANY /{proxy+}","target":"integrations/i234567","authorizationType":"JWT","authorizerId":"a23456","authorizationScopes":["read"],"apiKeyRequired":false}},"stages":{},"deployments":{},"authorizers":{"a23456":{"authorizerId":"a23456","authorizerType":"JWT","name":"tokens","identitySource":["$request.header.Authorization"],"jwtConfiguration":{"audience":["shop"],"issuer":"http://localhost:8081"}},"b23456":{"authorizerId":"b23456","authorizerType":"REQUEST","name":"judge","authorizerUri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:judge/invocations","authorizerPayloadFormatVersion":"2.0","authorizerResultTtlInSeconds":60,"enableSimpleResponses":true,"authorizerCredentialsArn":"arn:aws:iam::000000000000:role/r"}}}"#;

#[test]
fn a_row_with_authorizers_and_a_server_is_read_and_written_back() {
    let api: Api = serde_json::from_str(GUARDED).unwrap();
    assert_eq!(serde_json::to_string(&api).unwrap(), GUARDED);
}

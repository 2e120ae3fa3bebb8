//! Routes that only whom IAM allows may call: signatures at the endpoint of an HTTP API, as they arrive.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use cloud_core::{Random, Stop};
use cloud_server::{CloudFront, CloudKeys, Peer};
use hyper::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::world::{World, read};

const ACCOUNT: &str = "000000000000";
const STRANGER: Peer = Peer::Other(65534);
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}"#;

/// A cloud with an API whose route `POST /x` is for who signs. Whoever is let in gets 501: the route leads elsewhere.
struct Guarded {
    world: World,
    api: String,
}

/// An access key, its secret, and a session's token.
type Keys<'a> = (&'a str, &'a str, Option<&'a str>);

const OWN: Keys<'_> = ("AKIAOWN", "secret", None);

impl Guarded {
    async fn new() -> Self {
        let world = World::new(1);
        let make = async |path: String, input: Value| {
            let answer = world.rest(ACCOUNT, "apigateway", Method::POST, &path, &input).await;
            assert_eq!(answer.status, 201, "{}", read(&answer));
            read(&answer)
        };
        let api = make("/v2/apis".to_owned(), json!({"name": "a", "protocolType": "HTTP"})).await;
        let api = api["apiId"].as_str().unwrap().to_owned();
        let path = format!("/v2/apis/{api}");
        let elsewhere = json!({
            "integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "integrationUri": "https://example.com/",
        });
        let integration = make(format!("{path}/integrations"), elsewhere).await;
        let target = format!("integrations/{}", integration["integrationId"].as_str().unwrap());
        let route = json!({"routeKey": "POST /x", "target": target, "authorizationType": "AWS_IAM"});
        make(format!("{path}/routes"), route).await;
        make(format!("{path}/stages"), json!({"stageName": "$default", "autoDeploy": true})).await;
        Self { world, api }
    }

    fn host(&self) -> String {
        format!("{}.execute-api.localhost:4566", self.api)
    }

    /// The status that a request gets.
    async fn status(&self, peer: Peer, headers: &str, body: &str) -> u16 {
        let keys = CloudKeys { access_key_id: OWN.0.to_owned(), secret_access_key: OWN.1.to_owned() };
        let clock = self.world.clock();
        let cloud = Arc::clone(&self.world.cloud);
        let front = CloudFront::new(cloud, keys, clock.clone(), clock, Random::from_seed(1), Stop::new());
        let (mut client, server) = tokio::io::duplex(1 << 16);
        let source = SocketAddr::from(([127, 0, 0, 1], 50_000));
        tokio::spawn(async move { front.serve_connection(server, source, peer).await });
        let request = format!(
            "POST /x HTTP/1.1\r\nHost: {}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.host(),
            body.len()
        );
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(status != 403 || answer.ends_with(r#"{"message":"Forbidden"}"#), "{answer}");
        status
    }

    /// The headers that sign a request.
    fn signed(&self, keys: Keys<'_>, service: &str, region: &str, body: &str) -> String {
        let (key, secret, token) = keys;
        let identity = Credentials::from_keys(key, secret, token.map(str::to_owned)).into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(self.world.now().into())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let url = format!("http://{}/x", self.host());
        let host = self.host();
        let headers = [("host", host.as_str())].into_iter();
        let signable = SignableRequest::new("POST", url, headers, SignableBody::Bytes(body.as_bytes())).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        instructions.headers().map(|(name, value)| format!("{name}: {value}\r\n")).collect()
    }
}

#[tokio::test]
async fn the_owner_signs_with_any_keys_and_others_with_known_ones() {
    let guarded = Guarded::new().await;
    assert_eq!(guarded.status(Peer::Owner, "", "{}").await, 403);
    let made_up = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/execute-api/aws4_request, \
                   SignedHeaders=host, Signature=x\r\n";
    assert_eq!(guarded.status(Peer::Owner, made_up, "{}").await, 501);
    assert_eq!(guarded.status(STRANGER, made_up, "{}").await, 403);
    let page = format!("{made_up}Origin: https://example.com\r\n");
    assert_eq!(guarded.status(Peer::Owner, &page, "{}").await, 403, "a page of somebody else is not the owner");
    let own = guarded.signed(OWN, "execute-api", "us-east-1", "{}");
    assert_eq!(guarded.status(STRANGER, &own, "{}").await, 501);
    assert_eq!(guarded.status(STRANGER, &own, "{ }").await, 403, "the body is signed");
    for (service, region) in [("lambda", "us-east-1"), ("execute-api", "eu-west-1")] {
        let other = guarded.signed(OWN, service, region, "{}");
        assert_eq!(guarded.status(STRANGER, &other, "{}").await, 403, "{service} {region}");
    }
    let other_account = made_up.replace("Credential=test", "Credential=000000000002");
    assert_eq!(guarded.status(Peer::Owner, &other_account, "{}").await, 403);
}

#[tokio::test]
async fn a_session_needs_the_permission_of_its_role() {
    let guarded = Guarded::new().await;
    let world = &guarded.world;
    let role = world.create_role_named(ACCOUNT, "caller", TRUST).await;
    let members = [("RoleArn", role.as_str()), ("RoleSessionName", "me")];
    let answer = world.query(ACCOUNT, "sts", "AssumeRole", &members).await.unwrap();
    let member = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let key = member("AccessKeyId");
    let secret = member("SecretAccessKey");
    let token = member("SessionToken");
    let keys = (key.as_str(), secret.as_str(), Some(token.as_str()));
    let signed = guarded.signed(keys, "execute-api", "us-east-1", "{}");
    assert_eq!(guarded.status(STRANGER, &signed, "{}").await, 403);
    for (path, status) in [("$default/POST/x", 501), ("$default/GET/*", 403), ("*", 501)] {
        let resource = format!("arn:aws:execute-api:us-east-1:{ACCOUNT}:{}/{path}", guarded.api);
        let statement = json!({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource});
        let document = json!({"Version": "2012-10-17", "Statement": [statement]});
        world.put_policy(ACCOUNT, "caller", &document.to_string()).await;
        assert_eq!(guarded.status(STRANGER, &signed, "{}").await, status, "{path}");
    }
}

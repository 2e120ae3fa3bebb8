//! API Gateway: HTTP APIs with their integrations, routes and stages.
//!
//! Each function fails when its call fails, except that a read of what does not exist returns none and a deletion of it
//! succeeds.

pub mod endpoint;

use aws_sdk_apigatewayv2::Client;
use aws_sdk_apigatewayv2::types::{Cors as SdkCors, IntegrationType, ProtocolType, RouteSettings};

use crate::error::{AwsError, ignore_not_found, or_absent};
use crate::retry::Repeat;
use crate::tags::{TagRead, Tags};
use model::names::Arn;

const SERVICE: &str = "API Gateway";

/// The IAM action that reads an API's tags.
const TAGS_ACTION: &str = "apigateway:GET";

/// An HTTP API without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// Its id, which the URL begins with.
    pub id: String,
    /// Its name; names need not be unique.
    pub name: String,
    /// Where its stages answer.
    pub endpoint: String,
    /// When it was made, in seconds since 1970.
    pub created_s: i64,
    /// What browsers of other origins may do.
    pub cors: Option<Cors>,
    /// Its tags.
    pub tags: TagRead,
}

/// What browsers of other origins may do. Lists are sorted; header names are in lower case, as API Gateway answers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Origins, or `*`.
    pub origins: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Request headers.
    pub headers: Vec<String>,
    /// Headers of answers that pages may read.
    pub exposed_headers: Vec<String>,
    /// Whether requests may carry credentials.
    pub allow_credentials: bool,
    /// How long a browser may keep the answer, in seconds; its own choice when absent.
    pub max_age_s: Option<u32>,
}

/// What a route runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: String,
    /// The function's ARN.
    pub uri: String,
    /// The version of the event that the function gets.
    pub payload_format: String,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its id.
    pub id: String,
    /// Method and path: `POST /start`.
    pub key: String,
    /// `integrations/<id>`.
    pub target: String,
}

/// A stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its name: the first part of every path.
    pub name: String,
    /// Whether a change goes live at once.
    pub auto_deploy: bool,
    /// Requests a second, in the long run.
    pub rate_per_s: Option<f64>,
    /// Requests at once.
    pub burst: Option<i32>,
    /// Its tags.
    pub tags: TagRead,
}

impl Cors {
    /// The same with its lists in API Gateway's order and case.
    pub fn normalised(self) -> Self {
        let sorted = |list: Vec<String>, change: fn(&str) -> String| {
            let mut list: Vec<String> = list.iter().map(|item| change(item)).collect();
            list.sort();
            list.dedup();
            list
        };
        Self {
            origins: sorted(self.origins, str::to_owned),
            methods: sorted(self.methods, str::to_uppercase),
            headers: sorted(self.headers, str::to_lowercase),
            exposed_headers: sorted(self.exposed_headers, str::to_lowercase),
            ..self
        }
    }
}

impl From<&SdkCors> for Cors {
    fn from(there: &SdkCors) -> Self {
        let cors = Self {
            origins: there.allow_origins().to_vec(),
            methods: there.allow_methods().to_vec(),
            headers: there.allow_headers().to_vec(),
            exposed_headers: there.expose_headers().to_vec(),
            allow_credentials: there.allow_credentials().unwrap_or_default(),
            max_age_s: there.max_age().and_then(|age| u32::try_from(age).ok()).filter(|age| *age > 0),
        };
        cors.normalised()
    }
}

impl From<&Cors> for SdkCors {
    fn from(cors: &Cors) -> Self {
        Self::builder()
            .set_allow_origins(Some(cors.origins.clone()))
            .set_allow_methods(Some(cors.methods.clone()))
            .set_allow_headers(Some(cors.headers.clone()))
            .set_expose_headers(Some(cors.exposed_headers.clone()).filter(|headers| !headers.is_empty()))
            .set_allow_credentials(cors.allow_credentials.then_some(true))
            .set_max_age(cors.max_age_s.and_then(|age| i32::try_from(age).ok()))
            .build()
    }
}

/// Reads all pages of a list that the SDK has no paginator for.
macro_rules! all_pages {
    ($request:expr, $operation:literal) => {{
        let mut items = Vec::new();
        let mut token = None;
        loop {
            let answer = $request.max_results("100").set_next_token(token).send().await;
            let page = answer.map_err(AwsError::from_sdk(SERVICE, $operation))?;
            items.extend(page.items.unwrap_or_default());
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break items;
            }
        }
    }};
}

/// Every HTTP API.
///
/// # Errors
/// The call failed.
pub async fn list(client: &Client) -> Result<Vec<Api>, AwsError> {
    Ok(all_pages!(client.get_apis(), "GetApis").into_iter().map(read).collect())
}

/// Every HTTP API with a name, oldest first. `arn` is the ARN of the one with an id: its tags are asked for where the list
/// says nothing of them.
///
/// # Errors
/// The call failed.
pub async fn named(client: &Client, name: &str, arn: impl Fn(&str) -> Arn) -> Result<Vec<Api>, AwsError> {
    let mut apis = Vec::new();
    for mut api in list(client).await?.into_iter().filter(|api| api.name == name) {
        if api.tags.known().is_none() {
            // One that is gone since is not there.
            let Some(tags) = tags(client, arn(&api.id).as_str()).await? else { continue };
            api.tags = tags;
        }
        apis.push(api);
    }
    apis.sort_by(|one, other| (one.created_s, &one.id).cmp(&(other.created_s, &other.id)));
    Ok(apis)
}

/// The tags of an HTTP API, if it exists.
async fn tags(client: &Client, arn: &str) -> Result<Option<TagRead>, AwsError> {
    let answer = client.get_tags().resource_arn(arn).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "GetTags")));
    TagRead::unless_denied(found, |output| {
        TagRead::promised(output.tags.map(|tags| tags.into_iter().collect()), TAGS_ACTION)
    })
}

fn read(api: aws_sdk_apigatewayv2::types::Api) -> Api {
    Api {
        cors: api.cors_configuration().map(Cors::from),
        created_s: api.created_date().map_or(0, |date| date.secs()),
        id: api.api_id.unwrap_or_default(),
        name: api.name.unwrap_or_default(),
        endpoint: api.api_endpoint.unwrap_or_default(),
        tags: TagRead::promised(api.tags.map(|tags| tags.into_iter().collect()), TAGS_ACTION),
    }
}

/// Creates an HTTP API and returns its id and endpoint. Never executed twice: nothing keeps a second call from making
/// a second API.
pub async fn create_api(
    client: &Client,
    name: &str,
    cors: Option<&Cors>,
    tags: &Tags,
) -> Result<(String, String), AwsError> {
    let request = client
        .create_api()
        .name(name)
        .protocol_type(ProtocolType::Http)
        .set_cors_configuration(cors.map(SdkCors::from))
        .set_tags(Some(tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()));
    let answer = request
        .customize()
        .interceptor(Repeat::IfNotExecuted)
        .send()
        .await
        .map_err(AwsError::from_sdk(SERVICE, "CreateApi"))?;
    Ok((answer.api_id.unwrap_or_default(), answer.api_endpoint.unwrap_or_default()))
}

/// Replaces what browsers of other origins may do.
pub async fn update_cors(client: &Client, api: &str, cors: Option<&Cors>) -> Result<(), AwsError> {
    match cors {
        Some(cors) => {
            let request = client.update_api().api_id(api).cors_configuration(cors.into());
            request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateApi")).map(|_| ())
        }
        // UpdateApi takes an absent configuration for "leave it".
        None => {
            let answer = client.delete_cors_configuration().api_id(api).send().await;
            ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteCorsConfiguration")))
        }
    }
}

/// Adds tags to an HTTP API or to a stage of one.
pub async fn tag(client: &Client, arn: &str, tags: &Tags) -> Result<(), AwsError> {
    let tags = tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let answer = client.tag_resource().resource_arn(arn).set_tags(Some(tags)).send().await;
    answer.map_err(AwsError::from_sdk(SERVICE, "TagResource")).map(|_| ())
}

/// Deletes an HTTP API with everything in it, if it exists.
pub async fn delete_api(client: &Client, api: &str) -> Result<(), AwsError> {
    ignore_not_found(client.delete_api().api_id(api).send().await.map_err(AwsError::from_sdk(SERVICE, "DeleteApi")))
}

/// An API's integrations.
pub async fn integrations(client: &Client, api: &str) -> Result<Vec<Integration>, AwsError> {
    let found = all_pages!(client.get_integrations().api_id(api), "GetIntegrations");
    let read = |integration: aws_sdk_apigatewayv2::types::Integration| Integration {
        id: integration.integration_id.unwrap_or_default(),
        uri: integration.integration_uri.unwrap_or_default(),
        payload_format: integration.payload_format_version.unwrap_or_default(),
    };
    Ok(found.into_iter().map(read).collect())
}

/// Creates an integration with a function, which gets events of the version `payload_format`, and returns its id. Never
/// executed twice, like [`create_api`].
pub async fn create_integration(
    client: &Client,
    api: &str,
    uri: &str,
    payload_format: &str,
) -> Result<String, AwsError> {
    let request = client
        .create_integration()
        .api_id(api)
        .integration_type(IntegrationType::AwsProxy)
        .integration_uri(uri)
        .payload_format_version(payload_format);
    let answer = request.customize().interceptor(Repeat::IfNotExecuted).send().await;
    let answer = answer.map_err(AwsError::from_sdk(SERVICE, "CreateIntegration"))?;
    Ok(answer.integration_id.unwrap_or_default())
}

/// Sets the version of the event that an integration's function gets.
pub async fn update_integration(client: &Client, api: &str, id: &str, payload_format: &str) -> Result<(), AwsError> {
    let request = client.update_integration().api_id(api).integration_id(id).payload_format_version(payload_format);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateIntegration")).map(|_| ())
}

/// Deletes an integration, if it exists.
pub async fn delete_integration(client: &Client, api: &str, id: &str) -> Result<(), AwsError> {
    let answer = client.delete_integration().api_id(api).integration_id(id).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteIntegration")))
}

/// An API's routes.
pub async fn routes(client: &Client, api: &str) -> Result<Vec<Route>, AwsError> {
    let found = all_pages!(client.get_routes().api_id(api), "GetRoutes");
    let read = |route: aws_sdk_apigatewayv2::types::Route| Route {
        id: route.route_id.unwrap_or_default(),
        key: route.route_key.unwrap_or_default(),
        target: route.target.unwrap_or_default(),
    };
    Ok(found.into_iter().map(read).collect())
}

/// Creates a route to an integration.
pub async fn create_route(client: &Client, api: &str, key: &str, target: &str) -> Result<(), AwsError> {
    let request = client.create_route().api_id(api).route_key(key).target(target);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateRoute")).map(|_| ())
}

/// Points a route to another integration.
pub async fn update_route(client: &Client, api: &str, id: &str, target: &str) -> Result<(), AwsError> {
    let request = client.update_route().api_id(api).route_id(id).target(target);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateRoute")).map(|_| ())
}

/// Deletes a route, if it exists.
pub async fn delete_route(client: &Client, api: &str, id: &str) -> Result<(), AwsError> {
    let answer = client.delete_route().api_id(api).route_id(id).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteRoute")))
}

/// An API's stages.
pub async fn stages(client: &Client, api: &str) -> Result<Vec<Stage>, AwsError> {
    let found = all_pages!(client.get_stages().api_id(api), "GetStages");
    let read = |stage: aws_sdk_apigatewayv2::types::Stage| {
        let settings = stage.default_route_settings();
        Stage {
            auto_deploy: stage.auto_deploy().unwrap_or_default(),
            rate_per_s: settings.and_then(RouteSettings::throttling_rate_limit),
            burst: settings.and_then(RouteSettings::throttling_burst_limit),
            name: stage.stage_name.unwrap_or_default(),
            tags: TagRead::Known(stage.tags.unwrap_or_default().into_iter().collect()),
        }
    };
    Ok(found.into_iter().map(read).collect())
}

/// Creates a stage on which every change goes live at once.
pub async fn create_stage(
    client: &Client,
    api: &str,
    name: &str,
    rate_per_s: u32,
    burst: u32,
    tags: &Tags,
) -> Result<(), AwsError> {
    let settings = throttled(rate_per_s, burst);
    let request = client.create_stage().api_id(api).stage_name(name).auto_deploy(true).default_route_settings(settings);
    let tags = (!tags.is_empty()).then(|| tags.clone().into_iter().collect());
    let request = request.set_tags(tags);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateStage")).map(|_| ())
}

/// Sets a stage's limits, and that every change goes live at once.
pub async fn update_stage(client: &Client, api: &str, name: &str, rate_per_s: u32, burst: u32) -> Result<(), AwsError> {
    let settings = throttled(rate_per_s, burst);
    let request = client.update_stage().api_id(api).stage_name(name).auto_deploy(true).default_route_settings(settings);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateStage")).map(|_| ())
}

fn throttled(rate_per_s: u32, burst: u32) -> RouteSettings {
    RouteSettings::builder()
        .throttling_rate_limit(f64::from(rate_per_s))
        .throttling_burst_limit(i32::try_from(burst).unwrap_or(i32::MAX))
        .build()
}

//! Tests of the table of operations.

use jiff::Timestamp;

use super::*;
use crate::location::{Account, Location};

struct Echo;

static INFO: ServiceInfo = ServiceInfo::new("Echo", "echo", Protocol::Rest);

static OPERATIONS: &[Operation<Echo>] = &[
    Operation::new(
        "ListThings",
        Binding::Rest("GET", "/v2/things"),
        Access::Reads,
        "echo:ListThings",
        Resource::Any,
        |_, _| Box::pin(async { Ok(Response::new(200, "text/plain", "all")) }),
    ),
    Operation::new(
        "GetThing",
        Binding::Rest("GET", "/v2/things/{Name}"),
        Access::Reads,
        "echo:GetThing",
        Resource::Template("arn:aws:echo:{region}:{account}:thing/{Name}"),
        |_, request| Box::pin(async move { Ok(Response::new(200, "text/plain", request.label("Name").to_owned())) }),
    ),
];

fn request(method: Method, path: &str) -> Request {
    let location = Location::new(Account::parse("000000000002").unwrap(), "eu-west-2");
    Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &location, "echo").with_path(method, path, "", "")
}

#[tokio::test]
async fn a_path_names_the_operation_and_its_labels() {
    let echo = Routed::new(&INFO, OPERATIONS, Arc::new(Echo));
    let mut asked = request(Method::GET, "/v2/things/a%2Fb");
    let (operation, labels) = echo.find(&asked).unwrap();
    assert_eq!((operation.name, &labels), ("GetThing", &vec![("Name", "a/b".to_owned())]));
    asked.labels = labels;
    assert_eq!(operation.resource_arn(&asked), "arn:aws:echo:eu-west-2:000000000002:thing/a/b");
    assert_eq!(echo.call(operation, &asked).await.unwrap().body, "a/b");
    let all = request(Method::GET, "/v2/things");
    let (operation, _) = echo.find(&all).unwrap();
    assert_eq!((operation.name, operation.resource_arn(&all)), ("ListThings", "*".to_owned()));
}

#[test]
fn what_is_not_listed_is_not_found() {
    let echo = Routed::new(&INFO, OPERATIONS, Arc::new(Echo));
    for (method, path) in [(Method::POST, "/v2/things"), (Method::GET, "/v2/things/a/b"), (Method::GET, "/v1/things")] {
        assert!(echo.find(&request(method.clone(), path)).is_none(), "{method} {path}");
    }
}

#[test]
fn resources_come_from_the_input() {
    let info = |resource| OperationInfo {
        name: "X",
        binding: Binding::Target,
        access: Access::Reads,
        action: "echo:X",
        resource,
        alone_on: None,
        quota: None,
        body_limit_bytes: crate::DEFAULT_BODY_LIMIT_BYTES,
        refused: &[],
        needs_permission: true,
        needs_signature: true,
        needs: &[],
        keys: &[],
        further_resources: None,
    };
    let asked = request(Method::POST, "/").with_target("Echo", "X", r#"{"thingArn":"arn:x"}"#);
    assert_eq!(info(Resource::Arn("thingArn")).resource_arn(&asked), "arn:x");
    assert_eq!(info(Resource::Arn("other")).resource_arn(&asked), "*");
    assert_eq!(info(Resource::Template("arn:{other}")).resource_arn(&asked), "*");
    assert_eq!(info(Resource::Computed(|_| Some("arn:y".to_owned()))).resource_arn(&asked), "arn:y");
}

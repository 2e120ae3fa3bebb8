//! The table itself.

use std::collections::BTreeSet;

use cloud_core::{Access, Binding, Location, Request, Routed, Service as _};
use hyper::Method;

use super::{Fixture, INFO, OPERATIONS, infos};

#[test]
fn each_operation_stands_once() {
    let names: BTreeSet<&str> = infos().map(|info| info.name).collect();
    let bindings: BTreeSet<String> = infos().map(|info| format!("{:?}", info.binding)).collect();
    assert_eq!((names.len(), bindings.len()), (OPERATIONS.len(), OPERATIONS.len()));
}

#[test]
fn the_method_tells_what_reads_and_is_the_action() {
    for info in infos() {
        let Binding::Rest(method, path) = info.binding else { panic!("{} is no path", info.name) };
        assert_eq!(info.access == Access::Reads, method == "GET", "{}", info.name);
        assert_eq!(info.access == Access::Writes, info.name == "CreateApi", "{}", info.name);
        assert_eq!(info.action, format!("apigateway:{method}"));
        assert!(path.starts_with("/v2/"), "{path}");
    }
}

#[test]
fn a_path_names_its_operation_and_resource() {
    let service = Routed::new(&INFO, OPERATIONS, Fixture::new().apis);
    let found = |method: Method, path: &str| {
        let request =
            Request::internal("id".to_owned(), jiff::Timestamp::UNIX_EPOCH, &Location::default(), "apigateway");
        let mut request = request.with_path(method, path, "", "");
        let (info, labels) = service.find(&request)?;
        request.labels = labels;
        Some(format!("{} {}", info.name, info.resource_arn(&request)))
    };
    let named = |method, path: &str| found(method, path).unwrap();
    assert_eq!(named(Method::GET, "/v2/apis"), "GetApis arn:aws:apigateway:us-east-1::/apis");
    assert_eq!(
        named(Method::DELETE, "/v2/apis/abc/routes/r1"),
        "DeleteRoute arn:aws:apigateway:us-east-1::/apis/abc/routes/r1"
    );
    assert_eq!(
        named(Method::POST, "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc"),
        "TagResource arn:aws:apigateway:us-east-1::/tags/arn:aws:apigateway:us-east-1::/apis/abc"
    );
    assert_eq!(found(Method::PATCH, "/v2/apis/abc/deployments/d"), None);
    assert_eq!(found(Method::GET, "/v2/domainnames"), None);
}

//! Which route a method and path belong to.
//!
//! Rules: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>: a full match wins over
//! a greedy one, a greedy one over `$default`; where a literal and a variable both match, the literal is more specific;
//! a named method wins over ANY.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::model::{Route, RouteKey, Segment};

/// A route that matches, with the values of its path's variables.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Match<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: BTreeMap<String, String>,
}

/// What kind of match it is; the first wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Full,
    Greedy,
    Default,
}

/// How specific a match is; the smallest wins. After its kind its segments decide (0 literal, 1 variable, 2 greedy), then
/// whether the method is ANY.
type Rank = (Kind, Vec<u8>, bool);

/// The route that a request belongs to.
pub(super) fn best<'a>(routes: impl Iterator<Item = &'a Route>, method: &str, path: &str) -> Option<Match<'a>> {
    let found = routes.filter_map(|route| {
        let key = RouteKey::parse(&route.route_key)?;
        let (rank, parameters) = matched(&key, method, path)?;
        Some((rank, Match { route, parameters }))
    });
    found.min_by_key(|(rank, _)| rank.clone()).map(|(_, found)| found)
}

fn matched(key: &RouteKey<'_>, method: &str, path: &str) -> Option<(Rank, BTreeMap<String, String>)> {
    let RouteKey::Path { method: wanted, segments } = key else {
        return Some(((Kind::Default, Vec::new(), false), BTreeMap::new()));
    };
    if *wanted != "ANY" && *wanted != method {
        return None;
    }
    let given: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    let mut parameters = BTreeMap::new();
    let mut ranks = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let text = *given.get(index)?;
        match segment {
            Segment::Literal(literal) if decoded(text) == *literal || text == *literal => ranks.push(0),
            Segment::Literal(_) => return None,
            Segment::Variable(_) if text.is_empty() => return None,
            Segment::Variable(name) => {
                parameters.insert((*name).to_owned(), decoded(text));
                ranks.push(1);
            }
            Segment::Greedy(name) => {
                let rest = given.get(index..).unwrap_or_default().join("/");
                if rest.is_empty() {
                    return None;
                }
                parameters.insert((*name).to_owned(), decoded(&rest));
                ranks.push(2);
                return Some(((Kind::Greedy, ranks, *wanted == "ANY"), parameters));
            }
        }
    }
    let rank = (Kind::Full, ranks, *wanted == "ANY");
    (segments.len() == given.len()).then_some((rank, parameters))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route(key: &str) -> Route {
        Route {
            route_id: String::new(),
            route_key: key.to_owned(),
            target: None,
            authorization_type: "NONE".to_owned(),
            authorizer_id: None,
            authorization_scopes: Vec::new(),
            api_key_required: false,
            operation_name: None,
            api_gateway_managed: false,
        }
    }

    fn choose(keys: &[&str], method: &str, path: &str) -> Option<(String, BTreeMap<String, String>)> {
        let routes: Vec<Route> = keys.iter().map(|key| route(key)).collect();
        best(routes.iter(), method, path).map(|found| (found.route.route_key.clone(), found.parameters))
    }

    fn chosen(keys: &[&str], method: &str, path: &str) -> Option<String> {
        choose(keys, method, path).map(|(key, _)| key)
    }

    #[test]
    fn the_order_that_aws_documents() {
        let keys = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"];
        assert_eq!(chosen(&keys, "GET", "/pets/dog/1").as_deref(), Some("GET /pets/dog/1"));
        assert_eq!(chosen(&keys, "GET", "/pets/dog/2").as_deref(), Some("GET /pets/dog/{id}"));
        assert_eq!(chosen(&keys, "GET", "/pets/cat/1").as_deref(), Some("GET /pets/{proxy+}"));
        assert_eq!(chosen(&keys, "POST", "/test/5").as_deref(), Some("ANY /{proxy+}"));
        assert_eq!(chosen(&keys, "GET", "/").as_deref(), Some("$default"));
    }

    #[test]
    fn methods() {
        assert_eq!(chosen(&["ANY /a", "GET /a"], "GET", "/a").as_deref(), Some("GET /a"));
        assert_eq!(chosen(&["ANY /a", "GET /a"], "PUT", "/a").as_deref(), Some("ANY /a"));
        assert_eq!(chosen(&["POST /start"], "GET", "/start"), None);
        assert_eq!(chosen(&["POST /start"], "POST", "/start/"), None);
        assert_eq!(chosen(&["POST /"], "POST", "/").as_deref(), Some("POST /"));
    }

    #[test]
    fn parameters_are_decoded() {
        let (_, parameters) = choose(&["GET /a/{id}/{rest+}"], "GET", "/a/x%20y/b/c%2Fd").unwrap();
        assert_eq!(parameters["id"], "x y");
        assert_eq!(parameters["rest"], "b/c/d");
        assert_eq!(choose(&["GET /a/{rest+}"], "GET", "/a/"), None);
    }

    proptest! {
        #[test]
        fn a_literal_route_matches_itself(path in "(/[a-z0-9]{1,5}){1,4}") {
            let key = format!("GET {path}");
            prop_assert_eq!(chosen(&["GET /{proxy+}", &key, "$default"], "GET", &path), Some(key.clone()));
        }

        #[test]
        fn any_path_finds_the_default_route(path in "/.{0,30}") {
            let found = chosen(&["$default"], "GET", &path);
            prop_assert_eq!(found.as_deref(), Some("$default"));
        }
    }
}

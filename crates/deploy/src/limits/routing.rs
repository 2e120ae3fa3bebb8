//! What routes declare that one HTTP API can't do for all of them.

use crate::limits::breach::Breach;
use model::service::{Cors, Route};

/// What of the routes contradicts itself: an API has one CORS configuration, and a function gets events of one form.
pub(super) fn breaches(routes: &[Route]) -> Vec<Breach> {
    let formats = routes.iter().filter_map(|route| two_formats(route, routes));
    let origins = routes.iter().filter_map(credentials_for_all);
    formats.chain(origins).chain(two_cors(routes)).collect()
}

fn two_formats(route: &Route, routes: &[Route]) -> Option<Breach> {
    let first = routes.iter().find(|first| first.function == route.function)?;
    (first.payload_format != route.payload_format).then(|| Breach {
        at: route.at.clone(),
        what: format!(
            "The route {} gives its function `{}` events of the payload format {}; the route {} at {} gives it {}.",
            route.key(),
            route.function,
            route.payload_format.as_str(),
            first.key(),
            first.at,
            first.payload_format.as_str()
        ),
        way_out: "Declare both as `http` events or both as `httpApi` events, or let two functions answer them."
            .to_owned(),
    })
}

fn credentials_for_all(route: &Route) -> Option<Breach> {
    let cors = route.cors.as_ref()?;
    (cors.allow_credentials && cors.origins.iter().any(|origin| origin == "*")).then(|| Breach {
        at: route.at.clone(),
        what: format!("The CORS settings of the route {} allow credentials to pages of any origin.", route.key()),
        way_out: "Name the origins, or do not allow credentials: API Gateway takes only one of the two.".to_owned(),
    })
}

fn two_cors(routes: &[Route]) -> Option<Breach> {
    let mut declared = routes.iter().filter_map(|route| Some((route, without_methods(route.cors.as_ref()?))));
    let (first, wanted) = declared.next()?;
    let (other, _) = declared.find(|(_, cors)| *cors != wanted)?;
    Some(Breach {
        at: other.at.clone(),
        what: format!(
            "The CORS settings of the route {} differ from those of the route {} at {}; an HTTP API has one for all its routes.",
            other.key(),
            first.key(),
            first.at
        ),
        way_out: "Give them the same origins, headers, credentials and age; methods may differ.".to_owned(),
    })
}

fn without_methods(cors: &Cors) -> Cors {
    Cors { methods: Vec::new(), ..cors.clone() }
}

//! Parameter mapping: changes to a request before an integration gets it, and to its answer before the client does.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html>

use super::mapping::Mapping;

/// What is done with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// One more of this name.
    Append(Mapping),
    /// This one alone.
    Overwrite(Mapping),
    /// None of this name.
    Remove,
}

/// A change to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestChange {
    /// Of a header.
    Header(String, Change),
    /// Of a parameter of the query.
    Query(String, Change),
    /// Another path.
    Path(Mapping),
}

/// A change to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResponseChange {
    /// Of a header.
    Header(String, Change),
    /// Another status.
    Status(Mapping),
}

/// Headers that no mapping may change, but for those with one of [`RESERVED_PREFIXES`] (the list of the guide).
const RESERVED: [&str; 20] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-location",
    "forwarded",
    "keep-alive",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "trailer",
];
const RESERVED_PREFIXES: [&str; 4] = ["access-control-", "apigw-", "x-amz-", "x-amzn-"];

impl RequestChange {
    /// Reads one entry of `requestParameters`.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn parse(key: &str, value: &str) -> Result<Self, String> {
        let (action, place) = split(key)?;
        let read = |key: &str, value: &str| found(Mapping::parse(value), key, value);
        match place.split_once('.') {
            Some(("header", name)) => Ok(Self::Header(header(name)?, change(key, action, read(key, value))?)),
            Some(("querystring", name)) if !name.is_empty() => {
                Ok(Self::Query(name.to_owned(), change(key, action, read(key, value))?))
            }
            None if place == "path" && action == "overwrite" => Ok(Self::Path(read(key, value)?)),
            _ => Err(unknown(key)),
        }
    }
}

impl ResponseChange {
    /// Reads one entry of `responseParameters` of a status.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn parse(key: &str, value: &str) -> Result<Self, String> {
        let (action, place) = split(key)?;
        let read = |key: &str, value: &str| found(Mapping::parse_over_response(value), key, value);
        match place.split_once('.') {
            Some(("header", name)) => Ok(Self::Header(header(name)?, change(key, action, read(key, value))?)),
            None if place == "statuscode" && action == "overwrite" => Ok(Self::Status(read(key, value)?)),
            _ => Err(unknown(key)),
        }
    }
}

fn split(key: &str) -> Result<(&str, &str), String> {
    key.split_once(':').ok_or_else(|| unknown(key))
}

/// What an action does with the value; to remove something takes none, whatever stands there.
fn change(key: &str, action: &str, value: Result<Mapping, String>) -> Result<Change, String> {
    match action {
        "append" => Ok(Change::Append(value?)),
        "overwrite" => Ok(Change::Overwrite(value?)),
        "remove" => Ok(Change::Remove),
        _ => Err(unknown(key)),
    }
}

fn found(mapping: Option<Mapping>, key: &str, value: &str) -> Result<Mapping, String> {
    mapping.ok_or_else(|| {
        format!(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression \
             parameter specified: {value} for destination: {key}]"
        )
    })
}

fn header(name: &str) -> Result<String, String> {
    let name = name.to_ascii_lowercase();
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if !is_name {
        return Err(format!("Invalid header name specified: {name}"));
    }
    if RESERVED.contains(&name.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Err(format!("Operations on header {name} are restricted"));
    }
    Ok(name)
}

fn unknown(key: &str) -> String {
    format!("Invalid parameter mapping: {key} is not supported")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_say_what_is_changed_and_how() {
        let value = Mapping::parse("$request.header.a").unwrap();
        let parsed = |key: &str| RequestChange::parse(key, "$request.header.a");
        let append = Change::Append(value.clone());
        assert_eq!(parsed("append:header.X-B"), Ok(RequestChange::Header("x-b".to_owned(), append)));
        let overwrite = Change::Overwrite(value.clone());
        assert_eq!(parsed("overwrite:querystring.q.r"), Ok(RequestChange::Query("q.r".to_owned(), overwrite)));
        assert_eq!(parsed("overwrite:path"), Ok(RequestChange::Path(value.clone())));
        assert_eq!(parsed("remove:header.Host"), Ok(RequestChange::Header("host".to_owned(), Change::Remove)));
        assert_eq!(
            ResponseChange::parse("overwrite:statuscode", "403"),
            Ok(ResponseChange::Status(Mapping::parse("403").unwrap()))
        );
    }

    #[test]
    fn what_can_not_be_changed() {
        for key in [
            "header.a",
            "append:path",
            "remove:path",
            "append:body",
            "set:header.a",
            "append:header.",
            "append:header.a b",
            "append:querystring.",
            "overwrite:statuscode",
            "append:header.Authorization",
            "remove:header.x-amz-date",
            "overwrite:header.access-control-allow-origin",
            "overwrite:header.x-forwarded-for",
        ] {
            assert!(RequestChange::parse(key, "x").is_err(), "{key}");
        }
        for key in ["append:querystring.a", "overwrite:path", "append:statuscode", "append:header.via"] {
            assert!(ResponseChange::parse(key, "x").is_err(), "{key}");
        }
        assert!(RequestChange::parse("append:header.a", "$request.nothing").is_err());
    }
}

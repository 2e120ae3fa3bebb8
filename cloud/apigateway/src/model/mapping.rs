//! A parameter of an integration: a text, or what of a request, its context or its stage it stands for.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html>

/// Where a part of a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// `$request.header.name`.
    Header(String),
    /// `$request.querystring.name`.
    Query(String),
    /// `$request.path.name`: a variable of the route's path.
    PathParameter(String),
    /// `$request.path`: the whole path.
    Path,
    /// `$request.body`.
    Body,
    /// `$request.body.a.b[0]`: what stands there in a JSON body.
    BodyMember(Vec<Step>),
    /// `$context.name`.
    Context(String),
    /// `$stageVariables.name`.
    StageVariable(String),
}

/// One step into a JSON body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The member of an object.
    Member(String),
    /// The item of an array.
    Item(usize),
}

/// A part of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// As it stands.
    Text(String),
    /// What is there in the request.
    From(Source),
}

/// A value of `requestParameters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapping(pub(crate) Vec<Part>);

impl Mapping {
    /// Reads a mapping over a request: a selection expression as a whole, texts with `${...}` in them, or a text. None where it
    /// selects what there is not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_with(text, source)
    }

    /// Reads a mapping over an integration's answer: its headers and body are named as a request's are.
    pub(crate) fn parse_over_response(text: &str) -> Option<Self> {
        Self::parse_with(text, response_source)
    }

    fn parse_with(text: &str, source: fn(&str) -> Option<Source>) -> Option<Self> {
        if let Some(expression) = text.strip_prefix('$')
            && !expression.starts_with('{')
        {
            return Some(Self(vec![Part::From(source(expression)?)]));
        }
        // A document is no value: AWS takes an object for a selection that it does not know.
        if text.starts_with('{') {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (expression, left) = after.split_once('}')?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::From(source(expression)?));
            rest = left;
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Some(Self(parts))
    }
}

/// The source that an expression without its `$` names.
fn source(expression: &str) -> Option<Source> {
    let named = |prefix: &str| expression.strip_prefix(prefix).filter(|name| !name.is_empty()).map(str::to_owned);
    match expression {
        "request.body" => return Some(Source::Body),
        "request.path" => return Some(Source::Path),
        _ => {}
    }
    if let Some(path) = named("request.body.") {
        return steps(&path).map(Source::BodyMember);
    }
    named("request.header.")
        .map(Source::Header)
        .or_else(|| named("request.querystring.").map(Source::Query))
        .or_else(|| named("request.path.").map(Source::PathParameter))
        .or_else(|| named("context.").map(Source::Context))
        .or_else(|| named("stageVariables.").map(Source::StageVariable))
}

/// The source that an expression over an answer names. It has neither a query nor a path.
fn response_source(expression: &str) -> Option<Source> {
    match expression.split_once('.') {
        Some(("response", rest)) if rest == "body" || rest.starts_with("body.") || rest.starts_with("header.") => {
            source(&format!("request.{rest}"))
        }
        Some(("context" | "stageVariables", _)) => source(expression),
        _ => None,
    }
}

/// The steps of a path such as `a.b[0].c`; neither descent nor filters are known to HTTP APIs.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for segment in path.split('.') {
        let (name, mut indices) = match segment.split_once('[') {
            Some((name, rest)) => (name, Some(rest)),
            None => (segment, None),
        };
        if name.is_empty() {
            return None;
        }
        steps.push(Step::Member(name.to_owned()));
        while let Some(rest) = indices {
            let (index, left) = rest.split_once(']')?;
            steps.push(Step::Item(index.parse().ok()?));
            indices = match left {
                "" => None,
                more => Some(more.strip_prefix('[')?),
            };
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_texts_and_both() {
        let from = |source: Source| Mapping(vec![Part::From(source)]);
        let text = |text: &str| Part::Text(text.to_owned());
        let parsed = |text: &str| Mapping::parse(text).unwrap();
        assert_eq!(parsed("$request.body"), from(Source::Body));
        assert_eq!(parsed("$request.path"), from(Source::Path));
        assert_eq!(parsed("$request.path.id"), from(Source::PathParameter("id".to_owned())));
        assert_eq!(parsed("$request.header.x-a.b"), from(Source::Header("x-a.b".to_owned())));
        assert_eq!(parsed("$context.identity.sourceIp"), from(Source::Context("identity.sourceIp".to_owned())));
        let steps = vec![Step::Member("a".to_owned()), Step::Item(0), Step::Item(2), Step::Member("b".to_owned())];
        assert_eq!(parsed("$request.body.a[0][2].b"), from(Source::BodyMember(steps)));
        assert_eq!(parsed("plain"), Mapping(vec![text("plain")]));
        assert_eq!(parsed(""), Mapping(vec![text("")]));
        assert_eq!(
            parsed("run-${stageVariables.v}-x"),
            Mapping(vec![text("run-"), Part::From(Source::StageVariable("v".to_owned())), text("-x")])
        );
    }

    #[test]
    fn expressions_over_an_answer() {
        let parsed = |text: &str| Mapping::parse_over_response(text);
        assert_eq!(parsed("$response.header.a"), Mapping::parse("$request.header.a"));
        assert_eq!(parsed("a-${response.body.b[1]}"), Mapping::parse("a-${request.body.b[1]}"));
        assert_eq!(parsed("$context.requestId"), Mapping::parse("$context.requestId"));
        for text in ["$request.header.a", "$response.querystring.a", "$response.path", "$response.bodya"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn what_selects_nothing_there_is() {
        let wrong = [
            "$request.nothing",
            "$request.body..a",
            "$request.body.a[x]",
            "$request.body.a[0]b",
            "$request.header.",
            "$",
            "a${request.x}",
            "a${request.body",
            r#"{"a":1}"#,
        ];
        for text in wrong {
            assert_eq!(Mapping::parse(text), None, "{text}");
        }
    }
}

//! Route keys: `POST /start`, `ANY /{proxy+}` or `$default`.

const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// A route key that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RouteKey<'a> {
    /// `$default`: what no other route matches.
    Default,
    /// A method, or ANY, and a path.
    Path { method: &'a str, segments: Vec<Segment<'a>> },
}

/// One segment of a route's path. The order is that of how specific it is, most specific first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment<'a> {
    Literal(&'a str),
    /// `{name}`: one segment.
    Variable(&'a str),
    /// `{name+}`: all that is left, at least one segment.
    Greedy(&'a str),
}

impl<'a> RouteKey<'a> {
    /// Reads a route key such as `POST /start`; `None` when it is none.
    pub(crate) fn parse(key: &'a str) -> Option<Self> {
        if key == "$default" {
            return Some(Self::Default);
        }
        let (method, path) = key.split_once(' ')?;
        if !METHODS.contains(&method) {
            return None;
        }
        let segments: Vec<Segment<'a>> = path.strip_prefix('/')?.split('/').map(segment).collect::<Option<_>>()?;
        let last = segments.len() - 1;
        let greedy_inside = segments.iter().take(last).any(|segment| matches!(segment, Segment::Greedy(_)));
        (!greedy_inside).then_some(Self::Path { method, segments })
    }
}

fn segment(text: &str) -> Option<Segment<'_>> {
    let Some(inside) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        return (!text.contains(['{', '}', ' '])).then_some(Segment::Literal(text));
    };
    let name = inside.strip_suffix('+').unwrap_or(inside);
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    match (plain, name.len() < inside.len()) {
        (false, _) => None,
        (true, true) => Some(Segment::Greedy(name)),
        (true, false) => Some(Segment::Variable(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_none() {
        for key in ["", "GET", "GET start", "FETCH /a", "GET /{a+}/b", "GET /{}", "GET /{a b}", "default"] {
            assert_eq!(RouteKey::parse(key), None, "{key}");
        }
    }
}

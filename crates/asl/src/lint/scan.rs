//! What the text of a path, an intrinsic function or a JSONata expression reads, as far as the text alone shows it.

use std::collections::BTreeSet;

use crate::intrinsic::Expression;

/// A path in a text: where it begins, and the members that it goes down to as long as they are plainly named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathRead {
    pub(super) root: Root,
    pub(super) members: Vec<String>,
    /// Whether the members are the whole path.
    pub(super) is_whole: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// `$`
    Input,
    /// `$$`
    Context,
    /// `$name`
    Variable,
}

/// The paths in a path or intrinsic function; none when its quotes do not pair up.
pub(super) fn paths(text: &str) -> Vec<PathRead> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '\'', '"']) {
        let (first, after) = rest[at..].split_at(1);
        rest = if first == "$" {
            let (read, after) = path(after);
            found.push(read);
            after
        } else {
            match quoted(after, first) {
                Some((_, after)) => after,
                None => return Vec::new(),
            }
        };
    }
    found
}

/// A path after its first `$`, and what follows it.
fn path(text: &str) -> (PathRead, &str) {
    let (root, mut rest) = match text.strip_prefix('$') {
        Some(rest) => (Root::Context, rest),
        None => match word(text) {
            ("", rest) => (Root::Input, rest),
            (_, rest) => (Root::Variable, rest),
        },
    };
    let mut members = Vec::new();
    while let Some((member, after)) = member(rest) {
        // A name before a parenthesis is a function's.
        if after.starts_with('(') {
            break;
        }
        members.push(member);
        rest = after;
    }
    let is_whole = !rest.starts_with(['.', '[']);
    (PathRead { root, members, is_whole }, rest)
}

/// `.name` or `['name']`.
fn member(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let (name, rest) = name(rest);
        return (!name.is_empty()).then(|| (name.to_owned(), rest));
    }
    let rest = text.strip_prefix('[')?.trim_start();
    let quote = rest.get(..1).filter(|quote| *quote == "'" || *quote == "\"")?;
    let (inside, rest) = quoted(&rest[1..], quote)?;
    let rest = rest.trim_start().strip_prefix(']')?;
    (!inside.contains('\\')).then(|| (inside.to_owned(), rest))
}

/// What stands before the closing quote, and what follows that.
fn quoted<'a>(text: &'a str, quote: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(['\\', '\'', '"'])?;
        if text[at..].starts_with(quote) {
            return Some((&text[..at], &text[at + 1..]));
        }
        let escaped = if text[at..].starts_with('\\') { text[at + 1..].chars().next()?.len_utf8() } else { 0 };
        from = at + 1 + escaped;
    }
}

/// The longest name that a text begins with. A hyphen is part of a member's name in a path.
fn name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
    text.split_at(end)
}

/// The expression of a string that is one: what stands between `{%` and `%}`.
pub(super) fn expression(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}")
}

/// The variables that a JSONata expression reads, but for those that it tests with `$exists`: there a missing value
/// is expected.
pub(super) fn jsonata_variables(expression: &str) -> BTreeSet<String> {
    let asked: BTreeSet<&str> = expression.split("$exists").skip(1).filter_map(asked_for).collect();
    all_jsonata_variables(expression).into_iter().filter(|name| !asked.contains(name.as_str())).collect()
}

/// The variables that a JSONata expression reads.
pub(super) fn all_jsonata_variables(expression: &str) -> Vec<String> {
    jsonata::Expression::parse(expression).map_or_else(|_| Vec::new(), |parsed| parsed.reads().variables().to_vec())
}

/// The variable that a call of `$exists` is about, from what follows its name.
fn asked_for(call: &str) -> Option<&str> {
    let argument = call.trim_start().strip_prefix('(')?.trim_start().strip_prefix('$')?;
    Some(word(argument).0)
}

/// The variables that a path or intrinsic function reads, in the order of the text.
pub(super) fn variables(text: &str) -> Vec<String> {
    let parsed = Expression::parse(text);
    parsed.iter().flat_map(Expression::variables).map(ToOwned::to_owned).collect()
}

fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let reads = paths(text).into_iter().map(|read| {
            let root = match read.root {
                Root::Input => "$".to_owned(),
                Root::Context => "$$".to_owned(),
                Root::Variable => "$name".to_owned(),
            };
            let end = if read.is_whole { "" } else { "…" };
            std::iter::once(root).chain(read.members).collect::<Vec<_>>().join("/") + end
        });
        reads.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn paths_are_followed_while_their_members_are_named() {
        assert_eq!(shown("$"), "$");
        assert_eq!(shown("$.a.b-c['d e'][\"f\"]"), "$/a/b-c/d e/f");
        assert_eq!(shown("$.a[0].b"), "$/a…");
        assert_eq!(shown("$..a"), "$…");
        assert_eq!(shown("$.a.length()"), "$/a…");
        assert_eq!(shown("$.a[?(@.b == $.c.d)].e"), "$/a… $/c/d");
        assert_eq!(shown("$$.Task.Token"), "$$/Task/Token");
        assert_eq!(shown("$total.x"), "$name/x");
        assert_eq!(shown("States.Format('{} costs $.5 \\' $x', $.name, $price)"), "$/name $name");
        assert_eq!(shown("States.Format('open, $.a)"), "");
    }

    #[test]
    fn what_is_asked_about_may_be_missing() {
        let read = |expression: &str| jsonata_variables(expression).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(read("$total + $states.input.a & '$no'"), "total");
        assert_eq!(read("$map($items, function($v) { $v + $k })"), "items k");
        assert_eq!(read("$exists( $n ) ? $n + $m : 1"), "m");
        assert_eq!(read("$total +"), "");
        assert_eq!(variables("States.Format('{} $no', $name, $.x)"), ["name"]);
    }
}

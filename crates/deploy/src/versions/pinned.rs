//! Pure: which versions of functions a definition names, by its text: also inside expressions and longer strings, for a
//! version that is missed would be deleted.

use std::collections::BTreeSet;

/// The versions of one function that a text names, as `NAME:7` or with the function's ARN.
pub(crate) fn versions_of(text: &str, function_name: &str) -> BTreeSet<u64> {
    let marker = format!("{function_name}:");
    let whole_name = |at: usize| !text[..at].ends_with(in_name);
    let places = text.match_indices(&marker).filter(|(at, _)| whole_name(*at));
    places.filter_map(|(at, marker)| number(&text[at + marker.len()..])).collect()
}

/// Every version of a function that a text names by ARN: the function's name and the number.
pub(crate) fn all(text: &str) -> BTreeSet<(String, u64)> {
    const MARKER: &str = ":function:";
    let named = text.match_indices(MARKER).filter_map(|(at, _)| {
        let (name, rest) = text[at + MARKER.len()..].split_once(':')?;
        let is_name = !name.is_empty() && name.chars().all(in_name);
        is_name.then(|| number(rest)).flatten().map(|number| (name.to_owned(), number))
    });
    named.collect()
}

/// A definition in which a function is named without its versions, but for those in `stay`: where a deployment puts them
/// in, which is after its ARN anywhere and after its name as a `FunctionName`.
pub(crate) fn without_versions(text: &str, arn: &str, name: &str, stay: &BTreeSet<u64>) -> String {
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (named, by_name) in [(arn, false), (name, true)] {
        let marker = format!("\"{named}:");
        for (at, marker) in text.match_indices(&marker) {
            let colon = at + marker.len() - 1;
            let rest = &text[at + marker.len()..];
            let ends = rest[digits(rest)..].starts_with('"') && (!by_name || is_function_name(&text[..at]));
            if ends && number(rest).is_some_and(|number| !stay.contains(&number)) {
                cuts.push((colon, colon + 1 + digits(rest)));
            }
        }
    }
    cuts.sort_unstable();
    let mut plain = String::with_capacity(text.len());
    let mut copied = 0;
    for (from, to) in cuts {
        plain.push_str(&text[copied..from]);
        copied = to;
    }
    plain.push_str(&text[copied..]);
    plain
}

/// Whether a text ends where the value of a `FunctionName` begins.
fn is_function_name(before: &str) -> bool {
    let key = before.trim_end().strip_suffix(':').map(str::trim_end);
    key.is_some_and(|key| key.ends_with("\"FunctionName\""))
}

/// What names of functions consist of.
fn in_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The number that a text begins with, unless it is the beginning of a longer word.
fn number(text: &str) -> Option<u64> {
    let (number, rest) = text.split_at(digits(text));
    if rest.starts_with(in_name) { None } else { number.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"a": "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-send:7",
        "FunctionName": "shop-dev-send:12", "b": "{% 'arn:aws:lambda:r:1:function:shop-dev-send:3' & $x %}",
        "c": "arn:aws:lambda:r:1:function:my-shop-dev-send:8", "d": "arn:aws:lambda:r:1:function:shop-dev-send",
        "e": "arn:aws:lambda:r:1:function:shop-dev-send:live", "f": "shop-dev-send:9x", "g": "shop-dev-sends:10"}"#;

    #[test]
    fn versions_are_found_wherever_they_are_named() {
        assert_eq!(versions_of(TEXT, "shop-dev-send"), BTreeSet::from([3, 7, 12]));
        assert_eq!(versions_of(TEXT, "send"), BTreeSet::new());
        let named = all(TEXT).into_iter().map(|(name, number)| format!("{name} {number}")).collect::<Vec<_>>();
        assert_eq!(named, ["my-shop-dev-send 8", "shop-dev-send 3", "shop-dev-send 7"]);
    }

    #[test]
    fn versions_are_taken_out_where_a_deployment_puts_them_in() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-send";
        let name = "shop-dev-send";
        let plain = without_versions(TEXT, arn, name, &BTreeSet::new());
        assert_eq!(plain, TEXT.replace("send:7\"", "send\"").replace("send:12\"", "send\""));
        let plain = without_versions(TEXT, arn, name, &BTreeSet::from([12]));
        assert_eq!(plain, TEXT.replace("send:7\"", "send\""));
    }
}

//! The library of functions: JSONata's own without `$eval`, and those that AWS adds.

use std::sync::LazyLock;

use crate::evaluate::Evaluator;
use crate::failure::Evaluated;
use crate::syntax::signature::Signature;
use crate::value::Value;

mod arrays;
mod aws;
mod clock;
mod encoding;
mod higher;
mod json;
mod matching;
mod numbers;
mod objects;
mod strings;

type Code = for<'e> fn(&mut Evaluator<'e>, &[Value<'e>]) -> Evaluated<Value<'e>>;

/// A function of the library.
#[derive(Debug)]
pub(super) struct Native {
    name: &'static str,
    pub(super) signature: Signature,
    /// The number of its parameters, which decides the arguments that `$map` and similar functions pass.
    pub(super) arity: usize,
    pub(super) code: Code,
}

/// Names, signatures, arities and code.
const LIBRARY: &[(&str, &str, usize, Code)] = &[
    ("abs", "<n-:n>", 1, numbers::abs),
    ("append", "<xx:a>", 2, arrays::append),
    ("assert", "<bs?:x>", 2, objects::assert),
    ("average", "<a<n>:n>", 1, numbers::average),
    ("base64decode", "<s-:s>", 1, encoding::base64_decode),
    ("base64encode", "<s-:s>", 1, encoding::base64_encode),
    ("boolean", "<x-:b>", 1, objects::boolean),
    ("ceil", "<n-:n>", 1, numbers::ceil),
    ("clone", "<(oa)-:o>", 1, objects::clone),
    ("contains", "<s-(sf):b>", 2, matching::contains),
    ("count", "<a:n>", 1, arrays::count),
    ("decodeUrl", "<s-:s>", 1, encoding::decode_url),
    ("decodeUrlComponent", "<s-:s>", 1, encoding::decode_url_component),
    ("distinct", "<x:x>", 1, arrays::distinct),
    ("each", "<o-f:a>", 2, higher::each),
    ("encodeUrl", "<s-:s>", 1, encoding::encode_url),
    ("encodeUrlComponent", "<s-:s>", 1, encoding::encode_url_component),
    ("error", "<s?:x>", 1, objects::error),
    ("exists", "<x:b>", 1, objects::exists),
    ("filter", "<af>", 2, higher::filter),
    ("floor", "<n-:n>", 1, numbers::floor),
    ("formatBase", "<n-n?:s>", 2, numbers::format_base),
    ("formatInteger", "<n-s:s>", 2, numbers::format_integer),
    ("formatNumber", "<n-so?:s>", 3, numbers::format_number),
    ("fromMillis", "<x-s?s?:s>", 3, clock::from_millis),
    ("hash", "<ss?:s>", 2, aws::hash),
    ("join", "<a<s>s?:s>", 2, strings::join),
    ("keys", "<x-:a<s>>", 1, objects::keys),
    ("length", "<s-:n>", 1, strings::length),
    ("lookup", "<x-s:x>", 2, objects::lookup),
    ("lowercase", "<s-:s>", 1, strings::lowercase),
    ("map", "<af>", 2, higher::map),
    ("match", "<s-f<s:o>n?:a<o>>", 3, matching::matches),
    ("max", "<a<n>:n>", 1, numbers::max),
    ("merge", "<a<o>:o>", 1, objects::merge),
    ("millis", "<:n>", 0, clock::millis),
    ("min", "<a<n>:n>", 1, numbers::min),
    ("not", "<x-:b>", 1, objects::not),
    ("now", "<s?s?:s>", 2, clock::now),
    ("number", "<(nsb)-:n>", 1, numbers::number),
    ("pad", "<s-ns?:s>", 3, strings::pad),
    ("parse", "<s-:x>", 1, aws::parse),
    ("parseInteger", "<s-s:n>", 2, numbers::parse_integer),
    ("partition", "<xn?:a>", 2, aws::partition),
    ("power", "<n-n:n>", 2, numbers::power),
    ("random", "<n?:n>", 1, aws::random),
    ("range", "<nnn?:a>", 3, aws::range),
    ("reduce", "<afj?:j>", 3, higher::reduce),
    ("replace", "<s-(sf)(sf)n?:s>", 4, matching::replace),
    ("reverse", "<a:a>", 1, arrays::reverse),
    ("round", "<n-n?:n>", 2, numbers::round),
    ("shuffle", "<a:a>", 1, arrays::shuffle),
    ("sift", "<o-f?:o>", 2, higher::sift),
    ("single", "<af?>", 2, higher::single),
    ("sort", "<af?:a>", 2, higher::sort),
    ("split", "<s-(sf)n?:a<s>>", 3, matching::split),
    ("spread", "<x-:a<o>>", 1, objects::spread),
    ("sqrt", "<n-:n>", 1, numbers::sqrt),
    ("string", "<x-b?:s>", 1, strings::string),
    ("substring", "<s-nn?:s>", 3, strings::substring),
    ("substringAfter", "<s-s:s>", 2, strings::substring_after),
    ("substringBefore", "<s-s:s>", 2, strings::substring_before),
    ("sum", "<a<n>:n>", 1, numbers::sum),
    ("toMillis", "<s-s?:n>", 2, clock::to_millis),
    ("trim", "<s-:s>", 1, strings::trim),
    ("type", "<x:s>", 1, objects::type_name),
    ("uppercase", "<s-:s>", 1, strings::uppercase),
    ("uuid", "<:s>", 0, aws::uuid),
    ("zip", "<a+>", 0, arrays::zip),
];

/// The library, by name, with parsed signatures.
static NATIVES: LazyLock<Vec<Native>> = LazyLock::new(|| {
    let native = |(name, signature, arity, code): &(&'static str, &str, usize, Code)| {
        Some(Native { name, signature: Signature::parse(signature).ok()?, arity: *arity, code: *code })
    };
    LIBRARY.iter().filter_map(native).collect()
});

static TRANSFORM: LazyLock<Signature> = LazyLock::new(|| Signature::parse("<(oa):o>").unwrap_or_default());

/// A function of the library by its name, without the `$`.
pub(super) fn find(name: &str) -> Option<&'static Native> {
    let natives = &*NATIVES;
    natives.binary_search_by(|native| native.name.cmp(name)).ok().and_then(|at| natives.get(at))
}

/// The signature of what `|...|...|` makes.
pub(super) fn transform_signature() -> &'static Signature {
    &TRANSFORM
}

/// An argument; missing ones are undefined.
fn argument<'e>(arguments: &[Value<'e>], at: usize) -> Value<'e> {
    arguments.get(at).copied().unwrap_or(Value::Undefined)
}

/// An argument that is a number.
fn number(arguments: &[Value<'_>], at: usize) -> Option<f64> {
    argument(arguments, at).as_number()
}

/// An argument that is a text.
fn text<'e>(evaluator: &Evaluator<'e>, arguments: &[Value<'e>], at: usize) -> Option<String> {
    match argument(arguments, at) {
        Value::Text(text) => Some(evaluator.heap.str(text).to_owned()),
        _ => None,
    }
}

/// An argument that is an array, as a list.
fn items<'e>(evaluator: &Evaluator<'e>, arguments: &[Value<'e>], at: usize) -> Option<Vec<Value<'e>>> {
    match argument(arguments, at) {
        Value::Array(array) => Some(evaluator.heap.items(array).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_by_its_name() {
        assert_eq!(NATIVES.len(), LIBRARY.len());
        for (name, ..) in LIBRARY {
            assert_eq!(find(name).map(|native| native.name), Some(*name));
        }
        assert!(find("eval").is_none(), "AWS has no $eval");
    }
}

//! Few and short patterns for the names of many functions.

use super::symbols::Symbols;

/// Names that a linker script takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// All that begin so.
    Beginning(String),
    /// This one.
    Whole(String),
}

/// A pattern has so many letters at least.
const SHORTEST: usize = 6;

/// Patterns for all that are used. What they match beside them is at most `slack` times as large, or a function whose name
/// begins with a whole used one. A beginning often stops before the hash at the end of a name, and so outlives the next
/// version of a library.
pub(super) fn patterns(all: &Symbols, used: &Symbols, slack: f64) -> Vec<Pattern> {
    let mut found = Vec::new();
    cover(all, used, slack, String::new(), &mut found);
    found
}

fn cover(all: &Symbols, used: &Symbols, slack: f64, beginning: String, found: &mut Vec<Pattern>) {
    let names = used.beginning(&beginning);
    // Sizes of functions, far below what a float can't count.
    let is_close = all.bytes_of(&beginning) as f64 <= slack * used.bytes_of(&beginning) as f64;
    if beginning.len() >= SHORTEST && is_close {
        found.push(Pattern::Beginning(beginning));
        return;
    }
    let mut last = None;
    for name in names {
        let next = name[beginning.len()..].chars().next();
        match next {
            None => found.push(Pattern::Whole(name.clone())),
            Some(letter) if last != next => cover(all, used, slack, format!("{beginning}{letter}"), found),
            Some(_) => {}
        }
        last = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(names: &[(&str, u64)]) -> Symbols {
        Symbols::new(names.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect())
    }

    #[test]
    fn a_beginning_takes_what_is_used_and_little_else() {
        let all = symbols(&[
            ("_ZN4aaaa1x17h01E", 10),
            ("_ZN4aaaa1y17h02E", 10),
            ("_ZN4bbbb1x17h03E", 10),
            ("_ZN4bbbb1x17h04E", 90),
            ("main", 1),
            ("main_of_another", 50),
        ]);
        let used =
            symbols(&[("_ZN4aaaa1x17h01E", 10), ("_ZN4aaaa1y17h02E", 10), ("_ZN4bbbb1x17h03E", 10), ("main", 1)]);
        let beginning = |text: &str| Pattern::Beginning(text.to_owned());
        let whole = Pattern::Whole("main".to_owned());
        assert_eq!(patterns(&all, &used, 1.5), [beginning("_ZN4aa"), beginning("_ZN4bbbb1x17h03"), whole.clone()]);
        assert_eq!(patterns(&all, &used, 20.0), [beginning("_ZN4aa"), beginning("_ZN4bb"), whole]);
    }
}

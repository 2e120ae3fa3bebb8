//! The functions of a program, and those of them that were called.

use crate::failure::Failure;
use crate::process;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// Functions with their sizes, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Symbols {
    names: Vec<String>,
    /// How many bytes the functions before each have together; one more than there are names.
    bytes_before: Vec<u64>,
}

impl Symbols {
    /// Those of a program that has its symbols.
    pub(super) fn of(program: &Path) -> Result<Self, Failure> {
        let listed = process::output(process::command("nm").arg("--print-size").arg(program))?;
        Ok(Self::read(&listed))
    }

    /// Reads what `nm --print-size` lists.
    fn read(listed: &str) -> Self {
        let function = |line: &str| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            match fields.as_slice() {
                [_, size, "t" | "T" | "w" | "W", name] => {
                    Some(((*name).to_owned(), u64::from_str_radix(size, 16).ok()?))
                }
                _ => None,
            }
        };
        Self::new(listed.lines().filter_map(function).collect())
    }

    pub(super) fn new(mut functions: Vec<(String, u64)>) -> Self {
        functions.sort();
        functions.dedup_by(|one, other| one.0 == other.0);
        let mut bytes_before = vec![0];
        let mut bytes = 0;
        for (_, size) in &functions {
            bytes += size;
            bytes_before.push(bytes);
        }
        Self { names: functions.into_iter().map(|(name, _)| name).collect(), bytes_before }
    }

    /// Those of these names.
    pub(super) fn only(&self, names: &BTreeSet<String>) -> Self {
        self.filtered(|name| names.contains(name))
    }

    /// The names that have one of these parts.
    pub(super) fn with_part(&self, parts: &[&str]) -> impl Iterator<Item = String> {
        self.names.iter().filter(|name| parts.iter().any(|part| name.contains(part))).cloned()
    }

    /// Those that others do not have.
    pub(super) fn without(&self, others: &Self) -> Self {
        self.filtered(|name| others.names.binary_search_by(|other| other.as_str().cmp(name)).is_err())
    }

    fn filtered(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        let sizes = self.bytes_before.windows(2).map(|pair| pair[1] - pair[0]);
        let functions = self.names.iter().cloned().zip(sizes);
        Self::new(functions.filter(|(name, _)| is_wanted(name)).collect())
    }

    /// The bytes of all.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes_before.last().copied().unwrap_or_default()
    }

    /// The bytes of those whose names begin so.
    pub(super) fn bytes_of(&self, beginning: &str) -> u64 {
        let range = self.range(beginning);
        self.bytes_before[range.end] - self.bytes_before[range.start]
    }

    /// The names that begin so.
    pub(super) fn beginning(&self, beginning: &str) -> &[String] {
        &self.names[self.range(beginning)]
    }

    fn range(&self, beginning: &str) -> Range<usize> {
        let start = self.names.partition_point(|name| name.as_str() < beginning);
        let end = self.names.partition_point(|name| name.as_str() < beginning || name.starts_with(beginning));
        start..end
    }
}

/// The functions that a file of callgrind's names: `fn=(12) name`, once each, with a number behind it in a recursion.
pub(super) fn called(counted: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let (key, value) = line.split_once('=')?;
        let (_, name) = value.split_once(") ").filter(|_| key == "fn" || key == "cfn")?;
        Some(name.split('\'').next().unwrap_or(name).to_owned())
    };
    counted.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_read_with_their_sizes() {
        let symbols = Symbols::read(
            "0000000000401000 0000000000000010 T main\n0000000000402000 0000000000000008 t main.part\n0000000000403000 0000000000000004 D data\n                 U free\n",
        );
        assert_eq!(symbols.beginning("main"), ["main", "main.part"]);
        assert_eq!((symbols.bytes(), symbols.bytes_of("main."), symbols.bytes_of("x")), (24, 8, 0));
        let others = symbols.only(&BTreeSet::from(["main".to_owned()]));
        assert_eq!(symbols.without(&others).beginning(""), ["main.part"]);
    }

    #[test]
    fn what_was_called_is_named_once() {
        let counted = "fl=(1) x\nfn=(1) main\n12 3\ncfn=(2) _ZN1aE'2\ncalls=1 0\ncfn=(2)\nfn=(2)\n";
        assert_eq!(called(counted), BTreeSet::from(["main".to_owned(), "_ZN1aE".to_owned()]));
    }
}

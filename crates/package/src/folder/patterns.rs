//! The patterns that a project chooses files with: in order, the last one that a file matches decides.

use crate::error::PackageError;
use crate::options::Pattern;

/// Why a file is left out when no pattern asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Default {
    /// It is not: what a folder holds is packaged.
    Included,
    /// It lies in a folder of this name, such as `.git`.
    Folder(String),
    /// It is in a package of `node_modules` that nothing needs to run.
    UnneededPackage,
    /// Its own name says so, such as `.env`.
    Name,
}

/// A project's patterns.
#[derive(Debug, Clone)]
pub(crate) struct Patterns<'a>(&'a [Pattern]);

impl<'a> Patterns<'a> {
    /// Checks the globs.
    pub(crate) fn new(function: &str, patterns: &'a [Pattern]) -> Result<Self, PackageError> {
        for pattern in patterns {
            fast_glob::validate(plain(&pattern.glob)).map_err(|error| PackageError::Pattern {
                function: function.to_owned(),
                glob: pattern.glob.clone(),
                reason: error.to_string(),
            })?;
        }
        Ok(Self(patterns))
    }

    /// No patterns: the defaults alone decide.
    pub(crate) fn none() -> Self {
        Self(&[])
    }

    /// Whether the file of this name in the zip is packaged. What a default leaves out comes back only by a pattern that
    /// names it: its folder, or more of its name than wildcards. `src/**` does not bring back `src/.env`.
    pub(crate) fn decide(&self, name: &str, default: &Default) -> bool {
        let mut is_included = *default == Default::Included;
        for pattern in self.0.iter().filter(|pattern| fast_glob::glob_match(plain(&pattern.glob), name)) {
            if pattern.excludes {
                is_included = false;
            } else if names(&pattern.glob, default) {
                is_included = true;
            }
        }
        is_included
    }

    /// Whether a pattern may bring back something that this default leaves out.
    pub(crate) fn may_bring_back(&self, default: &Default) -> bool {
        self.0.iter().any(|pattern| !pattern.excludes && names(&pattern.glob, default))
    }

    /// Whether a pattern includes this file, whatever the defaults say.
    pub(crate) fn includes(&self, name: &str) -> bool {
        let last = self.0.iter().rfind(|pattern| fast_glob::glob_match(plain(&pattern.glob), name));
        last.is_some_and(|pattern| !pattern.excludes)
    }
}

fn names(glob: &str, default: &Default) -> bool {
    let mut parts = plain(glob).split('/');
    match default {
        Default::Included => true,
        Default::Folder(folder) => parts.any(|part| part == folder),
        // The package itself must be named: `node_modules/**` is often written after `!**`, and not for what only a build
        // needs.
        Default::UnneededPackage => {
            parts.any(|part| part == "node_modules")
                && parts
                    .next()
                    .is_some_and(|part| part.chars().any(char::is_alphanumeric) && !part.contains(['*', '{', '[']))
        }
        Default::Name => parts.next_back().is_some_and(|part| part.chars().any(char::is_alphanumeric)),
    }
}

fn plain(glob: &str) -> &str {
    glob.strip_prefix("./").unwrap_or(glob)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(globs: &[&str]) -> Vec<Pattern> {
        let pattern =
            |glob: &&str| Pattern { glob: glob.trim_start_matches('!').to_owned(), excludes: glob.starts_with('!') };
        globs.iter().map(pattern).collect()
    }

    #[track_caller]
    fn decided(globs: &[&str], name: &str, default: Default) -> bool {
        let patterns = patterns(globs);
        Patterns::new("f", &patterns).unwrap().decide(name, &default)
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let globs = ["!assets/**", "assets/logo.png", "!**/*.{md,txt}"];
        assert!(!decided(&globs, "assets/a/b.css", Default::Included));
        assert!(decided(&globs, "assets/logo.png", Default::Included));
        assert!(!decided(&globs, "src/readme.md", Default::Included));
        assert!(!decided(&globs, "readme.txt", Default::Included));
        assert!(decided(&globs, "src/index.js", Default::Included));
        assert!(!decided(&["!**"], ".hidden/.file", Default::Included), "a dot is a letter like others");
        assert!(decided(&["!./**", "./src/*.js"], "src/a.js", Default::Included));
        assert!(!decided(&["!**", "src/*.js"], "src/b/a.js", Default::Included), "`*` stays in its folder");
    }

    #[test]
    fn what_a_default_leaves_out_comes_back_when_it_is_named() {
        let git = || Default::Folder(String::from(".git"));
        assert!(!decided(&["**"], ".git/HEAD", git()));
        assert!(decided(&[".git/**"], ".git/HEAD", git()));
        assert!(!decided(&["src/**"], "src/.env", Default::Name));
        assert!(decided(&["src/.env"], "src/.env", Default::Name));
        assert!(!decided(&["src/.env", "!src/.env"], "src/.env", Default::Name));
        let file = "node_modules/typescript/index.js";
        assert!(!decided(&["!**", "node_modules/**"], file, Default::UnneededPackage));
        assert!(!decided(&["node_modules/**/*.js"], file, Default::UnneededPackage));
        assert!(decided(&["node_modules/typescript/**"], file, Default::UnneededPackage));
    }

    #[test]
    fn a_broken_glob_is_an_error() {
        let broken = patterns(&["src/{a,b"]);
        let error = Patterns::new("send", &broken).unwrap_err().to_string();
        assert!(error.starts_with("function send: the pattern `src/{a,b` is broken: "), "{error}");
    }
}

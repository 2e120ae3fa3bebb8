//! The names of Lambda's runtimes, and which of them functions can be deployed with.

use std::fmt;

/// A runtime of Lambda that functions can be deployed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runtime {
    /// An executable on Amazon Linux 2023.
    ProvidedAl2023,
    /// An executable on Amazon Linux 2.
    ProvidedAl2,
    /// Node.js 20.
    Nodejs20,
    /// Node.js 22.
    Nodejs22,
    /// Node.js 24.
    Nodejs24,
    /// Python 3.10.
    Python310,
    /// Python 3.11.
    Python311,
    /// Python 3.12.
    Python312,
    /// Python 3.13.
    Python313,
    /// Python 3.14.
    Python314,
}

/// What a function of a runtime is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Anything that becomes an executable, such as Rust.
    Executable,
    /// JavaScript.
    Nodejs,
    /// Python.
    Python,
}

/// Why functions can't be deployed with a runtime of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// Lambda no longer creates functions with it (Lambda developer guide, "Deprecated runtimes").
    #[error("Lambda has retired the runtime `{name}`; its successor is `{successor}`.")]
    Retired {
        /// The name as it was written.
        name: String,
        /// What to use instead.
        successor: Runtime,
    },
    /// Lambda has it; this program does not deploy or run it.
    #[error("`{name}` is a runtime of Lambda that workshop does not have.")]
    Unsupported {
        /// The name as it was written.
        name: String,
    },
    /// Lambda never had it.
    #[error("`{name}` is no runtime of Lambda.")]
    Unknown {
        /// The name as it was written.
        name: String,
    },
}

/// The names of retired runtimes, and their successors.
const RETIRED: [(&str, Runtime); 17] = [
    ("nodejs", Runtime::Nodejs24),
    ("nodejs4.3", Runtime::Nodejs24),
    ("nodejs4.3-edge", Runtime::Nodejs24),
    ("nodejs6.10", Runtime::Nodejs24),
    ("nodejs8.10", Runtime::Nodejs24),
    ("nodejs10.x", Runtime::Nodejs24),
    ("nodejs12.x", Runtime::Nodejs24),
    ("nodejs14.x", Runtime::Nodejs24),
    ("nodejs16.x", Runtime::Nodejs24),
    ("nodejs18.x", Runtime::Nodejs24),
    ("python2.7", Runtime::Python314),
    ("python3.6", Runtime::Python314),
    ("python3.7", Runtime::Python314),
    ("python3.8", Runtime::Python314),
    ("python3.9", Runtime::Python314),
    ("provided", Runtime::ProvidedAl2023),
    ("go1.x", Runtime::ProvidedAl2023),
];

/// How the names of the runtimes begin that Lambda has and this program does not.
const UNSUPPORTED: [&str; 5] = ["java", "dotnet", "ruby", "nodejs26", "python3.15"];

impl Runtime {
    /// All of them, the newest of a language last.
    pub const ALL: [Self; 10] = [
        Self::ProvidedAl2,
        Self::ProvidedAl2023,
        Self::Nodejs20,
        Self::Nodejs22,
        Self::Nodejs24,
        Self::Python310,
        Self::Python311,
        Self::Python312,
        Self::Python313,
        Self::Python314,
    ];

    /// The runtime of this name.
    ///
    /// # Errors
    /// Lambda has retired it, this program does not have it, or Lambda never had it.
    pub fn parse(name: &str) -> Result<Self, RuntimeError> {
        if let Some(found) = Self::ALL.into_iter().find(|runtime| runtime.as_str() == name) {
            return Ok(found);
        }
        let name = name.to_owned();
        match RETIRED.into_iter().find(|(retired, _)| *retired == name) {
            Some((_, successor)) => Err(RuntimeError::Retired { name, successor }),
            None if UNSUPPORTED.iter().any(|start| name.starts_with(start)) => Err(RuntimeError::Unsupported { name }),
            None => Err(RuntimeError::Unknown { name }),
        }
    }

    /// Its name in Lambda's API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProvidedAl2023 => "provided.al2023",
            Self::ProvidedAl2 => "provided.al2",
            Self::Nodejs20 => "nodejs20.x",
            Self::Nodejs22 => "nodejs22.x",
            Self::Nodejs24 => "nodejs24.x",
            Self::Python310 => "python3.10",
            Self::Python311 => "python3.11",
            Self::Python312 => "python3.12",
            Self::Python313 => "python3.13",
            Self::Python314 => "python3.14",
        }
    }

    /// What its functions are written in.
    pub fn language(self) -> Language {
        match self {
            Self::ProvidedAl2023 | Self::ProvidedAl2 => Language::Executable,
            Self::Nodejs20 | Self::Nodejs22 | Self::Nodejs24 => Language::Nodejs,
            Self::Python310 | Self::Python311 | Self::Python312 | Self::Python313 | Self::Python314 => Language::Python,
        }
    }

    /// What an interpreter for it is looked for by; none for executables.
    #[must_use]
    pub fn declared(self) -> Option<Declared> {
        Declared::named(self.as_str())
    }

    /// The interpreter's version as its name has it: `22` or `3.13`; none for executables.
    pub fn interpreter_version(self) -> Option<&'static str> {
        match self.language() {
            Language::Executable => None,
            Language::Nodejs => self.as_str().strip_prefix("nodejs").and_then(|version| version.strip_suffix(".x")),
            Language::Python => self.as_str().strip_prefix("python"),
        }
    }
}

/// A runtime whose functions an interpreter runs, as its name declares it: one of today's, or an older one that a function may
/// still have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    name: String,
    language: Language,
    version: String,
}

impl Declared {
    /// The runtime of this name; none where no interpreter runs it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (language, version) = match name.strip_prefix("nodejs").and_then(|rest| rest.strip_suffix(".x")) {
            Some(version) => (Language::Nodejs, version),
            None => (Language::Python, name.strip_prefix("python")?),
        };
        let is_version = !version.is_empty() && version.split('.').all(|part| part.parse::<u32>().is_ok());
        is_version.then(|| Self { name: name.to_owned(), language, version: version.to_owned() })
    }

    /// What its functions are written in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The version in its name: `22` or `3.13`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether an interpreter with this whole version is what it names.
    #[must_use]
    pub fn is_version(&self, whole: &str) -> bool {
        whole.strip_prefix(self.version.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for runtime in Runtime::ALL {
            assert_eq!(Runtime::parse(runtime.as_str()), Ok(runtime));
        }
        assert_eq!(Runtime::Nodejs22.interpreter_version(), Some("22"));
        assert_eq!(Runtime::Python310.interpreter_version(), Some("3.10"));
        assert_eq!(Runtime::ProvidedAl2.interpreter_version(), None);
    }

    #[test]
    fn interpreters_are_declared_by_name() {
        let declared = Declared::named("python3.1").unwrap();
        assert_eq!((declared.language(), declared.version()), (Language::Python, "3.1"));
        assert_eq!([declared.is_version("3.1.4"), declared.is_version("3.11.4")], [true, false]);
        assert_eq!(Declared::named("nodejs22.x").map(|declared| declared.version().to_owned()).as_deref(), Some("22"));
        for none in ["nodejs22", "python", "python3.x", "provided.al2023", "java21", ""] {
            assert_eq!(Declared::named(none), None, "{none}");
        }
        assert_eq!(Runtime::ProvidedAl2023.declared(), None);
    }

    #[test]
    fn other_names_say_why_not() {
        let why = |name| Runtime::parse(name).unwrap_err().to_string();
        insta::assert_snapshot!(why("nodejs18.x"), @"Lambda has retired the runtime `nodejs18.x`; its successor is `nodejs24.x`.");
        insta::assert_snapshot!(why("python3.9"), @"Lambda has retired the runtime `python3.9`; its successor is `python3.14`.");
        insta::assert_snapshot!(why("java21"), @"`java21` is a runtime of Lambda that workshop does not have.");
        insta::assert_snapshot!(why("nodejs21.x"), @"`nodejs21.x` is no runtime of Lambda.");
    }
}

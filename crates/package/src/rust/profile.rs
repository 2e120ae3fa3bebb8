//! Which profile functions are built with: the workspace's own `lambda`, else `release` with settings for small code.

use std::fs;
use std::path::Path;

/// Settings that the workspace's own profile `release` is built with when it has no profile `lambda`: small code starts
/// faster. What happens on a panic is left as it is, since a function may rely on it.
const SETTINGS: [&str; 3] =
    ["profile.release.opt-level=\"s\"", "profile.release.strip=true", "profile.release.lto=\"thin\""];

/// How cargo is asked to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// The profile `lambda` that the workspace declares.
    Lambda,
    /// The profile `release`, with [`SETTINGS`].
    Release,
}

impl Profile {
    /// The one for the workspace in this folder.
    pub(super) fn of(root: &Path) -> Self {
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
        // Cargo itself has read this manifest before and would have complained of it.
        let manifest: toml::Table = manifest.parse().unwrap_or_default();
        let profiles = manifest.get("profile").and_then(|profiles| profiles.get("lambda"));
        if profiles.is_some() { Self::Lambda } else { Self::Release }
    }

    /// Its arguments on cargo's command line.
    pub(super) fn arguments(self) -> Vec<&'static str> {
        match self {
            Self::Lambda => vec!["--profile", "lambda"],
            Self::Release => {
                let settings = SETTINGS.into_iter().flat_map(|setting| ["--config", setting]);
                std::iter::once("--release").chain(settings).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_lambda_is_used_where_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Profile::of(folder.path()), Profile::Release);
        fs::write(folder.path().join("Cargo.toml"), "[profile.lambda]\ninherits = \"release\"\n").unwrap();
        assert_eq!(Profile::of(folder.path()), Profile::Lambda);
    }
}

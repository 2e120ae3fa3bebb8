//! What packaging reads in a `package.json`.

use crate::error::PackageError;
use crate::files;
use crate::options::Architecture;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// How much a package needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// It does not work without.
    Required,
    /// `optionalDependencies`, and peers: it may be absent.
    Optional,
}

/// A `package.json`.
#[derive(Debug, Clone)]
pub(super) struct Manifest(Value);

impl Manifest {
    /// Reads the one in this folder.
    pub(super) fn read(folder: &Path) -> Result<Self, PackageError> {
        let path = folder.join("package.json");
        let bytes = files::read(&path)?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| PackageError::NodeManifest { path, error })
    }

    /// The packages that it needs to run, by their names in order. Peers that are optional are not among them: they are
    /// in the zip if somebody else needs them.
    pub(super) fn needs(&self) -> BTreeMap<&str, Need> {
        let mut needs = BTreeMap::new();
        let is_optional_peer = |name: &str| self.0["peerDependenciesMeta"][name]["optional"] == true;
        needs.extend(
            self.names("peerDependencies").filter(|name| !is_optional_peer(name)).map(|name| (name, Need::Optional)),
        );
        needs.extend(self.names("dependencies").map(|name| (name, Need::Required)));
        // npm's documentation: an entry here overrides the one of the same name in `dependencies`.
        needs.extend(self.optional().map(|name| (name, Need::Optional)));
        needs
    }

    /// The packages that it can do without.
    pub(super) fn optional(&self) -> impl Iterator<Item = &str> {
        self.names("optionalDependencies")
    }

    /// Whether `.js` files beside it are ECMAScript modules.
    pub(super) fn is_module(&self) -> bool {
        self.0["type"] == "module"
    }

    /// Whether the package is for Lambda: Linux with glibc, and the function's processor.
    pub(super) fn fits(&self, architecture: Architecture) -> bool {
        self.allows("os", "linux") && self.allows("cpu", cpu(architecture)) && self.allows("libc", "glibc")
    }

    /// `["linux"]` allows Linux alone, `["!win32"]` all but Windows.
    fn allows(&self, field: &str, value: &str) -> bool {
        let listed: Vec<&str> = match &self.0[field] {
            Value::String(one) => vec![one],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => return true,
        };
        let is_refused = listed.iter().any(|entry| entry.strip_prefix('!') == Some(value));
        let has_allowed = listed.iter().any(|entry| !entry.starts_with('!'));
        !is_refused && (!has_allowed || listed.contains(&value))
    }

    fn names(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0[key].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }
}

/// A processor as Node.js names it.
pub(super) fn cpu(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x64",
        Architecture::Arm64 => "arm64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn optional_dependencies_win_over_required_ones() {
        let manifest = Manifest(json!({
            "dependencies": {"a": "1", "b": "1"}, "optionalDependencies": {"b": "1"}, "devDependencies": {"d": "1"},
            "peerDependencies": {"p": "1", "q": "1"}, "peerDependenciesMeta": {"q": {"optional": true}},
        }));
        let needs: Vec<_> = manifest.needs().into_iter().collect();
        assert_eq!(needs, [("a", Need::Required), ("b", Need::Optional), ("p", Need::Optional)]);
    }

    #[test]
    fn platforms_are_read_as_npm_does() {
        let fits = |manifest: Value| Manifest(manifest).fits(Architecture::X86_64);
        assert!(fits(json!({})));
        assert!(fits(json!({"os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]})));
        assert!(fits(json!({"os": ["!win32"], "cpu": "x64"})));
        for other in
            [json!({"os": ["darwin"]}), json!({"cpu": ["arm64"]}), json!({"libc": ["musl"]}), json!({"os": ["!linux"]})]
        {
            assert!(!fits(other.clone()), "{other}");
        }
    }
}

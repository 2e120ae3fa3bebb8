//! What is left out of a zip unless a pattern names it: what the Serverless Framework leaves out, secrets, and what tools
//! write.

use super::patterns::Default;
use std::path::Path;

/// Folders, wherever they are.
const FOLDERS: [&str; 9] =
    [".git", ".svn", ".hg", ".idea", ".vscode", ".serverless", ".serverless_plugins", ".venv", "__pycache__"];

/// Folders at the top alone: further down the names may mean anything.
const TOP_FOLDERS: [&str; 2] = ["target", ".workshop"];

/// Files, wherever they are. `.npmrc` often holds an access token.
const FILES: [&str; 5] = [".gitignore", ".DS_Store", "npm-debug.log", ".npmrc", ".yarnrc.yml"];

/// What is in `node_modules` beside packages.
const TOOLS_IN_NODE_MODULES: [&str; 5] = [".bin", ".cache", ".vite", ".package-lock.json", ".yarn-integrity"];

/// Whether a folder is left out; `name` is its path in the zip.
pub(crate) fn folder(path: &Path, name: &str) -> Default {
    let own_name = last_part(name);
    let is_left_out = FOLDERS.contains(&own_name)
        || TOP_FOLDERS.contains(&name)
        || is_tool(name)
        || name == "definitions" && path.join("service.toml").is_file()
        // Caches of cargo, pytest, mypy and others say so themselves (https://bford.info/cachedir/).
        || path.join("CACHEDIR.TAG").is_file()
        // Python's virtual environments, whatever they are called (PEP 405).
        || path.join("pyvenv.cfg").is_file();
    if is_left_out { Default::Folder(own_name.to_owned()) } else { Default::Included }
}

/// Whether a file is left out; `name` is its path in the zip.
pub(crate) fn file(name: &str) -> Default {
    let own_name = last_part(name);
    let is_of_a_package = name.split('/').any(|part| part == "node_modules");
    let is_left_out = FILES.contains(&own_name)
        || is_tool(name)
        || is_service_file(name)
        || own_name.starts_with(".env") && !is_of_a_package
        || own_name.ends_with(".pyc")
        || own_name.starts_with("yarn-") && own_name.ends_with(".log")
        // An editor's lock is a symbolic link to nothing.
        || own_name.starts_with(".#");
    if is_left_out { Default::Name } else { Default::Included }
}

fn is_tool(name: &str) -> bool {
    let mut parts = name.rsplit('/');
    let own_name = parts.next().unwrap_or_default();
    TOOLS_IN_NODE_MODULES.contains(&own_name) && parts.next() == Some("node_modules")
}

fn is_service_file(name: &str) -> bool {
    const ENDINGS: [&str; 7] = ["yml", "yaml", "json", "ts", "js", "cjs", "mjs"];
    let ending = name.strip_prefix("serverless.");
    name == "service.toml" || ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_what_tools_write_are_left_out() {
        let left_out = [".env", ".env.dev", "src/.env", ".npmrc", "serverless.yml", "service.toml", "a/b.pyc"];
        for name in left_out.into_iter().chain(["yarn-error.log", "node_modules/.package-lock.json", "src/.#a.js"]) {
            assert_eq!(file(name), Default::Name, "{name}");
        }
        for name in ["index.js", "package.json", "package-lock.json", "src/serverless.yml", "node_modules/a/.env.js"] {
            assert_eq!(file(name), Default::Included, "{name}");
        }
    }

    #[test]
    fn folders_of_tools_are_left_out() {
        let nowhere = Path::new("/nowhere");
        for name in [".git", "a/__pycache__", "target", "node_modules/.bin", "a/node_modules/.cache"] {
            assert!(matches!(folder(nowhere, name), Default::Folder(_)), "{name}");
        }
        for name in ["src", "src/target", "definitions", ".cache", "venv"] {
            assert_eq!(folder(nowhere, name), Default::Included, "{name}");
        }
        let cache = tempfile::tempdir().unwrap();
        std::fs::write(cache.path().join("pyvenv.cfg"), "").unwrap();
        assert_eq!(folder(cache.path(), "venv"), Default::Folder(String::from("venv")));
    }
}

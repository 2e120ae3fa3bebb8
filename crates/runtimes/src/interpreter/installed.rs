//! Where version managers keep interpreters, and where Node.js keeps modules that are installed for all projects.

use std::path::{Path, PathBuf};

use super::numbers;
use crate::machine::{Machine, entries};
use crate::runtime::Language;

/// Every interpreter of a language that a version manager keeps, with the version that its folder's name has; the newest
/// first. Nothing is started.
pub(super) fn interpreters(language: Language, machine: &Machine) -> Vec<(String, PathBuf)> {
    let places = match language {
        Language::Nodejs => node_places(machine),
        Language::Python => python_places(machine),
        Language::Executable => Vec::new(),
    };
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for (folder, program) in places.into_iter().filter_map(|(folder, program)| Some((folder?, program))) {
        for versioned in entries(&folder) {
            let path = versioned.join(program);
            let name = versioned.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_file()
                && let Some(version) = version_in(name)
            {
                found.push((version, path));
            }
        }
    }
    // Stable: of two with the same version, that of the place named first.
    found.sort_by_key(|(version, _)| std::cmp::Reverse(numbers(version)));
    found
}

/// nvm, fnm, asdf, Volta, mise: folders with one folder for each version, and the program in each of them.
fn node_places(machine: &Machine) -> Vec<(Option<PathBuf>, &'static str)> {
    let below = |folder: Option<PathBuf>, name: &str| folder.map(|folder| folder.join(name));
    let data = machine.folder("XDG_DATA_HOME", ".local/share");
    let fnm = machine.folders("FNM_DIR").next().or_else(|| below(data.clone(), "fnm"));
    vec![
        (below(machine.folder("NVM_DIR", ".nvm"), "versions/node"), "bin/node"),
        (below(fnm, "node-versions"), "installation/bin/node"),
        (below(machine.folder("ASDF_DATA_DIR", ".asdf"), "installs/nodejs"), "bin/node"),
        (below(machine.folder("VOLTA_HOME", ".volta"), "tools/image/node"), "bin/node"),
        (below(data, "mise/installs/node"), "bin/node"),
    ]
}

/// pyenv, asdf, uv, mise.
fn python_places(machine: &Machine) -> Vec<(Option<PathBuf>, &'static str)> {
    let below = |folder: Option<PathBuf>, name: &str| folder.map(|folder| folder.join(name));
    let data = machine.folder("XDG_DATA_HOME", ".local/share");
    // pyenv's shims are in its own folder, wherever that is.
    let of_shims = machine.folders("PATH").find(|folder| folder.ends_with("shims"));
    let of_shims = of_shims.and_then(|shims| shims.parent().map(Path::to_owned));
    vec![
        (below(machine.folder("PYENV_ROOT", ".pyenv"), "versions"), "bin/python3"),
        (below(of_shims, "versions"), "bin/python3"),
        (below(machine.folder("ASDF_DATA_DIR", ".asdf"), "installs/python"), "bin/python3"),
        (below(data.clone(), "uv/python"), "bin/python3"),
        (below(data, "mise/installs/python"), "bin/python3"),
    ]
}

/// The version in `v22.1.0`, `3.12.1` or `cpython-3.12.1-linux-x86_64-gnu`; none in an alias and its like.
fn version_in(name: &str) -> Option<String> {
    let name = name.strip_prefix("cpython-").unwrap_or(name);
    let name = name.strip_prefix('v').unwrap_or(name);
    let version = name.split('-').next()?;
    let is_version = !version.is_empty() && version.split('.').all(|part| part.parse::<u32>().is_ok());
    is_version.then(|| version.to_owned())
}

/// Where `npm install --global` puts modules for this Node.js, and where Debian's packages do: `npm root --global` would say
/// so, and take half a second.
pub(super) fn global_modules(node: &Path) -> Vec<PathBuf> {
    let own = node.parent().and_then(Path::parent).map(|prefix| prefix.join("lib/node_modules"));
    let shared = ["/usr/local/lib/node_modules", "/usr/lib/node_modules", "/usr/share/nodejs"];
    own.into_iter().chain(shared.map(PathBuf::from)).filter(|folder| folder.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_out_of_folder_names() {
        let read = |name| version_in(name).unwrap_or_default();
        assert_eq!(
            ["v22.1.0", "3.12.1", "cpython-3.12.1-linux-x86_64-gnu", "20"].map(read),
            ["22.1.0", "3.12.1", "3.12.1", "20"]
        );
        assert_eq!(["lts", "pypy3.10-7.3", "", "3.13.0b1"].map(read), ["", "", "", ""]);
    }
}

//! How an interpreter is started for a function: the flags and the variables that AWS's own `bootstrap` gives it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use runtimes::clients::Client;
use runtimes::modules::Place;
use runtimes::{Interpreter, Language};

use super::program::Program;
use crate::model::FunctionVersion;

/// Tell the clients where Lambda's own modules are.
const NODE_MODULES: &str = "WORKSHOP_NODE_MODULES";
const PYTHON_MODULES: &str = "WORKSHOP_PYTHON_MODULES";

/// The PATH that AWS sets, after the folder of the interpreter.
const SEARCH_PATH: &str = "/usr/local/bin:/usr/bin/:/bin:/opt/bin";

/// Of the memory, how much Node.js takes for young objects and for all others, in percent (as AWS's `bootstrap`).
const SEMI_SPACE_PERCENT: u32 = 5;
const OLD_SPACE_PERCENT: u32 = 90;

/// An experimental feature of Node.js that Lambda switches off (crates/runtimes/clients/node/README.md).
struct Feature {
    name: &'static str,
    /// The runtime from which on Lambda switches it off.
    declared_from: u32,
    /// The versions of Node.js from which on there is the flag: minor versions of older lines, and the first line that has it
    /// from its beginning.
    lines: &'static [(u32, u32)],
}

const FEATURES: [Feature; 2] = [
    Feature { name: "require-module", declared_from: 20, lines: &[(20, 17), (22, 0)] },
    Feature { name: "detect-module", declared_from: 22, lines: &[(20, 10), (21, 1), (22, 0)] },
];

/// The program that runs a version's code.
pub(super) fn program(
    version: &FunctionVersion,
    interpreter: &Interpreter,
    client: &Client,
    modules: Place,
) -> Program {
    let mut program = Program {
        path: interpreter.path.clone(),
        readable: vec![client.folder.clone()],
        fixed: vec![("LAMBDA_RUNTIME_DIR", client.folder.to_string_lossy().into_owned())],
        ..Program::default()
    };
    program.readable.extend(interpreter.folders.iter().cloned());
    let bin = interpreter.path.parent().unwrap_or(Path::new("/usr/bin"));
    program.defaults.push(("PATH", format!("{}:{SEARCH_PATH}", bin.display())));
    match interpreter.declared.language() {
        Language::Nodejs => node(&mut program, version, interpreter, modules),
        Language::Python | Language::Executable => python(&mut program, interpreter, client, modules),
    }
    program.arguments.push(client.main.clone().into());
    program
}

fn node(program: &mut Program, version: &FunctionVersion, interpreter: &Interpreter, modules: Place) {
    let memory_mb = version.memory_size_mb;
    let options = version.environment.as_ref().and_then(|own| own.get("NODE_OPTIONS")).map_or("", String::as_str);
    program.arguments.extend(node_flags(interpreter, memory_mb, options).into_iter().map(OsString::from));
    let major = interpreter.declared.version();
    program.defaults.push((
        "NODE_PATH",
        format!("/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules"),
    ));
    if let Place::Folder(folder) = modules {
        program.fixed.push((NODE_MODULES, folder.to_string_lossy().into_owned()));
        program.readable.push(root_of(folder));
    }
}

/// Node.js loads what `package.json` beside a `node_modules` says, too.
fn root_of(folder: PathBuf) -> PathBuf {
    folder.parent().map_or(folder.clone(), Path::to_owned)
}

fn node_flags(interpreter: &Interpreter, memory_mb: u32, node_options: &str) -> Vec<String> {
    let mut flags = vec!["--expose-gc".to_owned(), "--max-http-header-size=81920".to_owned()];
    let numbers = interpreter.numbers();
    let found = (numbers.first().copied().unwrap_or_default(), numbers.get(1).copied().unwrap_or_default());
    let declared = interpreter.declared.version().parse::<u32>().unwrap_or_default();
    for Feature { name, declared_from, lines } in FEATURES {
        let newest = lines.last().copied().unwrap_or_default();
        let has_flag = found >= newest || lines.iter().any(|line| line.0 == found.0 && line.1 <= found.1);
        let is_wanted = node_options.contains(&format!("--experimental-{name}"));
        if declared >= declared_from && has_flag && !is_wanted {
            flags.push(format!("--no-experimental-{name}"));
        }
    }
    flags.push(format!("--max-semi-space-size={}", memory_mb * SEMI_SPACE_PERCENT / 100));
    flags.push(format!("--max-old-space-size={}", memory_mb * OLD_SPACE_PERCENT / 100));
    flags
}

fn python(program: &mut Program, interpreter: &Interpreter, client: &Client, modules: Place) {
    // Without the machine's packages unless the client puts them in; UTF-8 whatever locales this machine has; and the client's
    // folder can't be written.
    program.arguments.extend(["-S", "-X", "utf8", "-B"].map(OsString::from));
    program.defaults.push(("PYTHONPATH", client.folder.to_string_lossy().into_owned()));
    match modules {
        Place::Interpreter => program.readable.extend(interpreter.packages.iter().cloned()),
        Place::Nowhere => program.fixed.push((PYTHON_MODULES, String::new())),
        Place::Folder(folder) => {
            program.fixed.push((PYTHON_MODULES, folder.to_string_lossy().into_owned()));
            program.readable.push(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtimes::Declared;

    fn flags(declared: &str, version: &str, options: &str) -> String {
        let interpreter = Interpreter {
            path: "/usr/bin/node".into(),
            version: version.to_owned(),
            declared: Declared::named(declared).unwrap(),
            folders: Vec::new(),
            packages: Vec::new(),
        };
        let all = node_flags(&interpreter, 128, options);
        all.into_iter()
            .filter_map(|flag| flag.strip_prefix("--no-experimental-").map(str::to_owned))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn features_are_switched_off_where_the_flag_is_known() {
        assert_eq!(flags("nodejs20.x", "20.20.2", ""), "require-module");
        assert_eq!(flags("nodejs22.x", "20.20.2", ""), "require-module detect-module");
        assert_eq!(flags("nodejs22.x", "20.9.0", ""), "");
        assert_eq!(flags("nodejs24.x", "24.1.0", "--experimental-require-module"), "detect-module");
        assert_eq!(flags("nodejs22.x", "21.0.0", ""), "");
    }

    #[test]
    fn the_heap_stays_within_the_memory() {
        let interpreter = Interpreter {
            path: "/usr/bin/node".into(),
            version: "22.0.0".to_owned(),
            declared: Declared::named("nodejs22.x").unwrap(),
            folders: Vec::new(),
            packages: Vec::new(),
        };
        let flags = node_flags(&interpreter, 1024, "");
        assert!(flags.ends_with(&["--max-semi-space-size=51".to_owned(), "--max-old-space-size=921".to_owned()]));
    }
}

//! The projects that this binary carries: the files of `templates/`, and what differs between languages.

use clap::ValueEnum;

/// A project to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// One function, called once
    Hello,
    /// A wait, and a function when it is over
    Wait,
    /// A person's answer, which the execution waits for
    Approval,
    /// Two functions side by side
    Parallel,
    /// A function for each item of a list
    Map,
}

/// What the functions are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FunctionLanguage {
    /// JavaScript, on Node.js
    Node,
    /// Python
    Python,
    /// Rust, built with cargo
    Rust,
}

/// A file of a new project: its path from the project's folder, and its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewFile {
    pub(super) path: String,
    pub(super) text: String,
}

/// A template's files, as they are in Node.js.
struct Files {
    service: &'static str,
    definition: &'static str,
    readme: &'static str,
    tests: &'static str,
    functions: &'static [FunctionFiles],
}

/// A function in each language.
struct FunctionFiles {
    name: &'static str,
    node: &'static str,
    python: &'static str,
    rust: &'static str,
}

macro_rules! carried {
    ($path:expr) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $path))
    };
}

macro_rules! template {
    ($name:literal, $($function:literal),+) => {
        Files {
            service: carried!(concat!($name, "/service.toml")),
            definition: carried!(concat!($name, "/workflow.asl.json")),
            readme: carried!(concat!($name, "/README.md")),
            tests: carried!(concat!($name, "/tests/", $name, ".test.toml")),
            functions: &[$(FunctionFiles {
                name: $function,
                node: carried!(concat!($name, "/functions/", $function, ".mjs")),
                python: carried!(concat!($name, "/functions/", $function, ".py")),
                rust: carried!(concat!($name, "/functions/", $function, ".rs")),
            }),+],
        }
    };
}

static HELLO: Files = template!("hello", "greet");
static WAIT: Files = template!("wait", "remind");
static APPROVAL: Files = template!("approval", "ask");
static PARALLEL: Files = template!("parallel", "price", "stock");
static MAP: Files = template!("map", "measure");

/// The manifests of Rust functions: the workspace's, and that of each crate, which has `FUNCTION` for its name.
const WORKSPACE_MANIFEST: &str = carried!("rust/Cargo.toml");
const FUNCTION_MANIFEST: &str = carried!("rust/function.toml");

/// The schema that the first line of the service file names.
const SCHEMA_FILE: &str = "service.schema.json";

/// The schema that the first line of the test file names.
const TEST_SCHEMA_FILE: &str = "test.schema.json";

/// What git is not to keep: where `workshop` and cargo build.
const IGNORED: &str = "/target/\n";

/// The runtimes that new functions have.
const NODE_RUNTIME: &str = "nodejs24.x";
const PYTHON_RUNTIME: &str = "python3.13";

impl Template {
    /// The name that is typed.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Wait => "wait",
            Self::Approval => "approval",
            Self::Parallel => "parallel",
            Self::Map => "map",
        }
    }

    fn files(self) -> &'static Files {
        match self {
            Self::Hello => &HELLO,
            Self::Wait => &WAIT,
            Self::Approval => &APPROVAL,
            Self::Parallel => &PARALLEL,
            Self::Map => &MAP,
        }
    }

    /// The files of a project with this service's name.
    pub(super) fn project(self, language: FunctionLanguage, service: &str) -> Vec<NewFile> {
        let files = self.files();
        let file = |path: &str, text: &str| NewFile { path: path.to_owned(), text: text.to_owned() };
        let title = format!("# {}\n", self.name());
        let mut project = vec![
            file("service.toml", &language.service_file(files, self.name(), service)),
            file("workflow.asl.json", files.definition),
            file(&format!("tests/{}.test.toml", self.name()), files.tests),
        ];
        for function in files.functions {
            project.extend(language.function(function));
        }
        if language == FunctionLanguage::Rust {
            project.push(file("Cargo.toml", WORKSPACE_MANIFEST));
        }
        let readme = files.readme.replacen(&title, &format!("# {service}\n"), 1);
        project.push(NewFile { path: "README.md".to_owned(), text: language.readme(files, readme) });
        project.push(NewFile { path: SCHEMA_FILE.to_owned(), text: model::service_file_schema() });
        project.push(NewFile { path: TEST_SCHEMA_FILE.to_owned(), text: simulate::test_file_schema() });
        project.push(file(".gitignore", IGNORED));
        project
    }
}

impl FunctionLanguage {
    /// The name that is typed.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Python => "python",
            Self::Rust => "rust",
        }
    }

    /// The files of a function.
    fn function(self, function: &FunctionFiles) -> Vec<NewFile> {
        let FunctionFiles { name, node, python, rust } = function;
        let file = |text: &str| NewFile { path: self.source(name), text: text.to_owned() };
        match self {
            Self::Node => vec![file(node)],
            Self::Python => vec![file(python)],
            Self::Rust => {
                let manifest = FUNCTION_MANIFEST.replace("FUNCTION", name);
                vec![NewFile { path: format!("functions/{name}/Cargo.toml"), text: manifest }, file(rust)]
            }
        }
    }

    /// Where a function's source is.
    fn source(self, function: &str) -> String {
        match self {
            Self::Node => format!("functions/{function}.mjs"),
            Self::Python => format!("functions/{function}.py"),
            Self::Rust => format!("functions/{function}/src/main.rs"),
        }
    }

    /// The service file in this language and with the service's name; the file of the template has the template's.
    fn service_file(self, files: &Files, template: &str, service: &str) -> String {
        let named =
            files.service.replacen(&format!("service = \"{template}\""), &format!("service = \"{service}\""), 1);
        let line = |line: &str| match (self, line.split_once(" = ")) {
            (Self::Rust, Some(("runtime" | "handler", _))) => None,
            (Self::Rust, Some(("source", _))) => Some(line.replace(".mjs", "")),
            (Self::Python, Some(("source", _))) => Some(line.replace(".mjs", ".py")),
            (Self::Python, Some(("runtime", _))) => Some(line.replace(NODE_RUNTIME, PYTHON_RUNTIME)),
            _ => Some(line.to_owned()),
        };
        named.lines().filter_map(line).map(|line| line + "\n").collect()
    }

    fn readme(self, files: &Files, readme: String) -> String {
        files.functions.iter().fold(readme, |readme, function| {
            readme.replace(&Self::Node.source(function.name), &self.source(function.name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::service::Service;
    use model::source::Source;

    #[test]
    fn every_service_file_is_read_and_every_source_is_there() {
        for template in Template::value_variants() {
            for language in FunctionLanguage::value_variants() {
                let project = template.project(*language, "my-shop");
                let text =
                    |path: &str| project.iter().find(|file| file.path == path).map(|file| file.text.clone()).unwrap();
                let service = Service::parse(&Source::new("service.toml", text("service.toml"))).unwrap();
                assert_eq!(service.name.as_str(), "my-shop");
                for function in service.functions.values() {
                    let source = &function.code.path;
                    assert!(project.iter().any(|file| file.path.starts_with(source.as_str())), "{source}");
                }
                assert!(text("README.md").starts_with("# my-shop\n"), "{template:?}");
                assert!(*language == FunctionLanguage::Node || !text("README.md").contains(".mjs"), "{template:?}");
            }
        }
    }
}

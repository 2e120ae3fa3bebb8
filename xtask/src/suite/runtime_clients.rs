//! Our runtime clients against AWS's own: the same functions and events, answers and log lines.

use crate::failure::Failure;
use crate::{process, project, python};
use std::fs;

/// The folder of Node.js' comparison, in the repository.
const NODE: &str = "tests/clients/node";

/// What npm writes when an installation is complete.
const INSTALLED: &str = "node_modules/.package-lock.json";

/// Node.js: AWS's packages are installed as `package-lock.json` pins them.
pub(super) fn node() -> Result<(), Failure> {
    let folder = project::root().join(NODE);
    let age = |name: &str| fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
    if age(INSTALLED).is_none_or(|installed| age("package-lock.json") > Some(installed)) {
        let mut install = process::command("npm");
        install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
        process::run(&mut install).map_err(|failure| {
            Failure::new(format!(
                "{failure}\nThe comparison with AWS's runtime client needs Node.js 20 or newer and npm; on Debian: \
                 apt-get install nodejs npm"
            ))
        })?;
    }
    let mut compare = process::command("node");
    compare.arg("--test").args(["client", "judge"].map(|name| format!("{NODE}/{name}.test.mjs")));
    process::run(&mut compare)
}

/// Python: AWS's package is in the tests' environment.
pub(super) fn python() -> Result<(), Failure> {
    for name in ["test_client", "test_python_runtime"] {
        let mut compare = process::command(python::environment()?.join("bin/python"));
        process::run(compare.arg("-B").arg(format!("tests/clients/python_runtime/{name}.py")))?;
    }
    Ok(())
}

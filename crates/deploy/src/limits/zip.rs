//! What of a function's zip Lambda would refuse, read from its table of contents without unpacking it.

use std::io::{Cursor, Read, Seek};

use runtimes::Language;
use zip::ZipArchive;

use super::number::grouped;
use crate::limits::breach::Breach;
use model::names::Key;
use model::service::Function;

/// The most bytes of a zip that is sent in a request (Lambda quotas).
const ZIP_BYTES: usize = 52_428_800;

/// The most bytes that it unpacks to (Lambda quotas).
const UNZIPPED_BYTES: u64 = 262_144_000;

/// The file that `provided.al2023` starts.
const BOOTSTRAP: &str = "bootstrap";

/// What is wrong with a function's zip.
pub(crate) fn breach(key: &Key, function: &Function, zip: &[u8]) -> Option<Breach> {
    if zip.len() > ZIP_BYTES {
        return Some(too_large(key, function, zip.len()));
    }
    let at = function.at.clone();
    let Ok(mut archive) = ZipArchive::new(Cursor::new(zip)) else {
        let what = format!("What is to be uploaded for the function `{key}` is no zip ({} bytes).", grouped(zip.len()));
        return Some(Breach { at, what, way_out: "Make it with `workshop package`.".to_owned() });
    };
    let entry_points = entry_points(function);
    let is_entry_point = |name: &str| entry_points.iter().any(|entry_point| entry_point == name);
    let has_entry_point = archive.file_names().any(|name| name.is_ok_and(|name| is_entry_point(&name)));
    if !has_entry_point {
        return Some(no_entry_point(key, function, &entry_points));
    }
    let unzipped = unzipped_bytes(&mut archive);
    (unzipped > UNZIPPED_BYTES).then(|| Breach {
        at,
        what: format!(
            "The zip of the function `{key}` unpacks to {} bytes; Lambda takes {}.",
            grouped(usize::try_from(unzipped).unwrap_or(usize::MAX)),
            grouped(usize::try_from(UNZIPPED_BYTES).unwrap_or(usize::MAX))
        ),
        way_out: SMALLER.to_owned(),
    })
}

/// The files of which one must be in the zip, or Lambda has nothing to call.
fn entry_points(function: &Function) -> Vec<String> {
    match function.runtime.language() {
        Language::Executable => vec![BOOTSTRAP.to_owned()],
        Language::Nodejs => {
            let module = nodejs_module(&function.handler);
            ["js", "mjs", "cjs"].map(|extension| format!("{module}.{extension}")).to_vec()
        }
        Language::Python => {
            let module = python_module(&function.handler);
            vec![format!("{module}.py"), format!("{module}/__init__.py")]
        }
    }
}

/// The module of a handler of Node.js, which ends at the first dot of its file's name: `src/app` of `src/app.nested.handler`.
fn nodejs_module(handler: &str) -> &str {
    let name_start = handler.rfind('/').map_or(0, |at| at + 1);
    let dot = handler[name_start..].find('.').map(|at| name_start + at);
    dot.map_or(handler, |dot| &handler[..dot])
}

/// The module of a handler of Python, which ends at its last dot: `src/app` of `src.app.handler`.
fn python_module(handler: &str) -> String {
    handler.rsplit_once('.').map_or(handler, |(module, _)| module).replace('.', "/")
}

fn no_entry_point(key: &Key, function: &Function, entry_points: &[String]) -> Breach {
    let at = function.at.clone();
    if function.runtime.language() == Language::Executable {
        let what = format!("The zip of the function `{key}` has no file `{BOOTSTRAP}` at its root.");
        let way_out = format!(
            "Name the executable `{BOOTSTRAP}` and zip it without a folder, or make the zip with `workshop package`."
        );
        return Breach { at, what, way_out };
    }
    let what = format!(
        "The handler of the function `{key}` is `{}`, and its zip has none of the files {}.",
        function.handler,
        entry_points.join(", ")
    );
    let way_out = "Correct `handler`, or the patterns that say which files are deployed.".to_owned();
    Breach { at, what, way_out }
}

const SMALLER: &str = "Make the executable smaller (in the profile `lambda` of Cargo.toml: opt-level = \"z\", lto = true, \
                       strip = true; fewer dependencies and features), and keep big files elsewhere, such as in a bucket \
                       that the function reads.";

fn too_large(key: &Key, function: &Function, bytes: usize) -> Breach {
    Breach {
        at: function.at.clone(),
        what: format!(
            "The zip of the function `{key}` is {} bytes; Lambda takes {} in a request.",
            grouped(bytes),
            grouped(ZIP_BYTES)
        ),
        way_out: format!("{SMALLER} AWS takes larger zips only through S3, which `workshop` does not do."),
    }
}

/// The sum of the sizes that the table of contents declares. An entry that can't be read adds nothing; Lambda will say what
/// is wrong with it.
fn unzipped_bytes<R: Read + Seek>(archive: &mut ZipArchive<R>) -> u64 {
    let count = archive.len();
    let size = |index| archive.by_index_raw(index).map_or(0, |entry| entry.size());
    (0..count).map(size).fold(0, u64::saturating_add)
}

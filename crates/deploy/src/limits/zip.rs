//! What of a function's zip Lambda would refuse, read from its table of contents without unpacking it.

use std::io::{Cursor, Read, Seek};

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
    let has_bootstrap = archive.file_names().any(|name| name.is_ok_and(|name| name == BOOTSTRAP));
    if !has_bootstrap {
        let what = format!("The zip of the function `{key}` has no file `{BOOTSTRAP}` at its root.");
        let way_out = format!(
            "Name the executable `{BOOTSTRAP}` and zip it without a folder, or make the zip with `workshop package`."
        );
        return Some(Breach { at, what, way_out });
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

//! `models`: AWS's published API models, reduced to what the program checks, as the archive that it carries.

mod changes;
mod pack;
mod reduce;
mod wheel;

use crate::failure::Failure;
use crate::{project, say};
use api_models::{ARCHIVE_NAME, Archive};
use std::fs;

/// Makes the archive anew from the pinned wheel, and prints what changed.
pub(crate) fn run() -> Result<(), Failure> {
    let wheel = wheel::fetch()?;
    say::progress(&format!("reading the models of {}", wheel.source));
    let services = wheel.models()?.iter().flat_map(reduce::entries).collect();
    let bytes = pack::archive(&wheel.source, &services);
    let made = Archive::read(bytes.clone()).map_err(|error| Failure::new(error.to_string()))?;
    let path = project::root().join(ARCHIVE_NAME);
    let before = fs::read(&path).ok().and_then(|bytes| Archive::read(bytes).ok()).unwrap_or_default();
    for line in changes::between(&before, &made) {
        say::line(&line);
    }
    fs::write(&path, &bytes).map_err(|error| Failure::file(&path, &error))?;
    let operations: usize =
        made.services().filter_map(|name| made.service(name)).map(|it| it.operations().count()).sum();
    let count = made.services().count();
    say::line(&format!("{}: {count} services, {operations} operations, {} bytes", made.source(), bytes.len()));
    Ok(())
}

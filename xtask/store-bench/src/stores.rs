//! The stores by name.

use crate::engine::{Engine, Failure};
use std::path::Path;

/// The names of the stores that this binary was built with.
pub const NAMES: &[&str] = &[
    #[cfg(feature = "sqlite")]
    "sqlite",
    #[cfg(feature = "redb")]
    "redb",
    #[cfg(feature = "redb")]
    "redb-quick-repair",
    #[cfg(feature = "fjall")]
    "fjall",
];

/// Opens or creates the store called `name` in `dir`.
pub fn open(name: &str, dir: &Path) -> Result<Box<dyn Engine>, Failure> {
    std::fs::create_dir_all(dir)?;
    match name {
        #[cfg(feature = "sqlite")]
        "sqlite" => Ok(Box::new(crate::sqlite::Sqlite::open(dir)?)),
        #[cfg(feature = "redb")]
        "redb" => Ok(Box::new(crate::redb::Redb::open(dir, false)?)),
        #[cfg(feature = "redb")]
        "redb-quick-repair" => Ok(Box::new(crate::redb::Redb::open(dir, true)?)),
        #[cfg(feature = "fjall")]
        "fjall" => Ok(Box::new(crate::fjall::Fjall::open(dir)?)),
        other => Err(format!("There is no store called {other} in this build.").into()),
    }
}

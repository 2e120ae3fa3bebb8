//! What every store must do here, and the stores by name.

use std::error::Error;
use std::path::Path;

/// Any failure: a measurement ends at the first one.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The two tables that grow with use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Executions,
    History,
}

/// One value to be written under its key.
pub struct Row {
    pub table: Table,
    pub key: String,
    pub value: Vec<u8>,
}

/// Called with each key and value of a table in key order.
pub type EachRow<'a> = &'a mut dyn FnMut(&[u8], &[u8]);

/// A store under test.
pub trait Engine {
    /// Writes all rows in one transaction and returns once they would survive a power cut.
    fn write(&mut self, rows: Vec<Row>) -> Result<(), Failure>;

    /// Reads a whole table in key order.
    fn scan(&self, table: Table, each: EachRow<'_>) -> Result<(), Failure>;
}

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

//! What every store must do here.

use std::error::Error;

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

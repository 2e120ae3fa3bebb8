//! Cases: what a test runs, with what in place of its tasks, and what it expects.

mod check;
mod data;
mod expect;
mod file;
mod keys;
mod mocks;
mod parts;
mod rows;
mod schema;
mod section;

pub use file::TestFile;
pub(crate) use file::default_start;
pub use parts::{
    Answer, Calls, Case, ExecutionEnd, Expectation, Expected, Located, MachineChoice, Mock, Predicate, StateMocks,
    Stop, Test,
};
pub use schema::test_file_schema;

#[cfg(test)]
mod tests;

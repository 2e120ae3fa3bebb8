//! Lambda's runtimes: their names and versions, and what this machine runs them with.
//!
//! A [`Runtime`] is one that functions can be deployed with today. [`Runtime::parse`] says of any other name whether Lambda
//! has retired it, has it and this project does not, or never had it. An [`Interpreter`] is what this [`Machine`] runs its
//! functions with, [`clients`] are the programs that ask Lambda's Runtime API for events and call handlers, and [`modules`]
//! finds and installs what Lambda has beside the language itself, such as its SDKs.
//!
//! What this crate must not know: what a service is, AWS's APIs, the command line, and every other crate of the workspace.

pub mod clients;
mod command;
mod interpreter;
mod machine;
pub mod modules;
mod runtime;

pub use interpreter::{Interpreter, InterpreterError};
pub use machine::Machine;
pub use runtime::{Declared, Language, Runtime, RuntimeError};

//! `cargo xtask bench`: what the program costs in time and memory, beside the bars it is held to, measured in one run.

mod build;
mod cases;
mod chain;
mod cloud;
mod commands;
mod console;
mod deploy;
mod figure;
pub(crate) mod link_order;
mod local;
mod memory;
mod rounds;

use crate::failure::Failure;
use crate::say;
use rounds::library;

/// Measures one part, or what every command costs.
pub(crate) fn dispatch(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        [] => commands::run(),
        ["build"] => build::run(None),
        ["build", profile] => build::run(Some(profile)),
        ["console"] => console::run(None),
        ["console", program] => console::run(Some(program)),
        ["deploy"] => deploy::run(None),
        ["deploy", program] => deploy::run(Some(program)),
        ["engine"] => library("engine", "crates/asl"),
        ["graph"] => library("layout", "crates/graph"),
        ["local", arguments @ ..] => local::run(arguments),
        ["test"] => cases::run(None),
        ["test", program] => cases::run(Some(program)),
        _ => Err(Failure::new(say::USAGE)),
    }
}

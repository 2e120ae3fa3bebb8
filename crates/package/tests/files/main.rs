//! Packaging Node.js and Python sources, executables and zips out of made-up folders, without a network.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "these are tests, their helpers too")]

mod bundling;
mod choice;
mod folder;
mod node_packages;
mod prebuilt;
mod python;
mod unchanged;

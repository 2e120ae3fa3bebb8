//! The engine from outside: what it does with time, errors, stops and inputs that cannot be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at once")]

mod drive;
mod illegal;
mod limits;
mod recover;
mod tasks;
mod time;

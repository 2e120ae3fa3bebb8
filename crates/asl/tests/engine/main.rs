//! The engine from outside: what it does with time, errors, stops and inputs that cannot be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at once")]

mod dataflow;
mod distributed;
mod drive;
mod fork;
mod illegal;
mod jsonata;
mod limits;
mod one_state;
mod parallel;
mod redrive;
mod retry;
mod skip;
mod steps;
mod stored;
mod tasks;
mod time;
mod variables;

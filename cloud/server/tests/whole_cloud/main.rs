//! A whole cloud in memory, driven by requests, on a clock that the tests move.

mod accounts;
mod documentation;
mod replay;
mod router;
mod world;

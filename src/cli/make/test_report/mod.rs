//! What `workshop test` prints and writes: the results for people, programs and CI, and what the cases cover.

pub(super) mod coverage;
pub(super) mod json;
pub(super) mod junit;
pub(super) mod picture;
pub(super) mod text;

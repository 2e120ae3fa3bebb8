//! Values with their places, the objects that they are members of, and what is wrong with them.

pub(super) mod report;
pub(super) mod section;
pub(super) mod tree;

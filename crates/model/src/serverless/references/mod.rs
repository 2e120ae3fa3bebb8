//! What the service declares, by the names that CloudFormation's functions refer to it with.

pub(super) mod declared;
pub(super) mod intrinsics;
pub(super) mod names;

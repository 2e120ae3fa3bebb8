//! Policies: managed ones with their versions, AWS's own, and those of a role.

pub(crate) mod aws_policy;
pub(crate) mod managed;
pub(crate) mod managed_policy;
pub(crate) mod members;
pub(crate) mod role_policies;
pub(crate) mod versions;

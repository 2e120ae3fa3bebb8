//! What a person who runs the commands must be allowed: the policy that `print --policies --for deployer` prints is enough,
//! and nothing in it is too much.

mod least;

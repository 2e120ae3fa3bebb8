//! What a person who runs the commands must be allowed: the policy that `print --policies --for deployer` prints is enough,
//! nothing in it is too much, and whatever is taken out of it is missed by name.

mod least;
mod printed;
mod situation;
mod strangers;
mod taken_away;

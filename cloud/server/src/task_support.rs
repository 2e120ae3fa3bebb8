//! Which tasks the embedded cloud can do, from the tables of its services.

/// Whether a task with this `Resource`, an item reader or a result writer can be done here. What is no `Resource` at all
/// is not for this function to judge.
pub fn serves_task(resource: &str) -> bool {
    cloud_states::serves_task(resource, |name| cloud_logs::OPERATIONS.iter().any(|served| served.info.name == name))
}

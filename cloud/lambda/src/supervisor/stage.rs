//! The two stages of a supervisor: outside the namespaces, and inside them.

use std::process::ExitCode;

use super::cloud_socket::Cloud;
use super::keeper;
use super::limits;
use super::orders::Namespaces;

/// The supervisor as the cloud starts it.
pub(super) fn first() -> ExitCode {
    let Ok(cloud) = Cloud::connect() else { return ExitCode::FAILURE };
    let namespaces = match cloud.namespaces() {
        Ok(namespaces) => namespaces,
        Err(error) => return cloud.fail("What to make could not be read", &error),
    };
    if let Err(error) = rustix::process::setsid() {
        return cloud.fail("A session of its own could not be had", &error.into());
    }
    if namespaces != Namespaces::None {
        return in_namespaces(&cloud, namespaces);
    }
    let Ok(orders) = cloud.orders() else { return ExitCode::SUCCESS };
    if let Err(error) = limits::set(&orders) {
        return cloud.fail("Its limits could not be set", &error);
    }
    if let Err(error) = keeper::adopt_orphans() {
        return cloud.fail("It could not adopt what a function leaves", &error);
    }
    keeper::keep(&cloud, orders)
}

/// Makes the namespaces and waits for the process that is the first in them.
#[cfg(target_os = "linux")]
fn in_namespaces(cloud: &Cloud, namespaces: Namespaces) -> ExitCode {
    if let Err(error) = super::namespaces::enter(namespaces) {
        return cloud.fail("Its namespaces could not be made", &error);
    }
    match super::namespaces::start_init() {
        Ok(mut init) => {
            // It reports for itself, and when it ends everything in the sandbox has ended.
            let _ = init.wait();
            ExitCode::SUCCESS
        }
        Err(error) => cloud.fail("The first process of its namespaces could not be started", &error),
    }
}

/// The first process in the sandbox's namespaces.
#[cfg(target_os = "linux")]
pub(super) fn init() -> ExitCode {
    let Ok(cloud) = Cloud::connect() else { return ExitCode::FAILURE };
    if let Err(error) = super::namespaces::end_with_parent() {
        return cloud.fail("It could not be tied to the cloud", &error);
    }
    let Ok(orders) = cloud.orders() else { return ExitCode::SUCCESS };
    if let Err(error) = limits::set(&orders) {
        return cloud.fail("Its limits could not be set", &error);
    }
    if let Err(error) = super::namespaces::enter_mounts() {
        return cloud.fail("Mounts of its own could not be had", &error);
    }
    if let Err((path, error)) = super::mounts::arrange(&orders) {
        return cloud.fail(&format!("{} could not be fenced off", path.display()), &error);
    }
    if let Err(error) = super::namespaces::complete() {
        return cloud.fail("Its namespaces could not be completed", &error);
    }
    keeper::keep(&cloud, orders)
}

#[cfg(not(target_os = "linux"))]
fn in_namespaces(cloud: &Cloud, _: Namespaces) -> ExitCode {
    cloud.fail("Its namespaces could not be made", &std::io::ErrorKind::Unsupported.into())
}

/// Only Linux has namespaces.
#[cfg(not(target_os = "linux"))]
pub(super) fn init() -> ExitCode {
    ExitCode::FAILURE
}

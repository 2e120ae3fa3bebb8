//! The two stages of a supervisor: outside the namespaces, and inside them.

use std::process::ExitCode;

use super::cloud_socket::Cloud;
use super::keeper;
use super::limits;
use super::orders::Orders;

/// The supervisor as the cloud starts it.
pub(super) fn first() -> ExitCode {
    let Ok(cloud) = Cloud::connect() else { return ExitCode::FAILURE };
    let orders = match cloud.orders() {
        Ok(orders) => orders,
        Err(error) => return cloud.fail("The orders could not be read", &error),
    };
    if let Err(error) = rustix::process::setsid() {
        return cloud.fail("A session of its own could not be had", &error.into());
    }
    if let Err(error) = limits::set(&orders) {
        return cloud.fail("Its limits could not be set", &error);
    }
    if orders.protection.has_namespaces() {
        return in_namespaces(&cloud, &orders);
    }
    if let Err(error) = keeper::adopt_orphans() {
        return cloud.fail("It could not adopt what a function leaves", &error);
    }
    keeper::keep(&cloud, orders)
}

/// The first process in the sandbox's namespaces.
pub(super) fn init() -> ExitCode {
    let Ok(cloud) = Cloud::connect() else { return ExitCode::FAILURE };
    let orders = match cloud.orders() {
        Ok(orders) => orders,
        Err(error) => return cloud.fail("The orders could not be read", &error),
    };
    #[cfg(target_os = "linux")]
    if let Err(error) = super::namespaces::complete() {
        return cloud.fail("Its namespaces could not be completed", &error);
    }
    keeper::keep(&cloud, orders)
}

/// Makes the namespaces and waits for the process that is the first in them.
#[cfg(target_os = "linux")]
fn in_namespaces(cloud: &Cloud, orders: &Orders) -> ExitCode {
    if let Err(error) = super::namespaces::enter(orders.protection.namespaces) {
        return cloud.fail("Its namespaces could not be made", &error);
    }
    if let Err((path, error)) = super::mounts::arrange(orders) {
        return cloud.fail(&format!("{} could not be fenced off", path.display()), &error);
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

#[cfg(not(target_os = "linux"))]
fn in_namespaces(cloud: &Cloud, _: &Orders) -> ExitCode {
    cloud.fail("Its namespaces could not be made", &std::io::ErrorKind::Unsupported.into())
}

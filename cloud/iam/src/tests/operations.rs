//! The tables themselves.

use std::collections::BTreeSet;

use cloud_core::{Access, Binding, OperationInfo};

fn all() -> impl Iterator<Item = OperationInfo> {
    crate::OPERATIONS.iter().chain(crate::sts::OPERATIONS).map(|operation| operation.info)
}

#[test]
fn each_operation_stands_once_and_has_its_action() {
    let names: BTreeSet<&str> = all().map(|info| info.name).collect();
    assert_eq!(names.len(), all().count());
    for info in all() {
        assert_eq!(info.binding, Binding::Action);
        let (service, name) = info.action.split_once(':').unwrap();
        assert_eq!((service == "sts", name), (crate::sts::OPERATIONS.iter().any(|o| o.info.name == name), info.name));
    }
}

#[test]
fn what_reads_by_its_name_reads() {
    for info in crate::OPERATIONS.iter().map(|operation| operation.info) {
        let begins_as_read = ["Get", "List", "Simulate"].iter().any(|verb| info.name.starts_with(verb));
        assert_eq!(info.access == Access::Reads, begins_as_read, "{}", info.name);
        let of_role = info.name.contains("Role") && !begins_as_read;
        assert_eq!(info.access == Access::WritesAlone, of_role, "{}", info.name);
    }
}

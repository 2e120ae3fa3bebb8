//! What IAM refuses in a policy of an identity, in the order in which it tells: what its older parser does not take, ids,
//! actions, resources.

use super::resource;
use crate::condition::Condition;
use crate::document::{Document, Statement};
use crate::error::Malformed;
use crate::one_or_many::{OneOrMany, Selection};

/// Checks all statements of a document.
pub(super) fn check(document: &Document) -> Result<(), Malformed> {
    let statements = || document.statements.iter();
    if statements().any(|statement| statement.principal.is_some()) {
        return Err(Malformed::ProhibitedPrincipal);
    }
    let resources = || statements().flat_map(|statement| texts(statement.resources.as_ref()));
    let are_dates = statements().flat_map(|statement| &statement.conditions).all(Condition::has_values_of_its_kind);
    let refused = resources().find_map(|text| resource::check(text).err());
    // A resource that the older parser does not take is told first, unless another one before it is wrong in a newer way.
    if !are_dates || refused == Some(Malformed::Legacy) {
        return Err(Malformed::Legacy);
    }
    document.check_sids_are_unique()?;
    if statements().any(|statement| texts(statement.actions.as_ref()).next().is_none()) {
        return Err(Malformed::NoActions);
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    let actions = statements().flat_map(|statement| texts(statement.actions.as_ref()));
    actions.map(String::as_str).try_for_each(check_action)?;
    if statements().any(lacks_resources) {
        return Err(Malformed::NoResources);
    }
    document.check_sids()
}

fn lacks_resources(statement: &Statement) -> bool {
    texts(statement.resources.as_ref()).next().is_none()
}

fn texts(selection: Option<&Selection<OneOrMany<String>>>) -> impl Iterator<Item = &String> {
    selection.into_iter().flat_map(|selection| selection.named().iter())
}

/// `*`, or a service and an action with one colon between them.
fn check_action(action: &str) -> Result<(), Malformed> {
    if action == "*" {
        return Ok(());
    }
    let (vendor, name) = action.split_once(':').ok_or(Malformed::NoVendor)?;
    if name.contains(':') {
        return Err(Malformed::SecondColon);
    }
    let is_vendor = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    match vendor == "*" || vendor.bytes().all(is_vendor) {
        true => Ok(()),
        false => Err(Malformed::Vendor(vendor.to_owned())),
    }
}

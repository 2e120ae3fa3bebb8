//! What there is of a kind in an account's region, page by page.

use cloud_core::{Location, ServiceError};
use serde_json::{Value, json};

use super::parameters::list;
use crate::cloud::Cloud;

/// How many state machines and log groups a page has at most, as their services have it.
const MACHINES_A_PAGE: usize = 1_000;
const GROUPS_A_PAGE: usize = 50;

/// A list that was not read further than was asked for.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) items: Vec<Value>,
    /// Whether there are more.
    pub(super) has_more: bool,
}

impl Listed {
    /// Takes a page in; gives whether another one is wanted, which begins at `next`.
    fn take(&mut self, page: Vec<Value>, next: &Value, most: usize) -> bool {
        self.items.extend(page);
        self.has_more = self.items.len() > most || !next.is_null();
        self.items.truncate(most);
        self.items.len() < most && !next.is_null()
    }
}

/// State machines, as ListStateMachines has them: `most` of them.
pub(super) async fn machines(cloud: &Cloud, at: &Location, most: usize) -> Result<Listed, ServiceError> {
    let mut found = Listed::default();
    let mut input = json!({ "maxResults": MACHINES_A_PAGE.min(most) });
    loop {
        let mut page = cloud.states(at, "ListStateMachines", &input).await?;
        input["nextToken"] = page["nextToken"].take();
        if !found.take(list(page, "stateMachines"), &input["nextToken"], most) {
            return Ok(found);
        }
    }
}

/// Functions, as ListFunctions has them: `most` of them.
pub(super) async fn functions(cloud: &Cloud, at: &Location, most: usize) -> Result<Listed, ServiceError> {
    let mut found = Listed::default();
    let mut query = String::new();
    loop {
        let mut page = cloud.read_page(at, "lambda", "/2015-03-31/functions", &query).await?;
        let next = page["NextMarker"].take();
        query = format!("Marker={}", next.as_str().unwrap_or_default());
        if !found.take(list(page, "Functions"), &next, most) {
            return Ok(found);
        }
    }
}

/// Log groups, as DescribeLogGroups has them: `most` of them.
pub(super) async fn groups(cloud: &Cloud, at: &Location, most: usize) -> Result<Listed, ServiceError> {
    let mut found = Listed::default();
    let mut input = json!({ "limit": GROUPS_A_PAGE });
    loop {
        let mut page = cloud.logs(at, "DescribeLogGroups", &input).await?;
        input["nextToken"] = page["nextToken"].take();
        if !found.take(list(page, "logGroups"), &input["nextToken"], most) {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_taken_until_there_is_enough() {
        let mut found = Listed::default();
        assert!(found.take(vec![json!(1), json!(2)], &json!("next"), 3));
        assert!(!found.take(vec![json!(3), json!(4)], &Value::Null, 3));
        assert_eq!((found.items.len(), found.has_more), (3, true));
        let mut all = Listed::default();
        assert!(!all.take(vec![json!(1)], &Value::Null, 3));
        assert!(!all.has_more);
        let mut exact = Listed::default();
        assert!(!exact.take(vec![json!(1), json!(2), json!(3)], &json!("next"), 3));
        assert!(exact.has_more, "what the service still has is told of");
    }
}

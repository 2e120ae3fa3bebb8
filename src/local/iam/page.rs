//! Pages of a list: `MaxItems`, `Marker`, `IsTruncated`.

use crate::local::error::ServiceError;
use crate::local::form::Form;
use crate::local::xml::Xml;

const DEFAULT_ITEMS: usize = 100;

/// One page of `items`, which are in the order of their keys.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    marker: Option<String>,
}

impl<T> Page<T> {
    /// Takes the page that the form asks for; `key` names an item, and the marker is the key of the last item given.
    pub(super) fn of(items: Vec<T>, form: &Form, key: impl Fn(&T) -> &str) -> Result<Self, ServiceError> {
        let limit = max_items(form)?;
        let after = form.get("Marker");
        let is_left = |item: &T| after.is_none_or(|after| key(item) > after);
        let mut left: Vec<T> = items.into_iter().filter(is_left).collect();
        let truncated = left.len() > limit;
        left.truncate(limit);
        let marker = if truncated { left.last().map(|last| key(last).to_owned()) } else { None };
        Ok(Self { items: left, marker })
    }

    /// The members that say whether there is more.
    pub(super) fn close(&self, xml: Xml) -> Xml {
        let truncated = if self.marker.is_some() { "true" } else { "false" };
        xml.text("IsTruncated", truncated).optional("Marker", self.marker.as_deref())
    }
}

fn max_items(form: &Form) -> Result<usize, ServiceError> {
    let Some(text) = form.get("MaxItems") else {
        return Ok(DEFAULT_ITEMS);
    };
    match text.parse() {
        Ok(limit @ 1..=1000) => Ok(limit),
        _ => Err(ServiceError::bad_request(
            "ValidationError",
            format!(
                "1 validation error detected: Value '{text}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 1000"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_meet_without_gap_or_repeat() {
        let all: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let mut seen = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let mut parameters = vec![("MaxItems", "2")];
            if let Some(marker) = &marker {
                parameters.push(("Marker", marker));
            }
            let page = Page::of(all.clone(), &Form::with(&parameters), |item| item).unwrap();
            seen.extend(page.items.clone());
            let Some(next) = page.marker.clone() else {
                break;
            };
            marker = Some(next);
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn limits_are_checked() {
        assert!(Page::of(vec![String::new()], &Form::with(&[("MaxItems", "0")]), |item| item).is_err());
    }
}

//! Lists in the query protocol: `MaxItems`, `Marker`, `IsTruncated`.

use cloud_core::{Form, Page, Xml};

const DEFAULT_ITEMS: usize = 100;

/// The page that a form asks for of `items`, which are in the order of their keys. The marker is the key of the last item
/// given.
pub(crate) fn page<T>(items: Vec<T>, form: &Form, key: impl Fn(&T) -> &str) -> Page<T> {
    let limit = max_items(form);
    let after = form.get("Marker");
    let left = items.into_iter().filter(|item| after.is_none_or(|after| key(item) > after));
    Page::take(left, limit)
}

/// Adds the members that say whether there is more.
pub(crate) fn close<T>(xml: Xml, page: &Page<T>, key: impl Fn(&T) -> &str) -> Xml {
    let truncated = if page.has_more { "true" } else { "false" };
    xml.text("IsTruncated", truncated).optional("Marker", page.last_before_more().map(key))
}

fn max_items(form: &Form) -> usize {
    form.get("MaxItems").and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_ITEMS)
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
            let page = page(all.clone(), &Form::with(&parameters), |item| item);
            seen.extend(page.items.clone());
            let Some(next) = page.last_before_more().cloned() else {
                break;
            };
            marker = Some(next);
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn the_last_page_has_no_marker() {
        let close_of = |limit| {
            let page = page(vec!["a", "b"], &Form::with(&[("MaxItems", limit)]), |item| item);
            close(Xml::new(), &page, |item| item).as_str().to_owned()
        };
        assert_eq!(close_of("2"), "<IsTruncated>false</IsTruncated>");
        assert_eq!(close_of("1"), "<IsTruncated>true</IsTruncated><Marker>a</Marker>");
    }
}

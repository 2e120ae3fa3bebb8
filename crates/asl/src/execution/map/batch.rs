//! Batches: the inputs of the children of a Map Run, with one item each or several.

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::quotas::MAX_PAYLOAD_BYTES;

/// The input of a child: an item, or a batch of items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Batch {
    pub(crate) input: Document,
    pub(crate) items: u64,
}

/// Splits items into batches by number and bytes. An item that is too large alone is a batch of its own.
pub(crate) fn batched(
    items: &[Document],
    constant: Option<&Document>,
    max_items: Option<u64>,
    max_bytes: Option<u64>,
) -> Vec<Batch> {
    let start = match constant {
        Some(constant) => format!("{{\"BatchInput\":{},\"Items\":", constant.text()),
        None => "{\"Items\":".to_owned(),
    };
    let max_items = max_items.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX).max(1);
    let max_bytes = max_bytes.and_then(|most| usize::try_from(most).ok()).unwrap_or(MAX_PAYLOAD_BYTES);
    let mut batches = Vec::new();
    let mut rest = items;
    while !rest.is_empty() {
        let mut size_bytes = start.len() + "[]}".len();
        let fitting = rest.iter().take(max_items).take_while(|item| {
            size_bytes += item.size_bytes() + 1;
            size_bytes - 1 <= max_bytes
        });
        let (batch, after) = rest.split_at(fitting.count().max(1));
        let text = format!("{start}{}}}", Document::array(batch).text());
        let input = Document::parse(text).unwrap_or_default();
        batches.push(Batch { input, items: u64::try_from(batch.len()).unwrap_or(u64::MAX) });
        rest = after;
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(items: &[&str], constant: Option<&str>, max_items: Option<u64>, max_bytes: Option<u64>) -> Vec<String> {
        let items: Vec<Document> = items.iter().map(|item| Document::parse(*item).unwrap()).collect();
        let constant = constant.map(|constant| Document::parse(constant).unwrap());
        let batches = batched(&items, constant.as_ref(), max_items, max_bytes);
        batches.iter().map(|batch| format!("{} {}", batch.items, batch.input.text())).collect()
    }

    #[test]
    fn batches_are_cut_by_items_and_by_bytes() {
        let items = ["1", "[2, 2]", "3"];
        assert_eq!(shown(&items, None, Some(2), None), [r#"2 {"Items":[1,[2, 2]]}"#, r#"1 {"Items":[3]}"#]);
        assert_eq!(shown(&items, Some("{}"), None, None), [r#"3 {"BatchInput":{},"Items":[1,[2, 2],3]}"#]);
        let exactly = r#"{"Items":[1,[2, 2]]}"#.len() as u64;
        assert_eq!(shown(&items, None, None, Some(exactly)), [r#"2 {"Items":[1,[2, 2]]}"#, r#"1 {"Items":[3]}"#]);
        assert_eq!(shown(&items, None, None, Some(exactly - 1)).len(), 3);
        assert_eq!(shown(&items, None, None, Some(1)).len(), 3);
        assert!(shown(&[], None, Some(2), None).is_empty());
    }
}

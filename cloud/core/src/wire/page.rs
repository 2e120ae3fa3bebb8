//! Pages of a list, and the tokens that continue them: opaque to callers, checked when they come back.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ServiceError;

/// Some items of a list, and whether there are more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Whether the list goes on after the last item.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// Takes at most `limit` items of what is left of a list; looks at one more, and at none beyond it.
    pub fn take(left: impl IntoIterator<Item = T>, limit: usize) -> Self {
        let mut left = left.into_iter();
        let items = left.by_ref().take(limit).collect();
        Self { items, has_more: left.next().is_some() }
    }

    /// The last item when there are more: the place where the next page begins.
    #[must_use]
    pub fn last_before_more(&self) -> Option<&T> {
        self.items.last().filter(|_| self.has_more)
    }
}

/// A token for the place where the next page begins.
///
/// # Errors
/// `InternalFailure` when the place has no JSON form.
pub fn encode_token(place: &impl Serialize) -> Result<String, ServiceError> {
    let bytes = serde_json::to_vec(place).map_err(|error| ServiceError::internal(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The place that a token stands for; none when the token is none of ours.
#[must_use]
pub fn decode_token<T: DeserializeOwned>(token: &str) -> Option<T> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        let token = encode_token(&("name", 3)).unwrap();
        assert_eq!(decode_token::<(String, u64)>(&token), Some(("name".to_owned(), 3)));
        assert_eq!(decode_token::<u64>(&token), None);
        assert_eq!(decode_token::<u64>("!"), None);
    }

    #[test]
    fn pages_meet_without_gap_or_repeat() {
        let mut seen = Vec::new();
        let mut next = 0;
        loop {
            let page = Page::take((next..5).map(|item| item.to_string()), 2);
            seen.extend(page.items.iter().cloned());
            let Some(last) = page.last_before_more() else { break };
            next = last.parse::<u32>().unwrap() + 1;
        }
        assert_eq!(seen, ["0", "1", "2", "3", "4"]);
        assert!(!Page::take([1, 2], 2).has_more);
    }
}

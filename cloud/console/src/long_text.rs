//! Long texts of histories, which a page can't show whole: they are cut, and say so.

use serde_json::Value;

/// The longest text that is sent whole.
pub(crate) const LONGEST_TEXT: usize = 20_000;
/// How much of texts is sent in one answer before they are cut shorter: an execution may have 25,000 events with texts of
/// 256 KiB each.
const WHOLE_BYTES: usize = 8 << 20;
/// The longest text of all events after that.
const REST_TEXT: usize = 200;

/// What may still be sent in one answer.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    sent: usize,
}

impl Allowance {
    /// Cuts the texts of an event.
    pub(crate) fn cut_event(&mut self, event: &mut Value) {
        let details = event.as_object_mut().into_iter().flat_map(|event| event.values_mut());
        for text in details.filter_map(Value::as_object_mut).flat_map(|details| details.values_mut()) {
            cut(text, if self.sent < WHOLE_BYTES { LONGEST_TEXT } else { REST_TEXT });
            self.sent += text.as_str().map_or(0, str::len);
        }
    }
}

/// Cuts a long text, and says so.
pub(crate) fn cut(value: &mut Value, longest: usize) {
    let Value::String(text) = value else { return };
    if text.len() <= longest {
        return;
    }
    let length = text.len();
    let end = (0..=longest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(end);
    text.push_str(&format!("… (the first {end} of {length} bytes)"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let mut value = json!("ä".repeat(LONGEST_TEXT));
        cut(&mut value, LONGEST_TEXT);
        let text = value.as_str().unwrap();
        assert!(text.starts_with("ää") && text.ends_with("ä… (the first 20000 of 40000 bytes)"), "{}", text.len());
        let mut short = json!("short");
        cut(&mut short, LONGEST_TEXT);
        assert_eq!(short, "short");
    }

    #[test]
    fn what_is_sent_of_a_long_history_is_bounded() {
        let mut allowance = Allowance::default();
        let event =
            || json!({ "id": 1, "stateEnteredEventDetails": { "name": "S", "input": "x".repeat(LONGEST_TEXT) } });
        let mut sent = 0;
        for _ in 0..3_000 {
            let mut event = event();
            allowance.cut_event(&mut event);
            sent += event.to_string().len();
        }
        assert!(sent < WHOLE_BYTES + 3_000 * 2 * REST_TEXT, "{sent}");
    }
}

//! Which tag keys no request may give, whatever the service.

/// The beginning of the tag keys that AWS keeps for itself, in any case.
const RESERVED: &str = "aws:";

/// Whether AWS keeps a tag key for itself: clients can't give it
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).
#[must_use]
pub fn is_reserved_tag_key(key: &str) -> bool {
    key.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_the_prefix_in_any_case_is_reserved() {
        for reserved in ["aws:", "aws:x", "AWS:cloudformation:stack-name"] {
            assert!(is_reserved_tag_key(reserved), "{reserved}");
        }
        for free in ["", "aws", "awsx:", "x:aws:", "awé:"] {
            assert!(!is_reserved_tag_key(free), "{free}");
        }
    }
}

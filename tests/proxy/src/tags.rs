//! Answers without their tags, as one gets who may not read them, or from a service that leaves them out.

use serde_json::{Value, json};

/// Calls that tell tags, and that answer without them to those who may not read them.
const READS: [&str; 2] = ["GetFunction", "ListTagsForResource"];

/// Calls that tell tags.
const TELL: [&str; 4] = ["GetFunction", "GetRole", "GetApis", "ListTagsForResource"];

/// Whether a call's tags may be unreadable for one who may make the call.
pub(crate) fn may_be_unreadable(operation: &str) -> bool {
    READS.contains(&operation)
}

/// Whether a call tells tags.
pub(crate) fn tells(operation: &str) -> bool {
    TELL.contains(&operation)
}

/// The answer of GetFunction without its tags, and with the reason that Lambda gives.
pub(crate) fn unreadable(answer: &[u8], reason: &str) -> Vec<u8> {
    changed(answer, |body| {
        let mut body: Value = serde_json::from_str(body).ok()?;
        body.as_object_mut()?.remove("Tags");
        body["TagsError"] = json!({ "ErrorCode": "AccessDeniedException", "Message": reason });
        Some(body.to_string())
    })
}

/// Any answer without the members that hold tags.
pub(crate) fn missing(answer: &[u8]) -> Vec<u8> {
    changed(answer, |body| {
        if let (Some(begin), Some(end)) = (body.find("<Tags>"), body.find("</Tags>")) {
            return Some(format!("{}{}", &body[..begin], &body[end + "</Tags>".len()..]));
        }
        let mut body: Value = serde_json::from_str(body).ok()?;
        without_tags(&mut body);
        for item in body["items"].as_array_mut().into_iter().flatten() {
            without_tags(item);
        }
        Some(body.to_string())
    })
}

fn without_tags(value: &mut Value) {
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !name.eq_ignore_ascii_case("tags"));
    }
}

/// The same answer with another body; unchanged when it is a refusal or is not understood.
fn changed(answer: &[u8], change: impl FnOnce(&str) -> Option<String>) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    let parts = text.split_once("\r\n\r\n").filter(|(head, _)| head.contains(" 200 "));
    let Some((head, body)) = parts.and_then(|(head, body)| Some((head, change(body)?))) else {
        return answer.to_vec();
    };
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    let head = kept.collect::<Vec<_>>().join("\r\n");
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

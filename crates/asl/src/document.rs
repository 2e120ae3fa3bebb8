//! A payload: JSON as the text that was given and as the value it stands for.

use std::sync::{Arc, LazyLock, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::intrinsic::java_double;

/// JSON text and its value, each made from the other when it is first needed; cloning shares both.
///
/// Step Functions passes a payload on as it was written, with its white space, for as long as nothing changes it; the
/// history shows that text. So the text is kept with the value instead of being made again.
#[derive(Clone, Debug)]
pub(crate) struct Document(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    text: OnceLock<Arc<str>>,
    value: OnceLock<Value>,
    /// Counted once: a payload goes through many states unchanged.
    depth: OnceLock<u8>,
}

/// Enough room for most payloads.
const USUAL_SIZE_BYTES: usize = 1024;

/// The greatest depth that is counted: more than the JSON reader accepts.
const MAX_KNOWN_DEPTH: u8 = 200;

impl Document {
    /// Reads a text; nesting is limited to 127 levels by `serde_json`.
    pub(crate) fn parse(text: impl Into<Arc<str>>) -> Result<Self, serde_json::Error> {
        let text = text.into();
        let value: Value = serde_json::from_str(&text)?;
        Ok(Self(Arc::new(Inner { text: text.into(), value: OnceLock::from(value), ..Inner::default() })))
    }

    pub(crate) fn of(value: Value) -> Self {
        Self(Arc::new(Inner { value: OnceLock::from(value), ..Inner::default() }))
    }

    pub(crate) fn text(&self) -> &Arc<str> {
        self.0.text.get_or_init(|| written(self.value()))
    }

    pub(crate) fn value(&self) -> &Value {
        // A document begins with a value, or with a text that was checked to be JSON.
        self.0
            .value
            .get_or_init(|| self.0.text.get().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
    }

    /// An array of payloads, each as it was written.
    pub(crate) fn array<'a>(items: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut text = String::from("[");
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            text.push_str(item.text());
        }
        text.push(']');
        Self(Arc::new(Inner { text: Arc::<str>::from(text).into(), ..Inner::default() }))
    }

    /// The value, without a copy when nobody else holds the document.
    pub(crate) fn into_value(self) -> Value {
        match Arc::try_unwrap(self.0) {
            Ok(mut inner) => match inner.value.take() {
                Some(value) => value,
                None => Self(Arc::new(inner)).value().clone(),
            },
            Err(shared) => Self(shared).value().clone(),
        }
    }

    /// The value with the text that it has inside another payload, where it is an array or an object of that one.
    pub(crate) fn written_as_in(self, source: &Self) -> Self {
        let text = source.text();
        let opening = if self.value().is_array() { '[' } else { '{' };
        let written = text.match_indices(opening).find_map(|(at, _)| {
            let rest = text.get(at..)?;
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            let value = values.next()?.ok()?;
            rest.get(..values.byte_offset()).filter(|_| value == *self.value())
        });
        written.and_then(|text| Self::parse(text).ok()).unwrap_or(self)
    }

    /// The same text without its value, which needs less memory.
    pub(crate) fn text_only(&self) -> Self {
        Self(Arc::new(Inner { text: Arc::clone(self.text()).into(), ..Inner::default() }))
    }

    /// Bytes in UTF-8, as the payload quota counts them.
    pub(crate) fn size_bytes(&self) -> usize {
        self.text().len()
    }

    /// How deep arrays and objects are nested: 0 for a scalar, and 200 for all that is deeper.
    pub(crate) fn depth(&self) -> usize {
        usize::from(*self.0.depth.get_or_init(|| depth(self.value(), MAX_KNOWN_DEPTH)))
    }
}

impl Default for Document {
    /// `null`, the same one for all.
    fn default() -> Self {
        static NULL: LazyLock<Document> = LazyLock::new(|| Document::of(Value::Null));
        NULL.clone()
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Arc::<str>::deserialize(deserializer)?;
        serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(Arc::new(Inner { text: text.into(), ..Inner::default() })))
    }
}

/// A value's text. This is most of what a transition costs that changes a payload; writing bytes is twice as fast as formatting.
fn written(value: &Value) -> Arc<str> {
    let mut bytes = Vec::with_capacity(USUAL_SIZE_BYTES);
    // Neither can fail: a `Value` has only texts for names, and JSON is UTF-8.
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, JavaFormatter);
    match value.serialize(&mut serializer) {
        Ok(()) => std::str::from_utf8(&bytes).unwrap_or_default().into(),
        Err(_) => Arc::default(),
    }
}

/// Compact JSON with fractional numbers as AWS writes them.
struct JavaFormatter;

impl serde_json::ser::Formatter for JavaFormatter {
    fn write_f64<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        writer.write_all(java_double::text(value).as_bytes())
    }
}

fn depth(value: &Value, at_most: u8) -> u8 {
    let Some(below) = at_most.checked_sub(1) else {
        return 0;
    };
    match value {
        Value::Array(items) => 1 + items.iter().map(|item| depth(item, below)).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(|member| depth(member, below)).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_written_as_java_does() {
        let value =
            serde_json::json!([1.0, 1.5, 1_789_180_622.0, 1e-7, -2.5e22, 12_345_678_901_234_567_890_u64, {"a": 1e7}]);
        let document = Document::of(value.clone());
        assert_eq!(&**document.text(), r#"[1.0,1.5,1.789180622E9,1.0E-7,-2.5E22,12345678901234567890,{"a":1.0E7}]"#);
        assert_eq!(Document::parse(Arc::clone(document.text())).unwrap().into_value(), value);
    }

    #[test]
    fn keeps_the_text_as_written() {
        let document = Document::parse("[1, 2.0,\n3]").unwrap();
        assert_eq!(&**document.text(), "[1, 2.0,\n3]");
        assert_eq!(document.value()[1].to_string(), "2.0");
        assert_eq!(document.depth(), 1);
        assert_eq!(document.text_only().value(), document.value());
        assert_eq!(document.clone().into_value(), document.into_value());
    }

    #[test]
    fn a_text_that_is_made_has_numbers_as_java_writes_them() {
        let document = Document::of(serde_json::json!({"a": [1e10, 1e20, -1.5e-5, 2.0, 3], "b": 0.1}));
        assert_eq!(&**document.text(), r#"{"a":[1.0E10,1.0E20,-1.5E-5,2.0,3],"b":0.1}"#);
        assert_eq!(Document::parse(Arc::clone(document.text())).unwrap().value(), document.value());
    }

    #[test]
    fn an_array_keeps_its_items_as_written() {
        let items = [Document::parse("[1, 2]").unwrap(), Document::of(Value::Null)];
        let array = Document::array(&items);
        assert_eq!(&**array.text(), "[[1, 2],null]");
        assert_eq!(array.value()[0][1], 2);
        assert_eq!(&**Document::array([]).text(), "[]");
    }

    #[test]
    fn a_part_keeps_the_text_that_it_has_in_the_whole() {
        let whole = Document::parse(r#"{"a": [1,2], "b": [1, 2.0]}"#).unwrap();
        let part = |value| Document::of(value).written_as_in(&whole).text().to_string();
        assert_eq!(part(serde_json::json!([1, 2.0])), "[1, 2.0]");
        assert_eq!(part(serde_json::json!([1, 2])), "[1,2]");
        assert_eq!(part(serde_json::json!([3, 4])), "[3,4]");
    }

    #[test]
    fn is_stored_as_its_text() {
        let document = Document::parse("[1, 2.0]").unwrap();
        let stored = serde_json::to_string(&document).unwrap();
        assert_eq!(stored, "\"[1, 2.0]\"");
        assert_eq!(serde_json::from_str::<Document>(&stored).unwrap(), document);
        assert!(serde_json::from_str::<Document>("\"[1\"").is_err());
    }
}

//! XML as the query protocol answers it: a small writer, every text escaped.

use std::fmt::Write as _;

/// XML that is being written, element by element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Xml(String);

impl Xml {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// An element that holds text.
    #[must_use]
    pub fn text(mut self, name: &str, text: &str) -> Self {
        // Writing into a String cannot fail.
        let _ = write!(self.0, "<{name}>{}</{name}>", escape(text));
        self
    }

    /// An element that holds text, when there is any.
    #[must_use]
    pub fn optional(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// An element that holds elements.
    #[must_use]
    pub fn nest(mut self, name: &str, inner: Xml) -> Self {
        let _ = write!(self.0, "<{name}>{}</{name}>", inner.0);
        self
    }

    /// A list: one `member` per item.
    #[must_use]
    pub fn list(self, name: &str, members: impl IntoIterator<Item = Xml>) -> Self {
        let inner = members.into_iter().fold(Self::new(), |list, member| list.nest("member", member));
        self.nest(name, inner)
    }

    /// A list of plain texts.
    #[must_use]
    pub fn texts<'a>(self, name: &str, members: impl IntoIterator<Item = &'a str>) -> Self {
        let inner = members.into_iter().fold(Self::new(), |list, member| list.text("member", member));
        self.nest(name, inner)
    }

    /// What was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text as it stands in XML 1.0, which cannot hold most control characters at all: these become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_nested_lists_and_escapes() {
        let xml = Xml::new().text("A", "a<b&\"c\"").list("Tags", [Xml::new().text("Key", "k").text("Value", "v")]);
        assert_eq!(
            xml.as_str(),
            "<A>a&lt;b&amp;&quot;c&quot;</A><Tags><member><Key>k</Key><Value>v</Value></member></Tags>"
        );
    }

    #[test]
    fn control_characters_cannot_break_the_document() {
        assert_eq!(escape("a\u{1}b\nc\r"), "a\u{fffd}b\nc&#13;");
    }
}

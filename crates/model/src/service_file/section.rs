//! One table of the service file, read key by key: every key is known, of the right type, or an error at its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::names::nearest;
use crate::source::{ModelError, Place, Source};

/// A value of the service file together with where it stands.
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A table being read. Keys are taken out; [`Section::finish`] refuses those that nobody asked for.
pub(super) struct Section<'a> {
    pub(super) source: &'a Source,
    /// How errors name the table, such as `functions.sendEmail`.
    name: String,
    span: Range<usize>,
    table: DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// Reads a whole file.
    ///
    /// # Errors
    /// Text that is no TOML, with its place.
    pub(super) fn root(source: &'a Source) -> Result<Self, ModelError> {
        let parsed = DeTable::parse(&source.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            source.error_at(offset, format!("The service file is not valid TOML: {}.", error.message()))
        })?;
        let span = parsed.span();
        Ok(Self { source, name: String::new(), span, table: parsed.into_inner(), known: Vec::new() })
    }

    /// A section with nothing in it, to read user-named tables from.
    pub(super) fn empty(source: &'a Source) -> Self {
        Self { source, name: String::new(), span: 0..0, table: DeTable::new(), known: Vec::new() }
    }

    /// Where the table stands, for errors about the table as a whole.
    pub(super) fn error(&self, message: impl Into<String>) -> ModelError {
        self.source.error_at(self.span.start, message)
    }

    /// The line that the table begins on.
    pub(super) fn place(&self) -> Place {
        self.source.place(self.span.start)
    }

    /// How errors name a key of this table.
    pub(super) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn mismatch(&self, key: &str, expected: &str, found: &Spanned<DeValue<'a>>) -> ModelError {
        let kind = found.get_ref().type_str();
        let message = format!("`{}` must be {expected}; it is of type {kind}.", self.path(key));
        self.source.error_at(found.span().start, message)
    }

    /// A string, if the key is there.
    pub(super) fn string(&mut self, key: &'static str) -> Result<Option<Located<String>>, ModelError> {
        let Some(found) = self.take(key) else { return Ok(None) };
        let span = found.span();
        match found.get_ref() {
            DeValue::String(text) => Ok(Some(Located { value: text.to_string(), span })),
            _ => Err(self.mismatch(key, "a string", &found)),
        }
    }

    /// A string that must be there.
    pub(super) fn required(&mut self, key: &'static str) -> Result<Located<String>, ModelError> {
        let missing = self.error(format!("`{}` is missing.", self.path(key)));
        self.string(key)?.ok_or(missing)
    }

    /// A whole number within bounds, if the key is there.
    pub(super) fn number(&mut self, key: &'static str, bounds: Range<u32>) -> Result<Option<Located<u32>>, ModelError> {
        let Some(found) = self.take(key) else { return Ok(None) };
        let expected = format!("a whole number from {} to {}", bounds.start, bounds.end - 1);
        let DeValue::Integer(integer) = found.get_ref() else {
            return Err(self.mismatch(key, &expected, &found));
        };
        let value = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|value| bounds.contains(value));
        let span = found.span();
        match value {
            Some(value) => Ok(Some(Located { value, span })),
            None => {
                let message = format!("`{}` must be {expected}; it is {}.", self.path(key), integer.as_str());
                Err(self.source.error_at(span.start, message))
            }
        }
    }

    /// A whole number within bounds or one word, if the key is there; none stands for the word.
    pub(super) fn number_or(
        &mut self,
        key: &'static str,
        bounds: Range<u32>,
        word: &str,
    ) -> Result<Option<Located<Option<u32>>>, ModelError> {
        if let Some(written) = self.table.get(key)
            && matches!(written.get_ref(), DeValue::String(text) if text == word)
        {
            let span = written.span();
            self.take(key);
            return Ok(Some(Located { value: None, span }));
        }
        Ok(self.number(key, bounds)?.map(|number| Located { value: Some(number.value), span: number.span }))
    }

    /// A yes or no, if the key is there.
    pub(super) fn boolean(&mut self, key: &'static str) -> Result<Option<bool>, ModelError> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match found.get_ref() {
            DeValue::Boolean(value) => Ok(Some(*value)),
            _ => Err(self.mismatch(key, "true or false", &found)),
        }
    }

    /// A list of strings that must be there and hold at least one.
    pub(super) fn strings(&mut self, key: &'static str) -> Result<Vec<Located<String>>, ModelError> {
        let Some(found) = self.take(key) else {
            return Err(self.error(format!("`{}` is missing.", self.path(key))));
        };
        let DeValue::Array(items) = found.get_ref() else {
            return Err(self.mismatch(key, "a list of strings", &found));
        };
        if items.is_empty() {
            return Err(self.source.error_at(found.span().start, format!("`{}` is empty.", self.path(key))));
        }
        items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(text) => Ok(Located { value: text.to_string(), span: item.span() }),
                _ => Err(self.mismatch(key, "a list of strings", item)),
            })
            .collect()
    }

    /// A list of strings; an absent key is an empty list.
    pub(super) fn optional_strings(&mut self, key: &'static str) -> Result<Vec<Located<String>>, ModelError> {
        if self.table.contains_key(key) {
            return self.strings(key);
        }
        self.known.push(key);
        Ok(Vec::new())
    }

    /// Whether the key is there and its value is a table.
    pub(super) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// A table as it is written, if the key is there.
    pub(super) fn raw_table(&mut self, key: &'static str) -> Result<Option<Spanned<DeValue<'a>>>, ModelError> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match found.get_ref() {
            DeValue::Table(_) => Ok(Some(found)),
            _ => Err(self.mismatch(key, "a table", &found)),
        }
    }

    /// Where the value of a key begins that nothing takes; nothing when it is not there.
    pub(super) fn refused(&self, key: &str) -> Option<usize> {
        self.table.get(key).map(|value| value.span().start)
    }

    /// A table, if the key is there.
    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Section<'a>>, ModelError> {
        let Some(found) = self.take(key) else { return Ok(None) };
        self.section(self.path(key), found).map(Some)
    }

    /// A list of tables; an absent key is an empty list.
    pub(super) fn tables(&mut self, key: &'static str) -> Result<Vec<Section<'a>>, ModelError> {
        let Some(found) = self.take(key) else { return Ok(Vec::new()) };
        if !matches!(found.get_ref(), DeValue::Array(_)) {
            return Err(self.mismatch(
                key,
                &format!("a list of tables, each begun with [[{}]]", self.path(key)),
                &found,
            ));
        }
        let DeValue::Array(items) = found.into_inner() else { return Ok(Vec::new()) };
        items.into_iter().map(|item| self.section(self.path(key), item)).collect()
    }

    /// Every entry of a table whose keys the user chooses.
    pub(super) fn into_entries(self) -> Vec<(Located<String>, Spanned<DeValue<'a>>)> {
        let entry = |(key, value): (Spanned<_>, _)| {
            let span = key.span();
            let text: std::borrow::Cow<'a, str> = key.into_inner();
            (Located { value: text.into_owned(), span }, value)
        };
        self.table.into_iter().map(entry).collect()
    }

    /// A value of this section that must itself be a table.
    pub(super) fn section(&self, name: String, found: Spanned<DeValue<'a>>) -> Result<Section<'a>, ModelError> {
        let span = found.span();
        if !matches!(found.get_ref(), DeValue::Table(_)) {
            let kind = found.get_ref().type_str();
            let message = format!("`{name}` must be a table; it is of type {kind}.");
            return Err(self.source.error_at(span.start, message));
        }
        let DeValue::Table(table) = found.into_inner() else { return Err(self.error("`{name}` must be a table.")) };
        Ok(Section { source: self.source, name, span, table, known: Vec::new() })
    }

    /// Refuses the first key that nobody asked for, naming the nearest that exists here.
    pub(super) fn finish(self) -> Result<(), ModelError> {
        let first = self.table.iter().map(|(key, _)| key).min_by_key(|key| key.span().start);
        let Some(unknown) = first else { return Ok(()) };
        let key: &str = unknown.get_ref();
        let place = if self.name.is_empty() { "at the top level".to_owned() } else { format!("in [{}]", self.name) };
        let error = self.source.error_at(unknown.span().start, format!("There is no key `{key}` {place}."));
        let known = self.known.join(", ");
        Err(match nearest(key, &self.known) {
            Some(near) => error.with_hint(format!("Did you mean `{near}`? Known here are {known}.")),
            None => error.with_hint(format!("Known here are {known}.")),
        })
    }
}

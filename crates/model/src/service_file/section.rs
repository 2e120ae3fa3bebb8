//! One table of the service file, read key by key: every key is known, of the right type, or told at its place. What is wrong
//! is gathered, so that one run tells all of it.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::names::nearest;
use crate::source::{ModelError, Place, Source};

/// What is wrong with a service file, as far as it has been read.
#[derive(Default)]
pub(super) struct Report(RefCell<Vec<ModelError>>);

impl Report {
    /// Adds a fault.
    pub(super) fn add(&self, error: ModelError) {
        self.0.borrow_mut().push(error);
    }

    /// Everything that is wrong, in the order of the file.
    pub(super) fn into_errors(self) -> Vec<ModelError> {
        let mut errors = self.0.into_inner();
        errors.sort_by_key(|error| error.position.map(|position| (position.line, position.column)));
        errors.dedup();
        errors
    }
}

/// A value of the service file together with where it stands.
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// A table being read. Keys are taken out; [`Section::finish`] refuses those that nobody asked for.
pub(super) struct Section<'a> {
    pub(super) source: &'a Source,
    pub(super) report: &'a Report,
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
    pub(super) fn root(source: &'a Source, report: &'a Report) -> Result<Self, ModelError> {
        let parsed = DeTable::parse(&source.text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            source.error_at(offset, format!("The service file is not valid TOML: {}.", error.message()))
        })?;
        let span = parsed.span();
        Ok(Self { source, report, name: String::new(), span, table: parsed.into_inner(), known: Vec::new() })
    }

    /// An error about the table as a whole.
    pub(super) fn error(&self, message: impl Into<String>) -> ModelError {
        self.source.error_at(self.span.start, message)
    }

    /// Reports what went wrong; nothing is left of it then.
    pub(super) fn keep<T>(&self, read: Result<T, ModelError>) -> Option<T> {
        read.map_err(|error| self.report.add(error)).ok()
    }

    /// Reports a fault at a byte offset.
    pub(super) fn refuse(&self, offset: usize, message: impl Into<String>) {
        self.report.add(self.source.error_at(offset, message));
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

    fn mismatch(&self, key: &str, expected: &str, found: &Spanned<DeValue<'a>>) {
        let kind = found.get_ref().type_str();
        let message = format!("`{}` must be {expected}; it is of type {kind}.", self.path(key));
        self.refuse(found.span().start, message);
    }

    /// A string, if the key is there.
    pub(super) fn string(&mut self, key: &'static str) -> Option<Located<String>> {
        let found = self.take(key)?;
        let span = found.span();
        match found.get_ref() {
            DeValue::String(text) => Some(Located { value: text.to_string(), span }),
            _ => {
                self.mismatch(key, "a string", &found);
                None
            }
        }
    }

    /// A string that must be there.
    pub(super) fn required(&mut self, key: &'static str) -> Option<Located<String>> {
        if !self.table.contains_key(key) {
            self.known.push(key);
            self.report.add(self.error(format!("`{}` is missing.", self.path(key))));
        }
        self.string(key)
    }

    /// A whole number within bounds, if the key is there.
    pub(super) fn number(&mut self, key: &'static str, bounds: Range<u32>) -> Option<Located<u32>> {
        let found = self.take(key)?;
        let expected = format!("a whole number from {} to {}", bounds.start, bounds.end - 1);
        let DeValue::Integer(integer) = found.get_ref() else {
            self.mismatch(key, &expected, &found);
            return None;
        };
        let value = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|value| bounds.contains(value));
        let span = found.span();
        if value.is_none() {
            let message = format!("`{}` must be {expected}; it is {}.", self.path(key), integer.as_str());
            self.refuse(span.start, message);
        }
        value.map(|value| Located { value, span })
    }

    /// A whole number within bounds or one word, if the key is there; none stands for the word.
    pub(super) fn number_or(
        &mut self,
        key: &'static str,
        bounds: Range<u32>,
        word: &str,
    ) -> Option<Located<Option<u32>>> {
        if let Some(written) = self.table.get(key)
            && matches!(written.get_ref(), DeValue::String(text) if text == word)
        {
            let span = written.span();
            self.take(key);
            return Some(Located { value: None, span });
        }
        self.number(key, bounds).map(|number| Located { value: Some(number.value), span: number.span })
    }

    /// A yes or no, if the key is there.
    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let found = self.take(key)?;
        match found.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.mismatch(key, "true or false", &found);
                None
            }
        }
    }

    /// A list of strings that must be there and hold at least one.
    pub(super) fn strings(&mut self, key: &'static str) -> Vec<Located<String>> {
        let Some(found) = self.take(key) else {
            self.report.add(self.error(format!("`{}` is missing.", self.path(key))));
            return Vec::new();
        };
        let DeValue::Array(items) = found.get_ref() else {
            self.mismatch(key, "a list of strings", &found);
            return Vec::new();
        };
        if items.is_empty() {
            self.refuse(found.span().start, format!("`{}` is empty.", self.path(key)));
        }
        let string = |item: &Spanned<DeValue<'a>>| match item.get_ref() {
            DeValue::String(text) => Some(Located { value: text.to_string(), span: item.span() }),
            _ => {
                self.mismatch(key, "a list of strings", item);
                None
            }
        };
        items.iter().filter_map(string).collect()
    }

    /// A list of strings; an absent key is an empty list.
    pub(super) fn optional_strings(&mut self, key: &'static str) -> Vec<Located<String>> {
        if self.table.contains_key(key) {
            return self.strings(key);
        }
        self.known.push(key);
        Vec::new()
    }

    /// Whether the key is there and its value is a table.
    pub(super) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// A table as it is written, if the key is there.
    pub(super) fn raw_table(&mut self, key: &'static str) -> Option<Spanned<DeValue<'a>>> {
        let found = self.take(key)?;
        if matches!(found.get_ref(), DeValue::Table(_)) {
            return Some(found);
        }
        self.mismatch(key, "a table", &found);
        None
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the value of a key begins; nothing when it is not there.
    pub(super) fn offset(&self, key: &str) -> Option<usize> {
        self.table.get(key).map(|value| value.span().start)
    }

    /// Where the value of a key begins that nothing takes, which is taken out; nothing when it is not there.
    pub(super) fn refused(&mut self, key: &str) -> Option<usize> {
        self.table.remove(key).map(|value| value.span().start)
    }

    /// A table, if the key is there.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Section<'a>> {
        let found = self.take(key)?;
        section(self.source, self.report, self.path(key), found)
    }

    /// A list of tables; an absent key is an empty list.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some(found) = self.take(key) else { return Vec::new() };
        if !matches!(found.get_ref(), DeValue::Array(_)) {
            self.mismatch(key, &format!("a list of tables, each begun with [[{}]]", self.path(key)), &found);
            return Vec::new();
        }
        let DeValue::Array(items) = found.into_inner() else { return Vec::new() };
        let table = |item| section(self.source, self.report, self.path(key), item);
        items.into_iter().filter_map(table).collect()
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

    /// The table of each name that the user chooses, such as `[functions.NAME]`.
    pub(super) fn into_named_tables(self) -> Vec<(Located<String>, Section<'a>)> {
        let source = self.source;
        let report = self.report;
        let prefix = self.name.clone();
        let table = |(key, value): (Located<String>, _)| {
            let name = format!("{prefix}.{}", key.value);
            section(source, report, name, value).map(|table| (key, table))
        };
        self.into_entries().into_iter().filter_map(table).collect()
    }

    /// Refuses every key that nobody asked for, naming the nearest that exists here.
    pub(super) fn finish(self) {
        let place = if self.name.is_empty() { "at the top level".to_owned() } else { format!("in [{}]", self.name) };
        let known = self.known.join(", ");
        for (unknown, _) in &self.table {
            let key: &str = unknown.get_ref();
            let error = self.source.error_at(unknown.span().start, format!("There is no key `{key}` {place}."));
            self.report.add(match nearest(key, &self.known) {
                Some(near) => error.with_hint(format!("Did you mean `{near}`? Known here are {known}.")),
                None => error.with_hint(format!("Known here are {known}.")),
            });
        }
    }
}

/// A value that must be a table.
fn section<'a>(
    source: &'a Source,
    report: &'a Report,
    name: String,
    found: Spanned<DeValue<'a>>,
) -> Option<Section<'a>> {
    let span = found.span();
    let kind = found.get_ref().type_str();
    match found.into_inner() {
        DeValue::Table(table) => Some(Section { source, report, name, span, table, known: Vec::new() }),
        _ => {
            report.add(source.error_at(span.start, format!("`{name}` must be a table; it is of type {kind}.")));
            None
        }
    }
}

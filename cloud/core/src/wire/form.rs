//! The query protocol's input: `Action=CreateRole&Tags.member.1.Key=a`.

use std::collections::BTreeMap;

use super::Request;
use crate::error::ServiceError;
use crate::location::Account;

/// The parameters of one operation by their full name, and whose account it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    values: BTreeMap<String, String>,
    account: Account,
}

impl Form {
    /// Reads the body, and the query for what is sent with GET.
    pub fn of(request: &Request) -> Self {
        let mut values = BTreeMap::new();
        values.extend(form_urlencoded::parse(request.raw_query.as_bytes()).into_owned());
        values.extend(form_urlencoded::parse(&request.body).into_owned());
        Self { values, account: request.location().account().clone() }
    }

    /// The caller's account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// One parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether a member is given, be it a list or a structure, and not empty.
    pub fn gives(&self, member: &str) -> bool {
        let belongs =
            |name: &str| name.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.values.iter().any(|(name, value)| belongs(name) && !value.is_empty())
    }

    /// Whether there is something in a member that is a list or a structure.
    pub fn has_below(&self, member: &str) -> bool {
        let prefix = format!("{member}.");
        self.values.range(prefix.clone()..).next().is_some_and(|(name, _)| name.starts_with(&prefix))
    }

    /// One parameter that the operation requires. The API's model has been asked before: the error is for what it does not know.
    ///
    /// # Errors
    /// `ValidationError` with the text AWS gives for a null value.
    pub fn required(&self, name: &str) -> Result<&str, ServiceError> {
        self.get(name).ok_or_else(|| {
            let mut letters = name.chars();
            let first = letters.next().map(|first| first.to_ascii_lowercase());
            let member: String = first.into_iter().chain(letters).collect();
            ServiceError::bad_request(
                "ValidationError",
                format!(
                    "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
                ),
            )
        })
    }

    /// The texts of a list of texts, in order.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let at = |index: usize| self.get(&format!("{name}.member.{index}"));
        (1..).map_while(at).map(str::to_owned).collect()
    }

    /// The key-value pairs of a list of tags, in order.
    pub fn tags(&self, name: &str) -> Vec<(String, String)> {
        let at = |index: usize| {
            let key = self.get(&format!("{name}.member.{index}.Key"))?;
            let value = self.get(&format!("{name}.member.{index}.Value")).unwrap_or_default();
            Some((key.to_owned(), value.to_owned()))
        };
        (1..).map_while(at).collect()
    }
}

#[cfg(any(test, feature = "testing"))]
impl Form {
    /// A form with these parameters.
    pub fn with(values: &[(&str, &str)]) -> Self {
        let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Self { values, account: Account::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_in_order() {
        let form = Form::with(&[
            ("TagKeys.member.1", "a"),
            ("TagKeys.member.2", "b"),
            ("Tags.member.1.Key", "k"),
            ("Tags.member.1.Value", "v"),
            ("Tags.member.2.Key", "empty"),
        ]);
        assert_eq!(form.texts("TagKeys"), ["a", "b"]);
        assert_eq!(form.tags("Tags"), [("k".to_owned(), "v".to_owned()), ("empty".to_owned(), String::new())]);
        assert!(form.tags("Other").is_empty());
    }

    #[test]
    fn a_missing_parameter_has_awss_text() {
        let error = Form::default().required("RoleName").unwrap_err();
        insta::assert_snapshot!(error, @"ValidationError: 1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null");
    }
}

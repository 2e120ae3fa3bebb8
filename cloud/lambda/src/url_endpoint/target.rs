//! A function URL that was called.

use cloud_core::{FunctionReference, LATEST};

use crate::model::{Function, FunctionUrl, UrlAuthType};
use crate::service::Functions;

/// A function URL, and the function, or its alias, that it calls.
pub(super) struct UrlTarget {
    pub(super) reference: FunctionReference,
    pub(super) url: FunctionUrl,
}

impl UrlTarget {
    /// Whether its requests have to be signed.
    pub(super) fn is_signed(&self) -> bool {
        self.url.auth_type == UrlAuthType::AwsIam
    }
}

impl Functions {
    /// The function URL with this id. A URL that was not asked for yet costs a look at every function.
    pub(super) fn find_url(&self, id: &str) -> Option<UrlTarget> {
        if let Some(reference) = self.url_index.get(id)
            && let Some(url) = self.url_of(&reference, id)
        {
            return Some(UrlTarget { reference, url });
        }
        let found = self.table.read(|functions| functions.values().find_map(|function| in_function(function, id)));
        self.url_index.set(id, found.as_ref().map(|target| &target.reference));
        found
    }

    fn url_of(&self, reference: &FunctionReference, id: &str) -> Option<FunctionUrl> {
        let qualifier = reference.qualifier.as_deref().unwrap_or(LATEST);
        let key = reference.key();
        let url = self.table.read(|functions| functions.get(&key)?.settings.urls.get(qualifier).cloned());
        url.filter(|url| url.id == id)
    }
}

fn in_function(function: &Function, id: &str) -> Option<UrlTarget> {
    let (qualifier, url) = function.settings.urls.iter().find(|(_, url)| url.id == id)?;
    let latest = &function.latest;
    let whole = FunctionReference { location: latest.location.clone(), name: latest.name.clone(), qualifier: None };
    let reference = if qualifier == LATEST { whole } else { whole.with(qualifier) };
    Some(UrlTarget { reference, url: url.clone() })
}

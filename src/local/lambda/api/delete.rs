//! DeleteFunction.

use std::sync::Arc;

use super::limits::invalid;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Response;
use crate::local::lambda::alias::is_alias_name;
use crate::local::lambda::function::{Function, LATEST};
use crate::local::lambda::reference::FunctionReference;
use crate::local::records::Change;

/// Deletes a function with its versions, aliases and permissions, or one published version of it.
pub(super) async fn delete(cloud: &Arc<Cloud>, reference: &FunctionReference) -> Result<Response, ServiceError> {
    let (pool, records) = (&cloud.functions.pool, &cloud.functions.records);
    let (function, key) = (reference.unqualified(), reference.key());
    let hashes: Vec<String> = match &reference.qualifier {
        None => {
            let deleted = records.change(|functions| {
                let gone = functions.get(&key).ok_or_else(|| function.not_found())?;
                let hashes = gone.versions().map(|version| version.code.sha256.clone()).collect();
                Ok((vec![Change::Delete(key.clone())], hashes))
            });
            let hashes = deleted.await?;
            pool.retire_function(&function.arn());
            hashes
        }
        Some(version) => {
            let hashes = cloud.functions.edit(&function, |function| take_version(function, version)).await?;
            pool.retire(&reference.arn());
            hashes
        }
    };
    forget_code(cloud, &hashes).await;
    Ok(Response::empty(204))
}

/// Takes a version out of its function; gives the names of the zips that may not be needed any more.
fn take_version(function: &mut Function, version: &str) -> Result<Vec<String>, ServiceError> {
    if version == LATEST {
        return Err(invalid("$LATEST version cannot be deleted without deleting the function."));
    }
    if is_alias_name(version) {
        return Err(invalid("Deletion of aliases is not currently supported."));
    }
    let aliases = function.aliases.values().filter(|alias| alias.leads_to(version));
    let names: Vec<&str> = aliases.map(|alias| alias.name.as_str()).collect();
    if !names.is_empty() {
        let message =
            format!("Unable to delete version because the following aliases reference it: [{}]", names.join(", "));
        return Err(ServiceError::new(409, "ResourceConflictException", message));
    }
    // A version that is not there is deleted already: AWS answers 204 for it too.
    let gone: Vec<_> = function.published.extract_if(.., |known| known.version == version).collect();
    gone.iter().for_each(|version| function.policy.forget(&version.qualified_arn()));
    Ok(gone.into_iter().map(|version| version.code.sha256).collect())
}

/// Removes the zips that no function names any more.
pub(super) async fn forget_code(cloud: &Cloud, hashes: &[String]) {
    for hash in hashes {
        let is_named = || {
            cloud.functions.records.read(|functions| {
                functions.values().flat_map(Function::versions).any(|version| version.code.sha256 == *hash)
            })
        };
        cloud.functions.code.remove_unless(hash, is_named).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::lambda::function::tests::function;

    #[test]
    fn a_version_that_an_alias_leads_to_stays() {
        let mut function = function(3);
        function.aliases.get_mut("live").unwrap().weights.insert("2".to_owned(), 0.0);
        for version in ["1", "2"] {
            let refused = take_version(&mut function, version).unwrap_err();
            assert_eq!((refused.status, refused.code.as_str()), (409, "ResourceConflictException"));
            assert_eq!(refused.message, "Unable to delete version because the following aliases reference it: [live]");
        }
        assert_eq!(take_version(&mut function, "3").unwrap().len(), 1);
        assert_eq!(take_version(&mut function, "3").unwrap().len(), 0);
        assert_eq!(function.published.len(), 2);
    }

    #[test]
    fn only_versions_can_be_taken() {
        let refused = |version| take_version(&mut function(1), version).unwrap_err().message;
        assert_eq!(refused("live"), "Deletion of aliases is not currently supported.");
        assert_eq!(refused("$LATEST"), "$LATEST version cannot be deleted without deleting the function.");
    }
}

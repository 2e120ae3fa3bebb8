//! DeleteFunction.

use std::sync::Arc;

use cloud_core::{Change, FunctionReference, LATEST, Request, Response, ServiceError};

use super::access::named;
use super::checks::limits::invalid;
use crate::model::{Function, is_alias_name};
use crate::service::Functions;

/// Deletes a function with its versions, aliases and permissions, or one published version of it.
pub(crate) async fn delete(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    let reference = named(request)?;
    let deleting = Arc::clone(functions);
    let deleted = functions.complete(async move {
        let hashes = match &reference.qualifier {
            None => delete_function(&deleting, &reference).await?,
            Some(version) => delete_version(&deleting, &reference, version).await?,
        };
        deleting.remove_unused_code(&hashes).await;
        Ok(())
    });
    deleted.await?;
    Ok(Response::empty(204))
}

/// Deletes a function; gives the names of its zips.
async fn delete_function(functions: &Functions, reference: &FunctionReference) -> Result<Vec<String>, ServiceError> {
    let key = reference.key();
    let table = &functions.table;
    let deleted = table.change(|functions| {
        let missing = || table.missing(&key, || reference.not_found());
        let deleted = functions.get(&key).ok_or_else(missing)?;
        let hashes = deleted.versions().map(|version| version.code.sha256.clone()).collect();
        Ok((vec![Change::Delete(key.clone())], hashes))
    });
    let hashes = deleted.await?;
    functions.pool.retire_function(&reference.arn());
    functions.queue.give_up(&key).await;
    Ok(hashes)
}

/// Deletes a version; gives the names of the zips that may not be needed any more.
async fn delete_version(
    functions: &Functions,
    reference: &FunctionReference,
    version: &str,
) -> Result<Vec<String>, ServiceError> {
    let function = reference.unqualified();
    let hashes = functions.update(&function, |function| remove_version(function, version)).await?;
    functions.pool.retire(&reference.arn());
    Ok(hashes)
}

/// Removes a version from its function; gives the names of the zips that may not be needed any more.
fn remove_version(function: &mut Function, version: &str) -> Result<Vec<String>, ServiceError> {
    if version == LATEST {
        return Err(invalid("$LATEST version cannot be deleted without deleting the function."));
    }
    if is_alias_name(version) {
        return Err(invalid("Deletion of aliases is not currently supported."));
    }
    let aliases = function.aliases.values().filter(|alias| alias.points_to(version));
    let names: Vec<&str> = aliases.map(|alias| alias.name.as_str()).collect();
    if !names.is_empty() {
        let message =
            format!("Unable to delete version because the following aliases reference it: [{}]", names.join(", "));
        return Err(ServiceError::new(409, "ResourceConflictException", message));
    }
    // A version that is not there has been deleted already: AWS answers 204 for it too.
    let deleted: Vec<_> = function.published.extract_if(.., |known| known.version == version).collect();
    for version in &deleted {
        function.forget(&version.version);
    }
    Ok(deleted.into_iter().map(|version| version.code.sha256).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::function;

    #[test]
    fn a_version_that_an_alias_points_to_stays() {
        let mut function = function(3);
        function.aliases.get_mut("live").unwrap().weights.insert("2".to_owned(), 0.0);
        for version in ["1", "2"] {
            let refused = remove_version(&mut function, version).unwrap_err();
            assert_eq!((refused.status, refused.code.as_str()), (409, "ResourceConflictException"));
            assert_eq!(refused.message, "Unable to delete version because the following aliases reference it: [live]");
        }
        assert_eq!(remove_version(&mut function, "3").unwrap().len(), 1);
        assert_eq!(remove_version(&mut function, "3").unwrap().len(), 0);
        assert_eq!(function.published.len(), 2);
    }

    #[test]
    fn only_versions_can_be_taken() {
        let refused = |version| remove_version(&mut function(1), version).unwrap_err().message;
        assert_eq!(refused("live"), "Deletion of aliases is not currently supported.");
        assert_eq!(refused("$LATEST"), "$LATEST version cannot be deleted without deleting the function.");
    }
}

//! Which stage a path belongs to, and what that stage serves.

use std::collections::BTreeMap;

use crate::model::{Api, Authorizer, Deployment, Integration, Route, Stage};

/// A stage with the routes it serves, and the path that is left for them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Served<'a> {
    pub(super) stage: &'a Stage,
    pub(super) routes: &'a BTreeMap<String, Route>,
    pub(super) integrations: &'a BTreeMap<String, Integration>,
    pub(super) authorizers: &'a BTreeMap<String, Authorizer>,
    /// Without the stage's name; begins with a slash.
    pub(super) path: String,
}

impl<'a> Served<'a> {
    /// The stage that the path's first segment names, else the `$default` stage. A stage that deploys by itself serves the
    /// routes as they are; another one those of its deployment, if it has any.
    pub(super) fn find(api: &'a Api, path: &str) -> Option<Self> {
        let rest = path.strip_prefix('/').unwrap_or(path);
        let (first, left) = rest.split_once('/').unwrap_or((rest, ""));
        let named = api.stages.get(first).filter(|stage| stage.stage_name != "$default");
        let (stage, path) = match named {
            Some(stage) => (stage, format!("/{left}")),
            None => (api.stages.get("$default")?, format!("/{rest}")),
        };
        if stage.auto_deploy {
            let Api { routes, integrations, authorizers, .. } = api;
            return Some(Self { stage, routes, integrations, authorizers, path });
        }
        let deployment = api.deployments.get(stage.deployment_id.as_deref()?)?;
        let Deployment { routes, integrations, authorizers, .. } = deployment;
        Some(Self { stage, routes, integrations, authorizers, path })
    }
}

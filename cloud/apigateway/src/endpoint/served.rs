//! Which stage a path belongs to, and what that stage serves.

use std::collections::BTreeMap;

use crate::model::{Api, Integration, Route, Stage};

/// A stage with the routes it serves, and the path that is left for them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Served<'a> {
    pub(super) stage: &'a Stage,
    pub(super) routes: &'a BTreeMap<String, Route>,
    pub(super) integrations: &'a BTreeMap<String, Integration>,
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
            return Some(Self { stage, routes: &api.routes, integrations: &api.integrations, path });
        }
        let deployment = api.deployments.get(stage.deployment_id.as_deref()?)?;
        Some(Self { stage, routes: &deployment.routes, integrations: &deployment.integrations, path })
    }
}

//! A deployment: the routes as they stood at one moment.

use std::collections::BTreeMap;

use cloud_core::Random;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Api, Authorizer, Integration, Route, date, new_id};

/// The routes as they stood at one moment: what a stage without automatic deployment serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) facts: DeploymentFacts,
    pub(crate) integrations: BTreeMap<String, Integration>,
    pub(crate) routes: BTreeMap<String, Route>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) authorizers: BTreeMap<String, Authorizer>,
}

/// What is known of a deployment itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeploymentFacts {
    pub(crate) deployment_id: String,
    pub(crate) auto_deployed: bool,
    pub(crate) created_date: String,
    pub(crate) deployment_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

impl Api {
    /// A snapshot of the routes as they stand.
    pub(crate) fn deployment(
        &self,
        random: &Random,
        auto_deployed: bool,
        description: Option<String>,
        now: Timestamp,
    ) -> Deployment {
        Deployment {
            facts: DeploymentFacts {
                deployment_id: new_id(random, 6),
                auto_deployed,
                created_date: date(now),
                deployment_status: "DEPLOYED".to_owned(),
                description,
            },
            integrations: self.integrations.clone(),
            routes: self.routes.clone(),
            authorizers: self.authorizers.clone(),
        }
    }

    /// Deploys to the stages that deploy by themselves; called after every change to routes and integrations. Each has one
    /// automatic deployment: an older one goes, unless a stage that no longer deploys by itself still serves it.
    pub(crate) fn deploy_automatically(&mut self, random: &Random, now: Timestamp) {
        let pinned: Vec<String> = self
            .stages
            .values()
            .filter(|stage| !stage.auto_deploy)
            .filter_map(|stage| stage.deployment_id.clone())
            .collect();
        self.deployments.retain(|id, deployment| !deployment.facts.auto_deployed || pinned.contains(id));
        let names: Vec<String> =
            self.stages.values().filter(|stage| stage.auto_deploy).map(|stage| stage.stage_name.clone()).collect();
        for name in names {
            let deployment = self.deployment(
                random,
                true,
                Some("Automatic deployment triggered by changes to the Api configuration".to_owned()),
                now,
            );
            let id = deployment.facts.deployment_id.clone();
            self.deployments.insert(id.clone(), deployment);
            if let Some(stage) = self.stages.get_mut(&name) {
                stage.last_deployment_status_message =
                    Some(format!("Successfully deployed stage with deployment ID '{id}'"));
                stage.deployment_id = Some(id);
                stage.last_updated_date = date(now);
            }
        }
    }
}

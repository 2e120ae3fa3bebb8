//! The optimised integrations: what Step Functions does of each service under the service's own name, and how it can be called
//! (developer guide, "Integrating optimized services").

/// An action of an optimised integration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Optimised {
    service: &'static str,
    action: &'static str,
    /// The suffixes that its `Resource` can have, beside none.
    patterns: &'static [&'static str],
    pub(super) parameters: Parameters,
    /// The action of the same service whose answer a job's end has (`.sync`).
    pub(super) polled: &'static str,
}

/// What its parameters are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Parameters {
    /// Those of the operation that an SDK integration's service has under the same name, and these.
    Operation(&'static str, &'static [&'static str]),
    /// These: required ones, and others.
    Own(&'static [&'static str], &'static [&'static str]),
    /// Nobody has listed them.
    Unlisted,
}

const ONCE: &[&str] = &[];
const SYNC: &[&str] = &["sync"];
const TOKEN: &[&str] = &["waitForTaskToken"];
const BOTH: &[&str] = &["sync", "waitForTaskToken"];

const fn row(
    service: &'static str,
    action: &'static str,
    patterns: &'static [&'static str],
    sdk: &'static str,
    polled: &'static str,
) -> Optimised {
    Optimised { service, action, patterns, parameters: Parameters::Operation(sdk, &[]), polled }
}

const fn with(of: Optimised, parameters: Parameters) -> Optimised {
    Optimised { parameters, ..of }
}

/// All of them, by service.
const ALL: &[Optimised] = &[
    with(
        row("apigateway", "invoke", TOKEN, "", ""),
        Parameters::Own(
            &["ApiEndpoint", "Method"],
            &["AllowNullValues", "AuthType", "Headers", "Path", "QueryParameters", "RequestBody", "Stage"],
        ),
    ),
    row("athena", "startQueryExecution", SYNC, "athena", "getQueryExecution"),
    row("athena", "stopQueryExecution", ONCE, "athena", ""),
    row("athena", "getQueryExecution", ONCE, "athena", ""),
    row("athena", "getQueryResults", ONCE, "athena", ""),
    row("batch", "submitJob", SYNC, "batch", "describeJobs"),
    with(row("bedrock", "invokeModel", TOKEN, "", ""), Parameters::Operation("bedrockruntime", &["Input", "Output"])),
    row("bedrock", "createModelCustomizationJob", SYNC, "bedrock", "getModelCustomizationJob"),
    with(row("bedrock-agentcore", "invokeHarness", ONCE, "", ""), Parameters::Unlisted),
    with(row("bedrockagentcore", "invokeHarness", ONCE, "", ""), Parameters::Unlisted),
    row("codebuild", "startBuild", SYNC, "codebuild", "batchGetBuilds"),
    row("codebuild", "stopBuild", ONCE, "codebuild", ""),
    row("codebuild", "batchDeleteBuilds", ONCE, "codebuild", ""),
    row("codebuild", "batchGetReports", ONCE, "codebuild", ""),
    row("codebuild", "startBuildBatch", SYNC, "codebuild", "batchGetBuildBatches"),
    row("codebuild", "stopBuildBatch", ONCE, "codebuild", ""),
    row("codebuild", "retryBuildBatch", SYNC, "codebuild", "batchGetBuildBatches"),
    row("codebuild", "deleteBuildBatch", ONCE, "codebuild", ""),
    row("databrew", "startJobRun", SYNC, "databrew", "describeJobRun"),
    row("dynamodb", "getItem", ONCE, "dynamodb", ""),
    row("dynamodb", "putItem", ONCE, "dynamodb", ""),
    row("dynamodb", "updateItem", ONCE, "dynamodb", ""),
    row("dynamodb", "deleteItem", ONCE, "dynamodb", ""),
    row("ecs", "runTask", BOTH, "ecs", "describeTasks"),
    row("eks", "createCluster", SYNC, "eks", "describeCluster"),
    row("eks", "deleteCluster", SYNC, "eks", "describeCluster"),
    row("eks", "createFargateProfile", SYNC, "eks", "describeFargateProfile"),
    row("eks", "deleteFargateProfile", SYNC, "eks", "describeFargateProfile"),
    row("eks", "createNodegroup", SYNC, "eks", "describeNodegroup"),
    row("eks", "deleteNodegroup", SYNC, "eks", "describeNodegroup"),
    with(row("eks", "runJob", BOTH, "", ""), Parameters::Unlisted),
    with(row("eks", "call", ONCE, "", ""), Parameters::Unlisted),
    with(row("elasticmapreduce", "createCluster", SYNC, "", ""), Parameters::Unlisted),
    with(row("elasticmapreduce", "terminateCluster", SYNC, "", ""), Parameters::Unlisted),
    with(row("elasticmapreduce", "addStep", SYNC, "", ""), Parameters::Unlisted),
    with(row("elasticmapreduce", "cancelStep", ONCE, "", ""), Parameters::Unlisted),
    with(row("elasticmapreduce", "setClusterTerminationProtection", ONCE, "", ""), Parameters::Unlisted),
    with(row("elasticmapreduce", "modifyInstanceFleetByName", ONCE, "", ""), Parameters::Unlisted),
    with(row("elasticmapreduce", "modifyInstanceGroupByName", ONCE, "", ""), Parameters::Unlisted),
    row("emr-containers", "createVirtualCluster", ONCE, "emrcontainers", ""),
    row("emr-containers", "deleteVirtualCluster", SYNC, "emrcontainers", "describeVirtualCluster"),
    row("emr-containers", "startJobRun", SYNC, "emrcontainers", "describeJobRun"),
    row("emr-serverless", "createApplication", SYNC, "emrserverless", "getApplication"),
    row("emr-serverless", "startApplication", SYNC, "emrserverless", "getApplication"),
    row("emr-serverless", "stopApplication", SYNC, "emrserverless", "getApplication"),
    row("emr-serverless", "deleteApplication", SYNC, "emrserverless", "getApplication"),
    row("emr-serverless", "startJobRun", SYNC, "emrserverless", "getJobRun"),
    row("emr-serverless", "cancelJobRun", SYNC, "emrserverless", "getJobRun"),
    row("events", "putEvents", TOKEN, "eventbridge", ""),
    row("glue", "startJobRun", SYNC, "glue", "getJobRun"),
    with(
        row("http", "invoke", ONCE, "", ""),
        Parameters::Own(
            &["ApiEndpoint", "Method"],
            &["Authentication", "Headers", "InvocationConfig", "QueryParameters", "RequestBody", "Transform"],
        ),
    ),
    row("lambda", "invoke", TOKEN, "lambda", ""),
    row("mediaconvert", "createJob", SYNC, "mediaconvert", "getJob"),
    row("sagemaker", "createEndpoint", ONCE, "sagemaker", ""),
    row("sagemaker", "createEndpointConfig", ONCE, "sagemaker", ""),
    row("sagemaker", "createHyperParameterTuningJob", SYNC, "sagemaker", "describeHyperParameterTuningJob"),
    row("sagemaker", "createLabelingJob", SYNC, "sagemaker", "describeLabelingJob"),
    row("sagemaker", "createModel", ONCE, "sagemaker", ""),
    row("sagemaker", "createProcessingJob", SYNC, "sagemaker", "describeProcessingJob"),
    row("sagemaker", "createTrainingJob", SYNC, "sagemaker", "describeTrainingJob"),
    row("sagemaker", "createTransformJob", SYNC, "sagemaker", "describeTransformJob"),
    row("sagemaker", "updateEndpoint", ONCE, "sagemaker", ""),
    row("sns", "publish", TOKEN, "sns", ""),
    row("sqs", "sendMessage", TOKEN, "sqs", ""),
    row("states", "startExecution", &["sync", "sync:2", "waitForTaskToken"], "sfn", "describeExecution"),
];

impl Optimised {
    /// The integration of a service's action; the suffix of its pattern is not looked at.
    pub(super) fn of(service: &str, action: &str) -> Option<&'static Self> {
        ALL.iter().find(|known| known.service == service && known.action == action)
    }

    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        ALL.iter()
    }

    /// How a `Resource` names it: without a suffix, and with this one where it has it.
    pub(super) fn written(&self, suffix: &str) -> Vec<String> {
        let plain = format!("{}:{}", self.service, self.action);
        let with_suffix = self.patterns.contains(&suffix).then(|| format!("{plain}.{suffix}"));
        [plain].into_iter().chain(with_suffix).collect()
    }

    /// Whether it is called with this suffix; with none it always is.
    pub(super) fn has_pattern(&self, suffix: &str) -> bool {
        suffix.is_empty() || self.patterns.contains(&suffix)
    }

    pub(super) fn action(&self) -> &'static str {
        self.action
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_operations_of_the_models() {
        for row in ALL {
            let Parameters::Operation(sdk, _) = row.parameters else {
                continue;
            };
            let service = api_models::service(sdk).unwrap_or_else(|| panic!("{sdk}"));
            assert!(service.operation(row.action).is_some(), "{sdk}:{}", row.action);
            let is_job = row.patterns.contains(&"sync");
            assert_eq!(is_job, !row.polled.is_empty(), "{}", row.action);
            assert!(row.polled.is_empty() || service.operation(row.polled).is_some(), "{sdk}:{}", row.polled);
        }
    }
}

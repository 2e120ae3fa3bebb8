//! The plugins of the Serverless Framework that are known, and what each means here.

/// What a plugin means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// What it does is done here.
    Honoured,
    /// It has no effect; a sentence says why it need not have any.
    Ineffective(&'static str),
    /// Without it the service would be another one; the text says what to do.
    Refused(&'static str),
}

use Meaning::{Honoured, Ineffective, Refused};

/// A plugin, and the key of `custom` that configures it.
pub(super) struct Plugin {
    pub(super) name: &'static str,
    pub(super) custom: Option<&'static str>,
    pub(super) meaning: Meaning,
}

const fn plugin(name: &'static str, custom: Option<&'static str>, meaning: Meaning) -> Plugin {
    Plugin { name, custom, meaning }
}

const LOCAL: Meaning = Ineffective("`workshop local` runs the service on this machine, and `--local` deploys to it.");
const BUNDLER: Meaning = Ineffective(
    "handlers in TypeScript are bundled with the esbuild of the project or of the PATH, and JavaScript is packaged as it is; `serverless-esbuild` bundles both.",
);
const PACKAGES: Meaning = Ineffective("the files of the folder are packaged, as `package.patterns` says.");
const DOCUMENTS: Meaning = Ineffective("nothing is documented from the service file.");
const TESTS: Meaning = Ineffective("tests run without it, and `workshop test` runs state machines in virtual time.");
const OUTPUTS: Meaning = Ineffective("`workshop info --json` shows endpoints, names and ARNs.");
const BY_HAND: &str = "Do by hand what it does, and take it out of `plugins`.";
const OPENS: &str =
    "The endpoint would answer to everybody: check the caller in the functions, and take it out of `plugins`.";
const DOMAIN: &str = "Map the domain to the API in AWS's console after a deployment, and take it out of `plugins`.";

pub(super) const PLUGINS: &[Plugin] = &[
    plugin("serverless-step-functions", None, Honoured),
    plugin("serverless-pseudo-parameters", None, Honoured),
    plugin("serverless-iam-roles-per-function", Some("serverless-iam-roles-per-function"), Honoured),
    plugin("serverless-cloudformation-sub-variables", None, Honoured),
    plugin(
        "serverless-dotenv-plugin",
        Some("dotenv"),
        Refused(
            "Write `useDotenv: true`, list the variables under `environment` (`KEY: ${env:KEY}`), and take it out.",
        ),
    ),
    plugin("serverless-offline", Some("serverless-offline"), LOCAL),
    plugin("serverless-offline-scheduler", None, LOCAL),
    plugin("serverless-offline-sqs", Some("serverless-offline-sqs"), LOCAL),
    plugin("serverless-offline-sns", Some("serverless-offline-sns"), LOCAL),
    plugin("serverless-offline-ssm", Some("serverless-offline-ssm"), LOCAL),
    plugin("serverless-offline-aws-eventbridge", Some("serverless-offline-aws-eventbridge"), LOCAL),
    plugin("serverless-offline-step-functions", Some("serverless-offline-step-functions"), LOCAL),
    plugin("serverless-step-functions-offline", Some("stepFunctionsOffline"), LOCAL),
    plugin("serverless-step-functions-local", Some("stepFunctionsLocal"), LOCAL),
    plugin("serverless-dynamodb-local", Some("dynamodb"), LOCAL),
    plugin("serverless-dynamodb", Some("serverless-dynamodb"), LOCAL),
    plugin("serverless-s3-local", Some("s3"), LOCAL),
    plugin("serverless-localstack", Some("localstack"), LOCAL),
    plugin("serverless-plugin-simulate", None, LOCAL),
    plugin("serverless-python-requirements", Some("pythonRequirements"), Honoured),
    plugin("serverless-esbuild", Some("esbuild"), Honoured),
    plugin("serverless-webpack", Some("webpack"), BUNDLER),
    plugin("serverless-bundle", Some("bundle"), BUNDLER),
    plugin("serverless-plugin-typescript", Some("serverlessPluginTypescript"), BUNDLER),
    plugin("serverless-typescript", None, BUNDLER),
    plugin("serverless-babel-plugin", Some("babel"), BUNDLER),
    plugin("serverless-plugin-optimize", Some("optimize"), BUNDLER),
    plugin("serverless-plugin-include-dependencies", Some("includeDependencies"), PACKAGES),
    plugin("serverless-plugin-common-excludes", None, PACKAGES),
    plugin("serverless-package-external", Some("packageExternal"), PACKAGES),
    plugin("serverless-plugin-package-size", None, PACKAGES),
    plugin(
        "serverless-prune-plugin",
        Some("prune"),
        Ineffective("`workshop deploy prune` deletes versions that nothing needs."),
    ),
    plugin(
        "serverless-plugin-split-stacks",
        Some("splitStacks"),
        Ineffective("there is no CloudFormation stack to split."),
    ),
    plugin("serverless-deployment-bucket", None, Ineffective("a deployment needs no bucket.")),
    plugin("serverless-plugin-tracing", None, Ineffective("functions are not traced by X-Ray.")),
    plugin(
        "serverless-apigw-binary",
        Some("apigwBinary"),
        Ineffective("an HTTP API hands on binary bodies by itself."),
    ),
    plugin("serverless-apigateway-plugin", None, Ineffective("an HTTP API hands on binary bodies by itself.")),
    plugin("serverless-stack-output", Some("output"), OUTPUTS),
    plugin("serverless-export-outputs", Some("exportOutputs"), OUTPUTS),
    plugin("serverless-export-env", Some("export-env"), OUTPUTS),
    plugin("serverless-aws-documentation", Some("documentation"), DOCUMENTS),
    plugin("serverless-openapi-documentation", Some("documentation"), DOCUMENTS),
    plugin("serverless-openapi-documenter", Some("documentation"), DOCUMENTS),
    plugin("serverless-mocha-plugin", None, TESTS),
    plugin("serverless-jest-plugin", None, TESTS),
    plugin("serverless-domain-manager", Some("customDomain"), Refused(DOMAIN)),
    plugin("serverless-plugin-custom-domain", Some("customDomain"), Refused(DOMAIN)),
    plugin(
        "serverless-apigateway-service-proxy",
        Some("apiGatewayServiceProxies"),
        Refused("Call the service from a function."),
    ),
    plugin("serverless-add-api-key", Some("apiKeys"), Refused(OPENS)),
    plugin("serverless-basic-authentication", None, Refused(OPENS)),
    plugin("serverless-associate-waf", Some("associateWaf"), Refused(OPENS)),
    plugin(
        "serverless-reqvalidator-plugin",
        None,
        Refused("Check requests in the functions, and take it out of `plugins`."),
    ),
    plugin(
        "serverless-api-gateway-caching",
        Some("apiGatewayCaching"),
        Refused("Take it out of `plugins` if the answers need no cache."),
    ),
    plugin("serverless-api-gateway-throttling", Some("apiGatewayThrottling"), Refused(BY_HAND)),
    plugin(
        "serverless-plugin-warmup",
        Some("warmup"),
        Refused("Take it out of `plugins`, with `warmup` of the functions."),
    ),
    plugin(
        "serverless-plugin-canary-deployments",
        None,
        Refused("Take it out of `plugins`: a deployment switches all calls at once."),
    ),
    plugin("serverless-plugin-aws-alerts", Some("alerts"), Refused(BY_HAND)),
    plugin(
        "serverless-plugin-log-retention",
        Some("logRetentionInDays"),
        Refused("Write `logRetentionInDays` under `provider` instead, and take it out of `plugins`."),
    ),
    plugin(
        "serverless-plugin-resource-tagging",
        None,
        Refused("Take it out of `plugins`: `provider.stackTags` are on every resource."),
    ),
    plugin(
        "serverless-plugin-scripts",
        Some("scripts"),
        Refused("Run the scripts yourself, before and after `workshop deploy`."),
    ),
    plugin(
        "serverless-scriptable-plugin",
        Some("scriptable"),
        Refused("Run the scripts yourself, before and after `workshop deploy`."),
    ),
    plugin(
        "serverless-hooks-plugin",
        Some("hooks"),
        Refused("Run the scripts yourself, before and after `workshop deploy`."),
    ),
    plugin(
        "serverless-rust",
        Some("rust"),
        Refused("Declare functions in Rust in a `service.toml`: docs/service-file.md."),
    ),
    plugin(
        "serverless-go-plugin",
        Some("go"),
        Refused("Build the executables, and name each with `package.artifact`."),
    ),
    plugin(
        "serverless-layers",
        Some("serverless-layers"),
        Refused("Put the packages beside the handlers, and take it out of `plugins`."),
    ),
    plugin(
        "serverless-s3-sync",
        Some("s3Sync"),
        Refused("Copy the files with `aws s3 sync`, and take it out of `plugins`."),
    ),
    plugin(
        "serverless-finch",
        Some("client"),
        Refused("Copy the files with `aws s3 sync`, and take it out of `plugins`."),
    ),
    plugin("serverless-lift", None, Refused(BY_HAND)),
    plugin("serverless-appsync-plugin", None, Refused("`workshop` deploys no AppSync APIs: use the events `httpApi`.")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plugin_is_there_once_and_its_sentence_ends() {
        let mut names: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        for plugin in PLUGINS {
            if let Ineffective(sentence) | Refused(sentence) = plugin.meaning {
                assert!(sentence.ends_with('.') && !sentence.contains("  "), "{}: {sentence}", plugin.name);
            }
        }
    }
}

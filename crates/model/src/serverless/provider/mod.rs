//! `provider`: what holds for every function, and for the deployment as a whole.

mod keys;

use std::collections::BTreeMap;

use crate::pseudo::Template;
use crate::role_path::RolePath;
use crate::serverless::events::cors::{self, HttpApi};
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Located, Section};
use crate::serverless::reading::tree::{Content, Member, Origin};
use crate::serverless::references::intrinsics::{Intrinsics, function};
use crate::serverless::settings::environment::{Environment, environment};
use crate::serverless::settings::permissions::statements;
use crate::serverless::settings::tags::tags;
use crate::serverless::settings::{architecture, retention, role};
use crate::service::{Architecture, Permission};
use crate::stack::Stack;
use crate::stack_settings::{StackSettings, is_policy_arn};

/// What functions have that say nothing else (Serverless Framework, "Serverless.yml reference").
const DEFAULT_MEMORY_MB: u32 = 1024;
const DEFAULT_TIMEOUT_S: u32 = 6;

/// What holds for every function.
pub(super) struct Provider {
    pub(super) runtime: Option<Located<String>>,
    pub(super) memory_mb: u32,
    pub(super) timeout_s: u32,
    pub(super) log_retention_days: Option<u32>,
    pub(super) architecture: Architecture,
    pub(super) environment: Environment,
    pub(super) role: Option<Template>,
    pub(super) permissions: Vec<Permission>,
    pub(super) tags: BTreeMap<String, String>,
    /// Where the tags are declared.
    pub(super) tags_at: Option<Origin>,
    /// Where the boundary of the roles is declared.
    pub(super) boundary_at: Option<Origin>,
    pub(super) stack_settings: StackSettings,
    pub(super) http_api: HttpApi,
    /// Whether a network is refused here already.
    pub(super) has_vpc: bool,
}

impl Provider {
    fn defaults() -> Self {
        Self {
            runtime: None,
            memory_mb: DEFAULT_MEMORY_MB,
            timeout_s: DEFAULT_TIMEOUT_S,
            log_retention_days: None,
            architecture: Architecture::X86_64,
            environment: Environment::default(),
            role: None,
            permissions: Vec::new(),
            tags: BTreeMap::new(),
            tags_at: None,
            boundary_at: None,
            stack_settings: StackSettings::default(),
            http_api: HttpApi::default(),
            has_vpc: false,
        }
    }

    /// Reads `provider`. The stack is the deployment that the file is read for.
    pub(super) fn read(
        member: Option<&Member>,
        stack: &Stack,
        intrinsics: Intrinsics<'_>,
        report: &mut Report,
    ) -> Self {
        let mut provider = Self::defaults();
        let Some(mut section) = member.and_then(|member| Section::of(&member.value, "provider", report)) else {
            return provider;
        };
        name(&mut section, report);
        for key in ["stage", "region"] {
            section.take(key);
        }
        check_stack_name(&mut section, stack, report);
        variable_syntax(&mut section, report);
        endpoint_type(&mut section, report);
        provider.has_vpc = section.take("vpc").is_some();
        provider.runtime = section.text("runtime", report);
        if let Some(memory) = section.number("memorySize", 128..=10_240, report) {
            provider.memory_mb = memory.value;
        }
        if let Some(timeout) = section.number("timeout", 1..=1800, report) {
            provider.timeout_s = timeout.value;
        }
        provider.log_retention_days = retention(&mut section, report);
        if let Some(architecture) = architecture(&mut section, report) {
            provider.architecture = architecture;
        }
        let variables = section.take("environment");
        provider.environment = environment(variables, "provider.environment", intrinsics, report);
        provider.roles(&mut section, stack, intrinsics, report);
        provider.refuse_statements_of_a_role(section.at, report);
        let tags_of_all = section.take("tags");
        provider.tags_at = tags_of_all.map(|member| member.at.clone());
        provider.tags = tags(tags_of_all, "provider.tags", report);
        provider.stack_settings.tags = tags(section.take("stackTags"), "provider.stackTags", report);
        rest_api(&mut section, report);
        provider.http_api = http_api(&mut section, report);
        section.refuse(keys::REFUSED, report);
        section.note(keys::INEFFECTIVE, report);
        section.finish(report);
        provider
    }

    /// `role`, `iam`, and the older keys for the same.
    fn roles(&mut self, section: &mut Section<'_>, stack: &Stack, intrinsics: Intrinsics<'_>, report: &mut Report) {
        self.role = role(section, "role", intrinsics, report);
        self.boundary(section, "rolePermissionsBoundary", stack, intrinsics, report);
        if let Some(member) = section.take("iamRoleStatements") {
            self.permissions.extend(statements(member, "provider.iamRoleStatements", intrinsics, report));
        }
        let Some(mut iam) = section.section("iam", report) else { return };
        if iam.take("deploymentRole").is_some() {
            report.note(
                iam.at,
                "`provider.iam.deploymentRole` has no effect: nothing is deployed through CloudFormation.",
            );
        }
        match iam.take("role").map(|member| &member.value) {
            None => {}
            Some(node) if matches!(node.content, Content::Table(_)) && function(node).is_none() => {
                self.iam_role(&mut iam, stack, intrinsics, report);
            }
            Some(_) => self.role = role(&mut iam, "role", intrinsics, report),
        }
        iam.finish(report);
    }

    /// Statements beside a role that exists would have no effect: that role has its own.
    fn refuse_statements_of_a_role(&self, at: &Origin, report: &mut Report) {
        if self.role.is_some() && !self.permissions.is_empty() {
            let message = "The provider names a role that exists, and statements: no role would have these.";
            report.error(at, message, "Take one of them out.");
        }
    }

    fn iam_role(&mut self, iam: &mut Section<'_>, stack: &Stack, intrinsics: Intrinsics<'_>, report: &mut Report) {
        let Some(mut section) = iam.section("role", report) else { return };
        if let Some(member) = section.take("statements") {
            self.permissions.extend(statements(member, "provider.iam.role.statements", intrinsics, report));
        }
        self.boundary(&mut section, "permissionsBoundary", stack, intrinsics, report);
        self.boundary(&mut section, "permissionBoundary", stack, intrinsics, report);
        if let Some(path) = section.text("path", report) {
            match RolePath::parse(&path.value) {
                Ok(path) => self.stack_settings.role_path = path,
                Err(message) => report.error(&path.at, message, "Correct it, or take it out."),
            }
        }
        section.refuse(keys::ROLE_REFUSED, report);
        section.finish(report);
    }

    /// The managed policy that bounds the roles.
    fn boundary(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        stack: &Stack,
        intrinsics: Intrinsics<'_>,
        report: &mut Report,
    ) {
        let Some(member) = section.take(key) else { return };
        let Some(arn) = intrinsics.template(&member.value, &section.path(key), report) else { return };
        let resolved = arn.resolve(stack);
        if !is_policy_arn(&resolved) {
            let hint = "It looks like `arn:aws:iam::${aws:accountId}:policy/NAME`.";
            report.error(&member.value.at, format!("`{resolved}` is not the ARN of a managed policy."), hint);
            return;
        }
        self.stack_settings.permissions_boundary = Some(arn);
        self.boundary_at = Some(member.at.clone());
    }
}

fn name(section: &mut Section<'_>, report: &mut Report) {
    match section.text("name", report) {
        Some(name) if name.value == "aws" => {}
        Some(name) => {
            let message = format!("The provider is `{}`; `workshop` deploys to AWS.", name.value);
            report.error(&name.at, message, "Write `name: aws` for a service of AWS.");
        }
        None if section.take("name").is_some() => {}
        None => report.error(section.at, "`provider.name` is missing.", "Write `name: aws`."),
    }
}

/// The stack's name is the start of every name: it can't be another one.
fn check_stack_name(section: &mut Section<'_>, stack: &Stack, report: &mut Report) {
    if let Some(name) = section.text("stackName", report).filter(|name| name.value != stack.name()) {
        let message =
            format!("The stack can't be called `{}`: it is `<service>-<stage>`, `{}`.", name.value, stack.name());
        report.error(&name.at, message, "Take `stackName` out, or rename the service.");
    }
}

/// A syntax of variables that keeps `${AWS::Region}` apart is not needed; one with other brackets is another language.
fn variable_syntax(section: &mut Section<'_>, report: &mut Report) {
    let Some(syntax) = section.text("variableSyntax", report) else { return };
    if syntax.value.starts_with("\\${") && !syntax.value.starts_with("\\${{") {
        report
            .note(&syntax.at, "`provider.variableSyntax` has no effect: `${AWS::...}` is never taken for a variable.");
    } else {
        let message = format!("`provider.variableSyntax` makes `{}` the syntax of variables.", syntax.value);
        report.error(&syntax.at, message, "Write variables as `${...}` and take `variableSyntax` out.");
    }
}

/// Where a REST API is reached. An HTTP API is regional and public.
fn endpoint_type(section: &mut Section<'_>, report: &mut Report) {
    let Some(written) = section.text("endpointType", report) else { return };
    if written.value.eq_ignore_ascii_case("private") {
        let message = "`provider.endpointType` can't be private: an HTTP API is public.";
        report.error(
            &written.at,
            message,
            "Take the events `http` out, and call the functions with `workshop invoke`.",
        );
    } else if !written.value.eq_ignore_ascii_case("regional") {
        report.note(&written.at, "`provider.endpointType` has no effect: an HTTP API is regional.");
    }
}

fn rest_api(section: &mut Section<'_>, report: &mut Report) {
    if let Some(mut api) = section.section("apiGateway", report) {
        api.refuse(keys::REST_REFUSED, report);
        api.note(keys::REST_INEFFECTIVE, report);
        api.finish(report);
    }
}

fn http_api(section: &mut Section<'_>, report: &mut Report) -> HttpApi {
    let Some(mut api) = section.section("httpApi", report) else { return HttpApi::default() };
    let payload_format = cors::payload_format(&mut api, report).unwrap_or_default();
    let cors = cors::of_http_api(&mut api, report);
    api.refuse(keys::HTTP_REFUSED, report);
    api.note(keys::HTTP_INEFFECTIVE, report);
    api.finish(report);
    HttpApi { payload_format, cors }
}

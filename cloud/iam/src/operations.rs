//! The table of IAM's operations.

use cloud_core::{
    Access, Account, Binding, Form, Need, Operation, Otherwise, Protocol, Quota, Request, RequestModel, Resource,
    Response, ServiceError, ServiceInfo, Xml, query_answer,
};

use crate::permissions::simulate;
use crate::policies::{managed, role_policies, versions};
use crate::roles::instance_profiles;
use crate::service::Iam;
use crate::{account, roles};

/// Namespace of the answers' XML.
const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// The service.
pub static INFO: ServiceInfo =
    ServiceInfo::new("IAM", "iam", Protocol::Query(NAMESPACE)).with_failed(failed).with_requests(REQUESTS);

/// IAM repeats no value, and has texts of its own about names and paths (seen by others in 2024 to 2026).
const REQUESTS: RequestModel =
    RequestModel::new("iam", "ValidationError").with_wrong_type("MalformedInput").without_values().except(&[
        Otherwise::said(
            "",
            "Member must satisfy regular expression pattern: [\\w+=,.@-]+",
            "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the \
             following: +=,.@_-",
        ),
        Otherwise::said("pathPrefix", PATH_PATTERN, BAD_PREFIX),
        Otherwise::said(
            "pathPrefix",
            "Member must satisfy regular expression pattern: \\u002F[\\u0021-\\u007F]*",
            BAD_PREFIX,
        ),
        Otherwise::said("", PATH_PATTERN, BAD_PATH),
        Otherwise::said(
            "",
            "Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)",
            BAD_PATH,
        ),
    ]);
const PATH_PATTERN: &str = "Member must satisfy regular expression pattern: ((/[A-Za-z0-9\\.,\\+@=_-]+)*)/";
const BAD_PREFIX: &str = "The specified value for {member} is invalid. It must begin with the / character and contain only \
                          alphanumeric characters and/or / characters.";
const BAD_PATH: &str = "The specified value for {member} is invalid. It must begin and end with / and contain only \
                        alphanumeric characters and/or / characters.";

/// The role of the caller's account that the input names. Its path, which belongs to its ARN, is not in the input.
const ROLE: Resource = Resource::Template("arn:aws:iam::{account}:role/{RoleName}");

/// A role, or a policy, that is to be, with its path.
const NEW_ROLE: Resource = Resource::Computed(|request| new(request, "role", "RoleName"));
const NEW_POLICY: Resource = Resource::Computed(|request| new(request, "policy", "PolicyName"));
const NEW_PROFILE: Resource = Resource::Computed(|request| new(request, "instance-profile", "InstanceProfileName"));
const PROFILE: Resource = Resource::Template("arn:aws:iam::{account}:instance-profile/{InstanceProfileName}");

/// What of a simulation is not there: sets of resources, which are of EC2 alone, policies of an organisation, and policies of a
/// role that are left out.
const OF_CUSTOM_POLICIES: &[&str] = &["OrderedOrganizationPolicyInputList", "ResourceHandlingOption"];
const OF_A_PRINCIPAL: &[&str] = &["PolicyExclusionList", "ResourceHandlingOption"];

const BOUNDARY: &[(&str, &str)] = &[("iam:PermissionsBoundary", "PermissionsBoundary")];
const POLICY_ARN: &[(&str, &str)] = &[("iam:PolicyARN", "PolicyArn")];

fn new(request: &Request, kind: &str, name: &str) -> Option<String> {
    let path = request.member("Path").unwrap_or_else(|| "/".to_owned());
    let name = request.member(name)?;
    Some(request.location().account().global_arn("iam", &format!("{kind}{path}{name}")))
}

/// What is listed: everything below a path.
fn below(request: &Request, kind: &str) -> Option<String> {
    let path = request.member("PathPrefix").unwrap_or_else(|| "/".to_owned());
    Some(request.location().account().global_arn("iam", &format!("{kind}{path}")))
}

const ROLES: Resource = Resource::Computed(|request| below(request, "role"));
const POLICIES: Resource = Resource::Computed(|request| below(request, "policy"));
const PROFILES: Resource = Resource::Computed(|request| below(request, "instance-profile"));

/// A new instance profile gets tags; instances get a role.
const TAGGED_PROFILE: Need = Need::when("Tags", "iam:TagInstanceProfile", NEW_PROFILE);
const GIVEN_TO_INSTANCES: Need = Need::when("RoleName", "iam:PassRole", ROLE).passed_to("ec2.amazonaws.com");

/// The user that is asked for; without a name it is who asks.
const USER: Resource = Resource::Template("arn:aws:iam::{account}:user/{UserName}");

/// The managed policy that the input names.
const POLICY: Resource = Resource::Arn("PolicyArn");

/// One line of the table: an operation and the function that answers it, which is async where it writes.
macro_rules! operation {
    ($name:literal, Reads, $resource:expr, $handler:path) => {
        Operation::new($name, Binding::Action, Access::Reads, concat!("iam:", $name), $resource, |iam, request| {
            Box::pin(async move { answer($name, request, $handler(iam, &Form::of(request))) })
        })
        .within(READS)
    };
    ($name:literal, $access:ident, $resource:expr, $handler:path) => {
        Operation::new($name, Binding::Action, Access::$access, concat!("iam:", $name), $resource, |iam, request| {
            Box::pin(async move { answer($name, request, $handler(iam, &Form::of(request)).await) })
        })
        .within(WRITES)
    };
}

/// How many calls IAM takes. AWS does not publish it: these figures are assumed, from reports of accounts that were throttled
/// at 10 to 20 calls a second.
const READS: Quota = Quota::shared("all reads", 50, 20).global();
const WRITES: Quota = Quota::shared("all writes", 20, 10).global();

/// The operations of IAM.
pub static OPERATIONS: &[Operation<Iam>] = &[
    operation!("CreateRole", WritesAlone, NEW_ROLE, roles::create)
        .needing(&[Need::when("Tags", "iam:TagRole", NEW_ROLE)])
        .with_keys(BOUNDARY),
    operation!("GetRole", Reads, ROLE, roles::get),
    operation!("ListRoles", Reads, ROLES, roles::list),
    operation!("DeleteRole", WritesAlone, ROLE, roles::delete),
    operation!("UpdateRole", WritesAlone, ROLE, roles::update),
    operation!("UpdateAssumeRolePolicy", WritesAlone, ROLE, roles::update_trust),
    operation!("TagRole", WritesAlone, ROLE, roles::tag),
    operation!("UntagRole", WritesAlone, ROLE, roles::untag),
    operation!("ListRoleTags", Reads, ROLE, roles::list_tags),
    operation!("ListInstanceProfilesForRole", Reads, ROLE, instance_profiles::list_of_role),
    operation!("PutRolePolicy", WritesAlone, ROLE, role_policies::put),
    operation!("GetRolePolicy", Reads, ROLE, role_policies::get),
    operation!("ListRolePolicies", Reads, ROLE, role_policies::list),
    operation!("DeleteRolePolicy", WritesAlone, ROLE, role_policies::delete),
    operation!("PutRolePermissionsBoundary", WritesAlone, ROLE, role_policies::put_boundary).with_keys(BOUNDARY),
    operation!("DeleteRolePermissionsBoundary", WritesAlone, ROLE, role_policies::delete_boundary),
    operation!("AttachRolePolicy", WritesAlone, ROLE, role_policies::attach).with_keys(POLICY_ARN),
    operation!("DetachRolePolicy", WritesAlone, ROLE, role_policies::detach).with_keys(POLICY_ARN),
    operation!("ListAttachedRolePolicies", Reads, ROLE, role_policies::list_attached),
    operation!("CreatePolicy", Writes, NEW_POLICY, managed::create).needing(&[Need::when(
        "Tags",
        "iam:TagPolicy",
        NEW_POLICY,
    )]),
    operation!("GetPolicy", Reads, POLICY, managed::get),
    operation!("ListPolicies", Reads, POLICIES, managed::list),
    operation!("CreatePolicyVersion", Writes, POLICY, versions::create),
    operation!("GetPolicyVersion", Reads, POLICY, versions::get),
    operation!("ListPolicyVersions", Reads, POLICY, versions::list),
    operation!("SetDefaultPolicyVersion", Writes, POLICY, versions::set_default),
    operation!("DeletePolicyVersion", Writes, POLICY, versions::delete),
    operation!("ListEntitiesForPolicy", Reads, POLICY, role_policies::list_entities),
    operation!("TagPolicy", Writes, POLICY, managed::tag),
    operation!("UntagPolicy", Writes, POLICY, managed::untag),
    operation!("ListPolicyTags", Reads, POLICY, managed::list_tags),
    operation!("DeletePolicy", Writes, POLICY, managed::delete),
    Operation::new("GetUser", Binding::Action, Access::Reads, "iam:GetUser", USER, |iam, request| {
        Box::pin(async move { answer("GetUser", request, account::get_user(iam, request)) })
    })
    .within(READS),
    operation!("ListAccountAliases", Reads, Resource::Any, account::list_aliases),
    operation!("SimulateCustomPolicy", Reads, Resource::Any, simulate::custom).refusing(OF_CUSTOM_POLICIES),
    operation!("SimulatePrincipalPolicy", Reads, Resource::Arn("PolicySourceArn"), simulate::principal)
        .refusing(OF_A_PRINCIPAL),
    operation!("CreateInstanceProfile", Writes, NEW_PROFILE, instance_profiles::create).needing(&[TAGGED_PROFILE]),
    operation!("GetInstanceProfile", Reads, PROFILE, instance_profiles::get),
    operation!("ListInstanceProfiles", Reads, PROFILES, instance_profiles::list),
    operation!("DeleteInstanceProfile", Writes, PROFILE, instance_profiles::delete),
    operation!("AddRoleToInstanceProfile", WritesAlone, PROFILE, instance_profiles::add_role)
        .needing(&[GIVEN_TO_INSTANCES]),
    operation!("RemoveRoleFromInstanceProfile", WritesAlone, PROFILE, instance_profiles::remove_role),
    operation!("TagInstanceProfile", Writes, PROFILE, instance_profiles::tag),
    operation!("UntagInstanceProfile", Writes, PROFILE, instance_profiles::untag),
    operation!("ListInstanceProfileTags", Reads, PROFILE, instance_profiles::list_tags),
];

/// An answer in the query protocol; some operations answer with nothing.
fn answer<R: Into<Option<Xml>>>(
    operation: &str,
    request: &Request,
    result: Result<R, ServiceError>,
) -> Result<Response, ServiceError> {
    result.map(|xml| query_answer(operation, NAMESPACE, xml.into(), &request.id))
}

/// The tags of a role, an instance profile or a managed policy.
pub fn resource_tags(iam: &Iam, arn: &str) -> Vec<(String, String)> {
    let key = |path: &str| Some(Account::of_arn(arn)?.key(path.rsplit('/').next().unwrap_or(path)));
    let named = arn.splitn(6, ':').nth(5).and_then(|resource| resource.split_once('/'));
    let tags = || match named? {
        ("role", path) => iam.roles.read(|roles| Some(roles.get(&key(path)?)?.tags.clone())),
        ("instance-profile", path) => {
            iam.instance_profiles.read(|profiles| Some(profiles.get(&key(path)?)?.tags.clone()))
        }
        _ => iam.policies.read(|policies| Some(policies.get(arn)?.tags.clone())),
    };
    tags().unwrap_or_default()
}

fn failed() -> ServiceError {
    let unknown = "The request processing has failed because of an unknown error, exception or failure.";
    ServiceError::new(500, "ServiceFailure", unknown)
}

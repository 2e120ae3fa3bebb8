//! Why a document is refused, in AWS's words.

/// What IAM answers as `MalformedPolicyDocument`; the text is AWS's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The text is no JSON.
    #[error("This policy contains invalid Json")]
    Json,
    /// The JSON is no policy: an element that is missing, unknown, repeated or of the wrong kind.
    #[error("Syntax errors in policy.")]
    Syntax,
    /// `Version` is neither `2012-10-17` nor `2008-10-17`.
    #[error("The policy must contain a valid version string")]
    Version,
    /// An identity policy of the old version, or without one.
    #[error("Policy document must be version 2012-10-17 or greater.")]
    OldVersion,
    /// A `Sid` that is not made of letters and digits.
    #[error(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    )]
    Sid,
    /// Two statements with one `Sid`.
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    RepeatedSid,
    /// A trust policy names a resource.
    #[error("Has prohibited field Resource")]
    ProhibitedResource,
    /// A trust policy that names whom it is not for. (The text is ours, after the one of a resource.)
    #[error("Has prohibited field NotPrincipal")]
    ProhibitedNotPrincipal,
    /// A trust policy without a principal.
    #[error("Missing required field Principal")]
    MissingPrincipal,
    /// A trust policy without an action.
    #[error("Missing required field Action")]
    MissingAction,
    /// A trust policy with an action that is not one of STS.
    #[error("AssumeRole policy may only specify STS AssumeRole actions.")]
    NotAssumeRole,
    /// A service principal that is no service's name.
    #[error("Invalid principal in policy: \"SERVICE\":\"{0}\"")]
    ServicePrincipal(String),
    /// An AWS principal that is neither an account, nor somebody's ARN or id.
    #[error("Invalid principal in policy: \"AWS\":\"{0}\"")]
    AwsPrincipal(String),
    /// A trust policy whose principal names nobody.
    #[error(
        "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!"
    )]
    NoPrincipals,
    /// A federated principal that can be no provider of identities.
    #[error("Federated principals must be valid domain names or SAML metadata ARNs")]
    FederatedPrincipal,
    /// A trust policy with white space before its JSON.
    #[error("JSON strings must not have leading spaces")]
    LeadingSpaces,
    /// An identity policy names a principal.
    #[error("Policy document should not specify a principal.")]
    ProhibitedPrincipal,
    /// An identity policy's statement without an action.
    #[error("Policy statement must contain actions.")]
    NoActions,
    /// An action without its service.
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    NoVendor,
    /// An action with more than one colon.
    #[error("Actions/Condition can contain only one colon.")]
    SecondColon,
    /// A service's name with characters that none has.
    #[error("Vendor {0} is not valid")]
    Vendor(String),
    /// An ARN of a partition that AWS has not.
    #[error("Partition \"{partition}\" is not valid for resource \"{resource}\".")]
    Partition {
        /// The partition.
        partition: String,
        /// The whole ARN.
        resource: String,
    },
    /// An ARN that does not name its service, or not wholly.
    #[error("Resource vendor must be fully qualified and cannot contain regexes.")]
    NoResourceVendor,
    /// What an ARN of IAM names is none of its resources; these are what they begin with.
    #[error("IAM resource path must either be \"*\" or start with {0}.")]
    IamPath(String),
    /// IAM has no regions.
    #[error("IAM resource {0} cannot contain region information.")]
    IamRegion(String),
    /// A bucket's ARN has no region.
    #[error("Resource {0} can not contain region information.")]
    S3Region(String),
    /// What IAM's older parser does not take: white space before the JSON, a date that is none, an effect in the wrong case, an ARN of
    /// five parts, or with a variable before its last one.
    #[error("The policy failed legacy parsing")]
    Legacy,
    /// An identity policy's statement without a resource.
    #[error("Policy statement must contain resources.")]
    NoResources,
    /// A resource that is neither an ARN nor `*`.
    #[error("Resource {0} must be in ARN format or \"*\".")]
    NotAnArn(String),
}

//! Who a statement is for, and who asks.

use crate::one_or_many::OneOrMany;

/// The `Principal` element ([reference]).
///
/// [reference]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `*`: everybody.
    Everyone,
    /// Principals by type, in the order they were written.
    Named(Vec<(PrincipalType, OneOrMany<String>)>),
}

/// The types of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrincipalType {
    /// An account, a user, a role or a session, by ARN; `*` is everybody.
    Aws,
    /// A service, by its name, such as `lambda.amazonaws.com`.
    Service,
    /// An identity provider.
    Federated,
    /// An account by the id that S3 has for it.
    CanonicalUser,
}

/// Who makes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caller<'a> {
    /// A service, such as `lambda.amazonaws.com`.
    Service(&'a str),
    /// A user or an account's root, by ARN.
    Aws(&'a str),
    /// Somebody whom an identity provider vouches for, by the provider's ARN or host name.
    Federated(&'a str),
    /// The session of an assumed role.
    Session {
        /// `arn:aws:sts::000000000000:assumed-role/<role>/<session>`.
        session: &'a str,
        /// The role's own ARN.
        role: &'a str,
    },
}

/// How a principal names a caller: what a resource's policy grants depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// By the account: it leaves the decision to the account's own policies.
    Account,
    /// By the role of its session.
    Role,
    /// Itself, or everybody.
    Caller,
}

impl Principal {
    /// One service.
    pub fn service(name: impl Into<String>) -> Self {
        Self::Named(vec![(PrincipalType::Service, OneOrMany::One(name.into()))])
    }

    /// One account, user, role or session, by ARN.
    pub fn aws(arn: impl Into<String>) -> Self {
        Self::Named(vec![(PrincipalType::Aws, OneOrMany::One(arn.into()))])
    }

    /// Whether it names nobody: there is no type, or none has anybody.
    pub(crate) fn is_nobody(&self) -> bool {
        matches!(self, Self::Named(named) if named.iter().all(|(_, ids)| ids.iter().next().is_none()))
    }

    /// The principals of one type.
    pub fn of_type(&self, wanted: PrincipalType) -> impl Iterator<Item = &str> {
        let named: &[(PrincipalType, OneOrMany<String>)] = match self {
            Self::Everyone => &[],
            Self::Named(named) => named,
        };
        named.iter().filter(move |(kind, _)| *kind == wanted).flat_map(|(_, ids)| ids.iter()).map(String::as_str)
    }

    /// Renames those of the type AWS that `rename` has a text for.
    pub(crate) fn rename(&mut self, rename: impl Fn(&str) -> Option<String>) {
        let Self::Named(named) = self else { return };
        let of_aws = named.iter_mut().filter(|(kind, _)| *kind == PrincipalType::Aws);
        for id in of_aws.flat_map(|(_, ids)| ids.iter_mut()) {
            if let Some(renamed) = rename(id) {
                *id = renamed;
            }
        }
    }

    /// Whether the caller is among the principals. Naming an account names everybody in it, naming a role names its
    /// sessions; `{"AWS": "*"}` means the same as `*`. No other wildcard is one here.
    pub fn includes(&self, caller: &Caller<'_>) -> bool {
        self.naming(caller).is_some()
    }

    /// How the caller is named among the principals, most closely; none when it is not.
    pub(crate) fn naming(&self, caller: &Caller<'_>) -> Option<Naming> {
        if *self == Self::Everyone || self.of_type(PrincipalType::Aws).any(|id| id == "*") {
            return Some(Naming::Caller);
        }
        let named = |kind: PrincipalType, wanted: &str| self.of_type(kind).any(|id| id == wanted);
        let of_account =
            |arn: &str| self.of_type(PrincipalType::Aws).any(|id| is_account_of(id, arn)).then_some(Naming::Account);
        match *caller {
            Caller::Service(service) => named(PrincipalType::Service, service).then_some(Naming::Caller),
            Caller::Federated(provider) => named(PrincipalType::Federated, provider).then_some(Naming::Caller),
            Caller::Aws(arn) if named(PrincipalType::Aws, arn) => Some(Naming::Caller),
            Caller::Aws(arn) => of_account(arn),
            Caller::Session { session, .. } if named(PrincipalType::Aws, session) => Some(Naming::Caller),
            Caller::Session { role, .. } if named(PrincipalType::Aws, role) => Some(Naming::Role),
            Caller::Session { session, .. } => of_account(session),
        }
    }
}

impl PrincipalType {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Aws, Self::Service, Self::Federated, Self::CanonicalUser];

    /// The type as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}

/// Whether an id is the account of an ARN: twelve digits, or the account's root.
fn is_account_of(id: &str, arn: &str) -> bool {
    let Some(account) = arn.split(':').nth(4).filter(|account| !account.is_empty()) else {
        return false;
    };
    id == account || (id.split(':').nth(4) == Some(account) && id.starts_with("arn:") && id.ends_with(":root"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    const USER: &str = "arn:aws:iam::000000000000:user/local";
    const SESSION: Caller<'_> = Caller::Session {
        session: "arn:aws:sts::000000000000:assumed-role/deploy/ci",
        role: "arn:aws:iam::000000000000:role/team/deploy",
    };

    #[test]
    fn an_account_names_everybody_in_it() {
        for id in ["000000000000", "arn:aws:iam::000000000000:root", "*"] {
            assert!(Principal::aws(id).includes(&Caller::Aws(USER)), "{id}");
            assert!(Principal::aws(id).includes(&SESSION), "{id}");
        }
        assert!(!Principal::aws("000000000001").includes(&Caller::Aws(USER)));
        assert!(!Principal::aws("arn:aws:iam::000000000001:root").includes(&Caller::Aws(USER)));
    }

    #[test]
    fn a_role_names_its_sessions() {
        assert!(Principal::aws("arn:aws:iam::000000000000:role/team/deploy").includes(&SESSION));
        assert!(!Principal::aws("arn:aws:iam::000000000000:role/team/other").includes(&SESSION));
    }

    #[test]
    fn only_those_of_aws_are_renamed() {
        let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["a","b"],"Service":"a"}},{"Effect":"Allow","Principal":{"AWS":"a"}},{"Effect":"Allow","Principal":"*"}]}"#;
        let renamed = Document::read(trust).unwrap().with_renamed_principals(|id| (id == "a").then(|| "c".to_owned()));
        let expected = trust.replace(r#"["a","b"]"#, r#"["c","b"]"#).replace(r#"{"AWS":"a"}"#, r#"{"AWS":"c"}"#);
        assert_eq!(renamed.to_string(), expected);
    }

    #[test]
    fn services_are_no_accounts_and_wildcards_are_whole() {
        assert!(Principal::service("lambda.amazonaws.com").includes(&Caller::Service("lambda.amazonaws.com")));
        assert!(!Principal::service("lambda.amazonaws.com").includes(&Caller::Aws("lambda.amazonaws.com")));
        assert!(!Principal::service("*.amazonaws.com").includes(&Caller::Service("lambda.amazonaws.com")));
        assert!(!Principal::aws("arn:aws:iam::000000000000:user/*").includes(&Caller::Aws(USER)));
        assert!(Principal::Everyone.includes(&Caller::Service("s3.amazonaws.com")));
    }
}

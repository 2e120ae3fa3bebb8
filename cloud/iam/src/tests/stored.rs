//! The rows as they are stored: a fixture of each that must be read and written back as it is.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::policies::managed_policy::ManagedPolicy;
use crate::role::Role;
use crate::roles::instance_profile::InstanceProfile;
use crate::service::DeletedRole;

const ROLE: &str = r#"{"account":"000000000002","name":"r","path":"/team/","id":"AROAABCDEFGHIJKLMNOPQ","created_at":"2026-01-02T03:04:05Z","assume_role_policy":"{}","description":null,"max_session_duration_s":3600,"permissions_boundary":null,"tags":[["a","1"]],"inline":{"p":"{}"},"attached":["arn:aws:iam::aws:policy/ReadOnlyAccess"]}"#;
const ROLE_THAT_TRUSTS: &str = r#"{"account":"000000000002","name":"r","path":"/","id":"AROAABCDEFGHIJKLMNOPQ","created_at":"2026-01-02T03:04:05Z","assume_role_policy":"{}","trusted_ids":{"arn:aws:iam::000000000002:role/s":"AROAABCDEFGHIJKLMNOPR"},"description":null,"max_session_duration_s":3600,"permissions_boundary":null,"tags":[],"inline":{},"attached":[]}"#;
const POLICY: &str = r#"{"account":"000000000002","name":"p","path":"/","id":"ANPAABCDEFGHIJKLMNOPQ","created_at":"2026-01-02T03:04:05Z","document":"{}","description":"d","tags":[]}"#;

const POLICY_WITH_VERSIONS: &str = r#"{"account":"000000000002","name":"p","path":"/","id":"ANPAABCDEFGHIJKLMNOPQ","created_at":"2026-01-02T03:04:05Z","document":"{}","versions":[{"number":1,"created_at":"2026-01-02T03:04:05Z","document":"{}"},{"number":3,"created_at":"2026-01-03T03:04:05Z","document":"{}"}],"default_version":3,"last_version":4,"description":"d","tags":[]}"#;

const DELETED_ROLE: &str = r#"{"deleted_at":"2026-01-02T03:04:05Z"}"#;
const INSTANCE_PROFILE: &str = r#"{"account":"000000000002","name":"p","path":"/","id":"AIPAABCDEFGHIJKLMNOPQ","created_at":"2026-01-02T03:04:05Z","role":"r","tags":[["a","1"]]}"#;

fn rewritten<T: Serialize + DeserializeOwned>(row: &str) -> String {
    serde_json::to_string(&serde_json::from_str::<T>(row).unwrap()).unwrap()
}

#[test]
fn rows_are_read_and_written_back() {
    assert_eq!(rewritten::<Role>(ROLE), ROLE);
    assert_eq!(rewritten::<Role>(ROLE_THAT_TRUSTS), ROLE_THAT_TRUSTS);
    assert_eq!(rewritten::<ManagedPolicy>(POLICY), POLICY);
    assert_eq!(rewritten::<ManagedPolicy>(POLICY_WITH_VERSIONS), POLICY_WITH_VERSIONS);
    assert_eq!(rewritten::<DeletedRole>(DELETED_ROLE), DELETED_ROLE);
    assert_eq!(rewritten::<InstanceProfile>(INSTANCE_PROFILE), INSTANCE_PROFILE);
}

#[test]
fn rows_without_an_account_belong_to_the_default_one() {
    let member = r#""account":"000000000002","#;
    let role: Role = serde_json::from_str(&ROLE.replace(member, "")).unwrap();
    let policy: ManagedPolicy = serde_json::from_str(&POLICY.replace(member, "")).unwrap();
    assert_eq!((role.account.as_str(), policy.account.as_str()), ("000000000000", "000000000000"));
}

//! Instance profiles, as tools make them with a role.

use super::{Fixture, LAMBDA_TRUST, element};

#[tokio::test]
async fn a_profile_has_a_role_at_most_and_neither_goes_while_it_has_it() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    fixture.create_role("s", LAMBDA_TRUST).await;
    let profile = [("InstanceProfileName", "p"), ("RoleName", "r"), ("Path", "/team/")];
    let made = fixture.iam("CreateInstanceProfile", &[profile[0], profile[2]]).await.unwrap();
    assert_eq!(element(&made, "Arn"), "arn:aws:iam::000000000000:instance-profile/team/p");
    assert!(element(&made, "InstanceProfileId").starts_with("AIPA") && made.contains("<Roles></Roles>"), "{made}");
    let taken = fixture.iam("CreateInstanceProfile", &[("InstanceProfileName", "P")]).await.unwrap_err();
    assert_eq!(taken.to_string(), "EntityAlreadyExists: Instance Profile P already exists.");
    fixture.iam("AddRoleToInstanceProfile", &profile[..2]).await.unwrap();
    let other = [profile[0], ("RoleName", "s")];
    let full = fixture.iam("AddRoleToInstanceProfile", &other).await.unwrap_err();
    assert_eq!(full.to_string(), "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    let got = fixture.iam("GetInstanceProfile", &profile[..1]).await.unwrap();
    assert_eq!(element(&got, "RoleName"), "r");
    let of_role = fixture.iam("ListInstanceProfilesForRole", &[("RoleName", "r")]).await.unwrap();
    assert_eq!(element(&of_role, "InstanceProfileName"), "p");
    let of_other = fixture.iam("ListInstanceProfilesForRole", &[("RoleName", "s")]).await.unwrap();
    assert!(!of_other.contains("InstanceProfileName"), "{of_other}");
    for (operation, member) in [("DeleteInstanceProfile", profile[0]), ("DeleteRole", profile[1])] {
        let kept = fixture.iam(operation, &[member]).await.unwrap_err();
        let text = "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.";
        assert_eq!(kept.to_string(), text, "{operation}");
    }
    let wrong = fixture.iam("RemoveRoleFromInstanceProfile", &other).await.unwrap_err();
    assert_eq!(wrong.to_string(), "NoSuchEntity: The role with name s cannot be found.");
    fixture.iam("RemoveRoleFromInstanceProfile", &profile[..2]).await.unwrap();
    fixture.iam("DeleteRole", &profile[1..2]).await.unwrap();
    fixture.iam("DeleteInstanceProfile", &profile[..1]).await.unwrap();
    let gone = fixture.iam("GetInstanceProfile", &profile[..1]).await.unwrap_err();
    assert_eq!(gone.to_string(), "NoSuchEntity: Instance Profile p cannot be found.");
}

#[tokio::test]
async fn profiles_are_listed_by_path_and_tagged() {
    let fixture = Fixture::new();
    for (name, path) in [("a", "/x/"), ("b", "/y/")] {
        let tags = [("Tags.member.1.Key", "k"), ("Tags.member.1.Value", name)];
        let members = [&[("InstanceProfileName", name), ("Path", path)], &tags[..]].concat();
        fixture.iam("CreateInstanceProfile", &members).await.unwrap();
    }
    let listed = fixture.iam("ListInstanceProfiles", &[("PathPrefix", "/y/")]).await.unwrap();
    assert_eq!((element(&listed, "InstanceProfileName"), element(&listed, "Value")), ("b".into(), "b".into()));
    let of =
        |arn: &str| crate::resource_tags(&fixture.iam, &format!("arn:aws:iam::000000000000:instance-profile/{arn}"));
    // A request names it without its path.
    assert_eq!((of("b"), of("y/b")), (vec![("k".to_owned(), "b".to_owned())], of("b")));
    assert_eq!(of("c"), []);
    let b = ("InstanceProfileName", "b");
    let tag = [b, ("Tags.member.1.Key", "l"), ("Tags.member.1.Value", "2")];
    fixture.iam("TagInstanceProfile", &tag).await.unwrap();
    fixture.iam("UntagInstanceProfile", &[b, ("TagKeys.member.1", "k")]).await.unwrap();
    let tags = fixture.iam("ListInstanceProfileTags", &[b]).await.unwrap();
    assert_eq!((element(&tags, "Key"), tags.matches("<Key>").count()), ("l".into(), 1));
}

//! What AssumeRole checks of its input, keeps and shows.

use cloud_core::{Principal, RoleDirectory, ServiceError};

use super::{ACCOUNT_TRUST, Fixture, LAMBDA_TRUST, element};

const ROLE: &str = "arn:aws:iam::000000000000:role/r";
/// Trusts the account for all that can be asked of a session.
const WIDE_TRUST: &str = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}"#;

async fn fixture(trust: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.create_role("r", trust).await;
    fixture
}

async fn assume(fixture: &Fixture, key: &str, further: &[(&str, &str)]) -> Result<String, ServiceError> {
    let mut members = further.to_vec();
    for (name, value) in [("RoleArn", ROLE), ("RoleSessionName", "me")] {
        if !further.iter().any(|(given, _)| *given == name) {
            members.push((name, value));
        }
    }
    fixture.sts_as(key, "AssumeRole", &members).await
}

async fn refused(fixture: &Fixture, further: &[(&str, &str)]) -> String {
    assume(fixture, "test", further).await.unwrap_err().to_string()
}

#[tokio::test]
async fn each_member_is_checked() {
    let fixture = fixture(WIDE_TRUST).await;
    let told = async |further: &[(&str, &str)]| refused(&fixture, further).await;
    assert_eq!(
        told(&[("RoleArn", "nothing-valid-in-here")]).await,
        "ValidationError: nothing-valid-in-here is invalid"
    );
    let long = "s".repeat(65);
    let length = told(&[("RoleSessionName", &long)]).await;
    assert!(
        length.ends_with(
            "at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64"
        ),
        "{length}"
    );
    assert!(told(&[("RoleSessionName", "s")]).await.ends_with("Member must have length greater than or equal to 2"));
    assert!(told(&[("RoleSessionName", "a b")]).await.ends_with("regular expression pattern: [\\w+=,.@-]*"));
    let tags = [
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "A"),
        ("Tags.member.2.Value", "2"),
    ];
    let twice = "InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    assert_eq!(told(&tags).await, twice);
    let reserved = [("Tags.member.1.Key", "aws:a"), ("Tags.member.1.Value", "1")];
    assert!(told(&reserved).await.starts_with("InvalidParameterValue: The tag key aws:a begins with aws:"));
    let transitive = told(&[("TransitiveTagKeys.member.1", "b")]).await;
    assert!(transitive.ends_with("transitive tag key must be included in the requested tags."), "{transitive}");
    assert!(told(&[("Policy", "no json")]).await.starts_with("MalformedPolicyDocument: "));
    assert!(told(&[("DurationSeconds", "899")]).await.ends_with("Member must have value greater than or equal to 900"));
    assert!(
        told(&[("DurationSeconds", "43201")]).await.ends_with("Member must have value less than or equal to 43200")
    );
    let longer = "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    assert_eq!(told(&[("DurationSeconds", "3601")]).await, longer);
    assert!(told(&[("SourceIdentity", "a b")]).await.contains("'sourceIdentity'"));
    let no_arn = "a-name-is-not-an-arn-here";
    assert!(
        told(&[("PolicyArns.member.1.arn", no_arn)]).await.ends_with("ARN a-name-is-not-an-arn-here is not valid.")
    );
    for member in ["SerialNumber", "TokenCode", "ProvidedContexts.member.1.ProviderArn"] {
        let name = member.split('.').next().unwrap();
        let told = told(&[(member, "x")]).await;
        assert_eq!(
            told,
            format!("NotImplemented: The embedded cloud does not implement {name} of sts:AssumeRole yet.")
        );
    }
}

#[tokio::test]
async fn tags_and_who_is_behind_it_need_actions_of_their_own_and_go_on() {
    let narrow = fixture(ACCOUNT_TRUST).await;
    let identity = [("SourceIdentity", "bob")];
    let tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
    assert!(
        refused(&narrow, &identity).await.contains("is not authorized to perform: sts:SetSourceIdentity on resource")
    );
    assert!(refused(&narrow, &tag).await.contains("is not authorized to perform: sts:TagSession on resource"));
    let wide = fixture(WIDE_TRUST).await;
    let all = [identity.as_slice(), &tag, &[("TransitiveTagKeys.member.1", "team")]].concat();
    let assumed = assume(&wide, "test", &all).await.unwrap();
    assert_eq!(element(&assumed, "SourceIdentity"), "bob");
    assert_eq!(element(&assumed, "PackedPolicySize"), "1");
    let key = element(&assumed, "AccessKeyId");
    let refused = assume(&wide, &key, &[]).await.unwrap_err();
    assert_eq!(refused.code, "AccessDenied", "trusting the account leaves it to the role's policies");
    let may = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}"#;
    let put = [("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", may)];
    wide.iam("PutRolePolicy", &put).await.unwrap();
    let next = assume(&wide, &key, &[]).await.unwrap();
    assert_eq!(element(&next, "SourceIdentity"), "bob");
    let other = assume(&wide, &key, &[("SourceIdentity", "eve")]).await.unwrap_err();
    assert_eq!(other.code, "ValidationError");
    let again = assume(&wide, &key, &tag).await.unwrap_err();
    assert!(again.message.starts_with("One of the specified transitive tag keys can't be set"), "{again}");
    let long = assume(&wide, &key, &[("DurationSeconds", "3601")]).await.unwrap_err();
    assert!(long.message.contains("1 hour session limit for roles assumed by role chaining"), "{long}");
}

#[tokio::test]
async fn nobody_vouches_for_a_token() {
    let fixture = fixture(WIDE_TRUST).await;
    let told = async |further: &[(&str, &str)]| {
        let mut members = further.to_vec();
        for (name, value) in [("RoleArn", ROLE), ("RoleSessionName", "me"), ("WebIdentityToken", "abcd")] {
            if !further.iter().any(|(given, _)| *given == name) {
                members.push((name, value));
            }
        }
        fixture.sts_as("test", "AssumeRoleWithWebIdentity", &members).await.unwrap_err().to_string()
    };
    // {"alg":"none"}.{"iss":"https://a.test"}, and one that claims nothing.
    let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2EudGVzdCJ9.x";
    let unknown = "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://a.test";
    assert_eq!(told(&[("WebIdentityToken", token)]).await, unknown);
    let nothing = told(&[("WebIdentityToken", "eyJhbGciOiJub25lIn0.e30.x")]).await;
    assert_eq!(nothing, "InvalidIdentityToken: Missing a required claim: iss");
    let none = "InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
    assert_eq!(told(&[]).await, none);
    assert!(told(&[("WebIdentityToken", "abc")]).await.ends_with("Member must have length greater than or equal to 4"));
    assert_eq!(
        told(&[("RoleArn", "arn:aws:iam::000000000000:nothing")]).await,
        "ValidationError: Request ARN is invalid"
    );
    assert!(told(&[("RoleSessionName", "s")]).await.contains("'roleSessionName'"));
    assert!(
        told(&[("ProviderId", "www.amazon.com")])
            .await
            .contains("implement ProviderId of sts:AssumeRoleWithWebIdentity")
    );
}

#[tokio::test]
async fn a_service_that_a_role_trusts_gets_its_session() {
    let fixture = fixture(LAMBDA_TRUST).await;
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let open = |service: &str| {
        let principal = Principal::Service { name: service, resource: arn };
        fixture.iam.open_session(ROLE, principal, "f")
    };
    assert!(open("states.amazonaws.com").is_none());
    let credentials = open("lambda.amazonaws.com").unwrap();
    assert_eq!(open("lambda.amazonaws.com").unwrap().access_key_id, credentials.access_key_id, "it has one");
    let identity = fixture.sts_as(&credentials.access_key_id, "GetCallerIdentity", &[]).await.unwrap();
    assert_eq!(element(&identity, "Arn"), "arn:aws:sts::000000000000:assumed-role/r/f");
    let keys = fixture.iam.session_keys(&credentials.access_key_id).unwrap();
    assert_eq!(keys.secret_access_key, credentials.secret_access_key);
}

//! Credentials are found where the aws CLI finds them, in its order: the aws CLI itself is the judge.

mod mfa;
mod setting;
pub mod stand_in;

use self::setting::{Desk, Setting};
use self::stand_in::StandIn;

const NONE: Setting = Setting { config: "", credentials: "", files: &[], variables: &[], options: &[] };

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"), ("AWS_SECRET_ACCESS_KEY", "s")];

const ANNA: &str = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n\
                    [anna]\naws_access_key_id = AKIAANNA\naws_secret_access_key = s\n";

const REGIONS: &str = "[default]\nregion = eu-west-1\n[profile anna]\nregion = eu-north-1\n";

/// Runs both programs in homes of their own; each must be this caller.
fn judged(name: &str, setting: Setting, expected: (&str, &str)) {
    let stand_in = StandIn::start();
    let expected = Some((expected.0.to_owned(), expected.1.to_owned()));
    let judge = Desk::new(setting, &stand_in).aws();
    assert_eq!(stand_in.caller(), expected, "{name}: the aws CLI\n{judge:#?}");
    let ours = Desk::new(setting, &stand_in).run(&["info"]);
    assert_eq!(stand_in.caller(), expected, "{name}: workshop\n{ours:#?}");
}

#[test]
fn keys_of_the_environment_lose_only_to_a_profile_of_the_command_line() {
    let both = Setting { config: REGIONS, credentials: ANNA, variables: &KEYS, ..NONE };
    judged("keys", both, ("AKIAENVIRONMENT", "eu-west-1"));
    judged("keys and --profile", Setting { options: &["--profile", "anna"], ..both }, ("AKIAANNA", "eu-north-1"));
    let variables = &[KEYS[0], KEYS[1], ("AWS_PROFILE", "anna")];
    judged("keys and AWS_PROFILE", Setting { variables, ..both }, ("AKIAENVIRONMENT", "eu-north-1"));
    let variables = &[KEYS[0], KEYS[1], ("AWS_PROFILE", "default")];
    let options = &["--profile", "anna"];
    judged("keys, AWS_PROFILE and --profile", Setting { variables, options, ..both }, ("AKIAANNA", "eu-north-1"));
}

#[test]
fn regions_have_their_order() {
    let files = Setting { config: REGIONS, credentials: ANNA, ..NONE };
    judged("the default profile's", files, ("AKIADEFAULT", "eu-west-1"));
    let variables = &[("AWS_PROFILE", "anna")];
    judged("the named profile's", Setting { variables, ..files }, ("AKIAANNA", "eu-north-1"));
    let variables = &[("AWS_DEFAULT_PROFILE", "anna"), ("AWS_PROFILE", "default")];
    judged("AWS_DEFAULT_PROFILE's", Setting { variables, ..files }, ("AKIAANNA", "eu-north-1"));
    let variables = &[("AWS_DEFAULT_REGION", "ap-south-1")];
    let options = &["--profile", "anna"];
    judged("the environment's", Setting { variables, options, ..files }, ("AKIAANNA", "ap-south-1"));
    let options = &["--profile", "anna", "--region", "sa-east-1"];
    judged("the command line's", Setting { variables, options, ..files }, ("AKIAANNA", "sa-east-1"));
}

const ROLES: &str = "[default]\nregion = eu-west-1\n\
    [profile role]\nregion = eu-west-1\nrole_arn = arn:aws:iam::000000000000:role/r\nsource_profile = anna\n\
    role_session_name = here\nduration_seconds = 7200\nexternal_id = x-1\n\
    [profile chain]\nregion = eu-west-1\nrole_arn = arn:aws:iam::000000000000:role/q\nsource_profile = role\n\
    [profile self]\nregion = eu-west-1\nrole_arn = arn:aws:iam::000000000000:role/s\nsource_profile = self\n\
    aws_access_key_id = AKIASELF\naws_secret_access_key = s\n\
    [profile environment]\nregion = eu-west-1\nrole_arn = arn:aws:iam::000000000000:role/e\n\
    credential_source = Environment\n";

#[test]
fn roles_are_assumed_with_their_source() {
    let roles = Setting { config: ROLES, credentials: ANNA, ..NONE };
    judged("source_profile", Setting { options: &["--profile", "role"], ..roles }, ("ASIAROLEOFAKIAANNA", "eu-west-1"));
    let chain = Setting { options: &["--profile", "chain"], ..roles };
    judged("a chain", chain, ("ASIAROLEOFASIAROLEOFAKIAANNA", "eu-west-1"));
    judged("itself", Setting { options: &["--profile", "self"], ..roles }, ("ASIAROLEOFAKIASELF", "eu-west-1"));
    let environment = Setting { options: &["--profile", "environment"], variables: &KEYS, ..roles };
    judged("credential_source", environment, ("ASIAROLEOFAKIAENVIRONMENT", "eu-west-1"));
}

#[test]
fn a_role_is_assumed_as_the_profile_says() {
    let stand_in = StandIn::start();
    let desk =
        Desk::new(Setting { config: ROLES, credentials: ANNA, options: &["--profile", "role"], ..NONE }, &stand_in);
    let asked = || {
        let calls = stand_in.calls();
        let call = calls.into_iter().find(|call| call.parameters["Action"] == "AssumeRole");
        call.map(|call| call.parameters)
    };
    let judge = desk.aws();
    let theirs = asked().unwrap_or_else(|| panic!("{judge:#?}"));
    std::fs::remove_dir_all(desk.home.path(".aws/cli")).expect("the aws CLI's cache");
    let ours = desk.run(&["info"]);
    assert_eq!(asked().unwrap_or_else(|| panic!("{ours:#?}")), theirs);
}

#[test]
fn what_a_profile_has_is_found() {
    let process = "[default]\nregion = eu-west-1\n\
        credential_process = /bin/echo '{\"Version\":1,\"AccessKeyId\":\"AKIAPROCESS\",\"SecretAccessKey\":\"s\"}'\n";
    judged("credential_process", Setting { config: process, ..NONE }, ("AKIAPROCESS", "eu-west-1"));
    judged(
        "keys before a process",
        Setting { config: process, credentials: ANNA, ..NONE },
        ("AKIADEFAULT", "eu-west-1"),
    );
    let keys = "[default]\nregion = eu-west-1\naws_access_key_id = AKIACONFIG\naws_secret_access_key = s\n";
    judged("keys in the configuration file", Setting { config: keys, ..NONE }, ("AKIACONFIG", "eu-west-1"));
    let sso = "[default]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 000000000000\nsso_role_name = r\n\
        [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n";
    // The SHA-1 of `corp`.
    let files = &[(
        ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
        r#"{"accessToken":"t","expiresAt":"{UNTIL}","region":"eu-west-1","startUrl":"https://corp.example/start"}"#,
    )];
    judged("a sign-in", Setting { config: sso, files, ..NONE }, ("AKIASSO", "eu-west-1"));
}

#[test]
fn a_web_identity_is_found() {
    let files = &[("token", "a token")];
    let profile = "[profile web]\nregion = eu-west-1\nrole_arn = arn:aws:iam::000000000000:role/w\n\
        web_identity_token_file = {HOME}/token\n[default]\nregion = eu-west-1\n";
    let options = &["--profile", "web"];
    judged("of a profile", Setting { config: profile, files, options, ..NONE }, ("ASIAWEBIDENTITY", "eu-west-1"));
    let variables = &[
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "{HOME}/token"),
        ("AWS_ROLE_ARN", "arn:aws:iam::000000000000:role/w"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ];
    let before = Setting { credentials: ANNA, files, variables, ..NONE };
    judged("of the environment, before keys of the default profile", before, ("ASIAWEBIDENTITY", "eu-west-1"));
    let explicit = Setting { options: &["--profile", "anna"], ..before };
    judged("of the environment, with --profile", explicit, ("AKIAANNA", "eu-west-1"));
}

#[test]
fn a_container_and_a_machine_are_asked_last() {
    const CONTAINER: (&str, &str) = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "{URL}/container");
    const REGION: (&str, &str) = ("AWS_DEFAULT_REGION", "eu-west-1");
    const MACHINE: [(&str, &str); 2] =
        [("AWS_EC2_METADATA_SERVICE_ENDPOINT", "{URL}"), ("AWS_EC2_METADATA_DISABLED", "false")];
    let variables = &[CONTAINER, REGION, MACHINE[0], MACHINE[1]];
    judged("a container", Setting { variables, ..NONE }, ("AKIACONTAINER", "eu-west-1"));
    judged("keys before a container", Setting { variables, credentials: ANNA, ..NONE }, ("AKIADEFAULT", "eu-west-1"));
    let variables = &[REGION, MACHINE[0], MACHINE[1]];
    judged("a machine", Setting { variables, ..NONE }, ("AKIAMACHINE", "eu-west-1"));
    let config = "[profile m]\nrole_arn = arn:aws:iam::000000000000:role/r\ncredential_source = Ec2InstanceMetadata\n";
    let options = &["--profile", "m"];
    judged("a machine's role", Setting { variables, config, options, ..NONE }, ("ASIAROLEOFAKIAMACHINE", "eu-west-1"));
}

/// What is wrong is told before any call, and by the name of the setting.
#[test]
fn wrong_settings_are_told_before_any_call() {
    let stand_in = StandIn::start();
    let told = |setting: Setting, code: i32| {
        let desk = Desk::new(setting, &stand_in);
        let ended = desk.run(&["info"]);
        assert_eq!(ended.code, Some(code), "{ended:#?}");
        assert_eq!(stand_in.calls(), [], "{ended:#?}");
        let home = desk.home.path("").display().to_string();
        ended.stderr.replace(home.trim_end_matches('/'), "HOME")
    };
    let files = Setting { config: REGIONS, credentials: ANNA, variables: &KEYS, ..NONE };
    let elsewhere = &[("AWS_PROFILE", "nobody"), ("AWS_CONFIG_FILE", "{HOME}/other")];
    let circle = "[profile a]\nrole_arn = arn:aws:iam::000000000000:role/r\nsource_profile = b\n\
        [profile b]\nrole_arn = arn:aws:iam::000000000000:role/r\nsource_profile = a\n";
    let all = [
        told(Setting { options: &["--profile", "ana"], ..files }, 2),
        told(Setting { variables: elsewhere, ..files }, 2),
        told(Setting { config: "[default]\nregion = eu-west-1\n[oh no\n", ..NONE }, 2),
        told(Setting { variables: &[KEYS[0]], ..NONE }, 2),
        told(Setting { config: circle, options: &["--profile", "a"], ..NONE }, 2),
        told(Setting { config: "[profile p]\nregion = eu-west-1\n", options: &["--profile", "p"], ..NONE }, 4),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    No project here: using the lesson that workshop brings (step-functions-example).
    error: There is no profile `ana` in ~/.aws/config or ~/.aws/credentials; did you mean `anna`?
      try: `aws configure list-profiles` lists the profiles; `aws configure --profile NAME` makes one.

    No project here: using the lesson that workshop brings (step-functions-example).
    error: There is no profile `nobody` (AWS_PROFILE) in HOME/other (AWS_CONFIG_FILE) or ~/.aws/credentials.
      try: `aws configure list-profiles` lists the profiles; `aws configure --profile NAME` makes one.

    No project here: using the lesson that workshop brings (step-functions-example).
    error: The AWS configuration can't be read: error parsing HOME/.aws/config on line 3: Profile definition must end with ']'.
      try: Correct the file: no profile of it can be read until then.

    No project here: using the lesson that workshop brings (step-functions-example).
    error: AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not.
      try: Set both or neither; `--profile` names a profile that comes before both.

    No project here: using the lesson that workshop brings (step-functions-example).
    error: The profile `b` names the source_profile `a`, which leads back to it.
      try: Correct it in ~/.aws/config, or name another profile with `--profile`.

    No project here: using the lesson that workshop brings (step-functions-example).
    error: No AWS credentials were found in the profile `p`.
      try: Run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with `--profile`; or add `--local` to use the embedded cloud, which needs no account.
    ");
}

/// A profile of `aws login`, while its token lasts and afterwards.
#[test]
fn a_console_sign_in_is_used_until_it_ends() {
    let stand_in = StandIn::start();
    let config = "[profile console]\nregion = eu-west-1\nlogin_session = arn:aws:iam::000000000000:user/anna\n";
    let desk = Desk::new(Setting { config, options: &["--profile", "console"], ..NONE }, &stand_in);
    let without = desk.run(&["info"]);
    assert_eq!(without.code, Some(4), "{without:#?}");
    assert!(without.stderr.contains("`aws login --profile console`"), "{without:#?}");
    // The SHA-256 of the session's name; the key is an example of AWS's documentation.
    let file = ".aws/login/cache/2bf6dfbae420d557f80fb49b98e59ff5447e79d8b3b3dbfc828bbb11e7446ce9.json";
    let token = r#"{"accessToken":{"accessKeyId":"AKIALOGIN","secretAccessKey":"s","sessionToken":"t","accountId":"000000000000",
        "expiresAt":"{UNTIL}"},"tokenType":"aws_sigv4","refreshToken":"r","clientId":"c","dpopKey":"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIFDZHUzOG1Pzq+6F0mjMlOSp1syN9LRPBuHMoCFXTcXhoAoGCCqGSM49\nAwEHoUQDQgAE9qhj+KtcdHj1kVgwxWWWw++tqoh7H7UHs7oXh8jBbgF47rrYGC+t\ndjiIaHK3dBvvdE7MGj5HsepzLm3Kj91bqA==\n-----END EC PRIVATE KEY-----\n"}"#;
    desk.write(file, token);
    let ended = desk.run(&["info"]);
    assert_eq!(stand_in.caller(), Some(("AKIALOGIN".to_owned(), "eu-west-1".to_owned())), "{ended:#?}");
    // One that has ended is renewed, until the sign-in itself has.
    let ended_token = token.replace("{UNTIL}", "2026-01-01T00:00:00Z");
    desk.write(file, &ended_token);
    let ended = desk.run(&["info"]);
    assert_eq!(stand_in.caller().map(|(key, _)| key).as_deref(), Some("AKIARENEWED"), "{ended:#?}");
    desk.write(file, &ended_token.replace(r#""refreshToken":"r""#, r#""refreshToken":"ended""#));
    let ended = desk.run(&["info"]);
    assert_eq!((ended.code, stand_in.calls()), (Some(4), Vec::new()), "{ended:#?}");
    assert!(ended.stderr.contains("The sign-in that gives the AWS credentials has ended."), "{ended:#?}");
    assert!(ended.stderr.contains("`aws login --profile console`"), "{ended:#?}");
}

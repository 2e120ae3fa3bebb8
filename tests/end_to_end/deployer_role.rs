//! Who deploys as a role of the embedded cloud: with the policy that `print --policies --for deployer` prints all goes well, and
//! without one of its actions that one is named.

use serde_json::{Value, json};

use crate::support::{Ended, Home};

const ROLE: &str = "deployer";

/// A cloud, and a session of a role in it.
struct Deployer {
    home: Home,
    endpoint: String,
    session: Vec<(&'static str, String)>,
}

impl Deployer {
    fn new() -> Self {
        let home = Home::new();
        home.ok(&["local", "start"]);
        let status = home.json(&["local", "status", "--json"]);
        let endpoint = status["endpoint"].as_str().expect("a URL").to_owned();
        let mut deployer = Self { home, endpoint, session: Vec::new() };
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
        ]});
        let trust = trust.to_string();
        deployer.ask("iam", "CreateRole", &[("RoleName", ROLE), ("AssumeRolePolicyDocument", &trust)]);
        let role = format!("arn:aws:iam::000000000000:role/{ROLE}");
        let answer = deployer.ask("sts", "AssumeRole", &[("RoleArn", &role), ("RoleSessionName", "ann")]);
        let member = |name: &str| {
            let (_, rest) = answer.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}: {answer}"));
            rest.split_once('<').map(|(value, _)| value.to_owned()).unwrap_or_default()
        };
        deployer.session = vec![
            ("AWS_ACCESS_KEY_ID", member("AccessKeyId")),
            ("AWS_SECRET_ACCESS_KEY", member("SecretAccessKey")),
            ("AWS_SESSION_TOKEN", member("SessionToken")),
            ("AWS_ENDPOINT_URL", deployer.endpoint.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ];
        deployer
    }

    /// Calls IAM or STS as the account's administrator.
    fn ask(&self, service: &str, action: &str, members: &[(&str, &str)]) -> String {
        let signed = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let mut asked = self.home.command("curl");
        asked.args(["-sS", "-H", &signed, &self.endpoint, "--data-urlencode", &format!("Action={action}")]);
        for (name, value) in members {
            asked.args(["--data-urlencode", &format!("{name}={value}")]);
        }
        let ended = Ended::of(asked.output().expect("curl"));
        assert!(ended.code == Some(0) && !ended.stdout.contains("<Error>"), "{ended:#?}");
        ended.stdout
    }

    /// Allows the role what is printed, but for one action.
    fn allow_all_but(&self, left_out: Option<&str>) {
        let printed = self.home.ok(&["print", "--policies", "--for", "deployer", "--region", "us-east-1"]);
        let mut document: Value = serde_json::from_str(&printed.replace("<account>", "000000000000")).expect("JSON");
        let statements = document["Statement"].as_array_mut().expect("statements");
        let mut found = left_out.is_none();
        for statement in statements.iter_mut() {
            let actions = statement["Action"].as_array_mut().expect("actions");
            actions.retain(|action| {
                let is_left_out = action.as_str() == left_out;
                found |= is_left_out;
                !is_left_out
            });
        }
        assert!(found, "{left_out:?} is not in the policy: {document:#}");
        let statements = document["Statement"].as_array_mut().expect("statements");
        statements.retain(|statement| statement["Action"].as_array().is_some_and(|actions| !actions.is_empty()));
        let members = [("RoleName", ROLE), ("PolicyName", "printed"), ("PolicyDocument", &document.to_string())];
        self.ask("iam", "PutRolePolicy", &members);
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.home.workshop(arguments);
        command.envs(self.session.iter().map(|(name, value)| (name, value)));
        Ended::of(command.output().expect("workshop starts"))
    }
}

#[test]
fn a_role_with_the_printed_policy_deploys_and_without_an_action_that_is_named() {
    let deployer = Deployer::new();
    for action in ["iam:CreateRole", "iam:PassRole", "lambda:CreateFunction", "states:CreateStateMachine"] {
        deployer.allow_all_but(Some(action));
        let refused = deployer.run(&["deploy"]);
        assert!(
            refused.code != Some(0) && refused.stderr.contains(&format!("Ask for {action}")),
            "{action}: {refused:#?}"
        );
    }
    deployer.allow_all_but(None);
    for arguments in [&["deploy"][..], &["info"], &["deploy"], &["remove", "--yes"]] {
        let done = deployer.run(arguments);
        assert_eq!(done.code, Some(0), "{arguments:?}: {done:#?}");
    }
}

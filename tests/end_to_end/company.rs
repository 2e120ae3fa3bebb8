//! An organisation that takes no role without its boundary, tags and path: what it denies is told with the key of `[stack]`
//! that helps, and with these keys the lesson is deployed, kept, mended and removed.

use std::fs;

use crate::support::cloud::Cloud;
use crate::support::{Ended, Home, credentials, project};
use workshop_proxy::{Proxy, Rule};

const BOUNDARY: &str = "arn:aws:iam::000000000000:policy/bound";
const ROLE: &str = "step-functions-example-dev-us-east-1-sendEmail";

/// What the organisation wants, in the words of the service file.
const WANTED: &str = "\n[stack]\npermissions_boundary = \"arn:#{AWS::Partition}:iam::#{AWS::AccountId}:policy/bound\"\n\
                      role_path = \"/team/\"\ntags = { team = \"anna and bert\", cost-center = \"42\" }\n";

/// Denies roles that are not bounded or have no team, as AWS words it.
fn bounded_roles(operation: &str, body: &str) -> Option<String> {
    let bounded = body.contains("PermissionsBoundary=arn%3Aaws%3Aiam%3A%3A000000000000%3Apolicy%2Fbound");
    let is_wrong = operation == "CreateRole" && !(bounded && body.contains("Key=team"));
    is_wrong.then(|| {
        "User: arn:aws:sts::000000000000:assumed-role/developer/anna is not authorized to perform: iam:CreateRole on \
         resource: arn:aws:iam::000000000000:role/x with an explicit deny in a service control policy"
            .to_owned()
    })
}

/// Denies everything else without a team as well, and roles and lists of roles outside the team's path.
fn everything(operation: &str, body: &str) -> Option<String> {
    let tagged = ["CreateFunction", "CreateLogGroup", "CreateStateMachine", "CreateApi", "CreateStage", "CreateRole"];
    let untagged = tagged.contains(&operation) && !body.contains("team");
    let astray = (operation == "ListRoles" && !body.contains("PathPrefix=%2Fteam%2F"))
        || (operation == "CreateRole" && !body.contains("Path=%2Fteam%2F"));
    let denied = (untagged || astray).then(|| format!("{operation} is denied: {body}"));
    denied.or_else(|| bounded_roles(operation, body))
}

/// The lesson in a folder, its zips, and a cloud.
struct Site {
    home: Home,
    cloud: Cloud,
}

impl Site {
    fn new() -> Self {
        let home = Home::new();
        fs::create_dir(home.path("work/definitions")).expect("a folder");
        for file in ["service.toml", "wait-to-send.asl.json"] {
            let to = home.path("work/definitions").join(file);
            fs::copy(project().join("definitions").join(file), to).expect("a file");
        }
        let mut package = home.workshop(&["package", "--out", "work/zips"]);
        let ended = Ended::of(package.current_dir(home.path("")).output().expect("workshop starts"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let site = Self { home, cloud: Cloud::start(None, &[]) };
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        site.iam(&["Action=CreatePolicy", "PolicyName=bound", &format!("PolicyDocument={policy}")]);
        site
    }

    /// Calls IAM itself, past every rule.
    fn iam(&self, form: &[&str]) -> String {
        let mut curl = self.home.command("curl");
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, \
                      SignedHeaders=host, Signature=0";
        curl.args(["-sS", "--fail-with-body", "-H", signed]);
        curl.args(form.iter().flat_map(|member| ["--data-urlencode", member]));
        let ended = Ended::of(curl.arg(format!("http://127.0.0.1:{}/", self.cloud.port)).output().expect("curl"));
        assert_eq!(ended.code, Some(0), "{form:?} {ended:#?}");
        ended.stdout
    }

    fn role(&self) -> String {
        self.iam(&["Action=GetRole", &format!("RoleName={ROLE}")])
    }

    fn edit(&self, change: impl FnOnce(String) -> String) {
        let path = self.home.path("work/definitions/service.toml");
        let text = fs::read_to_string(&path).expect("the service file");
        fs::write(path, change(text)).expect("the service file");
    }

    /// Runs a command under a rule; gives how it ended and the calls that it made.
    fn run(&self, rule: Rule, arguments: &[&str]) -> (Ended, Vec<String>) {
        let proxy = Proxy::ruled(self.cloud.port, rule).expect("a port");
        let mut command = self.home.workshop(arguments);
        command.envs(credentials(&format!("http://127.0.0.1:{}", proxy.port)));
        let ended = Ended::of(command.output().expect("workshop starts"));
        let calls = proxy.take().0.into_iter().map(|call| call.id.operation).collect();
        (ended, calls)
    }

    fn ok(&self, arguments: &[&str]) -> (Ended, Vec<String>) {
        let (ended, calls) = self.run(everything, arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?} {ended:#?}");
        (ended, calls)
    }
}

const DEPLOY: [&str; 3] = ["deploy", "--package", "zips"];

#[test]
fn what_an_organisation_wants_is_said_and_done() {
    let site = Site::new();
    let (refused, _) = site.run(bounded_roles, &DEPLOY);
    assert_eq!(refused.code, Some(7), "{refused:#?}");
    for said in ["CreateRole of IAM", "service control policy", "[stack]", "permissions_boundary", "tags", "role_path"]
    {
        assert!(refused.stderr.contains(said), "{said} in {}", refused.stderr);
    }

    site.edit(|text| text + WANTED);
    site.ok(&DEPLOY);
    let role = site.role();
    for shown in ["role/team/", BOUNDARY, "<Key>team</Key><Value>anna and bert</Value>", "<Key>cost-center</Key>"] {
        assert!(role.contains(shown), "{shown} in {role}");
    }
    let (again, calls) = site.ok(&DEPLOY);
    assert!(again.stderr.contains("Nothing to deploy"), "{again:#?}");
    assert_eq!(calls.iter().filter(|call| *call == "ListRoles").count(), 1, "{calls:?}");

    site.iam(&["Action=DeleteRolePermissionsBoundary", &format!("RoleName={ROLE}")]);
    site.iam(&["Action=UntagRole", &format!("RoleName={ROLE}"), "TagKeys.member.1=team"]);
    let stranger = ["Tags.member.1.Key=stranger", "Tags.member.1.Value=1"];
    site.iam(&["Action=TagRole", &format!("RoleName={ROLE}"), stranger[0], stranger[1]]);
    let (diff, _) = site.run(everything, &["diff", "--package", "zips"]);
    let told = format!("permissions boundary (none -> {BOUNDARY}), tags (team)");
    assert!(diff.stdout.contains(&told), "{diff:#?}");
    site.ok(&DEPLOY);
    let role = site.role();
    for shown in [BOUNDARY, "<Key>team</Key>", "<Key>stranger</Key>"] {
        assert!(role.contains(shown), "{shown} in {role}");
    }

    site.edit(|text| text.replace("/team/", "/other/"));
    let (moved, calls) = site.run(|_, _| None, &DEPLOY);
    assert_ne!(moved.code, Some(0), "{moved:#?}");
    assert!(moved.stderr.contains("has the path `/team/`, and IAM can't move it to `/other/`"), "{moved:#?}");
    assert!(
        calls.iter().all(|call| ["Get", "List", "Describe"].iter().any(|read| call.starts_with(read))),
        "{calls:?}"
    );
    site.edit(|text| text.replace("/other/", "/team/"));

    let (removed, _) = site.ok(&["remove", "--yes"]);
    assert!(removed.code == Some(0), "{removed:#?}");
    let left = site.iam(&["Action=ListRoles"]);
    assert!(!left.contains("<RoleName>"), "{left}");
}

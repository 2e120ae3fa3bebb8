//! How many calls the cloud takes at one instant when it throttles as AWS does.

use cloud_core::{Account, Location, Request};
use hyper::Method;

use crate::world::World;

/// What one person asks of one service.
struct Caller<'a> {
    world: &'a World,
    location: Location,
}

impl Caller<'_> {
    fn request(&self, service: &str) -> Request {
        Request::internal("request".to_owned(), self.world.control.now(), &self.location, service)
    }

    async fn passes(&self, request: impl Fn() -> Request, calls: usize) -> (usize, String) {
        let mut passed = 0;
        let mut refusal = String::new();
        for _ in 0..calls {
            let answer = self.world.cloud.answer(request()).await;
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            if text.contains("Rate exceeded") || text.contains("Too Many Requests") {
                refusal = format!("{} {text}", answer.status);
            } else {
                passed += 1;
            }
        }
        (passed, refusal)
    }

    /// How many of some calls to Step Functions pass.
    async fn states(&self, operation: &str, calls: usize) -> (usize, String) {
        self.passes(|| self.request("states").with_target("AWSStepFunctions", operation, "{}"), calls).await
    }

    /// How many of some calls to a service with a path pass.
    async fn get(&self, service: &str, path: &str, calls: usize) -> (usize, String) {
        self.passes(|| self.request(service).with_path(Method::GET, path, "", ""), calls).await
    }

    /// How many of some calls to IAM or STS pass.
    async fn form(&self, service: &str, action: &str, calls: usize) -> (usize, String) {
        let form = format!("Action={action}&RoleName=r");
        self.passes(|| self.request(service).with_path(Method::POST, "/", "", form.clone()), calls).await
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn each_operation_takes_as_many_calls_as_on_aws() {
    let world = World::new(1);
    let caller = |account: &str, region: &str| Caller {
        world: &world,
        location: Location::new(Account::parse(account).unwrap(), region),
    };
    let settings = world.request("000000000001", "none").with_header("x-workshop", "1");
    let settings = settings.with_path(Method::PUT, "/_workshop/eventual", "", "like-aws");
    assert_eq!(world.cloud.answer(settings).await.status, 200);
    let [virginia, frankfurt] = ["us-east-1", "eu-central-1"].map(|region| caller("000000000001", region));

    // A class that begins at once: with one bucket of 15 for the service, half of them got no further than this.
    assert_eq!(virginia.form("sts", "GetCallerIdentity", 30).await, (30, String::new()));

    let (passed, refusal) = virginia.states("ListExecutions", 210).await;
    assert_eq!(passed, 200);
    assert!(refusal.starts_with("400 ") && refusal.contains("ThrottlingException"), "{refusal}");
    assert_eq!(frankfurt.states("ListExecutions", 210).await.0, 100, "smaller, and not emptied by another region");
    assert_eq!(virginia.states("DescribeStateMachine", 210).await.0, 200, "not emptied by another operation");
    assert_eq!(caller("000000000002", "eu-central-1").states("ListExecutions", 9).await.0, 9, "nor by another account");

    let (passed, refusal) = virginia.get("lambda", "/2015-03-31/functions", 20).await;
    assert_eq!((passed, refusal.starts_with("429 ")), (15, true), "{refusal}");
    assert_eq!(virginia.get("lambda", "/2015-03-31/functions/f", 120).await.0, 100);
    assert_eq!(virginia.get("lambda", "/2015-03-31/functions/f/aliases/a", 3).await.0, 0, "shared with lists");
    assert_eq!(virginia.get("apigateway", "/v2/apis", 50).await.0, 40);
    assert_eq!(virginia.form("iam", "GetRole", 60).await.0, 50);
    assert_eq!(frankfurt.form("iam", "ListRoles", 3).await.0, 0, "shared with all reads in all regions");

    world.control.advance(std::time::Duration::from_secs(1));
    assert_eq!(virginia.states("ListExecutions", 9).await.0, 5);
    assert_eq!(frankfurt.states("ListExecutions", 9).await.0, 2);
}

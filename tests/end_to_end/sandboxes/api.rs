//! Who may ask a function's Runtime API.

use serde_json::json;

use super::cloud::{Cloud, Fence};
use crate::support::Ended;

#[test]
fn a_runtime_api_answers_its_own_sandbox_only() {
    for fence in Fence::ALL {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({}));
        cloud.create("g", &json!({}));
        let address = cloud.run("f", "echo $AWS_LAMBDA_RUNTIME_API").text;
        let next = format!("http://{address}/2018-06-01/runtime/invocation/next");
        let mut curl = cloud.home.command("curl");
        let asked = Ended::of(curl.args(["-s", "-m", "20", "-w", "%{http_code}", &next]).output().unwrap());
        assert!(asked.stdout.ends_with("403"), "{fence:?}: another process of this machine: {asked:#?}");
        let neighbour = cloud.run("g", &format!("curl -s -m 20 -w '%{{http_code}}' {next}")).text;
        assert!(neighbour.ends_with("403"), "{fence:?}: another function: {neighbour}");
        let renamed = cloud.run("f", "curl -s -w '%{http_code}' -H 'Host: evil.example' http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next");
        assert!(renamed.text.contains("InvalidHost") && renamed.text.ends_with("403"), "{fence:?}: {renamed:?}");
        assert_eq!(cloud.run("f", "echo well").text, "well", "{fence:?}");
    }
}

//! Every constraint of every operation's input in the API models, broken once: each is told.

use std::collections::BTreeMap;

use cloud_core::testing::broken_requests;

use crate::world::World;

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn every_constraint_of_the_models_is_told() {
    let world = World::new(1);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for service in world.cloud.services() {
        let info = service.info();
        assert!(info.requests.is_some(), "{} checks no request by its model", info.title);
        for operation in service.operations() {
            for broken in broken_requests(info, operation) {
                *counts.entry(info.title).or_default() += 1;
                let answer = service.call(operation, &broken.request).await;
                let told = answer.map_or_else(|error| error.to_string(), |response| format!("{}", response.status));
                if !told.starts_with(&format!("{}: ", broken.code)) || !told.contains(&broken.said) {
                    wrong.push(format!("{}: {told}\n    not: {}", operation.action, broken.said));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {counts:?}:\n{}", wrong.len(), wrong.join("\n"));
    for (title, least) in [
        ("Step Functions", 200),
        ("Lambda", 150),
        ("CloudWatch Logs", 150),
        ("IAM", 150),
        ("STS", 30),
        ("API Gateway v2", 20),
    ] {
        assert!(counts.get(title).is_some_and(|count| *count >= least), "{title}: {counts:?}");
    }
}

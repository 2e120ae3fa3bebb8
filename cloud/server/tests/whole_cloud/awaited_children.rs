//! What a role needs for tasks that wait for the executions that they start.

use std::time::Duration;

use cloud_core::testing::run_for;
use serde_json::json;

use crate::permissions::{ACCOUNT, TRUST, policy, run, task};
use crate::world::World;

/// Lets a role start the machine `child` and hear of its end, and do this with its executions.
fn awaiting(child: &str, further: &[&str]) -> String {
    let statement =
        |actions: &str, resource: &str| format!(r#"{{"Effect":"Allow","Action":[{actions}],"Resource":"{resource}"}}"#);
    let mut statements = vec![
        statement(r#""states:StartExecution""#, child),
        statement(r#""events:PutTargets","events:PutRule","events:DescribeRule""#, "*"),
    ];
    let executions = child.replace(":stateMachine:", ":execution:") + ":*";
    statements.extend(further.iter().map(|action| statement(&format!("\"{action}\""), &executions)));
    policy(&statements.join(","))
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_task_that_waits_for_an_execution_describes_and_stops_it_as_its_role() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Wait", "Seconds": 5, "End": true}}});
    let child = world.create_machine(ACCOUNT, "child", &all, &pass).await;
    let role = world.create_role_named(ACCOUNT, "m", TRUST).await;
    world.put_policy(ACCOUNT, "m", &awaiting(&child, &[])).await;
    let parameters = json!({"StateMachineArn": child});
    let definition = task("arn:aws:states:::states:startExecution.sync:2", &parameters);
    let machine = world.create_machine(ACCOUNT, "parent", &role, &definition).await;
    let (error, cause) = run(&world, &machine).await.unwrap();
    assert_eq!(error, "StepFunctions.AWSStepFunctionsException");
    let expected = "is not authorized to perform: states:DescribeExecution on resource: \
                    arn:aws:states:us-east-1:000000000000:execution:child:";
    assert!(cause.contains(expected), "{cause}");
    world.put_policy(ACCOUNT, "m", &awaiting(&child, &["states:DescribeExecution"])).await;
    assert_eq!(run(&world, &machine).await, None);

    for (further, status) in [(&["states:DescribeExecution"][..], "SUCCEEDED"), (&["states:StopExecution"], "ABORTED")]
    {
        world.put_policy(ACCOUNT, "m", &awaiting(&child, further)).await;
        let started = world.states(ACCOUNT, "StartExecution", &json!({"stateMachineArn": machine})).await;
        run_for(&world.control, Duration::from_secs(1)).await;
        world.states(ACCOUNT, "StopExecution", &json!({"executionArn": started["executionArn"]})).await;
        run_for(&world.control, Duration::from_secs(30)).await;
        let children = world.states(ACCOUNT, "ListExecutions", &json!({"stateMachineArn": child})).await;
        assert_eq!(children["executions"][0]["status"], status, "{further:?}: {children:#}");
    }
}

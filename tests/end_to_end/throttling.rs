//! AWS asks every command to slow down, at the first calls of each operation: it waits, says so once, and does its work.

use crate::support::cloud::Cloud;
use crate::support::{Ended, Home, credentials};
use workshop_proxy::Proxy;

/// More refusals than a blip, of each call.
const REFUSALS: usize = 4;

/// Runs a command for a port, its pauses cut short.
fn run(home: &Home, port: u16, arguments: &str) -> Ended {
    let mut command = home.workshop(&arguments.split(' ').collect::<Vec<_>>());
    command.envs(credentials(&format!("http://127.0.0.1:{port}"))).env("WORKSHOP_TIME_SCALE", "0.001");
    Ended::of(command.output().expect("workshop starts"))
}

/// The services that a command says it waits for, one for each time that it says so.
fn told(ended: &Ended) -> Vec<&str> {
    let mut services: Vec<&str> = ended
        .stderr
        .lines()
        .filter_map(|line| line.split_once(" asks to slow down; trying again"))
        .map(|it| it.0)
        .collect();
    services.sort_unstable();
    services
}

/// A command that meets refusals at every call, and is to end well all the same.
fn throttled(home: &Home, proxy: &Proxy, arguments: &str, services: &[&str]) -> Ended {
    proxy.begin_again();
    let ended = run(home, proxy.port, arguments);
    assert_eq!(ended.code, Some(0), "workshop {arguments}\n{ended:#?}");
    assert_eq!(told(&ended), services, "each service once: workshop {arguments}\n{ended:#?}");
    ended
}

#[test]
fn every_command_waits_for_throttling_and_says_so_once() {
    let home = Home::new();
    let cloud = Cloud::start(None, &[]);
    let proxy = Proxy::throttling(cloud.port, REFUSALS).expect("a proxy");
    let all = ["API Gateway", "CloudWatch Logs", "IAM", "Lambda", "STS", "Step Functions"];
    throttled(&home, &proxy, "deploy", &all);
    let unchanged = run(&home, cloud.port, "deploy");
    assert!(format!("{unchanged:?}").contains("Nothing to deploy"), "it was deployed whole: {unchanged:#?}");
    throttled(&home, &proxy, "start --task taskone --at +1h", &["API Gateway", "STS"]);
    let in_a_month = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30);
    let printed = format!("start --task tasktwo --at {} --print-curl", in_a_month.as_millisecond());
    let reads: [(&str, &[&str]); 10] = [
        ("deploy --json", &all),
        ("diff --json", &all),
        ("info --json", &all),
        ("deploy list --json", &all),
        (&printed, &["API Gateway", "STS"]),
        ("list --json", &["STS", "Step Functions"]),
        ("show taskone --json", &["STS", "Step Functions"]),
        ("logs --execution taskone --json", &["STS", "Step Functions"]),
        ("logs -f sendEmail --json", &["CloudWatch Logs", "STS"]),
        ("invoke -f sendEmail -t DryRun --json", &["Lambda", "STS"]),
    ];
    for (command, services) in reads {
        let slow = throttled(&home, &proxy, command, services);
        let undisturbed = run(&home, cloud.port, command);
        assert_eq!(undisturbed.code, Some(0), "workshop {command}\n{undisturbed:#?}");
        assert_eq!(without_times(&slow.stdout), without_times(&undisturbed.stdout), "workshop {command}");
        assert!(told(&undisturbed).is_empty(), "{undisturbed:#?}");
    }
    throttled(&home, &proxy, "invoke -f sendEmail -t Event", &["Lambda", "STS"]);
    throttled(&home, &proxy, "stop taskone", &["STS", "Step Functions"]);
    throttled(&home, &proxy, "remove --yes", &all);
    let gone = run(&home, cloud.port, "info");
    assert_eq!(gone.code, Some(6), "{gone:#?}");
}

/// A result without what is another in each run: how long it took.
fn without_times(stdout: &str) -> String {
    stdout.lines().filter(|line| !line.contains("elapsedMs")).collect::<Vec<_>>().join("\n")
}

/// The wait has an end, in the sentence that says so; and there is one layer of retries alone, which some thirty pauses of
/// four seconds fill.
#[test]
fn throttling_that_does_not_end_is_told() {
    let home = Home::new();
    let cloud = Cloud::start(None, &[]);
    let proxy = Proxy::throttling(cloud.port, usize::MAX).expect("a proxy");
    let ended = run(&home, proxy.port, "list");
    assert_eq!(ended.code, Some(7), "{ended:#?}");
    assert_eq!(told(&ended), ["STS"]);
    assert!(
        ended.stderr.contains("STS still asks to slow down: GetCallerIdentity failed after several tries."),
        "{ended:#?}"
    );
    let calls = proxy.take().0.len();
    assert!((15..=90).contains(&calls), "{calls} calls");
}

/// A countdown that can't be read is told, and the list is not lost for it.
#[test]
fn a_countdown_that_is_refused_is_not_left_out_silently() {
    let home = Home::new();
    let cloud = Cloud::start(None, &[]);
    assert_eq!(run(&home, cloud.port, "deploy").code, Some(0));
    assert_eq!(run(&home, cloud.port, "start --task taskone --at +1h").code, Some(0));
    let refused = workshop_proxy::Injection {
        call: refused_history(&home, &cloud),
        fault: workshop_proxy::Fault::Throttled,
        every: true,
    };
    let proxy = Proxy::injecting(cloud.port, workshop_proxy::Names::new(), Some(refused)).expect("a proxy");
    let listed = run(&home, proxy.port, "list");
    assert_eq!(listed.code, Some(0), "{listed:#?}");
    let row = listed.stdout.lines().find(|line| line.contains("taskone")).unwrap_or_default();
    assert!(row.contains("RUNNING") && row.ends_with("not known"), "{listed:#?}");
    let why =
        "What 1 execution waits for could not be read: Step Functions still asks to slow down: GetExecutionHistory";
    assert!(listed.stderr.contains(why), "{listed:#?}");
    let json = run(&home, proxy.port, "list --json");
    let result: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let entry = &result["executions"][0];
    assert!(
        entry["waitsUntil"].is_null() && entry["waitError"].as_str().is_some_and(|why| !why.is_empty()),
        "{result:#}"
    );
}

/// The call for an execution's history, as the proxy names it.
fn refused_history(home: &Home, cloud: &Cloud) -> workshop_proxy::CallId {
    let proxy = Proxy::throttling(cloud.port, 0).expect("a proxy");
    assert_eq!(run(home, proxy.port, "list").code, Some(0));
    let calls = proxy.take().0;
    let history = calls.into_iter().find(|call| call.id.operation == "GetExecutionHistory");
    history.expect("the list asks for the history of what runs").id
}

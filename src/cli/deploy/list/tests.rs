//! Tests of how deployments and versions are shown.

use super::*;

fn entry(id: &str, functions: &[(&str, Option<u64>, bool)], executions: usize) -> Entry {
    let part = |(key, version, changed): &(&str, Option<u64>, bool)| Part {
        key: (*key).to_owned(),
        version: *version,
        changed: *changed,
    };
    Entry {
        id: id.to_owned(),
        began: id.parse().unwrap(),
        current: false,
        whole: functions.iter().all(|(_, version, _)| version.is_some()),
        functions: functions.iter().map(part).collect(),
        state_machines: Vec::new(),
        executions,
    }
}

fn list() -> DeploymentList {
    let mut deployments = vec![
        entry("2026-11-22T20:59:26.123Z", &[("send", Some(12), true), ("start", Some(3), true)], 0),
        entry("2026-11-22T20:10:00.000Z", &[("send", Some(11), true), ("start", Some(2), false)], 112),
        entry("2026-11-21T08:00:00.000Z", &[("send", Some(4), true), ("start", None, false)], 1),
        entry("2026-11-20T08:00:00.000Z", &[("send", Some(3), true), ("start", None, false)], 0),
    ];
    deployments[0].current = true;
    DeploymentList { deployments, other_executions: 1, more_executions: true }
}

#[test]
fn the_newest_comes_first_and_says_what_it_changed() {
    let shown = |room| {
        let text = list().table("2026-11-22T21:00:00Z".parse().unwrap(), &TimeZone::UTC, room);
        anstream::adapter::strip_str(&text).to_string()
    };
    insta::assert_snapshot!(shown(Some(80)), @r"
    DEPLOYMENT                BEGAN (UTC)                   RUNNING  CHANGED
    2026-11-22T20:59:26.123Z  2026-11-22 20:59:26  current           send 12, start…
    2026-11-22T20:10:00.000Z  2026-11-22 20:10:00               112  send 11
    2026-11-21T08:00:00.000Z  2026-11-21 08:00:00  pruned         1  send 4
    ");
    insta::assert_snapshot!(shown(Some(60)), @r"
    DEPLOYMENT                         RUNNING  CHANGED
    2026-11-22T20:59:26.123Z  current           send 12, start 3
    2026-11-22T20:10:00.000Z               112  send 11
    2026-11-21T08:00:00.000Z  pruned         1  send 4
    ");
    insta::assert_snapshot!(shown(None), @r"
    DEPLOYMENT                BEGAN (UTC)                                 RUNNING  CHANGED
    2026-11-22T20:59:26.123Z  2026-11-22 20:59:26  33 s ago      current           send 12, start 3
    2026-11-22T20:10:00.000Z  2026-11-22 20:10:00  50 m ago                   112  send 11
    2026-11-21T08:00:00.000Z  2026-11-21 08:00:00  1 d 13 h ago  pruned         1  send 4
    ");
}

#[test]
fn what_is_not_in_the_table_is_said() {
    assert_eq!(
        list().notes(),
        [
            "1 older deployment is not shown: versions of it were deleted since.",
            "1 execution runs on a definition that no deployment holds.",
            "Only the newest 200 executions were asked what they run on; there are more.",
        ]
    );
    let mut by_hand = list();
    by_hand.deployments[0].current = false;
    assert!(by_hand.notes().iter().any(|note| note.starts_with("What is live now is no deployment's")));
}

#[test]
fn json_keys_are_spelt_one_way() {
    let json = serde_json::to_string(&list()).unwrap();
    for key in
        ["\"stateMachines\"", "\"otherExecutions\":1", "\"moreExecutions\":true", "\"whole\":false", "\"version\":null"]
    {
        assert!(json.contains(key), "{key} in {json}");
    }
}

#[test]
fn numbers_that_follow_each_other_are_drawn_together() {
    assert_eq!(crate::cli::deploy::versions::ranges(&[]), "");
    assert_eq!(crate::cli::deploy::versions::ranges(&[1, 3, 4, 6, 7, 8]), "1, 3, 4, 6-8");
    assert_eq!(crate::cli::deploy::versions::ranges(&[u64::MAX - 1]), (u64::MAX - 1).to_string());
}

//! That nothing of a function outlives it, nor the cloud.

use serde_json::json;

use super::cloud::{Cloud, Fence, processes_with, until_gone};

/// A number that no other process has in its command line.
fn mark(fence: Fence, number: u32) -> String {
    format!("{}.{}{number}", 90_000 + fence as u32, std::process::id())
}

/// What a function leaves: a child, a daemon in a session of its own, and one that ignores every polite signal.
fn leave(mark: &str) -> String {
    format!(
        "sleep {mark} > /dev/null 2>&1 & setsid -f sleep {mark} > /dev/null 2>&1; \
         setsid -f sh -c \"trap '' TERM HUP INT; while :; do sleep {mark}; done\" > /dev/null 2>&1; echo left"
    )
}

#[test]
fn what_a_function_leaves_ends_with_it() {
    for fence in Fence::ALL {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({}));
        let mark = mark(fence, 1);
        assert_eq!(cloud.run("f", &leave(&mark)).text, "left");
        assert!(processes_with(&mark).len() >= 3, "{fence:?}");
        // Its program exits; those that it left have other parents and other groups by now.
        let (_, _, body) = cloud.invoke("f", "kill -9 $PPID; sleep 1");
        assert!(body.contains("Runtime exited with error: signal: killed"), "{fence:?} {body}");
        until_gone(&mark);
        assert_eq!(cloud.run("f", "echo again").text, "again", "{fence:?}");
    }
}

#[test]
fn nothing_outlives_a_cloud_that_is_killed() {
    for fence in Fence::ALL {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({}));
        cloud.create("loops", &json!({"Timeout": 900}));
        let mark = mark(fence, 2);
        assert_eq!(cloud.run("f", &leave(&mark)).text, "left");
        cloud.start_later("loops", &format!("sh -c 'while :; do :; done # {mark}'"));
        crate::support::eventually("a function that loops", || {
            let count = processes_with(&format!("done # {mark}")).len();
            (count > 0).then_some(()).ok_or_else(|| "none".to_owned())
        });
        drop(cloud.kill());
        until_gone(&mark);
    }
}

#[test]
fn a_stop_leaves_nothing() {
    let cloud = Cloud::start(Fence::Whole);
    cloud.create("f", &json!({}));
    let mark = mark(Fence::Whole, 3);
    assert_eq!(cloud.run("f", &leave(&mark)).text, "left");
    cloud.stop();
    assert!(processes_with(&mark).is_empty(), "when the cloud has ended they have ended");
}

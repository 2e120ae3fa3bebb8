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

#[test]
fn a_sandbox_that_waits_ends_with_the_cloud_and_is_missed_by_nobody() {
    for fence in Fence::ALL {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({}));
        cloud.create("g", &json!({}));
        cloud.create("h", &json!({}));
        assert_eq!(cloud.run("f", "echo first").text, "first");
        // The one that works, and the one that waits for the next function.
        let two = || match cloud.supervisors() {
            found if found.len() == 2 => Ok(found),
            found => Err(format!("{found:?}")),
        };
        let before = crate::support::eventually("a sandbox that waits", two);
        assert_eq!(cloud.run("g", "echo second").text, "second");
        let three = || match cloud.supervisors() {
            found if found.len() == 3 => Ok(found),
            found => Err(format!("{found:?}")),
        };
        let after = crate::support::eventually("the next one that waits", three);
        assert!(before.iter().all(|id| after.contains(id)), "{fence:?}: it was used: {before:?} {after:?}");
        let waiting: Vec<u32> = after.iter().copied().filter(|id| !before.contains(id)).collect();
        for id in &waiting {
            assert!(kill(*id));
            crate::support::eventually("the end of the one that waited", || match is_running(*id) {
                true => Err(id.to_string()),
                false => Ok(()),
            });
        }
        assert_eq!(cloud.run("h", "echo third").text, "third", "{fence:?}: another one took its place");
        let all = cloud.family();
        assert!(all.len() >= 3, "{all:?}");
        drop(cloud.kill());
        crate::support::eventually("the end of all sandboxes", || {
            let left: Vec<&u32> = all.iter().filter(|id| is_running(**id)).collect();
            if left.is_empty() { Ok(()) } else { Err(format!("{fence:?} {left:?}")) }
        });
    }
}

/// Kills a process as nobody can forbid.
fn kill(id: u32) -> bool {
    let id = rustix::process::Pid::from_raw(id.cast_signed()).expect("an id");
    rustix::process::kill_process(id, rustix::process::Signal::KILL).is_ok()
}

/// Whether a process is there, and no zombie.
fn is_running(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

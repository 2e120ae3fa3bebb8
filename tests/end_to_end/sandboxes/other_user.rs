//! The same as a user without privileges, where the tests run as root.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::json;

use super::cloud::{Cloud, Fence, until_gone};
use crate::support::Home;

/// The user and the group nobody.
const NOBODY: &str = "65534";

#[test]
fn a_user_without_privileges_is_kept_apart_too() {
    let is_root = rustix::process::geteuid().is_root();
    let can_change = Command::new("setpriv").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_root || !can_change {
        // Then every other test here is this one.
        return;
    }
    for fence in Fence::ALL {
        let home = Home::new();
        let program = home.path("workshop");
        workshop_test_programs::copy(env!("CARGO_BIN_EXE_workshop"), &program).unwrap();
        for folder in [home.path("work"), home.path(".")] {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        }
        let cloud = Cloud::start_in(home, fence, |command| {
            let mut other = Command::new("setpriv");
            other.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(&program);
            other.args(command.get_args()).env_clear();
            other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
            other.current_dir(command.get_current_dir().unwrap());
            other
        });
        cloud.create("f", &json!({"MemorySize": 128}));
        assert_eq!(cloud.run("f", "id -u").text, NOBODY, "{fence:?}");
        if fence != Fence::None {
            let secret = cloud.data().join("lock");
            assert_ne!(cloud.run("f", &format!("cat {}", secret.display())).code, 0, "{fence:?}");
            let work = cloud.home.path("work/written-by-a-function");
            assert_ne!(cloud.run("f", &format!("echo x > {}", work.display())).code, 0, "{fence:?}");
        }
        if fence == Fence::Whole && may_mount_proc() {
            let seen = cloud.run("f", "ls /proc | grep -c '^[0-9]'");
            let seen: u32 = seen.text.trim().parse().unwrap_or_else(|_| panic!("{seen:?}"));
            assert!(seen < 20, "a function sees {seen} processes, more than its own");
        }
        let mark = format!("91000.{}{}", std::process::id(), fence as u32);
        cloud.run("f", &format!("setsid -f sleep {mark} > /dev/null 2>&1"));
        let (_, _, body) = cloud.invoke("f", "head -c 600000000 /dev/zero | tail -c 600000000 | wc -c");
        assert!(body.contains("signal: killed"), "{fence:?} {body}");
        until_gone(&mark);
        cloud.run("f", &format!("setsid -f sleep {mark} > /dev/null 2>&1"));
        drop(cloud.kill());
        until_gone(&mark);
    }
}

/// Whether this system lets such a user have a `/proc` of its own: a container that hides parts of its `/proc` does not.
fn may_mount_proc() -> bool {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]);
    command.args(["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "true"]);
    command.output().is_ok_and(|output| output.status.success())
}

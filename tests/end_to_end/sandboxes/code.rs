//! That a function's code is what was deployed, whatever functions do to it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::json;

use super::cloud::{Cloud, Fence, zip, zip_of};

/// What changes a function's own program, if anything can: as its owner, by its mode, by another file in its place.
const REWRITE: &str = r#"cd "$LAMBDA_TASK_ROOT"; chmod u+w . bootstrap; echo '#!/bin/sh' > bootstrap; rm -f bootstrap;
mv bootstrap other; mount -o remount,rw "$LAMBDA_TASK_ROOT"; umount "$LAMBDA_TASK_ROOT"; umount -l /tmp; true"#;

#[test]
fn nobody_runs_what_a_function_has_rewritten() {
    for fence in Fence::ALL {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({}));
        cloud.create("same-zip", &json!({}));
        cloud.run("f", REWRITE);
        assert_eq!(cloud.run("same-zip", "echo well").text, "well", "{fence:?}");
        let (status, _, body) = cloud.lambda("POST", "/f/versions", "{}");
        assert_eq!(status, 201, "{body}");
        assert_eq!(cloud.run("f:1", "echo well").text, "well", "{fence:?}: a published version");
        let update = json!({"Description": "a redeploy"}).to_string();
        assert_eq!(cloud.lambda("PUT", "/f/configuration", &update).0, 200);
        assert_eq!(cloud.run("f", "echo well").text, "well", "{fence:?}: a redeploy");
        // What was unpacked is changed by somebody else, and the cloud is killed: the next one runs what was deployed.
        let home = cloud.kill();
        spoil(&home.path("cloud/functions/unpacked"));
        let cloud = Cloud::start_in(home, fence, |command| command);
        assert_eq!(cloud.run("f", "echo well").text, "well", "{fence:?}: a restart");
    }
}

/// Replaces every program below a folder.
fn spoil(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
            spoil(&path);
        } else {
            fs::remove_file(&path).unwrap();
            fs::write(&path, "#!/bin/sh\nexit 3\n").unwrap();
        }
    }
}

#[test]
fn only_the_owner_gets_to_zips_and_code() {
    let cloud = Cloud::start(Fence::Whole);
    let (status, _, body) = cloud.try_create("f", &json!({}), &zip(0o777));
    assert_eq!(status, 201, "{body}");
    cloud.run("f", "true");
    let functions = cloud.data().join("functions");
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&functions) & 0o077, 0, "the folder");
    let mut programs = 0;
    let mut folders = vec![functions];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            assert_eq!(mode(&path) & 0o022, 0, "{} may be written", path.display());
            programs += usize::from(path.ends_with("bootstrap"));
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "zip") {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
            }
        }
    }
    assert_eq!(programs, 1);
}

#[test]
fn a_zip_that_does_not_unpack_is_refused_when_it_comes() {
    let cloud = Cloud::start(Fence::Whole);
    let mut damaged = zip(0o755);
    let middle = damaged.len() / 3;
    damaged[middle] ^= 0xFF;
    let cases = [
        ("damaged", damaged),
        ("clash", zip_of(&[("a", "1"), ("a/b", "2")], 0o644)),
        ("out", zip_of(&[("../a", "1")], 0o644)),
    ];
    for (name, bytes) in cases {
        let (status, _, body) = cloud.try_create(name, &json!({}), &bytes);
        assert_eq!(status, 400, "{name}: {body}");
        assert!(
            body.contains("Could not unzip uploaded file. Please check your file, then try to upload again."),
            "{body}"
        );
    }
    let zips = fs::read_dir(cloud.data().join("functions")).map_or(0, Iterator::count);
    assert_eq!(zips, 0, "nothing of them stays");
}

//! Which files functions read and write.

use serde_json::json;

use super::cloud::{Cloud, Fence};

#[test]
fn a_function_writes_to_its_own_tmp_only() {
    let cloud = Cloud::start(Fence::Whole);
    cloud.create("f", &json!({}));
    cloud.create("g", &json!({}));
    let outside = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let home = cloud.home.path("work");
    for folder in [outside.path(), &home, "/var/tmp".as_ref(), "/dev/shm".as_ref(), "/".as_ref(), &cloud.data()] {
        let written = cloud.run("f", &format!("echo x > {}/written-by-a-function", folder.display()));
        assert_ne!(written.code, 0, "{}: {written:?}", folder.display());
        assert!(!folder.join("written-by-a-function").exists(), "{}", folder.display());
    }
    let own = cloud
        .run("f", "echo mine > /tmp/written-by-a-function && echo $$ > /dev/null && cat /tmp/written-by-a-function");
    assert_eq!((own.code, own.text.as_str()), (0, "mine"));
    assert!(!std::path::Path::new("/tmp/written-by-a-function").exists(), "/tmp is not this machine's");
    assert_eq!(cloud.run("f", "cat /tmp/written-by-a-function").text, "mine", "a warm sandbox keeps it, as on AWS");
    assert_ne!(cloud.run("g", "cat /tmp/written-by-a-function").code, 0, "another function has its own");
}

#[test]
fn a_function_can_not_read_the_clouds_data() {
    for fence in [Fence::Whole, Fence::NoNamespaces] {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({}));
        let data = cloud.data();
        let secret = data.join("secret");
        std::fs::write(&secret, "the cloud's own").unwrap();
        for path in [secret.clone(), data.join("lock"), data.join("cloud.json")] {
            assert!(path.exists(), "{}", path.display());
            let read = cloud.run("f", &format!("cat {}", path.display()));
            assert_ne!(read.code, 0, "{fence:?} {}: {read:?}", path.display());
            assert!(!read.text.contains("the cloud's own"), "{read:?}");
        }
        // Not through another process either.
        let through = cloud.run("f", &format!("cat /proc/*/root{} /proc/*/cwd/../cloud/secret", secret.display()));
        assert!(!through.text.contains("the cloud's own"), "{fence:?} {through:?}");
        let whole = cloud
            .run("f", "cat /etc/passwd > /dev/null && ls /usr/bin > /dev/null && cat \"$LAMBDA_TASK_ROOT/bootstrap\"");
        assert_eq!(whole.code, 0, "the rest of the machine is there: {whole:?}");
    }
}

#[test]
fn tmp_has_a_bound() {
    let cloud = Cloud::start(Fence::Whole);
    cloud.create("f", &json!({"EphemeralStorage": {"Size": 512}}));
    let full = cloud.run("f", "for i in 1 2 3; do head -c 200000000 /dev/zero > /tmp/$i || exit 7; done");
    assert_ne!(full.code, 0, "{full:?}");
    assert!(full.text.contains("No space left on device"), "{full:?}");
}

//! What a function may use.

use serde_json::json;

use super::cloud::{Cloud, Fence, log_tail, zip_of};

#[test]
fn more_memory_than_it_has_ends_a_function() {
    for fence in [Fence::Whole, Fence::None] {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({"MemorySize": 128}));
        // `tail` keeps what it may have to print; half of it would be allowed.
        assert_eq!(cloud.run("f", "head -c 50000000 /dev/zero | tail -c 50000000 | wc -c").text.trim(), "50000000");
        let (status, head, body) = cloud.invoke("f", "head -c 600000000 /dev/zero | tail -c 600000000 | wc -c");
        assert_eq!(status, 200, "{body}");
        let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(answer["errorType"], "Runtime.ExitError", "{fence:?} {body}");
        assert!(body.contains("Error: Runtime exited with error: signal: killed"), "{body}");
        let log = log_tail(&head);
        assert!(log.contains("Memory Size: 128 MB\tMax Memory Used: 128 MB\t"), "{log}");
        assert!(log.contains("Status: error\tError Type: Runtime.OutOfMemory"), "{log}");
        assert_eq!(cloud.run("f", "echo again").text, "again");
    }
}

#[test]
fn the_memory_of_a_functions_children_counts() {
    let cloud = Cloud::start(Fence::Whole);
    cloud.create("f", &json!({"MemorySize": 512}));
    let (_, head, _) = cloud.invoke("f", "head -c 100000000 /dev/zero | tail -c 100000000 | (sleep 0.3; wc -c)");
    let log = log_tail(&head);
    let used = log.split("Max Memory Used: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let used: u32 = used.parse().unwrap_or_else(|_| panic!("{log}"));
    assert!((95..300).contains(&used), "{log}");
}

#[test]
fn open_files_and_core_dumps_are_bounded() {
    for fence in Fence::ALL {
        let cloud = Cloud::start(fence);
        cloud.create("f", &json!({}));
        assert_eq!(cloud.run("f", "ulimit -n; ulimit -c").text, "1024\n0", "{fence:?}");
    }
}

#[test]
fn an_answer_that_is_too_large_spoils_nothing() {
    let cloud = Cloud::start(Fence::Whole);
    cloud.create("f", &json!({"MemorySize": 1024}));
    for _ in 0..2 {
        let (status, _, body) = cloud.invoke("f", "head -c 7000000 /dev/zero | tr '\\0' x");
        assert_eq!(status, 200);
        let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
        let expected = json!({
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
            "errorType": "Function.ResponseSizeTooLarge",
        });
        assert_eq!(answer, expected);
        assert_eq!(cloud.run("f", "echo well").text, "well");
    }
}

#[test]
fn status_says_what_functions_are_kept_apart_with() {
    for (fence, said) in [
        (Fence::NoNamespaces, "no namespaces here"),
        (Fence::None, "no namespaces and no Landlock here: functions read and write what you may"),
    ] {
        let cloud = Cloud::start(fence);
        let said_so = crate::support::eventually("the sandboxes' protection", || {
            let health = cloud.health();
            health["sandbox"].as_str().map(str::to_owned).ok_or_else(|| health.to_string())
        });
        assert!(said_so.contains(said), "{said_so}");
    }
}

#[test]
fn a_python_function_goes_on_after_an_answer_that_is_too_large() {
    let cloud = Cloud::start(Fence::Whole);
    let zip = zip_of(&[("app.py", "def handle(event, context):\n    return 'x' * event['n']\n")], 0o644);
    let settings = json!({"Runtime": "python3.12", "Handler": "app.handle", "MemorySize": 1024});
    let (status, _, body) = cloud.try_create("big", &settings, &zip);
    assert_eq!(status, 201, "{body}");
    for bytes in [10 << 20, 10 << 20, 5, 7 << 20, 5] {
        let (status, _, body) = cloud.lambda("POST", "/big/invocations", &json!({"n": bytes}).to_string());
        assert_eq!(status, 200);
        if bytes > 5 {
            assert!(body.contains("Function.ResponseSizeTooLarge"), "{bytes}: {body}");
        } else {
            assert_eq!(body, "\"xxxxx\"");
        }
    }
}

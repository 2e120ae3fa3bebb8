//! Any text as a policy: read, checked, written, and decided on; what is written reads as the same document.
#![no_main]

use policy::{Caller, Context, Document, Identity, Policies, Request, evaluate, matching};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    // The first line is the value of a key and of the resource.
    let (value, text) = text.split_once('\n').unwrap_or(("arn:aws:lambda:us-east-1:000000000000:function:f", text));
    let Ok(document) = Document::read(text) else { return };
    let _ = (document.check_identity(), document.check_trust());
    let written = document.to_string();
    assert_eq!(Document::read(&written).as_ref(), Ok(&document), "{written}");
    let context = Context::default().with("aws:username", value).with_all("aws:TagKeys", [value, "b"]);
    let session = Caller::Session { session: "arn:aws:sts::000000000000:assumed-role/r/s", role: "arn:aws:iam::000000000000:role/r" };
    for caller in [session, Caller::Service("lambda.amazonaws.com"), Caller::Aws(value)] {
        let request = Request::new(caller, "lambda:InvokeFunction", value).with_context(context.clone());
        let mut policies = Policies::new(Identity::Documents(vec![&document]));
        policies.boundary = Some(&document);
        policies.session = Some(vec![&document]);
        policies.resource = Some(&document);
        let decided = evaluate(&policies, &request);
        // Nothing is decided by a statement that is not about the request.
        if let Err(denial) = decided && let Some(by) = denial.by {
            assert!(matching([&document], &request).iter().any(|found| found.index == by.index));
        }
    }
});

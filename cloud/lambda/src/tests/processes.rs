//! Tests with real processes: a function of this machine's Python.

use std::io::Write;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{Clock, FaultInjection, Location, Random};
use cloud_store::Store;
use serde_json::{Value, json};

use super::{AllRoles, KeptLogs, answer, request, value};
use crate::{Functions, Handles, ProcessRunner};

const HANDLER: &str = "
import os

def handle(event, context):
    print('within')
    return {'event': event, 'endpoint': os.environ['AWS_ENDPOINT_URL'], 'key': os.environ['AWS_ACCESS_KEY_ID']}
";

fn python_zip() -> String {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("app.py", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(HANDLER.as_bytes()).unwrap();
    BASE64_STANDARD.encode(zip.finish().unwrap().into_inner())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_answers_logs_and_is_reused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let clock = Clock::system();
    let faults = FaultInjection::new(clock.clone());
    let random = Random::from_seed(1);
    let logs = Arc::new(KeptLogs::default());
    let runner = ProcessRunner::new(folder.path().to_owned(), "http://127.0.0.1:4566", clock.clone(), &random);
    let handles = Handles {
        store,
        code_folder: folder.path().to_owned(),
        clock: clock.clone(),
        random,
        faults: faults.clone(),
        logs: logs.clone(),
        roles: Arc::new(AllRoles),
        runner: Arc::new(runner),
    };
    let functions = Functions::open(handles).unwrap();
    let send = async |path: &str, body: Value| {
        let request = request(&Location::default(), clock.now(), "POST", path, &body);
        value(&answer(&functions, &faults, request).await.unwrap())
    };
    let creation = json!({
        "FunctionName": "f",
        "Runtime": "python3.12",
        "Role": "arn:aws:iam::000000000000:role/r",
        "Handler": "app.handle",
        "Timeout": 60,
        "Code": {"ZipFile": python_zip()},
    });
    send("/2015-03-31/functions", creation).await;
    for number in 0..2 {
        let answer = send("/2015-03-31/functions/f/invocations", json!({"number": number})).await;
        let expected = json!({"event": {"number": number}, "endpoint": "http://127.0.0.1:4566", "key": "test"});
        assert_eq!(answer, expected);
    }
    functions.stop();
    let log = logs.lines("us-east-1//aws/lambda/f").concat();
    assert_eq!((log.matches("within\n").count(), log.matches("Init Duration").count()), (2, 1), "{log}");
}

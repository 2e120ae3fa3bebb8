//! Tests of what a restart finds.

use cloud_store::Batch;
use serde_json::{Value, json};

use super::{Fixture, zip};
use crate::TABLE;

const FUNCTION: &str = "/2015-03-31/functions/f";

#[tokio::test(start_paused = true)]
async fn everything_is_found_again_and_goes_on() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    lambda.ask("POST", &format!("{FUNCTION}/versions"), &json!({})).await;
    lambda.ask("POST", &format!("{FUNCTION}/aliases"), &json!({"Name": "live", "FunctionVersion": "1"})).await;
    let permission =
        json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"});
    lambda.ask("POST", &format!("{FUNCTION}/policy"), &permission).await;
    let asked = ["", "/versions", "/aliases", "/policy"].map(|part| format!("{FUNCTION}{part}"));
    let mut before = Vec::new();
    // A link to its code lasts no longer than the process.
    let shown = async |lambda: &Fixture, path: &str| {
        let mut shown = lambda.ask("GET", path, &Value::Null).await;
        shown["Code"]["Location"].take();
        shown
    };
    for path in &asked {
        before.push(shown(&lambda, path).await);
    }
    let again = Fixture { functions: lambda.reopened(), ..lambda.clone() };
    for (path, before) in asked.iter().zip(before) {
        assert_eq!(shown(&again, path).await, before, "{path}");
    }
    again.ask("PUT", &format!("{FUNCTION}/code"), &json!({"ZipFile": zip("newer")})).await;
    assert_eq!(again.ask("POST", &format!("{FUNCTION}/versions"), &json!({})).await["Version"], "2");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_a_newer_program_stored_is_left_as_it_is() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    lambda.create("g").await;
    let stored: Vec<(String, Value)> = lambda.store.load(TABLE).unwrap();
    let (key, mut row) = stored.into_iter().next().unwrap();
    row["format"] = json!(4);
    let mut batch = Batch::new();
    batch.put(TABLE, key, &row).unwrap();
    lambda.store.commit(batch).await.unwrap();
    let files = || std::fs::read_dir(lambda.folder.path()).unwrap().count();
    let before = files();
    let again = Fixture { functions: lambda.reopened(), ..lambda.clone() };
    let refused = again.send("GET", FUNCTION, &Value::Null).await.unwrap_err();
    assert_eq!(refused.status, 500);
    assert!(refused.message.contains("a newer version of workshop stored this function"), "{refused}");
    for (method, path) in [("DELETE", FUNCTION.to_owned()), ("POST", format!("{FUNCTION}/invocations"))] {
        assert_eq!(again.send(method, &path, &Value::Null).await.unwrap_err().status, 500, "{method}");
    }
    let made_anew = again.send("POST", "/2015-03-31/functions", &super::creation("f", "new")).await.unwrap_err();
    assert_eq!(made_anew.status, 500);
    again.ask("DELETE", "/2015-03-31/functions/g", &Value::Null).await;
    assert_eq!((again.functions.unreadable_rows(), files()), (1, before), "its code stays");
    assert_eq!(lambda.store.load::<Value>(TABLE).unwrap()[0].1, row);
}

#[tokio::test(start_paused = true)]
async fn code_that_no_function_names_is_removed() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let names = || {
        let entries = std::fs::read_dir(lambda.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let before = names();
    let orphan = "0".repeat(64);
    for name in [format!("{orphan}.zip"), format!("{orphan}.partial-1")] {
        std::fs::write(lambda.folder.path().join(name), "zip").unwrap();
    }
    std::fs::create_dir(lambda.folder.path().join(orphan)).unwrap();
    assert_eq!(names().len(), 4);
    lambda.reopened();
    assert_eq!(names(), before);
}

#[tokio::test(start_paused = true)]
async fn a_page_has_what_was_asked_for_and_a_marker() {
    let lambda = Fixture::new();
    for name in ["a", "b", "c"] {
        lambda.create(name).await;
    }
    let list = "/2015-03-31/functions?MaxItems=2";
    let names = |page: &Value| {
        let items = page["Functions"].as_array().unwrap();
        items.iter().map(|item| item["FunctionName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = lambda.ask("GET", list, &Value::Null).await;
    assert_eq!((names(&first), &first["NextMarker"]), (vec!["a".to_owned(), "b".to_owned()], &json!("2")));
    let last = lambda.ask("GET", &format!("{list}&Marker=2"), &Value::Null).await;
    assert_eq!((names(&last), last.get("NextMarker")), (vec!["c".to_owned()], None));
}

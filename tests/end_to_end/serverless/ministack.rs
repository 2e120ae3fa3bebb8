//! The lesson's own folder on ministack, an emulator that nobody here wrote, which runs its functions with this machine's
//! interpreters.

use std::path::Path;

use super::folders::{ES_MODULES, Folder, PYTHON};
use super::lesson::lessons_curl;
use crate::support::emulator::Emulator;
use crate::support::{Running, epoch_ms, eventually};

#[test]
fn the_lessons_folder_runs_on_ministack() {
    let ministack = Emulator::ministack();
    // Lambda has the SDK beside every function's code. Here it lies above the folders that ministack unpacks code into, where
    // Node.js looks for the packages of ES modules.
    ES_MODULES.give_modules(&ministack.home);
    let modules = ministack.home.path(".cache/workshop/modules/node");
    std::os::unix::fs::symlink(installed(&modules), ministack.home.path("tmp/node_modules")).expect("a link");
    runs(&ES_MODULES, &ministack);
}

#[test]
fn its_twin_in_python_runs_on_ministack() {
    runs(&PYTHON, &Emulator::ministack());
}

/// The `node_modules` of an installation.
fn installed(modules: &Path) -> std::path::PathBuf {
    let folders = std::fs::read_dir(modules).expect("modules").filter_map(Result::ok);
    let mut complete = folders.map(|folder| folder.path().join("node_modules"));
    complete.find(|folder| folder.join("@aws-sdk/client-sfn").is_dir()).expect("an installed SDK")
}

fn runs(folder: &Folder, ministack: &Emulator) {
    folder.write(&ministack.home);
    let deployed = ministack.ok(&["deploy"]);
    assert!(deployed.stderr.contains("Service deployed to stack step-functions-example-dev"), "{deployed:#?}");
    ministack.calls();
    let again = ministack.ok(&["deploy"]);
    assert!(again.stderr.contains("Nothing to deploy"), "{again:#?}");
    assert_eq!(ministack.calls().writes(), [""; 0]);

    let info = ministack.ok(&["info"]).stdout;
    assert!(info.contains("region: us-west-2") && info.contains("myStateMachine"), "{info}");
    let url = info.lines().find_map(|line| line.strip_prefix("endpoint: POST - ")).expect("the endpoint");
    let tail = Running::start(ministack.workshop(&["logs", "-f", "sendEmail", "-t"]));
    let at = epoch_ms(3_000);
    let answer = lessons_curl(&ministack.home, "tasktwo", at, url);
    assert!(answer.stdout.contains("Started the step function."), "{answer:#?}");
    let line = tail.line_with("send email triggered at");
    assert!(line.contains("tasktwo"), "{line}");
    assert!(epoch_ms(0) >= at, "it fired early: {line}");
    assert_eq!(tail.interrupt(), Some(0));
    eventually("tasktwo to end", || {
        let shown = ministack.json(&["show", "tasktwo", "--json"]);
        if shown["status"] == "SUCCEEDED" { Ok(()) } else { Err(shown["status"].to_string()) }
    });
    let removed = ministack.ok(&["remove", "--yes"]);
    assert!(removed.stdout.contains("all are gone."), "{removed:#?}");
    assert_eq!(ministack.left_behind_in("us-west-2"), [""; 0]);
}

//! Definitions that the service file names and that are not there.

use crate::support::sandbox::Sandbox;

#[test]
fn a_state_machine_without_its_definition_is_named() {
    let sandbox = Sandbox::new();
    let service = "service = \"shop\"\n\n[state_machines.flow]\ndefinition = \"flow.asl.json\"\n";
    sandbox.write("definitions/service.toml", service);
    for arguments in ["deploy --dry-run --local", "deploy --local", "diff --local", "print", "validate"] {
        let output = sandbox.workshop(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(stderr, @r"
            error: definitions/flow.asl.json can't be read.
              cause: No such file or directory (os error 2)
              try: It is the definition of the state machine `flow`: put the file there, or correct `definition` at definitions/service.toml:3.
            ");
        }
    }
    assert!(!sandbox.work().join("../.local/state/workshop").exists(), "no cloud was started for it");
}

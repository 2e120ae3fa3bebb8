//! Versions of state machines: publishing, finding, running and deleting them.

use serde_json::{Value, json};

use super::fixture::{Fixture, MACHINE, ROLE, in_an_hour, waiting};

fn passing(comment: &str) -> String {
    json!({"Comment": comment, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}).to_string()
}

fn create(more: &Value) -> Value {
    let mut input = json!({"name": "m", "definition": passing("one"), "roleArn": ROLE});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

impl Fixture {
    async fn refused(&self, operation: &str, input: Value) -> String {
        self.call(operation, input).await.unwrap_err().code
    }

    async fn update(&self, comment: &str, more: &Value) -> Value {
        let mut input = json!({"stateMachineArn": MACHINE, "definition": passing(comment)});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.call("UpdateStateMachine", input).await.unwrap()
    }

    /// The numbers of the versions, newest first, read page by page.
    async fn versions(&self) -> Vec<String> {
        let mut numbers = Vec::new();
        let mut token = Value::Null;
        loop {
            let input = json!({"stateMachineArn": MACHINE, "maxResults": 2, "nextToken": token});
            let page = self.call("ListStateMachineVersions", input).await.unwrap();
            for version in page["stateMachineVersions"].as_array().unwrap() {
                let arn = version["stateMachineVersionArn"].as_str().unwrap();
                numbers.push(arn.strip_prefix(&format!("{MACHINE}:")).unwrap().to_owned());
            }
            token = page["nextToken"].clone();
            if token.is_null() {
                return numbers;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn creating_again_is_the_same_only_with_the_same_version() {
    let fixture = Fixture::new().await;
    let published = create(&json!({"publish": true, "versionDescription": "first"}));
    let answer = fixture.call("CreateStateMachine", published.clone()).await.unwrap();
    assert_eq!(answer["stateMachineVersionArn"], format!("{MACHINE}:1"));
    assert_eq!(fixture.call("CreateStateMachine", published).await.unwrap(), answer);
    for other in [json!({}), json!({"publish": true}), json!({"publish": true, "versionDescription": "second"})] {
        assert_eq!(fixture.refused("CreateStateMachine", create(&other)).await, "StateMachineAlreadyExists", "{other}");
    }
    let no_version = create(&json!({"versionDescription": "first"}));
    assert_eq!(fixture.refused("CreateStateMachine", no_version).await, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn a_description_lists_the_variables_that_states_read() {
    let fixture = Fixture::new().await;
    let definition = |path: &str| {
        let reading = json!({"Type": "Pass", "Parameters": {"a.$": path}, "End": true});
        json!({"StartAt": "S", "States": {"S": {"Type": "Pass", "Assign": {"x": 1}, "Next": "R"}, "R": reading}})
    };
    let references = async |path: &str| {
        let name = path.trim_start_matches(['$', '.']);
        let machine = fixture.create_as(name, "STANDARD", &definition(path)).await;
        let execution = fixture.start_of(&machine, "e", &json!({"n": 1})).await.unwrap();
        let described = fixture.call("DescribeStateMachine", json!({"stateMachineArn": machine})).await.unwrap();
        let run = json!({"executionArn": execution});
        let of_run = fixture.call("DescribeStateMachineForExecution", run).await.unwrap();
        assert_eq!(described.get("variableReferences"), of_run.get("variableReferences"));
        let short = json!({"stateMachineArn": machine, "includedData": "METADATA_ONLY"});
        let short = fixture.call("DescribeStateMachine", short).await.unwrap();
        assert_eq!(short.get("variableReferences"), None);
        described.get("variableReferences").cloned()
    };
    assert_eq!(references("$x").await, Some(json!({"R": ["x"]})));
    assert_eq!(references("$.n").await, None);
}

#[tokio::test(start_paused = true)]
async fn keys_of_customers_are_refused_by_name() {
    let fixture = Fixture::new().await;
    let own = json!({"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}});
    assert_eq!(fixture.call("CreateStateMachine", create(&own)).await.unwrap_err().status, 501);
    let aws = json!({"type": "AWS_OWNED_KEY"});
    fixture.call("CreateStateMachine", create(&json!({"encryptionConfiguration": aws}))).await.unwrap();
    let update = json!({"stateMachineArn": MACHINE, "encryptionConfiguration": own["encryptionConfiguration"]});
    assert_eq!(fixture.call("UpdateStateMachine", update).await.unwrap_err().status, 501);
    let update = json!({"stateMachineArn": MACHINE, "encryptionConfiguration": aws});
    fixture.call("UpdateStateMachine", update).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_alias_is_described_as_the_version_that_it_leads_to() {
    let fixture = Fixture::new().await;
    fixture.call("CreateStateMachine", create(&json!({"publish": true}))).await.unwrap();
    fixture.update("two", &json!({"publish": true})).await;
    let route =
        |version: u64, weight: u64| json!({"stateMachineVersionArn": format!("{MACHINE}:{version}"), "weight": weight});
    for (name, routes, comment) in
        [("one", json!([route(1, 100)]), "one"), ("most", json!([route(1, 20), route(2, 80)]), "two")]
    {
        fixture.call("CreateStateMachineAlias", json!({"name": name, "routingConfiguration": routes})).await.unwrap();
        let arn = format!("{MACHINE}:{name}");
        let described = fixture.call("DescribeStateMachine", json!({"stateMachineArn": arn})).await.unwrap();
        assert_eq!((&described["stateMachineArn"], &described["definition"]), (&json!(arn), &json!(passing(comment))));
    }
    let missing = json!({"stateMachineArn": format!("{MACHINE}:none")});
    assert_eq!(fixture.refused("DescribeStateMachine", missing).await, "StateMachineDoesNotExist");
}

#[tokio::test(start_paused = true)]
async fn what_is_published_later_does_not_change_how_it_was_created() {
    let fixture = Fixture::new().await;
    let answer = fixture.call("CreateStateMachine", create(&json!({}))).await.unwrap();
    assert_eq!(answer.get("stateMachineVersionArn"), None);
    fixture.run_for(std::time::Duration::from_millis(1)).await;
    let input = json!({"stateMachineArn": MACHINE, "revisionId": "INITIAL", "description": "first"});
    fixture.call("PublishStateMachineVersion", input).await.unwrap();
    assert_eq!(fixture.call("CreateStateMachine", create(&json!({}))).await.unwrap(), answer);
}

#[tokio::test(start_paused = true)]
async fn an_update_publishes_what_it_changes_and_a_version_stays_as_it_was() {
    let fixture = Fixture::new().await;
    fixture.call("CreateStateMachine", create(&json!({"publish": true, "versionDescription": "first"}))).await.unwrap();
    let second = fixture.update("two", &json!({"publish": true, "versionDescription": "second"})).await;
    assert_eq!(second["stateMachineVersionArn"], format!("{MACHINE}:2"));
    let again = fixture.update("two", &json!({"publish": true, "versionDescription": "third"})).await;
    assert_eq!(
        (&again["stateMachineVersionArn"], &again["revisionId"]),
        (&second["stateMachineVersionArn"], &second["revisionId"])
    );
    let back = fixture.update("one", &json!({})).await;
    assert_eq!(back.get("stateMachineVersionArn"), None);
    assert_eq!(fixture.versions().await, ["2", "1"]);

    let describe = |qualifier: &str| json!({"stateMachineArn": format!("{MACHINE}{qualifier}")});
    let now = fixture.call("DescribeStateMachine", describe("")).await.unwrap();
    let two = fixture.call("DescribeStateMachine", describe(":2")).await.unwrap();
    assert_eq!((&two["definition"], &two["description"]), (&json!(passing("two")), &json!("second")));
    assert_eq!((&two["stateMachineArn"], &two["name"]), (&json!(format!("{MACHINE}:2")), &json!("m")));
    assert_eq!((two["revisionId"] == second["revisionId"], now["revisionId"] == back["revisionId"]), (true, true));
    assert_eq!((&now["definition"], now.get("description")), (&json!(passing("one")), None));
    let one = fixture.call("DescribeStateMachine", describe(":1")).await.unwrap();
    assert_eq!((one["creationDate"] == now["creationDate"], one.get("revisionId")), (true, None));
    assert_eq!(fixture.refused("DescribeStateMachine", describe(":9")).await, "StateMachineDoesNotExist");

    let stale = json!({"stateMachineArn": MACHINE, "revisionId": second["revisionId"]});
    assert_eq!(fixture.refused("PublishStateMachineVersion", stale).await, "ConflictException");
    let third = fixture.call("PublishStateMachineVersion", json!({"stateMachineArn": MACHINE})).await.unwrap();
    assert_eq!(third["stateMachineVersionArn"], format!("{MACHINE}:3"));
    assert_eq!(fixture.versions().await, ["3", "2", "1"]);
}

#[tokio::test(start_paused = true)]
async fn descriptions_can_leave_the_definition_out() {
    let fixture = Fixture::new().await;
    fixture.create_as("m", "STANDARD", &waiting()).await;
    let execution = fixture.start_of(MACHINE, "e", &in_an_hour()).await.unwrap();
    for (operation, input) in [
        ("DescribeStateMachine", json!({"stateMachineArn": MACHINE})),
        ("DescribeStateMachineForExecution", json!({"executionArn": execution})),
    ] {
        let asked = |included: &str| {
            let mut input = input.clone();
            input["includedData"] = json!(included);
            input
        };
        assert_eq!(fixture.call(operation, asked("METADATA_ONLY")).await.unwrap()["definition"], "{}");
        assert_eq!(fixture.call(operation, asked("ALL_DATA")).await.unwrap()["definition"], waiting().to_string());
        assert_eq!(fixture.refused(operation, asked("x")).await, "ValidationException");
    }
}

#[tokio::test(start_paused = true)]
async fn an_execution_keeps_its_version_when_both_have_changed_or_gone() {
    let fixture = Fixture::new().await;
    let input = json!({"name": "m", "definition": waiting().to_string(), "roleArn": ROLE, "publish": true});
    fixture.call("CreateStateMachine", input).await.unwrap();
    let version = format!("{MACHINE}:1");
    let pinned = fixture.start_of(&version, "pinned", &in_an_hour()).await.unwrap();
    let latest = fixture.start_of(MACHINE, "latest", &in_an_hour()).await.unwrap();
    fixture.update("two", &json!({"publish": true})).await;

    let listed = async |arn: &str| {
        let found = fixture.call("ListExecutions", json!({"stateMachineArn": arn})).await.unwrap();
        let items = found["executions"].as_array().unwrap().clone();
        let shown = |item: &Value| (item["name"].clone(), item.get("stateMachineVersionArn").cloned());
        items.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(listed(&version).await, [(json!("pinned"), Some(json!(version)))]);
    assert_eq!(listed(&format!("{MACHINE}:2")).await, []);
    assert_eq!(listed(MACHINE).await, [(json!("latest"), None), (json!("pinned"), Some(json!(version)))]);
    assert_eq!(fixture.describe(&pinned).await["stateMachineVersionArn"], version);

    fixture.call("DeleteStateMachineVersion", json!({"stateMachineVersionArn": version})).await.unwrap();
    fixture.call("DeleteStateMachineVersion", json!({"stateMachineVersionArn": version})).await.unwrap();
    assert_eq!(fixture.versions().await, ["2"]);
    for execution in [&pinned, &latest] {
        let input = json!({"executionArn": execution});
        let described = fixture.call("DescribeStateMachineForExecution", input).await.unwrap();
        assert_eq!(
            (&described["definition"], &described["stateMachineArn"]),
            (&json!(waiting().to_string()), &json!(MACHINE))
        );
        assert_eq!((described.get("label"), described.get("mapRunArn")), (None, None));
        assert_eq!(fixture.describe(execution).await["status"], "RUNNING");
    }
    assert_eq!(fixture.start_of(&version, "late", &json!({})).await.unwrap_err().code, "StateMachineDoesNotExist");
}

#[tokio::test(start_paused = true)]
async fn a_child_of_a_map_run_is_told_with_its_run_and_label() {
    let fixture = Fixture::new().await;
    let definition = json!({"StartAt": "M", "States": {"M": {
        "Type": "Map", "Label": "each", "ItemsPath": "$", "End": true,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}},
        },
    }}});
    fixture.create_as("m", "STANDARD", &definition).await;
    let parent = fixture.start_of(MACHINE, "e", &json!([1])).await.unwrap();
    assert_eq!(fixture.ended(&parent).await["status"], "SUCCEEDED");
    let runs = fixture.call("ListMapRuns", json!({"executionArn": parent})).await.unwrap();
    let run = runs["mapRuns"][0]["mapRunArn"].clone();
    let children = fixture.call("ListExecutions", json!({"mapRunArn": run})).await.unwrap();
    let input = json!({"executionArn": children["executions"][0]["executionArn"]});
    let described = fixture.call("DescribeStateMachineForExecution", input).await.unwrap();
    assert_eq!((&described["label"], &described["mapRunArn"]), (&json!("each"), &run));
}

#[tokio::test(start_paused = true)]
async fn only_a_version_can_be_deleted_as_one() {
    let fixture = Fixture::new().await;
    fixture.call("CreateStateMachine", create(&json!({"publish": true}))).await.unwrap();
    for arn in [MACHINE.to_owned(), format!("{MACHINE}:live")] {
        let input = json!({"stateMachineVersionArn": arn});
        assert_eq!(fixture.refused("DeleteStateMachineVersion", input).await, "InvalidArn");
    }
    let routes = json!([{"stateMachineVersionArn": format!("{MACHINE}:1"), "weight": 100}]);
    let alias = json!({"name": "live", "routingConfiguration": routes});
    fixture.call("CreateStateMachineAlias", alias).await.unwrap();
    let input = json!({"stateMachineVersionArn": format!("{MACHINE}:1")});
    assert_eq!(fixture.refused("DeleteStateMachineVersion", input).await, "ConflictException");
    let of_a_version = json!({"stateMachineArn": format!("{MACHINE}:1")});
    assert_eq!(fixture.refused("ListStateMachineVersions", of_a_version.clone()).await, "StateMachineDoesNotExist");
    let aliases = fixture.call("ListStateMachineAliases", of_a_version).await.unwrap();
    assert_eq!(aliases["stateMachineAliases"].as_array().unwrap().len(), 1);
    let qualified = ["1", "live"].map(|qualifier| format!("{MACHINE}:{qualifier}"));
    for arn in qualified.into_iter().chain([format!("{MACHINE}/Label")]) {
        let refused = fixture.refused("DeleteStateMachine", json!({"stateMachineArn": arn})).await;
        assert_eq!(refused, "ValidationException", "{arn}");
    }
    fixture.call("DescribeStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_published_of_a_machine_that_is_being_deleted() {
    let fixture = Fixture::new().await;
    fixture.create_as("m", "STANDARD", &waiting()).await;
    fixture.start_of(MACHINE, "e", &in_an_hour()).await.unwrap();
    fixture.call("DeleteStateMachine", json!({"stateMachineArn": MACHINE})).await.unwrap();
    let input = json!({"stateMachineArn": MACHINE});
    assert_eq!(fixture.refused("PublishStateMachineVersion", input).await, "StateMachineDeleting");
}

//! Log queries.

use cloud_core::ServiceError;
use serde_json::{Value, json};

use super::Fixture;

impl Fixture {
    /// The rows of a query over a group: each as `field=value` texts, without the event's pointer.
    async fn query(&self, text: &str) -> Result<Vec<String>, ServiceError> {
        let now_s = self.now_ms() / 1000;
        let input = json!({
            "logGroupName": "g", "startTime": now_s - 3600, "endTime": now_s + 3600, "queryString": text
        });
        let started = self.call("StartQuery", input).await?;
        let results = self.ok("GetQueryResults", json!({ "queryId": started["queryId"] })).await;
        assert_eq!(results["status"], "Complete");
        let row = |row: &Value| {
            let fields = row.as_array().unwrap().iter().filter(|field| field["field"] != "@ptr");
            let shown = fields.map(|field| {
                format!("{}={}", field["field"].as_str().unwrap(), field["value"].as_str().unwrap().trim_end())
            });
            shown.collect::<Vec<_>>().join(" ")
        };
        Ok(results["results"].as_array().unwrap().iter().map(row).collect())
    }

    async fn rows(&self, text: &str) -> String {
        self.query(text).await.unwrap_or_else(|error| panic!("{text}: {error}")).join("\n")
    }
}

async fn filled() -> Fixture {
    let fixture = Fixture::new().with_stream("g", "s").await;
    let report = "REPORT RequestId: 0a1b2c3d-0000-1111-2222-333344445555\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\t";
    let events = [
        (0, r#"{"level":"INFO","user":{"name":"ada"},"items":[{"price":1.5}],"ms":9}"#),
        (1_000, r#"{"level":"ERROR","user":{"name":"bob"},"ms":10}"#),
        (2_000, "user=eve method=GET took 31 ms"),
        (61_000, report),
    ];
    fixture.put("g", "s", &events).await;
    fixture
}

#[tokio::test]
async fn without_fields_a_row_has_the_time_and_the_message_newest_first() {
    let fixture = filled().await;
    insta::assert_snapshot!(fixture.rows("limit 2").await, @"
    @timestamp=2026-03-01 00:01:01.000 @message=REPORT RequestId: 0a1b2c3d-0000-1111-2222-333344445555	Duration: 12.50 ms	Billed Duration: 13 ms	Memory Size: 128 MB	Max Memory Used: 30 MB
    @timestamp=2026-03-01 00:00:02.000 @message=user=eve method=GET took 31 ms
    ");
    insta::assert_snapshot!(fixture.rows("fields @timestamp, @logStream, @log | sort @timestamp | limit 1").await, @"@timestamp=2026-03-01 00:00:00.000 @logStream=s @log=000000000000:g");
}

#[tokio::test]
async fn fields_are_found_in_messages() {
    let fixture = filled().await;
    insta::assert_snapshot!(fixture.rows("fields level, user.name, items.0.price, ms * 2 as twice | filter ispresent(level)").await, @"
    level=ERROR user.name=bob twice=20
    level=INFO user.name=ada items.0.price=1.5 twice=18
    ");
    insta::assert_snapshot!(fixture.rows("filter @type = 'REPORT' | display @requestId, @duration, @billedDuration, @maxMemoryUsed / 1000000").await, @"@requestId=0a1b2c3d-0000-1111-2222-333344445555 @duration=12.5 @billedDuration=13 @maxMemoryUsed / 1000000=30");
}

#[tokio::test]
async fn conditions() {
    let fixture = filled().await;
    let count = async |condition: &str| fixture.rows(&format!("filter {condition} | stats count(*) as n")).await;
    for (condition, expected) in [
        ("level = \"ERROR\"", 1),
        ("level != 'ERROR'", 3),
        ("ms >= 9 and ms < 10", 1),
        ("ms in [9, 10]", 2),
        ("ms not in [9]", 3),
        ("@message like /(?i)USER/", 3),
        ("@message like 'took'", 1),
        ("@message not like 'took' and not (level like /ERR|INFO/)", 1),
        ("@message =~ /^user=(eve|mallory)/", 1),
        ("strlen(level) = 4 or toupper(user.name) = 'BOB'", 2),
        ("coalesce(level, 'none') = 'none'", 2),
    ] {
        assert_eq!(count(condition).await, format!("n={expected}"), "{condition}");
    }
    // Nothing matches: there is no group.
    assert_eq!(count("level = 'DEBUG'").await, "");
}

#[tokio::test]
async fn parse_takes_texts_apart() {
    let fixture = filled().await;
    let glob = r#"parse @message "user=* method=* took * ms" as who, method, took | filter ispresent(who) | display who, method, took + 1"#;
    insta::assert_snapshot!(fixture.rows(glob).await, @"who=eve method=GET took + 1=32");
    let regex = r"parse @message /user=(?<who>\w+) .* took (?<took>\d+)/ | filter ispresent(who) | display who, took";
    insta::assert_snapshot!(fixture.rows(regex).await, @"who=eve took=31");
}

#[tokio::test]
async fn statistics_by_group() {
    let fixture = filled().await;
    let stats = "stats count(*), avg(ms), max(ms) as most, pct(ms, 50), count_distinct(level), latest(level) as last by bin(1m)";
    insta::assert_snapshot!(fixture.rows(stats).await, @"
    bin(1m)=2026-03-01 00:00:00.000 count(*)=3 avg(ms)=9.5 most=10 pct(ms, 50)=9 count_distinct(level)=2 last=ERROR
    bin(1m)=2026-03-01 00:01:00.000 count(*)=1 count_distinct(level)=0
    ");
    let sorted = "filter ispresent(level) | stats sum(ms) as total by level | sort total desc | limit 1";
    insta::assert_snapshot!(fixture.rows(sorted).await, @"level=ERROR total=10");
    insta::assert_snapshot!(fixture.rows("fields coalesce(level, '-') as l | dedup l | display l | sort l").await, @"
    l=-
    l=ERROR
    l=INFO
    ");
}

#[tokio::test]
async fn what_is_no_query_is_refused_where_it_stops() {
    let fixture = filled().await;
    let mut told = String::new();
    for text in [
        "",
        "feilds @message",
        "fields @message |",
        "filter level = ",
        "fields @message\n| filter shout(level)",
        "filter strlen()",
        "limit 0",
        "stats median(ms)",
        "parse @message 'a*b*' as x",
        "filter a like /(/",
        "pattern @message",
        "stats count(*) by bin(5 parsecs)",
    ] {
        told += &format!("{text:?}: {}\n", fixture.query(text).await.unwrap_err());
    }
    insta::assert_snapshot!(told, @r#"
    "": MalformedQueryException: unexpected end of the query at line 1 and position 0
    "feilds @message": MalformedQueryException: unexpected symbol found f at line 1 and position 0
    "fields @message |": MalformedQueryException: unexpected end of the query at line 1 and position 17
    "filter level = ": MalformedQueryException: unexpected end of the query at line 1 and position 15
    "fields @message\n| filter shout(level)": MalformedQueryException: unknown function shout at line 2 and position 9
    "filter strlen()": MalformedQueryException: strlen does not take 0 arguments at line 1 and position 7
    "limit 0": MalformedQueryException: a limit is a whole number from 1 to 10000; found 0 at line 1 and position 5
    "stats median(ms)": MalformedQueryException: unexpected symbol found m at line 1 and position 6
    "parse @message 'a*b*' as x": MalformedQueryException: the expression has another number of wildcards than names at line 1 and position 26
    "filter a like /(/": MalformedQueryException: no regular expression: found open group without closing ')' at line 1 and position 15
    "pattern @message": MalformedQueryException: the embedded cloud does not implement the command pattern at line 1 and position 0
    "stats count(*) by bin(5 parsecs)": MalformedQueryException: unexpected symbol found p at line 1 and position 24
    "#);
    let deep = format!("filter {}1{}", "(".repeat(4_000), ")".repeat(4_000));
    assert!(fixture.query(&deep).await.unwrap_err().message.contains("nested too deeply"));
}

#[tokio::test]
async fn queries_over_groups_are_listed_and_belong_to_their_account() {
    let fixture = filled().await.with_stream("h", "s").await;
    fixture.put("h", "s", &[(500, "from h")]).await;
    let now_s = fixture.now_ms() / 1000;
    let input = |groups: Value| {
        json!({
            "logGroupNames": groups, "startTime": now_s, "endTime": now_s + 10, "limit": 3,
            "queryString": "fields @message, @log"
        })
    };
    let started = fixture.ok("StartQuery", input(json!(["g", "h"]))).await;
    let page = fixture.ok("GetQueryResults", json!({ "queryId": started["queryId"], "maxItems": 2 })).await;
    let logs: Vec<&Value> = page["results"].as_array().unwrap().iter().map(|row| &row[1]["value"]).collect();
    assert_eq!(logs, ["000000000000:g", "000000000000:g"]);
    let rest = json!({ "queryId": started["queryId"], "nextToken": page["nextToken"] });
    let rest = fixture.ok("GetQueryResults", rest).await;
    assert_eq!((&rest["results"][0][1]["value"], rest.get("nextToken")), (&json!("000000000000:h"), None));
    assert_eq!(
        (&rest["statistics"]["recordsMatched"], &rest["statistics"]["logGroupsScanned"]),
        (&json!(3.0), &json!(2.0))
    );
    let listed = fixture.ok("DescribeQueries", json!({})).await;
    assert_eq!(
        (&listed["queries"][0]["queryId"], &listed["queries"][0]["status"]),
        (&started["queryId"], &json!("Complete"))
    );
    assert_eq!(fixture.ok("StopQuery", json!({ "queryId": started["queryId"] })).await, json!({ "success": false }));
    let stranger = fixture.of_account("111111111111");
    let refused = stranger.call("GetQueryResults", json!({ "queryId": started["queryId"] })).await.unwrap_err();
    assert_eq!(refused.code, "ResourceNotFoundException");
    assert_eq!(stranger.ok("DescribeQueries", json!({})).await, json!({ "queries": [] }));
    let refused = fixture.call("StartQuery", input(json!(["g", "none"]))).await.unwrap_err();
    insta::assert_snapshot!(refused, @"ResourceNotFoundException: Log group 'none' does not exist for account ID '000000000000'");
}

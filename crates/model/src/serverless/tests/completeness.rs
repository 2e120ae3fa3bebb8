//! Nothing is dropped: in a file of keys that are honoured, every value and every key counts.

use super::*;

const EVERYTHING: &str = include_str!("everything.yml");

/// The file with one line changed, and that line.
fn changed(change: impl Fn(&str, &str) -> Option<String>) -> Vec<(String, String)> {
    let lines: Vec<&str> = EVERYTHING.lines().collect();
    let at = |index: usize| {
        let line = lines[index];
        let (key, value) = line.split_once(':')?;
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[index] = change(key, value.trim())?;
        Some((line.trim().to_owned(), lines.join("\n")))
    };
    (0..lines.len()).filter_map(at).collect()
}

#[test]
fn every_value_is_read() {
    insta::assert_snapshot!(Outside::default().shown(EVERYTHING), @r#"
    orders-test in eu-west-1
    roles: path /team/ boundary Some("arn:aws:iam::123456789012:policy/b") tags {"cost-center": "b"}
    fixed: orders-test-fixed nodejs22.x src/orders.fixed 256 MB 10 s arm64 logs 14 d
      code fixed.zip []
      role arn:aws:iam::123456789012:role/fixed
      TABLE=orders
      tags {"team": "a"}
    place: place-order nodejs24.x src/orders.place 512 MB 20 s x86_64 logs 30 d
      code . ["!test/**", "src/**", "!**", "data/**"]
      SIZE=3
      TABLE=orders
      Allow s3:GetObject on arn:aws:s3:::orders/*
      Deny s3:DeleteObject on * if {"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}
      tags {"part": "place", "team": "a"}
    POST /orders -> place (1.0) cors ["https://example.com"] ["POST"] Some(60)
    GET /orders/{id} -> place (1.0)
    GET /all -> place (2.0) cors ["https://example.com"] ["GET"] Some(60)
    GET /some -> place (2.0) cors ["https://example.com"] ["GET"] Some(60)
    order: order-machine EXPRESS
      role arn:aws:iam::123456789012:role/order
      logs ALL true to ["arn:aws:logs:eu-west-1:123456789012:log-group:/orders:*"]
      tags {"part": "order"}
      serverless.yml {"StartAt":"Place","States":{"Place":{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:123456789012:function:place-order","End":true}}}
    approve: activity approve
    note serverless.yml:21: `provider.tags` are on functions and state machines; the HTTP API has those of `stackTags` only.
    note serverless.yml:84: The routes of `httpApi` stand below the stage here: the endpoint ends in `/<stage>`.
    "#);
    let files = changed(|key, value| (!value.is_empty()).then(|| format!("{key}: ${{env:NONE}}")));
    assert!(files.len() > 70, "{}", files.len());
    for (line, text) in files {
        assert!(Outside::default().parse(&text).is_err(), "`{line}` is not read");
    }
}

#[test]
fn every_key_is_known() {
    // What these hold are names that the user chooses.
    let free = ["TABLE", "SIZE", "team", "cost-center", "part", "StringEquals", "aws", "StartAt", "States", "Place"];
    let of_definition = ["Type", "Resource", "End"];
    let of_user = ["place", "fixed", "order"];
    let renamed = changed(|key, value| {
        let name = key.trim().trim_start_matches("- ");
        let is_state = key.starts_with("            ") && of_definition.contains(&name);
        let is_free = free.contains(&name) || of_user.contains(&name) || is_state;
        (!is_free).then(|| format!("{key}zz: {value}"))
    });
    assert!(renamed.len() > 70, "{}", renamed.len());
    for (line, text) in renamed {
        assert!(Outside::default().parse(&text).is_err(), "`{line}` may have any key");
    }
}

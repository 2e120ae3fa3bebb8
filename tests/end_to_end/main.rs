//! The program from end to end, as people, scripts and other clients meet it: one executable, so that it is linked once and
//! its tests run side by side.
#![allow(missing_docs, unreachable_pub, reason = "a test")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on fails")]
#![allow(clippy::disallowed_methods, reason = "processes are started, held and killed, and the time is told")]

mod activities;
mod addresses;
mod api_models;
mod caller_permissions;
mod cli;
mod clients;
mod company;
mod completions;
mod console;
mod credentials;
mod damaged_stores;
mod definitions;
mod deployer_role;
mod deployments;
mod eventual;
mod fault_matrix;
mod first_posts;
mod graph;
mod guarded;
mod init;
mod json_keys;
mod kills;
mod lesson;
mod live_tail;
mod local_logs;
mod logs;
mod ministack;
mod moto;
mod moved_time;
mod own_workflows;
mod permissions;
mod pictures;
mod print;
mod projects;
mod proxies;
mod readme;
mod sandboxes;
mod serverless;
mod start_key;
mod strangers;
mod support;
mod terminal;
mod thirty_stages;
mod throttling;
mod validate;
mod verbose;
mod workflow_cases;
mod workflow_judges;

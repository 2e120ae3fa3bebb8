//! A restart on top of what has ended, and one on top of what waits.

use super::machines::{MACHINES, ROLE_NAME, create_machine, until_ended};
use super::subject::Bench;
use super::timing::{ms, now};
use crate::bench::cloud::{Client, Cloud};
use crate::bench::figure::Figure;
use crate::bench::memory::resident_mib;
use crate::failure::Failure;
use crate::say;
use serde_json::json;

/// How many executions have ended before the restart.
const ENDED_EXECUTIONS: usize = 100_000;
/// How many executions wait.
const WAITING_EXECUTIONS: usize = 1_000_000;
/// How many connections start them.
const CONNECTIONS: usize = 64;

/// With 100,000 executions that have ended.
pub(super) fn ended(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    create_machine(
        &mut client,
        "pass",
        &json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }),
    )?;
    say::progress(&format!("running {ENDED_EXECUTIONS} executions"));
    let ran = bench.load.count(cloud.port, CONNECTIONS, ENDED_EXECUTIONS, "pass", "{}")?;
    until_ended(&mut client, "pass")?;
    drop(client);
    cloud.stop()?;
    let begun = now();
    let cloud = Cloud::start(&bench.program, &bench.data)?;
    let ready = begun.elapsed();
    let mut client = Client::of(&cloud)?;
    let body = json!({ "stateMachineArn": format!("{MACHINES}:pass"), "maxResults": 1 });
    client.call("AWSStepFunctions.ListExecutions", &body)?;
    let answered = begun.elapsed();
    let memory = resident_mib(&cloud.pid())?;
    Ok(vec![
        Figure { what: "executions of one Pass, durable", measured: ran.per_second(), bar: None, unit: "/s" },
        ms("restart with 100,000 ended executions, ready", Some(50.0), ready),
        ms("  and the first ListExecutions answered", None, answered),
        Figure { what: "  memory then", measured: memory, bar: None, unit: "MiB" },
    ])
}

/// With 1,000,000 executions that wait for a year.
pub(super) fn waiting(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    client.create_role(ROLE_NAME)?;
    let wait = json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 31_536_000, "End": true } } });
    create_machine(&mut client, "waits", &wait)?;
    say::progress(&format!("starting {WAITING_EXECUTIONS} executions that wait"));
    let started = bench.load.count(cloud.port, CONNECTIONS, WAITING_EXECUTIONS, "waits", "{}")?;
    let memory = resident_mib(&cloud.pid())?;
    drop(client);
    cloud.stop()?;
    let begun = now();
    let cloud = Cloud::start(&bench.program, &bench.data)?;
    let mut client = Client::of(&cloud)?;
    let body = json!({ "stateMachineArn": format!("{MACHINES}:waits"), "maxResults": 1 });
    client.call("AWSStepFunctions.ListExecutions", &body)?;
    let answered = begun.elapsed();
    let memory_after = resident_mib(&cloud.pid())?;
    Ok(vec![
        Figure { what: "starts until 1,000,000 wait", measured: started.per_second(), bar: None, unit: "/s" },
        Figure { what: "memory with 1,000,000 waiting", measured: memory, bar: Some(1024.0), unit: "MiB" },
        ms("  restart until the first answer", Some(5000.0), answered),
        Figure { what: "  memory after the restart", measured: memory_after, bar: Some(1024.0), unit: "MiB" },
    ])
}

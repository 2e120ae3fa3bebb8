//! ministack, an emulator that nobody here wrote, where the Python environment of the end-to-end tests has it.

use crate::failure::Failure;
use crate::{process, project, say};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

/// How often it is looked for at its port, 50 ms apart.
const TRIES: u32 = 200;

/// A running ministack; it ends with this value.
pub(super) struct Ministack {
    child: Child,
    pub(super) port: u16,
}

impl Ministack {
    /// Starts one with its state in a folder of its own; none where it is not installed.
    pub(super) fn start() -> Result<Option<Self>, Failure> {
        let environment = std::env::var_os("WORKSHOP_TEST_VENV").map(PathBuf::from);
        let program = environment.unwrap_or_else(|| project::target_dir().join("python")).join("bin/ministack");
        if !program.exists() {
            say::progress(&format!("{} is not there: nothing is measured of it", program.display()));
            return Ok(None);
        }
        let home = project::target_dir().join("bench-ministack");
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).map_err(|error| Failure::file(&home, &error))?;
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
        let port = port.map_err(|error| Failure::new(format!("no port is free: {error}")))?.port();
        let mut command = process::command(&program);
        command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1").env("TMPDIR", &home);
        command.env("STATE_DIR", home.join("state")).env("S3_DATA_DIR", home.join("s3")).env("HOME", &home);
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
        command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
        command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
        let ministack = Self { child, port };
        for _ in 0..TRIES {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(Some(ministack));
            }
            thread::park_timeout(Duration::from_millis(50));
        }
        Err(Failure::new("ministack did not start"))
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        // Its workers are in its process group, which is its own: by the system call, since some `kill` programs read a
        // negative number as another option and end everything.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

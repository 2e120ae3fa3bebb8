//! What the search begins with: inputs that are right, and some that are wrong in a known way.

mod requests;
mod seed;
mod zips;

pub use seed::Seed;

/// Writes the seeds of a target into the folder that `WORKSHOP_FUZZ_SEEDS` names, before the search reads it.
pub fn write(target: &str) {
    let Some(folder) = std::env::var_os("WORKSHOP_FUZZ_SEEDS") else { return };
    let seeds = match target {
        "http" => requests::seeds(),
        _ => zips::seeds(),
    };
    for (name, bytes) in seeds {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).expect("the folder of the seeds takes a file");
    }
}

//! What the variables of a `serverless.yml` can ask for beside the file itself.

use std::collections::BTreeMap;

use runtimes::Runtime;

use crate::names::{AccountId, Region, StageName};

/// What reading a service file needs from outside of it. Reading has no effects: whoever asks for it looks things up.
pub struct Surroundings<'a> {
    /// The stage that the command names.
    pub stage: Option<StageName>,
    /// The region that the command names.
    pub region: Option<Region>,
    /// Values for `${param:...}` that the command names; they win over those in the file.
    pub parameters: BTreeMap<String, String>,
    /// Values for `${opt:...}` beside the stage and the region.
    pub options: BTreeMap<String, String>,
    /// The account, where it is known already; otherwise a deployment fills it in.
    pub account: Option<AccountId>,
    /// The runtime of every function of the same language, instead of the one that the file names.
    pub runtime: Option<Runtime>,
    /// Looks an environment variable up.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Whether that lookup knows the variables of the `.env` file too.
    pub knows_dotenv: bool,
    /// The text of a file by its path from the service file's folder.
    pub files: &'a dyn Fn(&str) -> Option<String>,
}

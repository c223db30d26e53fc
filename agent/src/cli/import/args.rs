//! What can be typed after `turnlock import`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Only show what would be brought in, or written
    #[arg(long)]
    pub dry_run: bool,
    /// Also take what the files hold of `_passthrough` in the place of what Vault has of it
    #[arg(long, conflicts_with = "compose")]
    pub changed: bool,
    #[command(flatten)]
    pub stranger: StrangerArgs,
}

/// A stack without a policy: its files are sorted, and a policy and templates are written that hold no value.
#[derive(Debug, Args)]
#[command(next_help_heading = "For a stack without a policy")]
pub struct StrangerArgs {
    /// A compose file of the stack; repeat for each, in Compose's order
    #[arg(long, value_name = "FILE")]
    pub compose: Vec<PathBuf>,
    /// The file that Compose reads variables from [default: .env beside the first compose file]
    #[arg(long, value_name = "FILE", requires = "compose")]
    pub env_file: Option<PathBuf>,
    /// The folder for the policy and its templates
    #[arg(long, value_name = "FOLDER", requires = "compose")]
    pub out: Option<PathBuf>,
    /// A variable to manage; or NAME=FILE, for a file that is a secret by itself. Repeat, or separate with commas
    #[arg(long, value_name = "NAME", requires = "compose", value_delimiter = ',')]
    pub manage: Vec<String>,
    /// A variable that may stand in git as it is
    #[arg(long, value_name = "NAME", requires = "compose", value_delimiter = ',')]
    pub plain: Vec<String>,
    /// A profile that is started; repeat for each
    #[arg(long, value_name = "NAME", requires = "compose")]
    pub profile: Vec<String>,
    /// Take the suggestions (ports, booleans, hosts, log levels are plain) without asking
    #[arg(long, short, requires = "compose")]
    pub yes: bool,
    /// The stack's name [default: the project's]
    #[arg(long, value_name = "NAME", requires = "compose")]
    pub stack: Option<String>,
    /// Compose's project name [default: Compose's own choice]
    #[arg(long, value_name = "NAME", requires = "compose")]
    pub project: Option<String>,
    /// A KV v2 mount in Vault
    #[arg(long, value_name = "MOUNT", requires = "compose", default_value = "secret")]
    pub mount: String,
    /// The path below the mount [default: the stack's name]
    #[arg(long, value_name = "PATH", requires = "compose")]
    pub prefix: Option<String>,
    /// A mount of its own, for pending values
    #[arg(long, value_name = "MOUNT", requires = "compose", default_value = "turnlock")]
    pub staging: String,
}

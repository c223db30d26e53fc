//! `turnlock enroll`: the agent's secret-id, out of its wrapping and into its file.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::open::same_stack;
use super::out::{print, print_json};
use super::{Code, Error, Global};
use crate::enroll::{self, EnrollError, Place};
use crate::generate::Generator;
use crate::secret::Value;
use crate::vault::{Role, Vault, role_id, secret_id_file};

#[derive(Debug, Args)]
pub struct EnrollArgs {
    /// The token that `turnlock setup vault` printed; `-` reads it from standard input
    #[arg(long, value_name = "TOKEN")]
    pub wrapped: String,
    /// Where the secret-id goes [default: $VAULT_SECRET_ID_FILE]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the secret-id that is there
    #[arg(long)]
    pub replace: bool,
}

pub async fn run(global: &Global, args: &EnrollArgs) -> Result<Code, Error> {
    let policy = global.load_policy()?;
    let role_id = role_id().ok_or_else(|| {
        let help = "set it to the role-id that `turnlock setup vault` printed";
        Error::new(Code::Usage, "VAULT_ROLE_ID is not set", help)
    })?;
    let file = args.out.clone().or_else(secret_id_file).ok_or_else(|| {
        let help = "set VAULT_SECRET_ID_FILE, or pass --out: the agent reads it there";
        Error::new(Code::Usage, "there is no place for the secret-id", help)
    })?;
    let wrapped = wrapped(args)?;
    let log = global.open_log().await?;
    same_stack(&log.reader(), &policy).await?;
    let vault = Vault::anonymous().await?;
    let journal = global.journal(log, &vault, &policy).await?;
    let role = Role::named(&policy.vault.role);
    let enrolling = Enrolling { vault: &vault, role: &role, role_id: &role_id, file, replace: args.replace };
    let effect = enrolling.run(&wrapped);
    let note = |accessor: &String| Some(format!("the secret-id has the accessor {accessor}"));
    let done = journal.around_noting("enroll", Some(&role.path()), BTreeMap::new(), effect, note).await?;
    if let Err(EnrollError::Alarm { what, .. }) = &done {
        journal.alarm(&role.path(), what).await?;
    }
    let accessor = done?;
    if global.json {
        print_json(&json!({ "file": enrolling.file, "accessor": accessor }));
    } else {
        print(&format!(
            "Enrolled: Vault lets this agent log in as {}; its secret-id (accessor {accessor}) is in {}, readable by its \
             owner alone\n",
            role.name,
            enrolling.file.display()
        ));
        if args.replace && policy.secrets.values().any(|s| s.generator == Generator::Own) {
            print("The policy rotates it: `turnlock import` takes the new one in\n");
        }
    }
    Ok(Code::Done)
}

struct Enrolling<'a> {
    vault: &'a Vault,
    role: &'a Role,
    role_id: &'a str,
    file: PathBuf,
    replace: bool,
}

impl Enrolling<'_> {
    async fn run(&self, wrapped: &Value) -> Result<String, EnrollError> {
        let place = Place::prepare(&self.file, self.replace)?;
        let secret_id = enroll::open(self.vault, self.role, wrapped).await?;
        // Kept before it is tried: it cannot be had a second time.
        place.keep(&secret_id.value)?;
        let why = match self.vault.accepts(&self.role.mount, self.role_id, &secret_id.value).await {
            Ok(true) => return Ok(secret_id.accessor),
            Ok(false) => "with this VAULT_ROLE_ID from this address, Vault does not accept it".to_owned(),
            Err(e) => format!("it could not be tried: {e}"),
        };
        Err(EnrollError::Other {
            what: format!(
                "the secret-id (accessor {}) is in {}, but {why}",
                secret_id.accessor,
                self.file.display()
            ),
            help: "check VAULT_ROLE_ID and the role's addresses (`turnlock setup vault --bound-cidr`), then try \
                   `turnlock history`; the wrapping is spent, the secret-id is not"
                .into(),
        })
    }
}

/// The token, or standard input for `-`: what is in an argument list everybody on the host can see.
fn wrapped(args: &EnrollArgs) -> Result<Value, Error> {
    let mut text = args.wrapped.clone();
    if text == "-" {
        text.clear();
        let read = std::io::stdin().take(4096).read_to_string(&mut text);
        read.map_err(|e| Error::failed(format!("cannot read standard input: {}", e.kind())))?;
    }
    let text = text.trim();
    match text.bytes().all(|b| b.is_ascii_graphic()) && !text.is_empty() {
        true => Ok(Value::new(text.to_owned())),
        false => Err(Error::new(Code::Usage, "this is no token", "pass what `turnlock setup vault` printed")),
    }
}

impl From<EnrollError> for Error {
    fn from(e: EnrollError) -> Self {
        match e {
            EnrollError::Vault(e) => e.into(),
            EnrollError::Alarm { what, help } => Error::new(Code::Failed, format!("ALARM: {what}"), help),
            EnrollError::Other { what, help } => Error::new(Code::Refused, what, help),
        }
    }
}

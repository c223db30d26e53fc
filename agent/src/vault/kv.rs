//! KV version 2: live values, staged values, and the check-and-set write that promotes one to the other.
//!
//! API: <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2>.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use serde_json::json;
use vaultrs::api::{self, kv2::requests::ReadSecretRequest};
use vaultrs::kv2;

use super::error::is_missing;
use super::{Call, Vault, VaultError, owner};
use crate::policy::Paths;
use crate::secret::{Name, Passed, Value, Version, Versioned};
use crate::telemetry::spans;
use crate::template::PASSTHROUGH;

/// A pending value as it stands on the staging mount. Written with `cas=0`, so that it is also a lock.
pub struct Staged {
    pub value: Value,
    pub rotation: String,
    pub owner: String,
    pub based_on: Version,
}

/// When a version was written.
#[derive(Clone, Copy, Debug)]
pub struct Created {
    pub version: Version,
    pub at: Option<jiff::Timestamp>,
    /// Still readable: neither deleted nor destroyed.
    pub readable: bool,
}

impl Vault {
    /// The newest version, or a given one; `None` when the entry does not exist.
    pub async fn live(
        &self,
        p: &Paths,
        name: &Name,
        version: Option<Version>,
    ) -> Result<Option<Versioned>, VaultError> {
        Ok(self.dated(p, name, version).await?.map(|(versioned, _)| versioned))
    }

    /// The same, and when Vault says that it was written.
    pub async fn dated(
        &self,
        p: &Paths,
        name: &Name,
        version: Option<Version>,
    ) -> Result<Option<(Versioned, Created)>, VaultError> {
        let what = shown(&p.mount, &p.prefix, name);
        let Some((mut data, created)) =
            self.read(&p.mount, &entry(&p.prefix, name), version, &what, Some(p)).await?
        else {
            return Ok(None);
        };
        let value = text(&mut data, "value").ok_or(VaultError::Malformed(what, "value".into()))?;
        Ok(Some((Versioned { version: created.version, value: Value::new(value) }, created)))
    }

    /// Writes the next version, if `based_on` is still the newest (0: if there is none).
    pub async fn write(
        &self,
        p: &Paths,
        name: &Name,
        value: &Value,
        based_on: Version,
    ) -> Result<Created, VaultError> {
        #[expect(clippy::disallowed_methods, reason = "Vault is where values live")]
        let data = json!({ "value": value.expose_secret() });
        self.write_live(p, name.as_str(), data, based_on).await
    }

    /// Puts a pending value on the staging mount, below the stack's name: two stacks may have the same prefix, on two mounts; a conflict says that another rotation has one there.
    pub async fn stage(&self, p: &Paths, name: &Name, staged: &Staged) -> Result<(), VaultError> {
        #[expect(clippy::disallowed_methods, reason = "Vault is where values live")]
        let data = json!({
            "value": staged.value.expose_secret(), "rotation": staged.rotation,
            "owner": staged.owner, "based_on": staged.based_on,
        });
        self.check_and_set(&p.staging, &entry(&p.owner, name), data, 0).await.map(drop)
    }

    pub async fn staged(&self, p: &Paths, name: &Name) -> Result<Option<Staged>, VaultError> {
        let what = shown(&p.staging, &p.owner, name);
        let Some((mut data, _)) = self.read(&p.staging, &entry(&p.owner, name), None, &what, None).await?
        else {
            return Ok(None);
        };
        let broken = |field: &str| VaultError::Malformed(what.clone(), field.into());
        Ok(Some(Staged {
            value: Value::new(text(&mut data, "value").ok_or_else(|| broken("value"))?),
            rotation: text(&mut data, "rotation").ok_or_else(|| broken("rotation"))?,
            owner: text(&mut data, "owner").ok_or_else(|| broken("owner"))?,
            based_on: data["based_on"].as_u64().ok_or_else(|| broken("based_on"))?,
        }))
    }

    /// Removes a pending value and its history, so that the next `cas=0` succeeds. Nothing there is no error.
    pub async fn discard(&self, p: &Paths, name: &Name) -> Result<(), VaultError> {
        let (path, what) = (entry(&p.owner, name), shown(&p.staging, &p.owner, name));
        let shown = format!("{}/metadata/{path}", p.staging);
        self.with_token(async |ticket| {
            let work = async {
                match kv2::delete_metadata(&ticket.client, &p.staging, &path).await {
                    Err(e) if !is_missing(&e) => Err(ticket.error(&what, &e)),
                    done => {
                        spans::status(if done.is_ok() { 204 } else { 404 });
                        Ok(())
                    }
                }
            };
            ticket.wire.within("DELETE", &shown, work).await
        })
        .await
    }

    /// The passthrough entry and its version, if there is one. A field that is no text is left out.
    pub async fn passthrough(&self, p: &Paths) -> Result<Option<(Passed, Version)>, VaultError> {
        let what = format!("{}/{}/{PASSTHROUGH}", p.mount, p.prefix);
        let found = self.read(&p.mount, &format!("{}/{PASSTHROUGH}", p.prefix), None, &what, Some(p)).await?;
        Ok(found.map(|(data, created)| (Passed::new(texts(data)), created.version)))
    }

    /// Writes the passthrough entry's next version, if `based_on` is still the newest (0: if there is none).
    pub async fn write_passthrough(
        &self,
        p: &Paths,
        passed: &Passed,
        based_on: Version,
    ) -> Result<Version, VaultError> {
        #[expect(clippy::disallowed_methods, reason = "Vault is where values live")]
        let data =
            passed.iter().map(|(field, value)| (field.clone(), value.expose_secret().into())).collect();
        let written = self.write_live(p, PASSTHROUGH, serde_json::Value::Object(data), based_on).await?;
        Ok(written.version)
    }

    /// A live entry's first version makes it this stack's.
    async fn write_live(
        &self,
        p: &Paths,
        name: &str,
        data: serde_json::Value,
        based_on: Version,
    ) -> Result<Created, VaultError> {
        if based_on == 0 {
            self.refuse_foreign(p, name).await?;
        }
        let written = self.check_and_set(&p.mount, &format!("{}/{name}", p.prefix), data, based_on).await?;
        if based_on == 0 {
            self.claim(p, name).await?;
        }
        Ok(written)
    }

    /// All versions that Vault knows of, oldest first.
    pub async fn versions(&self, p: &Paths, name: &Name) -> Result<Vec<Created>, VaultError> {
        let (path, what) = (entry(&p.prefix, name), shown(&p.mount, &p.prefix, name));
        let metadata = self
            .with_token(async |ticket| {
                let work = async {
                    match kv2::read_metadata(&ticket.client, &p.mount, &path).await {
                        Err(e) if is_missing(&e) => Ok(missing()),
                        Err(e) => Err(ticket.error(&what, &e)),
                        Ok(metadata) => {
                            spans::status(200);
                            Ok(Some(metadata))
                        }
                    }
                };
                ticket.wire.within("GET", &format!("{}/metadata/{path}", p.mount), work).await
            })
            .await?;
        let Some(metadata) = metadata else { return Ok(Vec::new()) };
        let mut all: Vec<Created> = metadata
            .versions
            .into_iter()
            .filter_map(|(number, m)| {
                let readable = m.deletion_time.is_empty() && !m.destroyed;
                Some(Created { version: number.parse().ok()?, at: m.created_time.parse().ok(), readable })
            })
            .collect();
        all.sort_by_key(|c| c.version);
        Ok(all)
    }

    /// An entry's fields as values: how an administrator's credential is read.
    pub async fn fields(&self, mount: &str, path: &str) -> Result<BTreeMap<String, Value>, VaultError> {
        let what = format!("{mount}/{path}");
        let Some((data, _)) = self.read(mount, path, None, &what, None).await? else {
            return Err(VaultError::Malformed(what, "password".into()));
        };
        // Typed at a terminal, a password may have got the end of its line.
        let whole = |(field, value): (String, Value)| (field, value.without_line_end());
        Ok(texts(data).into_iter().map(whole).collect())
    }

    /// `of`: whose entry it has to be.
    async fn read(
        &self,
        mount: &str,
        path: &str,
        version: Option<Version>,
        what: &str,
        of: Option<&Paths>,
    ) -> Result<Option<(serde_json::Value, Created)>, VaultError> {
        self.with_token(async |ticket| {
            let request = ReadSecretRequest::builder().mount(mount).path(path).version(version).build();
            let request = request.map_err(|_| VaultError::Unclear(what.to_owned()))?;
            let work = async {
                match api::exec_with_result(&ticket.client, request).await {
                    Ok(found) => {
                        spans::status(200);
                        if let Some(p) = of {
                            owner::check(p, what, found.metadata.custom_metadata.as_ref())?;
                        }
                        let (version, at) =
                            (found.metadata.version, found.metadata.created_time.parse().ok());
                        Ok(Some((found.data, Created { version, at, readable: true })))
                    }
                    Err(e) if is_missing(&e) => Ok(missing()),
                    Err(e) => Err(ticket.error(what, &e)),
                }
            };
            ticket.wire.within("GET", &format!("{mount}/data/{path}"), work).await
        })
        .await
    }

    async fn check_and_set(
        &self,
        mount: &str,
        path: &str,
        data: serde_json::Value,
        based_on: Version,
    ) -> Result<Created, VaultError> {
        let what = format!("{mount}/{path}");
        let path = format!("{mount}/data/{path}");
        let body = json!({ "options": { "cas": based_on }, "data": data });
        let written = self.call(Call::post(&path, body)).await.map_err(|e| e.about(&what))?;
        // Neither the mount nor a path below it is there: nothing was written.
        let Some(written) = written else { return Err(VaultError::Status(what, 404)) };
        let version = written.pointer("/data/version").and_then(serde_json::Value::as_u64);
        let at = written.pointer("/data/created_time").and_then(|at| at.as_str()?.parse().ok());
        Ok(Created { version: version.ok_or(VaultError::Unclear(what))?, at, readable: true })
    }
}

/// Nothing is there, which is an answer.
fn missing<T>() -> Option<T> {
    spans::status(404);
    None
}

fn entry(prefix: &str, name: &Name) -> String {
    format!("{prefix}/{name}")
}

fn shown(mount: &str, prefix: &str, name: &Name) -> String {
    format!("{mount}/{prefix}/{name}")
}

/// An entry's text fields as values.
fn texts(data: serde_json::Value) -> BTreeMap<String, Value> {
    let serde_json::Value::Object(fields) = data else { return BTreeMap::new() };
    let texts = fields.into_iter().filter_map(|(field, value)| match value {
        serde_json::Value::String(text) => Some((field, Value::new(text))),
        _ => None,
    });
    texts.collect()
}

fn text(data: &mut serde_json::Value, field: &str) -> Option<String> {
    match data.get_mut(field)?.take() {
        serde_json::Value::String(text) => Some(text),
        _ => None,
    }
}

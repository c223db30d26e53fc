//! The entries that hold or use secrets: databases, files, services, migrations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Checker, directory};
use crate::policy::load::ids::Ids;
use crate::policy::load::raw::*;
use crate::policy::load::units;
use crate::policy::*;
use crate::secret::Name;

impl Checker<'_> {
    pub(super) fn databases(&mut self, raw: &Raw) -> BTreeMap<String, Database> {
        let mut roles: Vec<(Address, String)> = Vec::new();
        let mut databases = BTreeMap::new();
        for (name, entry) in &raw.database {
            let Some(database) = self.database(name, entry, raw) else { continue };
            let role = (database.address.clone(), database.role.clone());
            if roles.contains(&role) {
                self.refuse(
                    entry.role.span(),
                    "another [database] has this role of this server",
                    "keep one of them",
                );
            }
            roles.push(role);
            databases.extend(self.take(name, units::plain_name).map(|n| (n, database)));
        }
        databases
    }

    fn database(&mut self, name: &Text, entry: &RawDatabase, raw: &Raw) -> Option<Database> {
        let secret = self.secret_of(&entry.secret, raw);
        let role = self.take(&entry.role, units::postgres_role);
        let database = self.take(&entry.database, units::postgres_name);
        let address = match (&entry.service, &entry.port, &entry.address) {
            (Some(service), Some(port), None) => {
                let service = self.service_of(service, raw);
                let port = self.port(port);
                service.zip(port).map(|(service, port)| Address::Service { service, port })
            }
            (None, None, Some(address)) => self.take(address, units::address),
            _ => {
                let what = "a database is reached either by `service` and `port`, or by `address`";
                self.refuse(
                    name.span(),
                    what,
                    "write service = \"…\" and port = 5432, or address = \"host:5432\"",
                );
                None
            }
        };
        let admin = entry.admin.as_ref().map(|a| Admin {
            mount: self.text(&a.mount, units::vault_path),
            path: self.text(&a.path, units::vault_path),
        });
        let sessions = match &entry.sessions {
            None | Some(RawSessions::Keep) => Some(Sessions::Keep),
            Some(RawSessions::End) => Some(Sessions::End),
            Some(RawSessions::Drain(within)) => self.take(within, units::duration).map(Sessions::Drain),
        };
        Some(Database {
            secret: secret?,
            role: role?,
            database: database?,
            address: address?,
            admin,
            sessions: sessions?,
            fence: entry.fence,
        })
    }

    /// An admin's credential must not be one of the values that are rotated from here.
    pub(super) fn admins(&mut self, raw: &Raw, policy: &Policy) {
        let live = format!("{}/", policy.vault.prefix);
        for admin in raw.database.values().filter_map(|d| d.admin.as_ref()) {
            if *admin.mount.get_ref() == policy.vault.mount && admin.path.get_ref().starts_with(&live) {
                let what = "the admin's credential stands among the secrets that this policy rotates";
                self.refuse(
                    admin.path.span(),
                    what,
                    "keep it under another prefix, which consumers can't read",
                );
            }
        }
    }

    pub(super) fn files(&mut self, raw: &Raw) -> BTreeMap<String, RenderedFile> {
        let mut paths: Vec<PathBuf> = Vec::new();
        let mut files = BTreeMap::new();
        for (name, entry) in &raw.file {
            let Some(file) = self.rendered_file(entry, raw) else { continue };
            if paths.contains(&file.path) {
                self.refuse(
                    entry.path.span(),
                    "another [file] has this path",
                    "give each file a path of its own",
                );
            }
            paths.push(file.path.clone());
            files.extend(self.take(name, units::plain_name).map(|n| (n, file)));
        }
        files
    }

    fn rendered_file(&mut self, entry: &RawFile, raw: &Raw) -> Option<RenderedFile> {
        let path = self.take(&entry.path, units::below_root);
        let owner = self.id(&entry.owner, "user", Ids::user);
        let group = self.id(&entry.group, "group", Ids::group);
        let mode = self.take(&entry.mode, units::mode);
        let mut reads = BTreeSet::new();
        for name in &entry.reads {
            match self.secret_of(name, raw) {
                Some(secret) if reads.contains(&secret) => {
                    self.refuse(name.span(), format!("{secret} is listed twice"), "list it once");
                }
                secret => reads.extend(secret),
            }
        }
        let mut passthrough = BTreeSet::new();
        for field in &entry.passthrough {
            match self.take(field, units::variable) {
                Some(name) if passthrough.contains(&name) => {
                    self.refuse(field.span(), format!("{name} is listed twice"), "list it once");
                }
                name => passthrough.extend(name),
            }
        }
        let mut consumers = BTreeMap::new();
        for (service, takes) in &entry.consumers {
            let takes = match takes {
                RawTakes::Rereads => Takes::Rereads,
                RawTakes::Restart => Takes::Restart,
                RawTakes::Recreate => Takes::Recreate,
            };
            consumers.extend(self.service_of(service, raw).map(|s| (s, takes)));
        }
        if entry.template.get_ref().is_empty() {
            self.refuse(entry.template.span(), "the template's path is empty", "name the template's file");
        }
        Some(RenderedFile {
            path: path?,
            template_file: directory(self.file).join(entry.template.get_ref()),
            template: String::new(),
            reads,
            passthrough,
            owner: owner?,
            group: group?,
            mode: mode?,
            format: match entry.format {
                RawFormat::Env => Format::Env,
                RawFormat::Raw => Format::Raw,
            },
            consumers,
        })
    }

    fn id(
        &mut self,
        id: &toml::Spanned<RawId>,
        kind: &str,
        find: fn(&Ids, &str) -> Option<u32>,
    ) -> Option<u32> {
        let found = match id.get_ref() {
            RawId::Number(number) => return Some(*number),
            RawId::Name(name) => find(self.ids, name),
        };
        if let (None, RawId::Name(name)) = (found, id.get_ref()) {
            let what = format!("this host has no {kind} {name:?}");
            self.refuse(id.span(), what, "correct the name, or write the number");
        }
        found
    }

    pub(super) fn services(&mut self, raw: &Raw) -> BTreeMap<String, Service> {
        let mut services = BTreeMap::new();
        for (name, entry) in &raw.service {
            let ready = entry.ready.as_ref().map(|r| self.ready(r));
            let first_start =
                entry.first_start.iter().filter_map(|v| self.take(v, units::variable)).collect();
            let service = Service { ready: ready.flatten(), first_start };
            services.extend(self.take(name, units::plain_name).map(|n| (n, service)));
        }
        services
    }

    fn ready(&mut self, ready: &toml::Spanned<RawReady>) -> Option<Ready> {
        let (at, raw) = (ready.span(), ready.get_ref());
        let check = match (&raw.http, &raw.prometheus_target) {
            (Some(path), None) => self.take(path, units::http_path).map(|path| Check::Http {
                path,
                contains: raw.contains.as_ref().map(|c| c.get_ref().clone()),
            }),
            (None, Some(job)) => {
                if let Some(contains) = &raw.contains {
                    self.refuse(contains.span(), "`contains` is for `http` only", "remove it");
                }
                self.take(job, units::sentence).map(|job| Check::PrometheusTarget { job })
            }
            _ => {
                let what = "`ready` has to be exactly one of `http` and `prometheus_target`";
                self.refuse(at, what, "keep or add one of them");
                None
            }
        };
        let port = self.port(&raw.port);
        let within = self.take(&raw.within, units::duration);
        let stays = match &raw.stays {
            Some(stays) => self.take(stays, units::duration),
            None => Some(Duration::ZERO),
        };
        Some(Ready { port: port?, within: within?, stays: stays?, check: check? })
    }

    fn port(&mut self, port: &toml::Spanned<u16>) -> Option<u16> {
        if *port.get_ref() == 0 {
            self.refuse(port.span(), "0 is not a port", "write the port that the container listens on");
            return None;
        }
        Some(*port.get_ref())
    }

    pub(super) fn migrations(&mut self, raw: &Raw) -> BTreeMap<String, Migration> {
        let mut done: Vec<(Name, String, Vec<String>)> = Vec::new();
        let mut migrations = BTreeMap::new();
        for (name, entry) in &raw.migration {
            let Some(migration) = self.migration(entry, raw) else { continue };
            let same = (migration.secret.clone(), migration.service.clone(), migration.command.clone());
            if done.contains(&same) {
                let what = "another [migration] runs this command for this secret";
                self.refuse(entry.command.span(), what, "keep one of them");
            }
            done.push(same);
            migrations.extend(self.take(name, units::plain_name).map(|n| (n, migration)));
        }
        migrations
    }

    fn migration(&mut self, entry: &RawMigration, raw: &Raw) -> Option<Migration> {
        let secret = self.secret_of(&entry.secret, raw);
        let service = self.service_of(&entry.service, raw);
        let command = self.command(&entry.command);
        let check = self.command(&entry.check);
        let within = self.take(&entry.within, units::duration);
        Some(Migration { secret: secret?, service: service?, command, check, within: within? })
    }

    fn command(&mut self, command: &toml::Spanned<Vec<Text>>) -> Vec<String> {
        if command.get_ref().first().is_none_or(|word| word.get_ref().is_empty()) {
            self.refuse(command.span(), "the command is empty", "write the command, one word an item");
        }
        for word in command.get_ref().iter().filter(|w| w.get_ref().contains('\0')) {
            self.refuse(word.span(), "a word of the command has a NUL in it", "remove it");
        }
        command.get_ref().iter().map(|word| word.get_ref().clone()).collect()
    }
}

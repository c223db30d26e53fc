//! Where a value stands that can be read back: rendered files, and what containers were given. A database has only a
//! verifier, encrypted data only what a key opens: those can prove a value, and not give one.

use std::collections::BTreeMap;

use clap::ValueEnum;

use crate::compose::engine::Container;
use crate::compose::model;
use crate::envfile::Text;
use crate::generate::Generator;
use crate::import::invert::{Found, Places};
use crate::policy::{Format, Policy};
use crate::secret::{Name, Value};
use crate::target::TargetError;
use crate::target::file::Below;
use crate::target::own;
use crate::vault::secret_id_file;
use crate::world::World;

/// Of which kind of place a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Source {
    /// The rendered files, as they stand on the host
    File,
    /// The containers: their environment, and the files that they see
    Container,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Source::File => "file",
            Source::Container => "container",
        }
    }
}

/// One place, and what it holds.
pub struct Stand {
    pub place: String,
    pub source: Source,
    pub value: Value,
}

type Stands = BTreeMap<Name, Vec<Stand>>;

/// Every secret's places that can be read, containers first: what runs has been proven longest.
pub async fn stands(world: &World) -> Result<Stands, TargetError> {
    let mut all = Stands::new();
    for container in world.engine.containers().await? {
        add(&mut all, &container.service, Source::Container, in_container(world, &container).await?);
    }
    for (name, stands) in in_files(&world.policy)? {
        all.entry(name).or_default().extend(stands);
    }
    Ok(all)
}

/// The same of the files alone, for which no engine is needed.
pub(super) fn in_files(policy: &Policy) -> Result<Stands, TargetError> {
    let below = Below::open(&policy.stack.root)?;
    let mut all = Stands::new();
    for file in policy.files.values() {
        let Some(is) = below.look(&file.path)? else { continue };
        let mut places = Places::default();
        // A template that cannot be read backwards gives nothing.
        if places.add(file, &policy.vault, &is.text).is_ok() {
            add(&mut all, &file.path.display().to_string(), Source::File, places.solve());
        }
    }
    for (name, _) in policy.secrets.iter().filter(|(_, s)| s.generator == Generator::Own) {
        let held = secret_id_file().and_then(|file| Some((own::held_now(&file)?, file)));
        if let Some((value, file)) = held {
            let stand = Stand { place: file.display().to_string(), source: Source::File, value };
            all.entry(name.clone()).or_default().push(stand);
        }
    }
    Ok(all)
}

fn add(all: &mut Stands, place: &str, source: Source, found: Found) {
    for (name, text) in found.secrets.into_iter().filter(|(_, text)| !text.is_empty()) {
        let stands = all.entry(name).or_default();
        let value = Value::new(String::clone(&text));
        // Two containers of one service, which hold the same.
        if !stands.iter().any(|s| s.place == place && s.value.same(&value)) {
            stands.push(Stand { place: place.to_owned(), source, value });
        }
    }
}

/// What a container was given, read backwards through the compose files and the templates.
async fn in_container(world: &World, container: &Container) -> Result<Found, TargetError> {
    let (policy, service) = (&world.policy, &container.service);
    let Some(model) = world.model.services.get(service) else { return Ok(Found::default()) };
    let first_start = policy.services.get(service).map(|s| &s.first_start);
    let mut places = Places::default();
    let mut keys: BTreeMap<String, Text> = BTreeMap::new();
    for (variable, pieces) in &model.variables {
        // It holds what counted when its data was made.
        if first_start.is_some_and(|names| names.contains(variable)) {
            continue;
        }
        keys.extend(container.env.get(variable).and_then(|held| model::key_of(pieces, held)));
    }
    for (id, file) in policy.files.iter().filter(|(_, f)| f.format == Format::Env) {
        let is_main = *id == policy.stack.env_file;
        let named = |key: &str| keys.get(&if is_main { key.to_owned() } else { model::qualified(id, key) });
        let _ = places.add_variables(file, &policy.vault, &named);
    }
    for mount in model.mounts.iter().filter(|_| container.running) {
        let (Some(file), Some(bytes)) =
            (policy.files.get(&mount.file), world.engine.file(container, &mount.path).await?)
        else {
            continue;
        };
        let text = zeroize::Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
        let _ = places.add(file, &policy.vault, &text);
    }
    Ok(places.solve())
}

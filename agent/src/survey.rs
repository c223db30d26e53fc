//! The facts that a plan needs, asked of the world without changing it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::compose::engine::Container;
use crate::compose::model::{Mount, Reach, Stray};
use crate::plan::{Access, Request, Want};
use crate::policy::{Address, Paths, Policy, RenderedFile, Takes};
use crate::secret::{Name, Passed, Values, Version, Versioned};
use crate::target::file::{Below, FileSpec, FileTarget, Write};
use crate::target::{Patience, Target, TargetError};
use crate::template::Asked;
use crate::vault::{Vault, VaultError, secret_id_file, together};
use crate::world::{Keys, World, WorldError};

/// What a plan is made from. No values.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub compose_digest: String,
    pub current: BTreeMap<Name, Version>,
    pub keys: BTreeMap<String, Keys>,
    /// Rendered files that are not as the current values make them.
    pub drifted: Vec<String>,
    /// By file: how long it is now and will be.
    pub lengths: BTreeMap<String, Length>,
    pub services: BTreeMap<String, ServiceFacts>,
    /// Where compose files put secrets besides environments and files.
    pub strays: Vec<(Stray, BTreeSet<Name>)>,
    /// The policy's files that are there: who may read each.
    pub access: BTreeMap<String, Access>,
    /// Where the agent reads its own secret-id.
    pub own_file: String,
    /// Services that run with a secret, and that the compose files do not have (any more).
    pub strangers: BTreeMap<String, BTreeSet<Name>>,
    /// The databases of the policy whose role is the one that the audit log is written as.
    pub log_roles: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    pub now: Option<usize>,
    /// `None` where a generator's values vary in length.
    pub then: Option<usize>,
}

/// A service that a secret of the policy reaches.
#[derive(Clone, Debug, Default)]
pub struct ServiceFacts {
    pub reach: Reach,
    pub mounts: Vec<Mount>,
    /// Paths at which a running container still has a file that was replaced on the host.
    pub replaced: BTreeSet<String>,
    pub replicas: usize,
    pub containers: Vec<Running>,
    pub images: BTreeSet<String>,
    /// The image's name, when it stands for another image than the running one.
    pub moved_tag: Option<String>,
    /// Compose would recreate it already, before any value changes.
    pub config_changed: bool,
    pub is_own_vault: bool,
    /// The audit log is kept in it.
    pub is_own_log: bool,
    pub is_own: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Running {
    pub running: bool,
}

/// Every secret's newest value in Vault; those that have none are left out.
pub async fn live_values(world: &World) -> Result<Values, VaultError> {
    read(&world.vault, &world.policy.vault, &world.policy.secrets.keys().cloned().collect()).await
}

/// Some secrets' newest values, a few at a time over one kept connection each.
pub async fn read(vault: &Vault, paths: &Paths, names: &BTreeSet<Name>) -> Result<Values, VaultError> {
    let reads = names.iter().map(|name| async move {
        match vault.live(paths, name, None).await {
            // Deleted is missing, to whoever needs the value.
            Err(VaultError::Deleted(_)) => Ok((name, None)),
            found => found.map(|found| (name, found)),
        }
    });
    let mut values = Values::default();
    for read in together(reads).await {
        let (name, found) = read?;
        if let Some(Versioned { version, value }) = found {
            values.insert(name.clone(), version, value);
        }
    }
    Ok(values)
}

/// The passthrough entry, if a file of the policy reads it.
pub async fn passed(vault: &Vault, policy: &Policy) -> Result<Passed, VaultError> {
    if policy.files.values().all(|f| f.passthrough.is_empty()) {
        return Ok(Passed::default());
    }
    Ok(vault.passthrough(&policy.vault).await?.map(|(passed, _)| passed).unwrap_or_default())
}

/// Adds what is needed to name what a place holds, and to try what must be refused: the versions before the live ones.
pub async fn add_earlier(world: &World, values: &mut Values, how_many: u64) {
    let paths = &world.policy.vault;
    let held: Vec<(Name, Version)> = values.iter().map(|(n, v)| (n.clone(), v.version)).collect();
    let earlier = held.iter().flat_map(|(name, version)| {
        let numbers = (version.saturating_sub(how_many).max(1)..*version).rev();
        numbers.map(move |n| (name, n))
    });
    let reads = earlier.map(|(name, n)| async move { (name, world.vault.live(paths, name, Some(n)).await) });
    for (name, found) in together(reads).await {
        // A version that was destroyed cannot be named, and needs no proof.
        if let Ok(Some(other)) = found {
            let current = values.get(name);
            if !current.is_some_and(|c| c.value.same(&other.value)) {
                values.add_other(name.clone(), other);
            }
        }
    }
}

/// Asks all of it.
pub async fn facts(world: &World, values: &Values, request: &Request) -> Result<Facts, WorldError> {
    let containers = world.engine.containers().await?;
    let drifted = drifted_files(world, values).await?;
    // Only a plan asks whether Compose would deploy something, and there is none from files that have drifted: Compose
    // may not even be able to read them.
    let plans = !request.wants.is_empty() && drifted.is_empty();
    let hashes = if plans { world.hashes().await? } else { BTreeMap::new() };
    let vault = Server::of_vault(world).await;
    let log = match &world.log {
        Some(log) => Server::find(&log.host, log.port).await,
        None => Server::default(),
    };
    let here = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let mut services = BTreeMap::new();
    for (name, model) in &world.model.services {
        let reach = reach(world, &model.variables, &model.mounts);
        let files_only = model.mounts.iter().any(|m| world.policy.files.contains_key(&m.file));
        if reach.secrets().is_empty() && !files_only {
            continue;
        }
        let mine: Vec<_> = containers.iter().filter(|c| c.service == *name).collect();
        let images: BTreeSet<String> = mine.iter().map(|c| c.image_id.clone()).collect();
        let tagged = world.engine.image_id(&model.image).await?;
        let moved = tagged.is_some_and(|id| images.iter().any(|i| *i != id));
        let config_changed = if mine.is_empty() || !plans {
            false
        } else if model.has_env_file {
            world.compose.would_recreate(name).await?
        } else {
            let hash = hashes.get(name);
            mine.iter().any(|c| hash.is_some_and(|h| *h != c.config_hash))
        };
        services.insert(
            name.clone(),
            ServiceFacts {
                reach,
                mounts: model.mounts.clone(),
                replaced: replaced(world, &model.mounts, &mine),
                replicas: model.replicas,
                containers: mine.iter().map(|c| Running { running: c.running }).collect(),
                images,
                moved_tag: moved.then(|| model.image.clone()),
                config_changed,
                is_own_vault: mine.iter().any(|c| vault.is(c)),
                is_own_log: mine.iter().any(|c| log.is(c)),
                // In a container the host's name is the beginning of the container's id.
                is_own: here.len() == 12 && mine.iter().any(|c| c.id.starts_with(&here)),
            },
        );
    }
    Ok(Facts {
        compose_digest: world.model.digest.clone(),
        current: values.iter().map(|(n, v)| (n.clone(), v.version)).collect(),
        keys: world.keys.clone(),
        drifted,
        lengths: lengths(world, values, request).await?,
        services,
        strays: strays(world),
        access: access(world)?,
        strangers: strangers(world, &containers, values),
        own_file: secret_id_file().unwrap_or_default().display().to_string(),
        log_roles: log_roles(world, &log, &containers).await,
    })
}

/// Of a profile that the policy does not name, or taken out of the compose files and never removed.
fn strangers(world: &World, containers: &[Container], values: &Values) -> BTreeMap<String, BTreeSet<Name>> {
    let mut found: BTreeMap<String, BTreeSet<Name>> = BTreeMap::new();
    for container in containers.iter().filter(|c| c.running && !world.model.services.contains_key(&c.service))
    {
        let held = values.iter().filter(|(_, v)| container.env.values().any(|text| text.holds(&v.value)));
        let held: BTreeSet<Name> = held.map(|(name, _)| name.clone()).collect();
        if !held.is_empty() {
            found.entry(container.service.clone()).or_default().extend(held);
        }
    }
    found
}

/// The log would be locked out of itself in the middle of such a rotation.
async fn log_roles(world: &World, log: &Server, containers: &[Container]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(user) = world.log.as_ref().map(|l| &l.user) else { return found };
    for (id, database) in world.policy.databases.iter().filter(|(_, d)| d.role == *user) {
        let same = match &database.address {
            Address::Service { service, .. } => containers.iter().any(|c| c.service == *service && log.is(c)),
            Address::Host { host, port } => Server::find(host, *port).await.overlaps(log),
        };
        if same {
            found.insert(id.clone());
        }
    }
    found
}

fn strays(world: &World) -> Vec<(Stray, BTreeSet<Name>)> {
    let with_secrets = |stray: &Stray| {
        let secrets = stray.keys.iter().flat_map(|key| world.secrets_of(key)).collect();
        (stray.clone(), secrets)
    };
    world.model.strays.iter().map(with_secrets).collect()
}

fn access(world: &World) -> Result<BTreeMap<String, Access>, TargetError> {
    let below = Below::open(&world.policy.stack.root)?;
    let mut all = BTreeMap::new();
    for (id, file) in &world.policy.files {
        // One that cannot be read has drifted, which is said elsewhere.
        if let Ok(Some(is)) = below.look(&file.path) {
            all.insert(id.clone(), Access { owner: is.owner, group: is.group, mode: is.mode });
        }
    }
    Ok(all)
}

fn replaced(world: &World, mounts: &[Mount], containers: &[&Container]) -> BTreeSet<String> {
    let policy = &world.policy;
    let single = mounts.iter().filter(|m| m.single).filter_map(|m| Some((m, policy.files.get(&m.file)?)));
    let replaced = single.filter(|(mount, file)| {
        let on_host = policy.stack.root.join(&file.path);
        containers.iter().any(|c| world.engine.was_replaced(c, &mount.path, &on_host))
    });
    replaced.map(|(mount, _)| mount.path.clone()).collect()
}

/// Where a server is reached that the agent itself needs: a rotation must not restart it.
#[derive(Default)]
struct Server {
    addresses: Vec<IpAddr>,
    port: u16,
}

impl Server {
    async fn of_vault(world: &World) -> Self {
        let url = world.vault.address();
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        Self::find(host, url.port_or_known_default().unwrap_or(8200)).await
    }

    async fn find(host: &str, port: u16) -> Self {
        let found = tokio::net::lookup_host((host, port)).await;
        Self { addresses: found.into_iter().flatten().map(|a| a.ip()).collect(), port }
    }

    fn overlaps(&self, other: &Server) -> bool {
        self.port == other.port && self.addresses.iter().any(|a| other.addresses.contains(a))
    }

    fn is(&self, c: &Container) -> bool {
        let direct = c.address.is_some_and(|a| self.addresses.contains(&a));
        let published = self.addresses.iter().any(IpAddr::is_loopback) && c.published.contains(&self.port);
        direct || published
    }
}

/// Compose's own comparison would blame the containers for what somebody wrote into a file.
async fn drifted_files(world: &World, values: &Values) -> Result<Vec<String>, WorldError> {
    let mut drifted = Vec::new();
    for (id, file) in &world.policy.files {
        let spec = FileSpec::of(id, file, Write::Rename, Keys::new());
        let findings = FileTarget::new(&spec, world)?.probe(values, Patience::Once).await?;
        drifted.extend(findings.into_iter().filter(|f| !f.is_good()).map(|f| f.to_string()));
    }
    Ok(drifted)
}

/// From variables to env file keys to secrets, and from mounts to files to secrets.
fn reach(
    world: &World,
    variables: &BTreeMap<String, Vec<crate::compose::model::Piece>>,
    mounts: &[Mount],
) -> Reach {
    use crate::compose::model::Piece;
    let mut reach = Reach::default();
    for (variable, pieces) in variables {
        let keys = pieces.iter().filter_map(|p| match p {
            Piece::Key(key) => Some(key),
            Piece::Literal(_) => None,
        });
        reach.variables.insert(variable.clone(), keys.flat_map(|key| world.secrets_of(key)).collect());
    }
    for mount in mounts {
        let secrets =
            world.keys.get(&mount.file).into_iter().flat_map(|k| k.values()).flatten().cloned().collect();
        reach.files.insert(mount.path.clone(), secrets);
    }
    reach
}

async fn lengths(
    world: &World,
    values: &Values,
    request: &Request,
) -> Result<BTreeMap<String, Length>, WorldError> {
    let below = Below::open(&world.policy.stack.root)?;
    let mut lengths = BTreeMap::new();
    for (id, file) in &world.policy.files {
        let rereads = file.consumers.values().any(|t| *t == Takes::Rereads);
        let concerned = request.wants.is_empty() || file.reads.iter().any(|n| request.wants.contains_key(n));
        if rereads && concerned {
            let now = below.look(&file.path)?.map(|f| f.text.len());
            let then = length_after(world, id, file, values, request).await?;
            lengths.insert(id.clone(), Length { now, then });
        }
    }
    Ok(lengths)
}

/// The length that a file will have, from the lengths of the values to come.
async fn length_after(
    world: &World,
    id: &str,
    file: &RenderedFile,
    values: &Values,
    request: &Request,
) -> Result<Option<usize>, WorldError> {
    let mut lengths = BTreeMap::new();
    for name in &file.reads {
        let length = match request.wants.get(name) {
            None => values.get(name).map(|v| v.value.len()),
            Some(Want::New) => world.policy.secrets[name].generator.length(),
            Some(Want::Version(n)) => {
                world.vault.live(&world.policy.vault, name, Some(*n)).await?.map(|v| v.value.len())
            }
        };
        match length {
            Some(length) => lengths.insert(name.clone(), length),
            None => return Ok(None),
        };
    }
    let mut stand_in = |asked: Asked<'_>| {
        let length = match asked {
            Asked::Secret(name) => *lengths.get(name)?,
            Asked::Passed(field) => world.passed.get(field)?.len(),
        };
        Some(Zeroizing::new("x".repeat(length)))
    };
    let rendered = world.render_with(id, &mut stand_in).map_err(|e: TargetError| e)?;
    Ok(Some(length_of(&rendered)))
}

#[expect(clippy::disallowed_methods, reason = "rendered with stand-ins: no value is in it")]
fn length_of(rendered: &crate::template::Rendered) -> usize {
    use secrecy::ExposeSecret;
    rendered.expose_secret().len()
}

//! The Docker engine's socket: what runs, what it was given, and what its processes see.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::net::IpAddr;
use std::time::Duration;

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::exec::StartExecResults;
use bollard::models::{ContainerInspectResponse, ExecConfig};
use bollard::query_parameters::{
    InspectContainerOptions, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
    RestartContainerOptions, StartContainerOptions, StopContainerOptions,
};
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use zeroize::Zeroizing;

use super::kept::Kept;
use crate::envfile::Text;
use crate::target::TargetError;
use crate::telemetry::spans::{self, Of};

/// Where it listens, unless `DOCKER_HOST` says otherwise.
const SOCKET: &str = "/var/run/docker.sock";
/// A rendered file is configuration, not data.
const LARGEST: usize = 16 * 1024 * 1024;

/// The engine, for one Compose project.
pub struct Engine {
    docker: Docker,
    /// Where it listens.
    socket: String,
    project: String,
    /// Of a call.
    limit: Duration,
}

/// A container of the project, as it is now.
#[derive(Clone)]
pub struct Container {
    pub id: String,
    pub name: String,
    pub service: String,
    pub image: String,
    pub image_id: String,
    /// Compose's own label: the configuration that it was created from.
    pub config_hash: String,
    pub running: bool,
    /// How often the engine has started it again after it ended.
    pub restarts: i64,
    pub started_at: Option<jiff::Timestamp>,
    pub pid: Option<i64>,
    pub env: BTreeMap<String, Text>,
    pub address: Option<IpAddr>,
    pub entrypoint: Vec<String>,
    /// Ports of the host that lead here.
    pub published: Vec<u16>,
}

impl Container {
    /// The engine has started it again, and that not long ago: it pauses for a minute at most between two starts.
    pub fn ends_again(&self, now: jiff::Timestamp) -> bool {
        let is_young = |started: jiff::Timestamp| now.duration_since(started).as_secs() < 60;
        self.restarts > 0 && self.started_at.is_some_and(is_young)
    }
}

impl Engine {
    pub async fn connect(project: &str, limit: Duration) -> Result<Self, TargetError> {
        let docker = Docker::connect_with_defaults().map_err(|_| absent())?;
        let socket = std::env::var("DOCKER_HOST").unwrap_or_else(|_| SOCKET.into());
        let socket = socket.trim_start_matches("unix://").to_owned();
        let span = spans::engine(calls::VERSION, &socket, Of::default());
        let negotiated = spans::limited(span, limit, kind, docker.negotiate_version()).await;
        let docker = negotiated.map_err(|_| absent())?.map_err(|_| absent())?;
        Ok(Self { docker, socket, project: project.to_owned(), limit })
    }

    /// The project's containers, one-off ones left out.
    pub async fn containers(&self) -> Result<Vec<Container>, TargetError> {
        self.list(None).await
    }

    pub async fn of_service(&self, service: &str) -> Result<Vec<Container>, TargetError> {
        self.list(Some(service)).await
    }

    fn span(&self, call: spans::Engine, of: Of<'_>) -> tracing::Span {
        spans::engine(call, &self.socket, of)
    }

    async fn list(&self, service: Option<&str>) -> Result<Vec<Container>, TargetError> {
        let mut labels = vec![
            format!("com.docker.compose.project={}", self.project),
            "com.docker.compose.oneoff=False".to_owned(),
        ];
        labels.extend(service.map(|s| format!("com.docker.compose.service={s}")));
        let filters = HashMap::from([("label".to_owned(), labels)]);
        let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
        let span = self.span(calls::LIST, Of { service, ..Of::default() });
        let listed = self.limited(span, self.docker.list_containers(Some(options))).await?;
        let inspections = listed.iter().filter_map(|c| Some((c, c.id.as_deref()?))).map(|(c, id)| {
            let service = c.labels.as_ref().and_then(|l| l.get("com.docker.compose.service"));
            let name =
                c.names.as_ref().and_then(|names| names.first()).map(|name| name.trim_start_matches('/'));
            let of =
                Of { id: Some(id), name, image: c.image.as_deref(), service: service.map(String::as_str) };
            self.limited(
                self.span(calls::INSPECT, of),
                self.docker.inspect_container(id, None::<InspectContainerOptions>),
            )
        });
        let mut found = Vec::new();
        for inspected in futures_util::future::join_all(inspections).await {
            found.extend(container(inspected?));
        }
        found.sort_by(|a, b| (&a.service, &a.id).cmp(&(&b.service, &b.id)));
        Ok(found)
    }

    /// Where a service's first running container is reached.
    pub async fn address(&self, service: &str) -> Result<String, TargetError> {
        let containers = self.of_service(service).await?;
        let address = containers.iter().filter(|c| c.running).find_map(|c| c.address);
        address.map(|a| a.to_string()).ok_or_else(|| {
            let what = format!("service {service} has no running container with an address");
            TargetError::new(what).passing(true)
        })
    }

    /// The id of the image that a name stands for now.
    pub async fn image_id(&self, image: &str) -> Result<Option<String>, TargetError> {
        let span = self.span(calls::IMAGE, Of { image: Some(image), ..Of::default() });
        let inspected = or_missing(self.docker.inspect_image(image));
        match spans::limited(span, self.limit, kind, inspected).await {
            Ok(Ok(found)) => Ok(found.and_then(|image| image.id)),
            _ => Err(absent()),
        }
    }

    /// Starts a container that is there and not running.
    pub async fn start(&self, container: &Container) -> Result<(), TargetError> {
        self.limited(
            self.span(calls::START, of(container)),
            self.docker.start_container(&container.id, None::<StartContainerOptions>),
        )
        .await
    }

    pub async fn restart(&self, container: &Container) -> Result<(), TargetError> {
        self.limited(
            self.span(calls::RESTART, of(container)),
            self.docker.restart_container(&container.id, None::<RestartContainerOptions>),
        )
        .await
    }

    pub async fn stop(&self, container: &Container) -> Result<(), TargetError> {
        self.limited(
            self.span(calls::STOP, of(container)),
            self.docker.stop_container(&container.id, None::<StopContainerOptions>),
        )
        .await
    }

    /// Ends and removes a container by its name; none there is no error.
    pub async fn remove(&self, name: &str) -> Result<(), TargetError> {
        let options = RemoveContainerOptionsBuilder::default().force(true).build();
        let span = self.span(calls::REMOVE, Of { name: Some(name), ..Of::default() });
        let removed = or_missing(self.docker.remove_container(name, Some(options)));
        match spans::limited(span, self.limit, kind, removed).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(bollard::errors::Error::DockerResponseServerError { message, .. })) => {
                Err(TargetError::with(format!("cannot end the container {name}"), message))
            }
            _ => Err(absent()),
        }
    }

    /// A file as the container's processes see it. The engine's archive call must not be used: after a rename it shows
    /// the new file while the processes still have the old one.
    pub async fn file(
        &self,
        container: &Container,
        path: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        if let Some(pid) = container.pid.filter(|pid| is_of(*pid, &container.id)) {
            return seen_by(pid, path).map_err(|e| {
                TargetError::new(format!("cannot read {path} in {}: {}", container.service, e.kind()))
            });
        }
        self.cat(container, path).await
    }

    /// Whether a mounted file was replaced on the host, so that the container still has the one before. Where it can't
    /// be seen it is taken for the same: what containers see is proven anyhow.
    pub fn was_replaced(&self, container: &Container, path: &str, on_host: &std::path::Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        let Some(pid) = container.pid.filter(|pid| is_of(*pid, &container.id)) else { return false };
        let (Ok(inside), Ok(outside)) = (open_in(pid, path).and_then(|f| f.metadata()), on_host.metadata())
        else {
            return false;
        };
        (inside.dev(), inside.ino()) != (outside.dev(), outside.ino())
    }

    async fn cat(
        &self,
        container: &Container,
        path: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        let (code, out) =
            self.exec(container, vec!["cat".into(), path.into()], None, Kept::whole(LARGEST)).await?;
        Ok((code == 0).then_some(out))
    }

    /// Runs the container's own program with other arguments, in the running container. What goes in by standard input,
    /// the end of what comes out; for the whole, the caller sets a time limit.
    pub async fn run_inside(
        &self,
        container: &Container,
        args: &[String],
        input: &str,
    ) -> Result<(i64, Zeroizing<Vec<u8>>), TargetError> {
        let command = container.entrypoint.iter().chain(args).cloned().collect();
        self.exec(container, command, Some(input), Kept::last_words()).await
    }

    async fn exec(
        &self,
        container: &Container,
        command: Vec<String>,
        input: Option<&str>,
        mut kept: Kept,
    ) -> Result<(i64, Zeroizing<Vec<u8>>), TargetError> {
        let config = ExecConfig {
            cmd: Some(command),
            attach_stdin: Some(input.is_some()),
            attach_stdout: Some(true),
            ..Default::default()
        };
        let exec = self
            .limited(
                self.span(calls::CREATE_EXEC, of(container)),
                self.docker.create_exec(&container.id, config),
            )
            .await?;
        if let StartExecResults::Attached { mut output, input: mut stdin } = self
            .limited(self.span(calls::START_EXEC, of(container)), self.docker.start_exec(&exec.id, None))
            .await?
        {
            if let Some(text) = input {
                // A program that doesn't read its input says so by its exit code.
                let _ = stdin.write_all(text.as_bytes()).await;
                let _ = stdin.shutdown().await;
            }
            while let Some(Ok(chunk)) = output.next().await {
                if let LogOutput::StdOut { message } = chunk {
                    kept.push(&message);
                }
            }
        }
        let ended = self
            .limited(self.span(calls::INSPECT_EXEC, of(container)), self.docker.inspect_exec(&exec.id))
            .await?;
        Ok((ended.exit_code.unwrap_or(-1), kept.take()))
    }
}

/// A file below a process's root. Its links, absolute ones too, are resolved inside that root: a container must not be
/// able to have a file of the host read.
fn open_in(pid: i64, path: &str) -> std::io::Result<std::fs::File> {
    use rustix::fs::{Mode, OFlags, ResolveFlags};
    let folder = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(format!("/proc/{pid}/root"), folder, Mode::empty())?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    Ok(rustix::fs::openat2(&root, path, flags, Mode::empty(), resolve)?.into())
}

fn seen_by(pid: i64, path: &str) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match open_in(pid, path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LARGEST as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Whether a process id means the same here as to the engine: not so from inside a container.
fn is_of(pid: i64, container: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/cgroup")).is_ok_and(|cgroup| cgroup.contains(container))
}

fn container(c: ContainerInspectResponse) -> Option<Container> {
    let config = c.config?;
    let labels = config.labels.unwrap_or_default();
    let label = |name: &str| labels.get(&format!("com.docker.compose.{name}")).cloned().unwrap_or_default();
    let env = config.env.unwrap_or_default();
    let pairs = env.iter().filter_map(|pair| pair.split_once('='));
    let network = c.network_settings.unwrap_or_default();
    let bindings = network.ports.unwrap_or_default().into_values().flatten().flatten();
    let published = bindings.filter_map(|b| b.host_port?.parse().ok()).collect();
    let networks = network.networks.unwrap_or_default();
    let address = networks.into_values().filter_map(|n| n.ip_address?.parse().ok()).next();
    let state = c.state.unwrap_or_default();
    Some(Container {
        id: c.id?,
        name: c.name.unwrap_or_default().trim_start_matches('/').to_owned(),
        service: label("service"),
        image: config.image.unwrap_or_default(),
        image_id: c.image.unwrap_or_default(),
        config_hash: label("config-hash"),
        running: state.running.unwrap_or_default(),
        restarts: c.restart_count.unwrap_or_default(),
        started_at: state.started_at.and_then(|t| t.parse().ok()),
        pid: state.pid.filter(|pid| *pid > 0),
        env: pairs.map(|(key, value)| (key.to_owned(), Text::new(value))).collect(),
        address,
        entrypoint: config.entrypoint.unwrap_or_default(),
        published,
    })
}

/// For a span: which container.
fn of(container: &Container) -> Of<'_> {
    Of {
        id: Some(&container.id),
        name: Some(&container.name),
        image: Some(&container.image),
        service: Some(&container.service),
    }
}

/// "There is none" is an answer too.
async fn or_missing<T>(
    call: impl Future<Output = Result<T, bollard::errors::Error>>,
) -> Result<Option<T>, bollard::errors::Error> {
    match call.await {
        Err(bollard::errors::Error::DockerResponseServerError { status_code: 404, .. }) => {
            spans::status(404);
            Ok(None)
        }
        answer => answer.map(Some),
    }
}

/// The calls that are made, as spans name them: <https://docs.docker.com/reference/api/engine/>.
mod calls {
    use crate::telemetry::spans::Engine;

    const fn call(operation: &'static str, method: &'static str, path: &'static str) -> Engine {
        Engine { operation, method, path }
    }

    pub(super) const VERSION: Engine = call("version", "GET", "/version");
    pub(super) const LIST: Engine = call("list containers", "GET", "/containers/json");
    pub(super) const INSPECT: Engine = call("inspect container", "GET", "/containers/{id}/json");
    pub(super) const START: Engine = call("start container", "POST", "/containers/{id}/start");
    pub(super) const RESTART: Engine = call("restart container", "POST", "/containers/{id}/restart");
    pub(super) const STOP: Engine = call("stop container", "POST", "/containers/{id}/stop");
    pub(super) const REMOVE: Engine = call("remove container", "DELETE", "/containers/{id}");
    pub(super) const IMAGE: Engine = call("inspect image", "GET", "/images/{name}/json");
    pub(super) const CREATE_EXEC: Engine = call("create exec", "POST", "/containers/{id}/exec");
    pub(super) const START_EXEC: Engine = call("start exec", "POST", "/exec/{id}/start");
    pub(super) const INSPECT_EXEC: Engine = call("inspect exec", "GET", "/exec/{id}/json");
}

impl Engine {
    /// A call in its span, as long as the policy waits for one.
    async fn limited<T>(
        &self,
        span: tracing::Span,
        call: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, TargetError> {
        match spans::limited(span, self.limit, kind, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(bollard::errors::Error::DockerResponseServerError { status_code, message })) => Err(
                TargetError::with(format!("the Docker engine answered with status {status_code}"), message),
            ),
            _ => Err(absent()),
        }
    }
}

/// The status, for a span's `error.type`.
fn kind(error: &bollard::errors::Error) -> String {
    match error {
        bollard::errors::Error::DockerResponseServerError { status_code, .. } => status_code.to_string(),
        _ => "connection".into(),
    }
}

pub(super) const ABSENT: &str = "the Docker engine does not answer; check that it runs, and DOCKER_HOST";

fn absent() -> TargetError {
    TargetError::new(ABSENT).passing(true)
}

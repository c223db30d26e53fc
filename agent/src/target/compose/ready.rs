//! What counts as ready: asked at the container's own address, as its consumers would.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value as Json;
use tokio::time::Instant;

use crate::compose::engine::Container;
use crate::policy::{Check, Ready};
use crate::target::Patience;
use crate::world::World;

const ENDS_AGAIN: &str = "ends again and again, and is started again each time; see its own log";
const NOT_FOR_LONG: &str = "gets ready, and does not stay so; see its own log";

/// Waits until every container of the service is ready, and stays so, as long as the policy says; else why it isn't.
pub(super) async fn wait(world: &World, service: &str, patience: Patience) -> Result<(), String> {
    let policy = world.policy.services.get(service).and_then(|s| s.ready.as_ref());
    let (limit, stays) = match (patience, policy) {
        (Patience::Once, _) => (Duration::ZERO, Duration::ZERO),
        (_, Some(ready)) => (ready.within, ready.stays),
        (_, None) => (world.policy.limits.running, Duration::ZERO),
    };
    let mut scraped = match patience {
        Patience::Afresh => Since::Unknown,
        Patience::Once | Patience::Within => Since::Ever,
    };
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(10);
    // Which processes are ready, and since when; whether some were, and are not any more.
    let (mut ready, mut did_not_stay): (Option<(Processes, Instant)>, bool) = (None, false);
    loop {
        let (answer, now) = (all_ready(world, service, policy, &mut scraped).await, Instant::now());
        match answer {
            Ok(processes) => {
                let same = ready.as_ref().filter(|(before, _)| *before == processes).map(|(_, since)| *since);
                did_not_stay |= ready.is_some() && same.is_none();
                let since = same.unwrap_or(now);
                if now - since >= stays {
                    return Ok(());
                }
                // Who comes late has the time to stay all the same.
                if now >= deadline + stays {
                    return Err(NOT_FOR_LONG.into());
                }
                ready = Some((processes, since));
            }
            Err(why) => {
                did_not_stay |= ready.take().is_some();
                if now >= deadline {
                    return Err(if did_not_stay { NOT_FOR_LONG.into() } else { why });
                }
            }
        }
        tokio::time::sleep(pause).await;
        // Gentle on an application that is starting, quick to see that it has.
        pause = (pause * 3 / 2).min(Duration::from_millis(200));
    }
}

/// By container and start.
type Processes = Vec<(String, Option<Timestamp>)>;

/// Which scrapes count.
#[derive(Clone, Copy)]
enum Since {
    Ever,
    /// From the moment on at which Prometheus is first asked.
    Unknown,
    At(Timestamp),
}

async fn all_ready(
    world: &World,
    service: &str,
    ready: Option<&Ready>,
    since: &mut Since,
) -> Result<Processes, String> {
    let containers = world.engine.of_service(service).await.map_err(|e| e.message)?;
    if containers.is_empty() {
        return Err("has no container".into());
    }
    for container in &containers {
        let answer = one_ready(world, container, ready, since).await;
        // Whatever it was doing just now.
        answer.map_err(
            |why| if container.ends_again(jiff::Timestamp::now()) { ENDS_AGAIN.into() } else { why },
        )?;
    }
    Ok(containers.into_iter().map(|c| (c.id, c.started_at)).collect())
}

async fn one_ready(
    world: &World,
    container: &Container,
    ready: Option<&Ready>,
    since: &mut Since,
) -> Result<(), String> {
    if !container.running {
        return Err("is not running".into());
    }
    let Some(ready) = ready else { return Ok(()) };
    let address = container.address.ok_or("has no address")?;
    let base = match address {
        std::net::IpAddr::V6(v6) => format!("http://[{v6}]:{}", ready.port),
        std::net::IpAddr::V4(v4) => format!("http://{v4}:{}", ready.port),
    };
    match &ready.check {
        Check::Http { path, contains } => http(world, &base, path, contains.as_deref()).await,
        Check::PrometheusTarget { job } => target_is_up(world, &base, job, since).await,
    }
}

async fn get(world: &World, url: &str) -> Result<(u16, String), String> {
    let call = async {
        let answer = world.http.get(url).send().await.map_err(|_| ())?;
        let status = answer.status().as_u16();
        answer.text().await.map(|text| (status, text)).map_err(|_| ())
    };
    match tokio::time::timeout(world.policy.limits.look, call).await {
        Ok(Ok(answer)) => Ok(answer),
        _ => Err("does not answer".into()),
    }
}

async fn http(world: &World, base: &str, path: &str, contains: Option<&str>) -> Result<(), String> {
    let (status, text) = get(world, &format!("{base}{path}")).await?;
    if !(200..300).contains(&status) {
        return Err(format!("is not ready: {path} answers {status}"));
    }
    match contains {
        Some(wanted) if !text.contains(wanted) => {
            Err(format!("is not ready: {path} does not say `{wanted}`"))
        }
        _ => Ok(()),
    }
}

/// What Prometheus's own clock shows: ours may be another.
async fn prometheus_time(world: &World, base: &str) -> Result<Timestamp, String> {
    let (_, text) = get(world, &format!("{base}/api/v1/query?query=time()")).await?;
    let answer: Json = serde_json::from_str(&text).map_err(|_| "Prometheus's answer is not JSON")?;
    let seconds = answer.pointer("/data/result/1").and_then(Json::as_str).and_then(|t| t.parse::<f64>().ok());
    let at = seconds.and_then(|s| Timestamp::from_millisecond((s * 1000.0) as i64).ok());
    at.ok_or_else(|| "Prometheus does not tell its time".into())
}

/// <https://prometheus.io/docs/prometheus/latest/querying/api/#targets>
async fn target_is_up(world: &World, base: &str, job: &str, since: &mut Since) -> Result<(), String> {
    if matches!(since, Since::Unknown) {
        *since = Since::At(prometheus_time(world, base).await?);
    }
    let (_, text) = get(world, &format!("{base}/api/v1/targets?state=active")).await?;
    let answer: Json = serde_json::from_str(&text).map_err(|_| "Prometheus's answer is not JSON")?;
    let targets = answer.pointer("/data/activeTargets").and_then(Json::as_array).ok_or("lists no targets")?;
    let mut of_job =
        targets.iter().filter(|t| t.pointer("/labels/job").and_then(Json::as_str) == Some(job)).peekable();
    if of_job.peek().is_none() {
        return Err(format!("has no target of the job {job}"));
    }
    for target in of_job {
        if target.get("health").and_then(Json::as_str) != Some("up") {
            return Err(format!("its target {job} is not up"));
        }
        let scraped =
            target.get("lastScrape").and_then(Json::as_str).and_then(|t| t.parse::<Timestamp>().ok());
        if let Since::At(since) = *since
            && scraped.is_none_or(|at| at < since)
        {
            return Err(format!("its target {job} was not scraped since the change"));
        }
    }
    Ok(())
}

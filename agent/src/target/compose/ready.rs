//! What counts as ready: asked at the container's own address, as its consumers would.

use std::time::Duration;

use serde_json::Value as Json;

use crate::policy::{Check, Ready};
use crate::target::Patience;
use crate::world::World;

const ASK: Duration = Duration::from_secs(5);

/// Waits until every container of the service is ready, as long as the policy says; else why it isn't.
pub(super) async fn wait(world: &World, service: &str, patience: Patience) -> Result<(), String> {
    let policy = world.policy.services.get(service).and_then(|s| s.ready.as_ref());
    let (limit, since) = match (patience, policy) {
        (Patience::Until { changed_at }, Some(ready)) => (ready.within, Some(changed_at)),
        (Patience::Until { .. }, None) => (Duration::from_secs(10), None),
        (Patience::Once, _) => (Duration::ZERO, None),
    };
    let deadline = tokio::time::Instant::now() + limit;
    let mut pause = Duration::from_millis(10);
    loop {
        let answer = all_ready(world, service, policy, since).await;
        if answer.is_ok() || tokio::time::Instant::now() >= deadline {
            return answer;
        }
        tokio::time::sleep(pause).await;
        // Gentle on an application that is starting, quick to see that it has.
        pause = (pause * 3 / 2).min(Duration::from_millis(200));
    }
}

async fn all_ready(
    world: &World,
    service: &str,
    ready: Option<&Ready>,
    since: Option<jiff::Timestamp>,
) -> Result<(), String> {
    let containers = world.engine.of_service(service).await.map_err(|e| e.message)?;
    if containers.is_empty() {
        return Err("has no container".into());
    }
    for container in containers {
        if !container.running {
            return Err("is not running".into());
        }
        if let Some(ready) = ready {
            let address = container.address.ok_or("has no address")?;
            let base = match address {
                std::net::IpAddr::V6(v6) => format!("http://[{v6}]:{}", ready.port),
                std::net::IpAddr::V4(v4) => format!("http://{v4}:{}", ready.port),
            };
            match &ready.check {
                Check::Http { path, contains } => http(world, &base, path, contains.as_deref()).await?,
                Check::PrometheusTarget { job } => target_is_up(world, &base, job, since).await?,
            }
        }
    }
    Ok(())
}

async fn get(world: &World, url: &str) -> Result<(u16, String), String> {
    let call = async {
        let answer = world.http.get(url).send().await.map_err(|_| ())?;
        let status = answer.status().as_u16();
        answer.text().await.map(|text| (status, text)).map_err(|_| ())
    };
    match tokio::time::timeout(ASK, call).await {
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

/// <https://prometheus.io/docs/prometheus/latest/querying/api/#targets>
async fn target_is_up(
    world: &World,
    base: &str,
    job: &str,
    since: Option<jiff::Timestamp>,
) -> Result<(), String> {
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
            target.get("lastScrape").and_then(Json::as_str).and_then(|t| t.parse::<jiff::Timestamp>().ok());
        if since.is_some_and(|since| scraped.is_none_or(|at| at < since)) {
            return Err(format!("its target {job} was not scraped since the change"));
        }
    }
    Ok(())
}

//! What the `OTEL_*` variables do, seen at the other end of the line.

use turnlock_tests::certificates::Authority;
use turnlock_tests::collector::{Manner, Recorder};

use super::bench::Bench;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

#[test]
fn headers_and_attributes_arrive() {
    let (bench, recorder) = (Bench::new(), Recorder::start(Manner::Well));
    let output = bench.status(&[
        (ENDPOINT, &recorder.base),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20dXNlcjpwdw%3D%3D,x-tenant=shop%201"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-tenant=other"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=canary,owner=R%26D"),
        ("OTEL_SERVICE_NAME", "turnlock-shop"),
    ]);
    assert!(output.err.is_empty(), "{output}");
    let requests = recorder.take("/v1/traces");
    let sent = requests.iter().find(|r| r.has("turnlock status")).expect("the command's span");
    for text in ["canary", "R&D", "turnlock-shop", "telemetry.sdk.language"] {
        assert!(sent.has(text), "no {text}");
    }
    for request in &requests {
        let head = request.head.to_lowercase();
        assert!(head.contains("authorization: basic dxnlcjpwdw==\r\n"), "{head}");
        assert!(head.contains("x-tenant: shop 1\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
    }
    let metrics = recorder.take("/v1/metrics");
    assert!(metrics.iter().any(|r| r.has("turnlock.secret.overdue")), "metrics are sent too");
    assert!(metrics.iter().all(|r| r.head.to_lowercase().contains("x-tenant: other\r\n")));
}

#[test]
fn what_is_switched_off_is_off() {
    let (bench, recorder) = (Bench::new(), Recorder::start(Manner::Well));
    bench.status(&[(ENDPOINT, &recorder.base), ("OTEL_SDK_DISABLED", "true")]);
    bench.status(&[
        (ENDPOINT, &recorder.base),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("OTEL_LOGS_EXPORTER", "none"),
    ]);
    bench.status(&[]);
    assert!(recorder.take_all().is_empty());

    bench.status(&[(ENDPOINT, &recorder.base), ("OTEL_TRACES_SAMPLER", "always_off")]);
    assert!(!recorder.take("/v1/traces").iter().any(|r| r.has("turnlock status")), "it is not sampled");
    let own = format!("{}/here", recorder.base);
    bench.status(&[(ENDPOINT, "http://127.0.0.1:1"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &own)]);
    let here = recorder.take("/here");
    assert!(here.iter().any(|r| r.has("turnlock status")), "the signal's own is the whole of it");
}

#[test]
fn what_is_wrong_is_told_and_the_rest_goes_on() {
    let (bench, recorder) = (Bench::new(), Recorder::start(Manner::Well));
    let output = bench.status(&[
        (ENDPOINT, &recorder.base),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "hunter2"),
        ("OTEL_TRACES_SAMPLER", "hunter2"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2"),
    ]);
    assert_eq!(output.err.lines().count(), 4, "{output}");
    output.has_line(&["WARN", "OTEL_EXPORTER_OTLP_PROTOCOL", "set http/protobuf"]).says_not("hunter2");
    assert!(recorder.take("/v1/traces").iter().any(|r| r.has("turnlock status")), "it is sent all the same");
    let records = recorder.take("/v1/logs");
    let told = "OTEL_TRACES_SAMPLER is none of";
    assert!(records.iter().any(|r| r.has(told)), "the log's events are records too");
    bench.status(&[
        (ENDPOINT, &recorder.base),
        ("OTEL_TRACES_SAMPLER", "hunter2"),
        ("TURNLOCK_LOG_LEVEL", "off"),
    ]);
    assert!(!recorder.take("/v1/logs").iter().any(|r| r.has(told)), "where less is asked for, less is sent");
}

#[test]
fn a_host_without_ca_roots() {
    let bench = Bench::new();
    let rootless = [("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/nonexistent")];
    let and = |more: &[(&str, &str)]| bench.status(&[&rootless, more].concat());
    let plain = Recorder::start(Manner::Well);
    assert!(and(&[(ENDPOINT, &plain.base)]).err.is_empty());
    assert!(plain.take("/v1/traces").iter().any(|r| r.has("turnlock status")), "http works");

    let ours = Authority::new(bench.folder(), "ours");
    let pair = ours.server(bench.folder(), "otel", "IP:127.0.0.1");
    let secure = Recorder::start_tls(&pair);
    let file = ours.certificate().display().to_string();
    assert!(and(&[(ENDPOINT, &secure.base), ("OTEL_EXPORTER_OTLP_CERTIFICATE", &file)]).err.is_empty());
    let sent = secure.take("/v1/traces").iter().any(|r| r.has("turnlock status"));
    assert!(sent, "https works with a certificate");

    secure.take_all();
    let theirs = Authority::new(bench.folder(), "theirs").certificate().display().to_string();
    and(&[(ENDPOINT, &secure.base), ("OTEL_EXPORTER_OTLP_CERTIFICATE", &theirs)]);
    assert!(secure.take_all().is_empty(), "the file's certificates are the only ones");
    let output = and(&[(ENDPOINT, &secure.base)]);
    output.has_line(&["WARN", "this host has no CA roots", "OTEL_EXPORTER_OTLP_CERTIFICATE"]);
}

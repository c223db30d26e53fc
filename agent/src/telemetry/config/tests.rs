use super::*;

fn config(pairs: &[(&'static str, &'static str)]) -> Config {
    let pairs = pairs.to_vec();
    Config::read(move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
}

#[test]
fn endpoints_of_each_signal() {
    let mut none = config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]);
    assert_eq!(none.endpoint(Signal::Traces), None);
    let mut base = config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318/")]);
    assert_eq!(base.endpoint(Signal::Metrics).unwrap().url, "http://otel:4318/v1/metrics");
    let mut own = config(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/x"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "5000"),
        ("OTEL_LOGS_EXPORTER", "none"),
    ]);
    let traces = own.endpoint(Signal::Traces).unwrap();
    assert_eq!((traces.url.as_str(), traces.timeout), ("https://t/x", Duration::from_millis(250)));
    assert_eq!(own.endpoint(Signal::Metrics).unwrap().timeout, Duration::from_secs(5));
    assert_eq!(own.endpoint(Signal::Logs), None);
    assert_eq!(own.warnings, [""; 0]);
    let mut off =
        config(&[("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318")]);
    assert_eq!(off.endpoint(Signal::Traces), None);
}

#[test]
fn what_is_wrong_is_told_once_and_not_repeated() {
    let mut bad = config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "me:hunter2@otel")]);
    assert_eq!(bad.endpoint(Signal::Traces), None);
    assert_eq!(bad.endpoint(Signal::Metrics), None);
    let sentence = "OTEL_EXPORTER_OTLP_ENDPOINT is no http:// or https:// address: nothing is sent";
    assert_eq!(bad.warnings, [sentence]);

    let mut bad = config(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "soon"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=1,hunter2"),
        ("OTEL_LOGS_EXPORTER", "console"),
        ("OTEL_SDK_DISABLED", "1"),
        ("OTEL_TRACES_SAMPLER", "hunter2"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "many"),
    ]);
    assert_eq!(bad.endpoint(Signal::Traces).unwrap().timeout, TIMEOUT);
    assert_eq!(bad.endpoint(Signal::Logs), None);
    bad.resource();
    bad.look_at_the_rest();
    let about: Vec<&str> = bad.warnings.iter().map(|w| w.split([' ', ':']).next().unwrap()).collect();
    let expected = [
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_LOGS_EXPORTER",
        "OTEL_RESOURCE_ATTRIBUTES",
        "OTEL_SDK_DISABLED",
        "OTEL_TRACES_SAMPLER",
        "OTEL_BSP_MAX_QUEUE_SIZE",
    ];
    assert_eq!(about, expected);
    assert!(!bad.warnings.concat().contains("hunter2"));
    for ratio in ["2", "-0.1", "half", ""] {
        let sampler = ("OTEL_TRACES_SAMPLER", "traceidratio");
        let mut bad = config(&[sampler, ("OTEL_TRACES_SAMPLER_ARG", ratio)]);
        bad.look_at_the_rest();
        assert_eq!(bad.warnings, ["OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1: 1 is used"]);
    }
}

#[test]
fn what_is_right_is_not_told() {
    let mut good = config(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel:4318"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
        ("OTEL_SDK_DISABLED", "false"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ("OTEL_METRICS_EXPORTER", "otlp,prometheus"),
        ("OTEL_BSP_SCHEDULE_DELAY", "500"),
    ]);
    assert!(good.endpoint(Signal::Traces).is_some() && good.endpoint(Signal::Metrics).is_some());
    good.resource();
    good.look_at_the_rest();
    assert_eq!(good.warnings, [""; 0]);
}

#[test]
fn who_sends_it() {
    let of = |mut c: Config, key: &'static str| c.resource().get(&key.into()).map(|v| v.to_string());
    assert_eq!(of(config(&[]), "service.name"), Some("turnlock".into()));
    assert_eq!(of(config(&[]), "telemetry.sdk.language"), Some("rust".into()));
    let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,owner=R%26D%2C%20x");
    assert_eq!(of(config(&[attributes]), "service.name"), Some("a".into()));
    assert_eq!(of(config(&[attributes]), "owner"), Some("R&D, x".into()));
    let both = config(&[attributes, ("OTEL_SERVICE_NAME", "b")]);
    assert_eq!(of(both, "service.name"), Some("b".into()));
}

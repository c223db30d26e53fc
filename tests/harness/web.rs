//! One HTTP client for all, and a runtime for what has no blocking form.

use std::sync::OnceLock;
use std::time::Duration;

pub(crate) fn client() -> &'static reqwest::blocking::Client {
    static CLIENT: OnceLock<reqwest::blocking::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        install_provider();
        reqwest::blocking::Client::builder()
            .no_proxy()
            .tls_certs_only(Vec::new())
            .timeout(Duration::from_secs(15))
            .build()
            .expect("a plain HTTP client")
    })
}

/// TLS clients want to know which provider they use, also those that never speak TLS.
pub fn install_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub(crate) fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        install_provider();
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
    })
}

//! Functions of Vault Agent that are left out on purpose, each with its reason.

use super::super::error::TemplateError;
use super::all;

const CONSUL: &str = "it reads Consul, which is no part of the plan";
const NOMAD: &str = "it reads Nomad, which is no part of the plan";
const ENVIRONMENT: &str = "it reads the agent's environment, which is no part of the plan";
const CHANGES: &str = "it answers differently each time, so a file could never be shown to be right";
const KEYS: &str = "it makes a secret, which is the policy's to do";
const LIBRARY: &str = "its answer is a library's own and may change with it; write it out";

/// Names, and why not. A name that ends in `*` stands for all that begin so.
const REFUSED: &[(&[&str], &str)] = &[
    (&["env", "mustEnv", "envOrDefault", "sprig_env", "sprig_expandenv"], ENVIRONMENT),
    (&["file"], "it reads a file, which is no part of the plan"),
    (&["key", "keyExists", "keyOrDefault", "ls", "safeLs", "tree", "safeTree", "byKey", "explode"], CONSUL),
    (&["service", "services", "node", "nodes", "connect", "caRoots", "caLeaf", "datacenters"], CONSUL),
    (
        &["partitions", "peerings", "exportedServices", "importedServices", "byTag", "byPort", "byMeta"],
        CONSUL,
    ),
    (&["nomad*"], NOMAD),
    (&["pkiCert"], "it issues a certificate at each render"),
    (&["writeToFile"], "it writes a file; a rendered file is a [file] of the policy"),
    (&["executeTemplate"], "it hides what a template reads; use Go's `template`"),
    (&["plugin"], "it runs a program"),
    (&["call"], "no value of a template is a function"),
    (&["sockaddr"], "it reads the host's network interfaces, which are no part of the plan"),
    (&["spew_*"], "it shows a value's place in memory, and prints where nobody asked for it"),
    (&["sprig_getHostByName"], "it asks the network"),
    (&["timestamp", "sprig_now", "sprig_uuidv4", "sprig_shuffle", "sprig_rand*"], CHANGES),
    (&["sprig_bcrypt", "sprig_htpasswd", "sprig_encryptAES"], CHANGES),
    (
        &[
            "sprig_date*",
            "sprig_htmlDate*",
            "sprig_ago",
            "sprig_duration*",
            "sprig_toDate",
            "sprig_mustToDate",
        ],
        "it is about times, and depends on the host's clock or zone",
    ),
    (&["sprig_must_date_modify", "sprig_mustDateModify", "sprig_unixEpoch"], CHANGES),
    (&["sprig_gen*", "sprig_buildCustomCert", "sprig_derivePassword"], KEYS),
    (&["sprig_decryptAES"], "it needs a key where only values belong; decrypt before Vault"),
    (&["sprig_snakecase", "sprig_camelcase", "sprig_kebabcase", "sprig_swapcase", "sprig_abbrev*"], LIBRARY),
    (&["sprig_wrap", "sprig_wrapWith", "sprig_semver", "sprig_url*", "sprig_b32dec", "sprig_hello"], LIBRARY),
    (
        &["sprig_addf", "sprig_add1f", "sprig_subf", "sprig_divf", "sprig_mulf"],
        "it computes with decimal fractions of its own; use `add`, `subtract`, `divide`, `multiply`",
    ),
];

/// Why a function can't be called.
pub(in super::super) fn refusal(name: &str) -> TemplateError {
    if let Some(why) = reason(name) {
        return TemplateError::new(format!("`{name}` is not allowed in a template: {why}"), "remove it");
    }
    let near = |other: &str| other.eq_ignore_ascii_case(name) || other.strip_prefix("sprig_") == Some(name);
    let help = match all().find(|f| near(f.name)) {
        Some(function) => format!("there is `{}`", function.name),
        None => "docs/templates.md lists those that there are".into(),
    };
    TemplateError::new(format!("there is no function `{name}`"), help)
}

fn reason(name: &str) -> Option<&'static str> {
    let is_it = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => *pattern == name,
    };
    REFUSED.iter().find(|(names, _)| names.iter().any(is_it)).map(|(_, why)| *why)
}

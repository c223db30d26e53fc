//! Generators whose letters mean something else where they are put.

use super::*;

#[test]
fn base64_in_a_urls_password() {
    let folder = Folder::new().policy(", without = \"/+=\"", "");
    let what = "values of PASSWORD can hold `+` `/`, which mean something else in a URL's password";
    folder.refused_in_env("DATABASE_URL=", what);
    assert!(folder.problem().help().contains("urlquery"));
    assert!(folder.problem().help().ends_with("or add +/ to `without` in its generator"));
    let encoded = "{{ .Data.data.value | urlquery | replaceAll \"+\" \"%20\" }}@";
    folder.env("{{ .Data.data.value }}@", encoded).load().unwrap();
}

#[test]
fn other_parts_of_a_url() {
    let put = |url: &str| {
        Folder::new().env("\"{{ with secret \"secret/shop/TOKEN\" }}{{ .Data.data.value }}{{ end }}\"", url)
    };
    let token = "{{ with secret \"secret/shop/TOKEN\" }}{{ .Data.data.value }}{{ end }}";
    put(&format!("https://example.com/hook?key={token}"))
        .refused_in_env("TOKEN=", "values of TOKEN can hold `+`, which mean something else in a URL's query");
    put(&format!("https://example.com/hook/{token}"))
        .refused_in_env("TOKEN=", "values of TOKEN can hold `/`, which mean something else in a URL's path");
    put(&format!("'https://example.com/hook' # {token}@")).load().unwrap();
    let twice =
        "{{ with secret \"secret/shop/TOKEN\" }}{{ .Data.data.value | urlquery | urlquery }}{{ end }}";
    put(&format!("https://me:{twice}@example.com"))
        .refused_in_env("TOKEN=", "a URL's password decodes to something else than the value of TOKEN");
}

#[test]
fn two_secrets_in_one_url() {
    let both = "{{ with secret \"secret/shop/TOKEN\" }}{{ .Data.data.value }}{{ end }}@postgres";
    let url = format!("{{{{ .Data.data.value }}}}:{both}");
    let folder = Folder::new().env("shop:{{ .Data.data.value }}@postgres", &url);
    folder.refused_in_env("DATABASE_URL=", "values of TOKEN can hold `+` `/`");
}

#[test]
fn letters_that_a_template_makes() {
    let made = |quotes: &str, letter: &str| {
        let value = format!("{{{{ .Data.data.value | replaceAll \"a\" {letter} }}}}");
        Folder::new().env("PASSWORD={{ .Data.data.value }}", &format!("PASSWORD={quotes}{value}{quotes}"))
    };
    let what = |letters: &str| format!("values of PASSWORD can hold {letters}, which");
    made("", "\"$\"")
        .refused_in_env("PASSWORD=", &(what("`$`") + " mean something else in the value without quotes"));
    made("\"", "\"$\"")
        .refused_in_env("PASSWORD=", &(what("`$`") + " mean something else in the double quotes"));
    made("\"", "`\"`").refused_in_env("PASSWORD=", &what("`\"`"));
    made("'", "\"'\"").refused_in_env("PASSWORD=", &(what("`'`") + " cannot stand in the single quotes"));
    made("'", "\"$\"").load().unwrap();
    made("'", "\" #\"").load().unwrap();
}

#[test]
fn an_env_file_says_what_compose_reads() {
    let token = "{{ with secret \"secret/shop/TOKEN\" }}{{ .Data.data.value }}{{ end }}";
    Folder::new()
        .env("# a comment", &format!("# a comment\nHOST=\"$HOSTNAME:{token}\""))
        .refused_in_env("HOST=", "Compose reads another value for HOST: `$` mean something else");
    // Without a secret in it, it is nobody's business but its author's.
    Folder::new().env("# a comment", "# a comment\nHOST=\"$HOSTNAME\"").load().unwrap();
    Folder::new().env("# a comment", "HOST='x").refused_in_env("HOST=", "the quotes of HOST do not end");
    Folder::new().env("# a comment", "KEY=1").refused_in_env("KEY=", "KEY is assigned twice");
    Folder::new()
        .env("# a comment", "no comment")
        .refused_in_env("no comment", "\"no comment\" is not KEY=VALUE");
}

#[test]
fn a_raw_file_takes_any_letter_outside_a_url() {
    Folder::new().token(&format!("token: {TOKEN}")).load().unwrap();
    let folder = Folder::new().token(&format!("url: \"https://me:{TOKEN}@example.com/\""));
    folder.refused_in("token.tmpl", &folder.token, "/TOKEN\"", "values of TOKEN can hold `+` `/`");
}

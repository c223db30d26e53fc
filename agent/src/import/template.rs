//! Pieces written as a template of Vault Agent's language.

use super::{Form, PASSTHROUGH, Piece};
use crate::policy::Paths;

/// The template's text. Only `{{ … }}` actions without trim markers, so that no byte beside them is lost.
pub fn text(pieces: &[Piece], paths: &Paths) -> String {
    let mut out = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => {
                let last = !matches!(pieces.get(index + 1), Some(Piece::Secret(..) | Piece::Field(_)));
                literal(&mut out, text, last);
            }
            Piece::Secret(name, form) => {
                let function = match form {
                    Form::Raw => "",
                    Form::Url => " | urlquery | replaceAll \"+\" \"%20\"",
                    Form::Base64 => " | base64Encode",
                };
                action(&mut out, paths, name.as_str(), &format!("value{function}"));
            }
            Piece::Field(field) => action(&mut out, paths, PASSTHROUGH, field),
        }
    }
    out
}

fn action(out: &mut String, paths: &Paths, entry: &str, field: &str) {
    let (mount, prefix) = (&paths.mount, &paths.prefix);
    out.push_str(&format!(
        "{{{{ with secret \"{mount}/data/{prefix}/{entry}\" }}}}{{{{ .Data.data.{field} }}}}{{{{ end }}}}"
    ));
}

/// Two braces in a row would begin an action, and one would before an action's own two: they are printed instead.
fn literal(out: &mut String, text: &str, last: bool) {
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let run = rest[at..].len() - rest[at..].trim_start_matches('{').len();
        rest = &rest[at + run..];
        let braces = "{".repeat(run);
        if run > 1 || (rest.is_empty() && !last) {
            out.push_str(&format!("{{{{ \"{braces}\" }}}}"));
        } else {
            out.push_str(&braces);
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    fn paths() -> Paths {
        Paths {
            mount: "secret".into(),
            prefix: "shop".into(),
            staging: "turnlock".into(),
            owner: "shop".into(),
            role: "turnlock-shop".into(),
        }
    }

    #[test]
    fn what_looks_like_a_template_comes_out_as_it_is() {
        for text in [
            "{{ x }}",
            "{",
            "{{",
            "{{{",
            "a{{- b -}}c \n {",
            "}} {{/* c */}}",
            "{{{{ \"",
            "json={\"a\":{\"b\":{}}}",
            "\r\n{%\r\n",
        ] {
            let pieces = [
                Piece::Text(text.to_owned()),
                Piece::Secret("A".parse().unwrap(), Form::Raw),
                Piece::Text(text.to_owned()),
            ];
            let written = super::text(&pieces, &paths());
            let prefix = written.split("{{ with").next().unwrap();
            let alone = Template::parse(prefix).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(render(&alone), text);
            Template::parse(&written).unwrap_or_else(|e| panic!("{text}: {e}"));
        }
    }

    fn render(template: &Template) -> String {
        super::super::prove::without_values(template, &paths())
    }

    #[test]
    fn actions() {
        let name = || "A".parse().unwrap();
        let pieces = [
            Piece::Secret(name(), Form::Url),
            Piece::Field("ENV_B".into()),
            Piece::Secret(name(), Form::Base64),
        ];
        let expected = "{{ with secret \"secret/data/shop/A\" }}{{ .Data.data.value | urlquery | replaceAll \"+\" \"%20\" }}{{ end }}\
            {{ with secret \"secret/data/shop/_passthrough\" }}{{ .Data.data.ENV_B }}{{ end }}\
            {{ with secret \"secret/data/shop/A\" }}{{ .Data.data.value | base64Encode }}{{ end }}";
        assert_eq!(text(&pieces, &paths()), expected);
    }
}
